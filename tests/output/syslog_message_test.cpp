#include "output/syslog_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

using testing::HasSubstr;
using testing::Not;

detect::Alert alert_on(const flow::FlowIdentity& flow) {
    return {.number = 7,
            .flow = flow,
            .verdict = {.class_index = 1, .probability = 0.96875f, .probabilities = {}},
            .label = "PortScan",
            .severity = detect::Severity::kMedium,
            .technique = "T1046",
            .model_hash = "5feceb66"};
}

// Facility local0 (16) and warning (4): 16 * 8 + 4 = 132. The flow ends 5.039303 s after 13:40:22.024349. The
// Community ID is that of Corelight's specification for 128.232.110.120:34855 > 66.35.250.204:80 TCP.
TEST(SyslogText, AnAlertIsTheseBytes) {
    const flow::FlowIdentity flow = tcp_flow("128.232.110.120", 34855, "66.35.250.204", 80);
    EXPECT_EQ(
        SyslogText("sensor.example", 4711).alert(alert_on(flow)),
        "<132>1 2017-07-06T13:40:27.063652Z sensor.example flowsift 4711 alert [flowsift@32473 episode=\"7\" "
        "state=\"opened\" class=\"PortScan\" severity=\"medium\" probability=\"0.9688\" proto=\"TCP\" "
        "src=\"128.232.110.120\" src_port=\"34855\" dst=\"66.35.250.204\" dst_port=\"80\" "
        "community_id=\"1:LQU9qZlK+B5F3KDmev6m5PMibrg=\" technique=\"T1046\" model_hash=\"5feceb66\"] "
        "\xef\xbb\xbfPortScan: 128.232.110.120:34855 > 66.35.250.204:80 TCP, probability 0.9688, episode 7 opened");
}

TEST(SyslogText, AnEpisodeThatGrewOrEndedIsToldLikeInEve) {
    detect::Episode episode{.number = 7, .label = "PortScan", .severity = detect::Severity::kHigh};
    episode.flow = portless_flow("10.0.0.1", "10.0.0.2", 1, 8, 0);
    episode.first_seen = kStart;
    episode.last_seen = kStart + base::kSecond;
    episode.flows = 1;
    const SyslogText text("h", 1);
    EXPECT_EQ(text.episode(episode), "");  // The alert has said it.
    episode.flows = 12;
    episode.packets = 34;
    episode.bytes = 5'678;
    episode.sources = 1;
    episode.targets = 65'536;
    episode.has_more_targets = true;
    const std::string grown = text.episode(episode);
    EXPECT_THAT(grown, testing::StartsWith("<130>1 2017-07-06T13:40:23.024349Z h flowsift 1 alert [flowsift@32473 "
                                           "episode=\"7\" state=\"grown\" class=\"PortScan\" severity=\"high\" "
                                           "proto=\"ICMP\" src=\"10.0.0.1\" dst=\"10.0.0.2\" community_id=\"1:"));
    EXPECT_THAT(grown, testing::EndsWith(" first_seen=\"2017-07-06T13:40:22.024349Z\" flows=\"12\" packets=\"34\" "
                                         "bytes=\"5678\" sources=\"1\" targets=\"65536+\"] \xef\xbb\xbfPortScan: "
                                         "10.0.0.1 > 10.0.0.2 ICMP, episode 7 grown: 12 flows, sources 1, targets "
                                         "65536+"));
    episode.is_open = false;
    EXPECT_THAT(text.episode(episode), HasSubstr(" state=\"ended\" "));
}

// RFC 5424 section 6.3.3: these three are escaped, and nothing else is.
TEST(SyslogText, ValuesAreEscaped) {
    EXPECT_EQ(syslog_value("a\"b\\c]d[e'f"), "a\\\"b\\\\c\\]d[e'f");
    EXPECT_EQ(syslog_value("Größe"), "Größe");
    EXPECT_EQ(syslog_value("\n\xff"), "\\\\x0a\\\\xff");  // Printable first: \x0a, whose backslash is then escaped.
}

TEST(SyslogText, HostileNamesStayOneLineAndInTheirPlace) {
    const flow::FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 443);
    const features::FlowAttributes attributes = attributes_of(features::Application::kTls, kHostileName);
    detect::Alert alert = alert_on(flow);
    alert.attributes = &attributes;
    alert.label = "x\"] evil\n<1>1";
    const std::string message = SyslogText("h", 1).alert(alert);
    EXPECT_THAT(message, HasSubstr(" class=\"x\\\"\\] evil\\\\x0a<1>1\" "));
    EXPECT_THAT(message, Not(testing::ContainsRegex("[\x01-\x1f\x7f]")));
}

TEST(SyslogText, ANameThatIsNoHostnameIsLeftOut) {
    const flow::FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 2);
    for (const std::string& host :
         {std::string(), std::string("two words"), std::string("gr\xc3\xb6"), std::string(256, 'a')})
        EXPECT_THAT(SyslogText(host, 1).alert(alert_on(flow)), HasSubstr("Z - flowsift 1 alert "));
}

TEST(SyslogText, OctetsAreCountedNotCharacters) {
    EXPECT_EQ(octet_counted("gr\xc3\xb6\xc3\x9f"), "6 gr\xc3\xb6\xc3\x9f");
}

}  // namespace
}  // namespace flowsift::output
