#include "output/eve.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "detect/class_info.h"
#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

using flow::FlowIdentity;
using nlohmann::json;

constexpr std::string_view kModelHash = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9";

detect::Alert alert_of(const FlowIdentity& flow, std::string_view label, float probability) {
    const detect::ClassInfo info = detect::class_info(label);
    return {.number = 1,
            .flow = flow,
            .verdict = {.class_index = 1, .probability = probability, .probabilities = {}},
            .label = label,
            .severity = info.severity,
            .category = info.category,
            .signature_id = info.signature_id,
            .model_hash = kModelHash,
            .capture = "train.pcap"};
}

/// Writes events to a file and gives them back as JSON.
class Eve : public testing::Test {
  protected:
    void open(const EveWriter::Options& options) {
        auto writer = EveWriter::open(file_.path(), options);
        ASSERT_TRUE(writer.ok());
        writer_ = std::move(*writer);
    }

    std::vector<json> events() {
        EXPECT_TRUE(writer_->finish().ok());
        std::istringstream lines(file_.content());
        std::vector<json> all;
        for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
        return all;
    }

    TemporaryFile file_{"eve.json"};
    std::unique_ptr<EveWriter> writer_;
};

TEST_F(Eve, AlertCarriesFlowVerdictAndModel) {
    open({.capture = "train.pcap"});
    const FlowIdentity flow = tcp_flow("66.35.250.204", 80, "128.232.110.120", 34855);
    detect::Alert alert = alert_of(flow, "DoS Hulk", 0.97f);
    const std::array<detect::Reason, 2> reasons = {
        {{0, "Flow Packets/s", 1234.5, 0.25f, 0.5f, 20, true}, {1, "SYN Flag Count", 1, 0.125f}}};
    alert.reasons = reasons;
    alert.loss = {1'000, 7};
    writer_->on_alert(alert);
    // Community ID: published vector. Id of the class: printf 'DoS Hulk' | sha256sum begins with 1b903e04 = 462437892.
    const json expected = json::parse(R"({
        "timestamp": "2017-07-06T13:40:27.063652+0000", "pcap_filename": "train.pcap", "event_type": "alert",
        "src_ip": "66.35.250.204", "src_port": 80, "dest_ip": "128.232.110.120", "dest_port": 34855, "proto": "TCP",
        "ip_v": 4, "community_id": "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
        "alert": {"action": "allowed", "gid": 1, "signature_id": 9437892, "rev": 1, "signature": "flowsift: DoS Hulk",
                  "category": "Attempted Denial of Service", "severity": 1,
                  "metadata": {"episode": ["1"], "episode_state": ["opened"],
                      "label": ["DoS Hulk"], "probability": ["0.9700"], "model_hash":
                      ["5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"],
                      "reasons": ["Flow Packets/s 1234.5 (usual 0.5..20): +0.2500", "SYN Flag Count 1: +0.1250"],
                      "packets_received": ["1000"], "packets_dropped": ["7"]}},
        "flow": {"pkts_toserver": 5, "pkts_toclient": 4, "bytes_toserver": 873, "bytes_toclient": 2219,
                 "start": "2017-07-06T13:40:22.024349+0000", "src_ip": "66.35.250.204", "src_port": 80,
                 "dest_ip": "128.232.110.120", "dest_port": 34855}})");
    std::vector<json> all = events();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_TRUE(all[0].at("flow_id").is_number_unsigned());
    all[0].erase("flow_id");
    EXPECT_EQ(all[0], expected);
}

/// Of 3,000 flows from forged sources, more than could be counted.
detect::Episode episode_of(const FlowIdentity& flow) {
    return {.number = 7,
            .label = "DoS Hulk",
            .severity = detect::Severity::kHigh,
            .technique = "T1499",
            .flow = flow,
            .first_seen = kStart,
            .last_seen = kStart + 61 * base::kSecond,
            .flows = 3'000,
            .packets = 9'000,
            .bytes = 540'000,
            .sources = 2'000,
            .targets = 1,
            .has_more_sources = true,
            .probability = 0.99f};
}

