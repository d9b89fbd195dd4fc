#include "output/flow_csv.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "features/aliases.h"
#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

using features::Schema;

std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> all;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) all.push_back(cell);
    return all;
}

std::vector<std::string> lines(const TemporaryFile& file) {
    std::vector<std::string> all;
    std::istringstream stream(file.content());
    for (std::string line; std::getline(stream, line);) all.push_back(line);
    return all;
}

Schema schema_of(const std::vector<std::string_view>& names) {
    Schema schema{"custom", {}};
    for (const std::string_view name : names) schema.features.push_back(features::find_feature(name).value());
    return schema;
}

std::unique_ptr<FlowCsv> opened(const TemporaryFile& file, const Schema& schema, const FlowCsv::Options& options,
                                bool with_attributes = false) {
    auto csv = FlowCsv::open(file.path(), schema, options, with_attributes);
    EXPECT_TRUE(csv.ok());
    return std::move(*csv);
}

TEST(FlowCsv, WritesIdentityFeaturesInCatalogueOrderAndItsOwnColumns) {
    const TemporaryFile file("flows.csv");
    // Not in catalogue order, and with Protocol, which must stand only among the identity columns.
    const Schema schema = schema_of({"Idle Min", "Flow Bytes/s", "Protocol", "Flow Duration"});
    const auto csv = opened(file, schema, {.capture = "train.pcap", .profile = "default"});
    const std::vector<double> values = {0, 479.8282619640057, 6, 5039303};
    csv->on_flow({tcp_flow("172.16.0.1", 36200, "192.168.10.50", 80), values}, nullptr);
    ASSERT_TRUE(csv->finish().ok());
    EXPECT_EQ(file.content(),
              "Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Flow Bytes/s,Idle Min,"
              "Label,Capture,End Reason,Assembly Profile\n"
              "172.16.0.1-192.168.10.50-36200-80-6,172.16.0.1,36200,192.168.10.50,80,6,2017-07-06 13:40:22.024349,"
              "5039303,479.8282619640057,0,NeedManualLabel,train.pcap,fin,default\n");
}

TEST(FlowCsv, WritesIpv6AndPortlessFlows) {
    const TemporaryFile file("flows6.csv");
    const Schema schema = schema_of({"ICMP Code", "ICMP Type"});
    const auto csv = opened(file, schema, {.capture = "a.pcap", .profile = "cicflowmeter"});
    const std::vector<double> values = {0, 128};
    csv->on_flow({portless_flow("fe80::1", "2001:db8::ffff:2", 58, 128, 0), values}, nullptr);
    ASSERT_TRUE(csv->finish().ok());
    EXPECT_EQ(lines(file).at(1),
              "fe80::1-2001:db8::ffff:2-0-0-58,fe80::1,0,2001:db8::ffff:2,0,58,2017-07-06 13:40:22.024349,"
              "0,128,NeedManualLabel,a.pcap,idle,cicflowmeter");
}

TEST(FlowCsv, DescribesEachCaptureAndQuotesItsName) {
    const TemporaryFile file("captures.csv");
    const Schema schema = schema_of({"Flow Duration"});
    const auto csv = opened(file, schema, {.capture = "=a,b.pcap", .profile = "default"});
    const std::vector<double> values = {1};
    csv->on_flow({tcp_flow("10.0.0.1", 1, "10.0.0.2", 2), values}, nullptr);
    csv->describe({.capture = "second.pcap", .profile = "default", .label = "Web Attack, \"XSS\""});
    csv->on_flow({tcp_flow("10.0.0.1", 1, "10.0.0.2", 2), values}, nullptr);
    ASSERT_TRUE(csv->finish().ok());
    EXPECT_TRUE(lines(file).at(1).ends_with(",1,NeedManualLabel,\"'=a,b.pcap\",fin,default"));
    EXPECT_TRUE(lines(file).at(2).ends_with(",1,\"Web Attack, \"\"XSS\"\"\",second.pcap,fin,default"));
}

