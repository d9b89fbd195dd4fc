#include "output/terminal_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

using base::kMillisecond;
using base::kSecond;
using base::Style;
using detect::Severity;
using flow::FlowIdentity;
using testing::HasSubstr;

constexpr Style kRich{false, true}, kPlain{false, false}, kColour{true, true};

detect::Alert alert_of(const FlowIdentity& flow, std::string_view label, Severity severity = Severity::kHigh) {
    return {.flow = flow, .verdict = {1, 0.97f, {}}, .label = label, .severity = severity};
}

TEST(RenderAlert, AlignsItsColumns) {
    EXPECT_EQ(render_alert(alert_of(tcp_flow("172.16.0.1", 36200, "192.168.10.50", 80), "DoS Hulk"), kRich),
              "13:40:27  ▲ high    DoS Hulk              0.97  TCP   172.16.0.1:36200 → 192.168.10.50:80\n");
    EXPECT_EQ(render_alert(alert_of(portless_flow("10.0.0.1", "10.0.0.2", 1, 8, 0), "PortScan", Severity::kLow), kRich),
              "13:40:27  · low     PortScan              0.97  ICMP  10.0.0.1 → 10.0.0.2\n");
}

TEST(RenderAlert, UrgencyIsNotToldByColourAlone) {
    const FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 2);
    EXPECT_THAT(render_alert(alert_of(flow, "x", Severity::kHigh), kPlain), HasSubstr("! high"));
    EXPECT_THAT(render_alert(alert_of(flow, "x", Severity::kMedium), kPlain), HasSubstr("* medium"));
    EXPECT_THAT(render_alert(alert_of(flow, "x", Severity::kLow), kPlain), HasSubstr(". low"));
    EXPECT_THAT(render_alert(alert_of(flow, "x", Severity::kHigh), kColour), HasSubstr("\x1b[31m▲ high"));
    EXPECT_EQ(render_alert(alert_of(flow, "x"), kPlain).find('\x1b'), std::string::npos);
}

TEST(RenderAlert, FitsAHundredColumns) {
    const std::string label = "Web Attack - SQL Injection of a Very Long Name";
    const char* longest = "2001:470:e5bf:dead:4957:2174:e82c:4887";
    for (const FlowIdentity& flow :
         {tcp_flow("255.255.255.255", 65535, "255.255.255.254", 65534), tcp_flow(longest, 65535, longest, 65535),
          tcp_flow("::1", 1, longest, 443), portless_flow(longest, longest, 58, 128, 0)}) {
        std::istringstream lines(render_alert(alert_of(flow, label, Severity::kMedium), kRich));
        std::string whole;
        for (std::string line; std::getline(lines, line); whole += line)
            EXPECT_LE(base::column_count(line), 100u) << line;
        EXPECT_THAT(whole, HasSubstr(to_string(flow.source)));
        EXPECT_THAT(whole, HasSubstr(to_string(flow.destination)));
    }
    EXPECT_EQ(render_alert(alert_of(tcp_flow(longest, 65535, "2001:db8::1", 443), "Bot"), kRich),
              "13:40:27  ▲ high    Bot                   0.97  TCP   [2001:470:e5bf:dead:4957:2174:e82c:4887]:65535\n"
              "                                                    → [2001:db8::1]:443\n");
}

TEST(RenderAlert, AHostileNameCannotSteerTheTerminal) {
    const std::string line = render_alert(alert_of(tcp_flow("10.0.0.1", 1, "10.0.0.2", 2), "\x1b[2J\n\xff"), kRich);
    EXPECT_EQ(line, "13:40:27  ▲ high    \\x1b[2J\\x0a\\xff       0.97  TCP   10.0.0.1:1 → 10.0.0.2:2\n");
}