TEST_F(Eve, AnEpisodeThatGrewOrEndedIsAnAlertOfThatState) {
    open({.capture = "train.pcap"});
    detect::Episode episode = episode_of(tcp_flow("10.0.0.1", 1, "10.0.0.2", 80));
    writer_->on_episode(episode);
    episode.is_open = false;
    writer_->on_episode(episode);
    episode.flows = 1;  // Its first event has said it all.
    writer_->on_episode(episode);
    const std::vector<json> all = events();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].at("alert").at("metadata"), json::parse(R"({
        "episode": ["7"], "episode_state": ["grown"], "label": ["DoS Hulk"], "probability": ["0.9900"],
        "mitre_technique_id": ["T1499"], "first_seen": ["2017-07-06T13:40:22.024349+0000"],
        "last_seen": ["2017-07-06T13:41:23.024349+0000"], "flows": ["3000"], "packets": ["9000"],
        "bytes": ["540000"], "sources": ["2000+"], "targets": ["1"]})"));
    EXPECT_EQ(all[0].at("alert").at("signature_id"), 9'437'892);
    EXPECT_EQ(all[0].at("src_ip"), "10.0.0.1");
    EXPECT_EQ(all[1].at("alert").at("metadata").at("episode_state"), json::array({"ended"}));
}

TEST_F(Eve, NoticesAreMessagesOfTheEngine) {
    open({.capture = "a.pcap"});
    writer_->on_notice({kStart, "budget", "all spent", true});
    EXPECT_EQ(events().at(0), json::parse(R"({"timestamp": "2017-07-06T13:40:22.024349+0000", "event_type": "engine",
                                              "engine": {"module": "budget", "message": "all spent"}})"));
}

TEST_F(Eve, EventsOfAFlowShareItsIdAndOtherFlowsDoNot) {
    open({.capture = "eth0", .is_live = true, .with_flows = true});
    const FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 2);
    FlowIdentity later = flow;
    later.first += 1;
    writer_->on_flow({flow, {}}, nullptr);
    writer_->on_alert(alert_of(flow, "Bot", 0.6f));
    writer_->on_flow({later, {}}, nullptr);
    const std::vector<json> all = events();
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0].at("flow_id"), all[1].at("flow_id"));
    EXPECT_NE(all[0].at("flow_id"), all[2].at("flow_id"));
    EXPECT_LT(all[0].at("flow_id").get<std::uint64_t>(), std::uint64_t{1} << 51);
    EXPECT_EQ(all[0].at("in_iface"), "eth0");
    EXPECT_FALSE(all[0].contains("pcap_filename"));
}

TEST_F(Eve, FlowTellsItsEnd) {
    open({.capture = "a.pcap", .with_flows = true});
    writer_->on_flow({tcp_flow("10.0.0.1", 1, "10.0.0.2", 2), {}}, nullptr);
    FlowIdentity unanswered = portless_flow("10.0.0.1", "10.0.0.2", 17);
    unanswered.backward_packets = 0;
    writer_->on_flow({unanswered, {}}, nullptr);
    const std::vector<json> all = events();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].at("flow").at("end"), "2017-07-06T13:40:27.063652+0000");
    EXPECT_EQ(all[0].at("flow").at("age"), 5);
    EXPECT_EQ(all[0].at("flow").at("state"), "closed");
    EXPECT_EQ(all[0].at("flow").at("reason"), "fin");
    EXPECT_EQ(all[1].at("flow").at("state"), "new");
}

TEST_F(Eve, FlowsAreWrittenOnlyOnRequest) {
    open({.capture = "a.pcap"});
    writer_->on_flow({tcp_flow("10.0.0.1", 1, "10.0.0.2", 2), {}}, nullptr);
    EXPECT_THAT(events(), testing::IsEmpty());
}

TEST_F(Eve, IcmpHasTypeAndCodeAndNoPorts) {
    open({.capture = "a.pcap"});
    writer_->on_alert(alert_of(portless_flow("fe80::1", "fe80::2", 58, 128, 0), "PortScan", 0.5f));
    const json event = events().at(0);
    EXPECT_EQ(event.at("proto"), "IPv6-ICMP");
    EXPECT_EQ(event.at("icmp_type"), 128);
    EXPECT_EQ(event.at("icmp_code"), 0);
    EXPECT_EQ(event.at("ip_v"), 6);
    for (const char* key : {"src_port", "dest_port"}) {
        EXPECT_FALSE(event.contains(key));
        EXPECT_FALSE(event.at("flow").contains(key));
    }
}