TEST(FlowCsv, AttributesFollowTheOtherColumns) {
    const TemporaryFile file("attributes.csv");
    const auto csv = opened(file, schema_of({"Flow Duration"}), {.capture = "a.pcap", .profile = "default"}, true);
    const std::vector<double> values = {1};
    const flow::FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 2);
    using features::Application;
    for (const auto& attributes :
         {hello_of(Application::kTls, "a.example"), hello_of(Application::kQuic, ""),
          attributes_of(Application::kDns, "b.example"), attributes_of(Application::kHttp, "c.example:80")})
        csv->on_flow({flow, values, &attributes}, nullptr);
    csv->on_flow({flow, values}, nullptr);
    ASSERT_TRUE(csv->finish().ok());
    const std::vector<std::string> all = lines(file);
    ASSERT_EQ(all.size(), 6u);
    const auto tail = [&](std::size_t line) { return all[line].substr(all[line].rfind("default,") + 8); };
    EXPECT_TRUE(all[0].ends_with(",Assembly Profile,App Protocol,Server Name,ALPN,JA3,JA4,DNS Query,HTTP Host"));
    const std::string print = "00112233445566778899aabbccddeeff,t13d1516h2_8daaf6152771_e5627efa2ab1";
    EXPECT_EQ(tail(1), "tls,a.example,h2," + print + ",,");
    EXPECT_EQ(tail(2), "quic,,h2," + print + ",,");
    EXPECT_EQ(tail(3), "dns,,,,,b.example,");
    EXPECT_EQ(tail(4), "http,,,,,,c.example:80");
    EXPECT_EQ(tail(5), ",,,,,,");
}

TEST(FlowCsv, HostileNamesAreNeitherFormulasNorControlSequences) {
    const TemporaryFile file("hostile.csv");
    const auto csv = opened(file, schema_of({"Flow Duration"}), {.profile = "default"}, true);
    const std::vector<double> values = {1};
    const auto attributes = attributes_of(features::Application::kDns, kHostileName);
    csv->on_flow({tcp_flow("10.0.0.1", 1, "10.0.0.2", 2), values, &attributes}, nullptr);
    ASSERT_TRUE(csv->finish().ok());
    const std::vector<std::string> all = lines(file);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_TRUE(all[1].ends_with(R"(,default,dns,,,,,"'=cmd|""},\x1b[2J\x0d\x0a\x00\xff<\u{202e}",)")) << all[1];
}

TEST(FlowCsv, EveryColumnHasAMeaningToTheReader) {
    const TemporaryFile file("header.csv");
    ASSERT_TRUE(opened(file, features::cic_schema(), {}, true)->finish().ok());
    const std::vector<std::string> header = cells(lines(file).at(0));
    // Ports and Protocol stand once, among the seven identity columns; the last seven are attributes.
    EXPECT_EQ(header.size(), 7 + features::cic_schema().size() - 3 + 4 + 7);
    for (const std::string& cell : header) {
        const features::ColumnMeaning meaning = features::find_column(cell);
        EXPECT_TRUE(meaning.feature || meaning.identity) << cell;
    }
}

TEST(FlowCsv, HasTheColumnsOfTheCorrectedPublicFiles) {
    const char* data = std::getenv("FLOWSIFT_DATA");
    if (!data) GTEST_SKIP() << "FLOWSIFT_DATA is not set: the public files are there";
    std::ifstream published(std::string(data) + "/oracle/cicids2017-sqli.csv");
    std::string header;
    ASSERT_TRUE(std::getline(published, header));
    // Theirs: a running number first, Attempted Category last. Ours: three columns of our own last.
    ASSERT_TRUE(header.starts_with("id,"));
    const std::string shared = header.substr(3, header.rfind(",Attempted Category") - 3);
    const TemporaryFile file("public.csv");
    ASSERT_TRUE(opened(file, features::cic_schema(), {})->finish().ok());
    EXPECT_EQ(lines(file).at(0), shared + ",Capture,End Reason,Assembly Profile");
}

TEST(FlowCsv, KeepsEveryRowOfALargeFile) {
    const TemporaryFile file("many.csv");
    const Schema& schema = features::cic_schema();
    const auto csv = opened(file, schema, {.capture = "a.pcap", .profile = "default"});
    std::vector<double> values(schema.size(), -1.7976931348623157e308);  // The longest text that a value can have.
    constexpr std::size_t kRows = 2'000;
    for (std::size_t i = 0; i < kRows; ++i)
        csv->on_flow({tcp_flow("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", 65535, "10.0.0.2", 2), values}, nullptr);
    ASSERT_TRUE(csv->finish().ok());
    const std::vector<std::string> all = lines(file);
    ASSERT_EQ(all.size(), kRows + 1);
    for (std::size_t i = 2; i < all.size(); ++i) ASSERT_EQ(all[i], all[1]);
    EXPECT_EQ(cells(all[1]).size(), cells(all[0]).size());
}

}  // namespace
}  // namespace flowsift::output