TEST(RenderAlert, TellsForWhomTheFlowWas) {
    const auto attributes = hello_of(features::Application::kTls, "a.example");
    const FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 443);
    detect::Alert alert = alert_of(flow, "Bot");
    alert.attributes = &attributes;
    EXPECT_EQ(render_alert(alert, kRich),
              "13:40:27  ▲ high    Bot                   0.97  TCP   10.0.0.1:1 → 10.0.0.2:443  a.example\n");
    // Where the line has no room for it, it has a line of its own, and is cut at the hundredth column.
    const auto longer = attributes_of(features::Application::kDns, std::string(30, 'x') + ".example");
    alert.attributes = &longer;
    EXPECT_EQ(render_alert(alert, kRich),
              "13:40:27  ▲ high    Bot                   0.97  TCP   10.0.0.1:1 → 10.0.0.2:443\n" +
                  std::string(54, ' ') + std::string(30, 'x') + ".example\n");
    const auto longest = attributes_of(features::Application::kHttp, std::string(255, 'y'));
    alert.attributes = &longest;
    EXPECT_THAT(render_alert(alert, kRich),
                testing::EndsWith(std::string(54, ' ') + std::string(45, 'y') + "…\n"));
    const auto nameless = attributes_of(features::Application::kHttp, "");
    alert.attributes = &nameless;
    EXPECT_EQ(render_alert(alert, kRich),
              "13:40:27  ▲ high    Bot                   0.97  TCP   10.0.0.1:1 → 10.0.0.2:443\n");
}

TEST(RenderAlert, AHostileServerCannotSteerTheTerminal) {
    const auto attributes = hello_of(features::Application::kTls, kHostileName);
    const FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 443);
    detect::Alert alert = alert_of(flow, "Bot");
    alert.attributes = &attributes;
    EXPECT_THAT(render_alert(alert, kRich),
                testing::EndsWith(std::string(54, ' ') + R"(=cmd|"},\x1b[2J\x0d\x0a\x00\xff<\u{202e})" + "\n"));
    for (const char byte : render_alert(alert, kPlain)) EXPECT_TRUE(byte == '\n' || byte >= ' ');
}

/// A sink on a file, without colour.
class TerminalSinkTest : public testing::Test {
  protected:
    void SetUp() override {
        auto file = OutputFile::open(file_.path());
        ASSERT_TRUE(file.ok());
        sink_ = std::make_unique<TerminalSink>(std::move(*file), kPlain);
    }

    void alert_at(base::Nanoseconds time, const char* source = "10.1.0.66") {
        FlowIdentity flow = tcp_flow(source, 1, "10.0.0.2", 2);
        flow.last = kStart + time;
        sink_->on_alert(alert_of(flow, "PortScan"));
    }

    TemporaryFile file_{"terminal.txt"};
    std::unique_ptr<TerminalSink> sink_;
};

// 317 alerts within 1.5 s: five are shown, and 312 remain for the sum, which a later flow makes due.
TEST_F(TerminalSinkTest, SumsUpABurst) {
    for (int i = 0; i < 200; ++i) alert_at(i * kMillisecond);
    for (int i = 0; i < 117; ++i) alert_at(kSecond - 1);
    FlowIdentity later = tcp_flow("10.0.0.3", 1, "10.0.0.4", 2);
    later.last = kStart + 5 * kSecond;
    sink_->on_flow({later, {}}, nullptr);
    std::istringstream lines(file_.content());
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);) all.push_back(line);
    ASSERT_EQ(all.size(), 7u);
    EXPECT_EQ(all[0], "TIME UTC  SEVERITY  CLASS                 PROB  PROTO FLOW on 2017-07-06");
    EXPECT_THAT(all[5], HasSubstr("10.1.0.66:1 > 10.0.0.2:2"));
    EXPECT_EQ(all[6], "          ... and 312 more PortScan from 10.1.0.66 in 1 s");
}

TEST_F(TerminalSinkTest, ShowsAnAlertAtOnceAndTheRestAtTheEnd) {
    for (int i = 0; i < 7; ++i) alert_at(0);
    EXPECT_THAT(file_.content(), HasSubstr("PortScan"));
    EXPECT_EQ(file_.content().find("more"), std::string::npos);
    ASSERT_TRUE(sink_->finish().ok());
    EXPECT_TRUE(file_.content().ends_with("          ... and 2 more PortScan from 10.1.0.66 in 1 s\n"));
}

TEST_F(TerminalSinkTest, StatisticsMakeSumsDueWhileNoFlowsCome) {
    for (int i = 0; i < 7; ++i) alert_at(0);
    sink_->on_statistics({.time = kStart + 10 * kSecond});
    EXPECT_THAT(file_.content(), HasSubstr("... and 2 more PortScan"));
}

TEST_F(TerminalSinkTest, TellsTheDateWhenItChanges) {
    alert_at(0);
    alert_at(kSecond);
    alert_at(86'400 * kSecond);
    EXPECT_THAT(file_.content(), testing::ContainsRegex("on 2017-07-06\n.*\n.*\n.*on 2017-07-07\n"));
}

}  // namespace
}  // namespace flowsift::output