TEST_F(Eve, VlansStandFromTheOutsideIn) {
    open({.capture = "a.pcap"});
    FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 2);
    flow.vlan = 100 | (7 << 12);
    writer_->on_alert(alert_of(flow, "Bot", 0.6f));
    flow.vlan = 100;
    writer_->on_alert(alert_of(flow, "Bot", 0.6f));
    const std::vector<json> all = events();
    EXPECT_EQ(all.at(0).at("vlan"), json::parse("[100, 7]"));
    EXPECT_EQ(all.at(1).at("vlan"), json::parse("[100]"));
}

TEST_F(Eve, HostileNamesStayWithinTheirString) {
    const std::string name = "x\"},{\"event_type\":\"forged\"}\n\x1b[2J\xff<script>";
    open({.capture = name});
    writer_->on_alert(alert_of(tcp_flow("10.0.0.1", 1, "10.0.0.2", 2), name, 0.6f));
    const std::vector<json> all = events();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].at("event_type"), "alert");
    EXPECT_EQ(all[0].at("pcap_filename"), "x\"},{\"event_type\":\"forged\"}\n\x1b[2J\u00ff<script>");
    EXPECT_EQ(file_.content().find('\x1b'), std::string::npos);
}

TEST_F(Eve, FlowsAndAlertsTellTheirApplication) {
    using features::Application;
    open({.capture = "a.pcap", .with_flows = true});
    const FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 2);
    const auto tls = hello_of(Application::kTls, "a.example"), quic = hello_of(Application::kQuic, "b.example"),
               dns = attributes_of(Application::kDns, "c.example"),
               http = attributes_of(Application::kHttp, "d.example"), nameless = attributes_of(Application::kHttp, "");
    for (const auto* attributes : {&tls, &quic, &dns, &http, &nameless})
        writer_->on_flow({flow, {}, attributes}, nullptr);
    detect::Alert alert = alert_of(flow, "Bot", 0.6f);
    alert.attributes = &tls;
    writer_->on_alert(alert);
    const std::vector<json> all = events();
    ASSERT_EQ(all.size(), 6u);
    const json print = json::parse(R"({"hash": "00112233445566778899aabbccddeeff"})");
    const char* ja4 = "t13d1516h2_8daaf6152771_e5627efa2ab1";
    const json hello = {{"sni", "a.example"}, {"client_alpns", {"h2"}}, {"ja3", print}, {"ja4", ja4}};
    for (const std::size_t i : {0, 5}) {
        EXPECT_EQ(all[i].at("app_proto"), "tls");
        EXPECT_EQ(all[i].at("tls"), hello);
    }
    EXPECT_EQ(all[1].at("app_proto"), "quic");
    EXPECT_EQ(all[1].at("quic"), json({{"sni", "b.example"}, {"ja3", print}, {"ja4", ja4}}));
    EXPECT_EQ(all[2].at("app_proto"), "dns");
    EXPECT_EQ(all[2].at("dns"), json::parse(R"({"version": 3, "queries": [{"rrname": "c.example"}]})"));
    EXPECT_EQ(all[3].at("http"), json::parse(R"({"hostname": "d.example"})"));
    EXPECT_EQ(all[4].at("app_proto"), "http");
    EXPECT_EQ(all[4].at("http"), json::object());
}

TEST_F(Eve, HostileServerNamesStayWithinTheirString) {
    open({.capture = "a.pcap", .with_flows = true});
    const auto attributes = hello_of(features::Application::kTls, kHostileName);
    writer_->on_flow({tcp_flow("10.0.0.1", 1, "10.0.0.2", 2), {}, &attributes}, nullptr);
    const std::string expected("=cmd|\"},\x1b[2J\r\n\0\u00ff<\u202e",
                               21);  // A byte that is no UTF-8 becomes a code point.
    EXPECT_EQ(events().at(0).at("tls").at("sni"), expected);
    EXPECT_EQ(file_.content().find('\x1b'), std::string::npos);
}

