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
    EXPECT_THAT(render_alert(alert, kRich), testing::EndsWith(std::string(54, ' ') + std::string(45, 'y') + "…\n"));
    const auto address = attributes_of(features::Application::kHttp, "10.0.0.2");  // Says nothing more.
    alert.attributes = &address;
    EXPECT_EQ(render_alert(alert, kRich),
              "13:40:27  ▲ high    Bot                   0.97  TCP   10.0.0.1:1 → 10.0.0.2:443\n");
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

// 100 columns have room for the first reason and the third; the second, with its 60 characters, would end at the 118th.
TEST(RenderAlertDetails, TellsTheNumberAndTheReasonsThatFindRoom) {
    const FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 443);
    detect::Alert alert = alert_of(flow, "Bot");
    alert.number = 12;
    EXPECT_EQ(render_alert_details(alert, kPlain), "          #12\n");
    const std::string long_name(60, 'x');
    const std::array<detect::Reason, 3> reasons = {{{0, "Flow Packets/s", 1234.5, 0.25f, 0.5f, 20, true},
                                                    {1, long_name, 1, 0.125f},
                                                    {2, "SYN Flag Count", 1, 0.0625f}}};
    alert.reasons = reasons;
    EXPECT_EQ(render_alert_details(alert, kPlain),
              "          #12  Flow Packets/s 1234.5 (usual 0.5..20), SYN Flag Count 1\n");
}

// 50 of 1,000 packets: 5 %.
TEST(RenderAlertDetails, SaysThatTheCaptureHasLostPackets) {
    const FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 443);
    detect::Alert alert = alert_of(flow, "Bot");
    alert.loss = {950, 50};
    EXPECT_EQ(render_alert_details(alert, kPlain),
              "          #0\n          capture lost 50 packets so far, 5 %: some evidence may be missing\n");
}

detect::Episode episode_of(std::uint64_t flows, bool is_open) {
    return {.number = 12,
            .label = "PortScan",
            .first_seen = kStart,
            .last_seen = kStart + 2 * kSecond + 1,
            .flows = flows,
            .sources = 1,
            .targets = 65'536,
            .has_more_targets = true,
            .is_open = is_open};
}

TEST(RenderEpisode, TellsItsSize) {
    EXPECT_EQ(render_episode(episode_of(70'000, true), kPlain),
              "          ... #12 PortScan goes on: 70,000 flows in 3 s, 1 source > 65,536+ targets\n");
    EXPECT_EQ(render_episode(episode_of(1, false), kRich),
              "          ■ #12 PortScan ended: 1 flow in 3 s, 1 source → 65,536+ targets\n");
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
    ASSERT_EQ(all.size(), 12u);  // Below each of the five stands its number.
    EXPECT_EQ(all[0], "TIME UTC  SEVERITY  CLASS                 PROB  PROTO FLOW on 2017-07-06");
    EXPECT_THAT(all[9], HasSubstr("10.1.0.66:1 > 10.0.0.2:2"));
    EXPECT_EQ(all[10], "          #0");
    EXPECT_EQ(all[11], "          ... and 312 more PortScan from 10.1.0.66 in 1 s");
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

// Told at 10 flows, not at 99, at 100, and at its end; of an alert that was not shown, never.
TEST_F(TerminalSinkTest, AnEpisodeHasALineForEachTenfoldAndForItsEnd) {
    FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 2);
    detect::Alert alert = alert_of(flow, "PortScan");
    sink_->on_episode(episode_of(500, true));
    alert.number = 12;
    sink_->on_alert(alert);
    for (const std::uint64_t flows : {2u, 9u, 10u, 99u, 100u}) sink_->on_episode(episode_of(flows, true));
    sink_->on_episode(episode_of(101, false));
    sink_->on_episode(episode_of(102, false));
    ASSERT_TRUE(sink_->finish().ok());
    std::string told;
    std::istringstream lines(file_.content());
    for (std::string line; std::getline(lines, line);)
        if (line.find(" flows in") != std::string::npos) told += line.substr(line.find(": ") + 2, 4);
    EXPECT_EQ(told, "10 f100 101 ");
}

TEST_F(TerminalSinkTest, NoticesAreSentences) {
    sink_->on_notice({kStart, "drift", "retrain\n", true});
    EXPECT_EQ(file_.content(), "13:40:22  ! drift: retrain\\x0a\n");
}

// Of 90 columns beside the time, "drift:" and 8 words of 9 letters take 86; 9 such words take 89: 8 + 9 + 9 + 4.
TEST_F(TerminalSinkTest, LongNoticesHaveSeveralLines) {
    std::string text = "ninechars";
    for (int i = 1; i < 30; ++i) text += " ninechars";
    sink_->on_notice({kStart, "drift", text, false});
    std::istringstream lines(file_.content());
    std::vector<std::size_t> widths;
    for (std::string line; std::getline(lines, line);) widths.push_back(line.size());
    EXPECT_EQ(widths, (std::vector<std::size_t>{96, 99, 99, 49}));
}

TEST_F(TerminalSinkTest, TellsTheDateWhenItChanges) {
    alert_at(0);
    alert_at(kSecond);
    alert_at(86'400 * kSecond);
    EXPECT_THAT(file_.content(), testing::ContainsRegex("on 2017-07-06\n(.*\n){4}.*on 2017-07-07\n"));
}

}  // namespace
}  // namespace flowsift::output