TEST_F(Eve, StatisticsTellTheTotals) {
    open({.capture = "a.pcap"});
    writer_->on_statistics(
        {.time = kStart,
         .uptime_seconds = 10.9,
         .packets_received = 100,
         .packets_dropped = 3,
         .packets_in_flows = 90,
         .packets_other = 10,
         .wire_bytes = 6400,
         .flows_started = 20,
         .flows_ended = 15,
         .flows_live = 5,
         .alerts = 2,
         .alerts_held_back = 4,
         .sinks = {{.name = "csv", .written = 9, .dropped = 3}, {.name = "eve", .lost = 4, .waiting = 1}}});
    EXPECT_EQ(events().at(0), json::parse(R"({
        "timestamp": "2017-07-06T13:40:22.024349+0000", "event_type": "stats", "stats": {"uptime": 10,
        "capture": {"kernel_packets": 100, "kernel_drops": 3}, "decoder": {"pkts": 100, "bytes": 6400},
        "flow": {"total": 20, "active": 5}, "detect": {"alert": 2, "alerts_suppressed": 4, "alert_queue_overflow": 7}}, "metadata": {"flowints": {
        "output.csv.written": 9, "output.csv.dropped": 3, "output.csv.lost": 0, "output.csv.refused": 0, "output.csv.waiting": 0,
        "output.eve.written": 0, "output.eve.dropped": 0, "output.eve.lost": 4, "output.eve.refused": 0, "output.eve.waiting": 1}}})"));
}

int validate(const std::string& schema, const std::string& events) {
    const std::string command = fmt::format("/usr/bin/python3 '{}/tests/output/validate_eve.py' '{}' '{}'",
                                            FLOWSIFT_SOURCE_DIR, schema, events);
    return WEXITSTATUS(std::system(command.c_str()));
}

TEST_F(Eve, IsValidAgainstSuricatasSchema) {
    const char* data = std::getenv("FLOWSIFT_DATA");
    if (!data) GTEST_SKIP() << "FLOWSIFT_DATA is not set: Suricata's schema is there";
    const std::string schema = std::string(data) + "/eve-schema.json";
    for (const bool is_live : {false, true}) {
        open({.capture = "na\"me", .is_live = is_live, .with_flows = true});
        FlowIdentity tagged = tcp_flow("2001:db8::1", 1, "2001:db8::2", 2);
        tagged.vlan = 100 | (7 << 12);
        for (const FlowIdentity& flow :
             {tcp_flow("10.0.0.1", 1, "10.0.0.2", 2), portless_flow("10.0.0.1", "10.0.0.2", 1, 8, 0),
              portless_flow("fe80::1", "fe80::2", 58, 135, 0), portless_flow("10.0.0.1", "10.0.0.2", 99), tagged}) {
            writer_->on_flow({flow, {}}, nullptr);
            writer_->on_alert(alert_of(flow, "Web Attack – XSS", 0.75f));
            writer_->on_episode(episode_of(flow));
        }
        using features::Application;
        for (const auto& attributes :
             {hello_of(Application::kTls, kHostileName), hello_of(Application::kQuic, ""),
              attributes_of(Application::kQuic, ""), attributes_of(Application::kDns, kHostileName),
              attributes_of(Application::kHttp, kHostileName), attributes_of(Application::kHttp, "")})
            writer_->on_flow({tagged, {}, &attributes}, nullptr);
        writer_->on_statistics({.time = kStart, .uptime_seconds = 1});
        writer_->on_notice({kStart, "drift", "retrain", true});
        EXPECT_EQ(events().size(), 23u);
        const int status = validate(schema, file_.path());
        if (status == 77) GTEST_SKIP() << "python3-jsonschema is not installed";
        EXPECT_EQ(status, 0);
    }
    // The validator must be able to say no: a key that Suricata does not know, outside of alert.metadata.
    const TemporaryFile foreign("foreign.json");
    std::ofstream(foreign.path()) << R"({"timestamp":"2017-07-06T13:40:22.0+0000","event_type":"alert","label":"x"})"
                                  << '\n';
    EXPECT_EQ(validate(schema, foreign.path()), 1);
}

}  // namespace
}  // namespace flowsift::output
