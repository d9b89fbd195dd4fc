#include "features/catalogue.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "features/markdown.h"
#include "features/schema.h"

namespace flowsift::features {
namespace {

TEST(Catalogue, NamesAreDistinctAndFound) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < catalogue().size(); ++i) {
        EXPECT_TRUE(names.insert(catalogue()[i].name).second) << catalogue()[i].name;
        EXPECT_EQ(find_feature(catalogue()[i].name), static_cast<FeatureId>(i));
        EXPECT_FALSE(catalogue()[i].unit.empty());
        EXPECT_TRUE(catalogue()[i].definition.ends_with('.')) << catalogue()[i].name;
    }
    EXPECT_FALSE(find_feature("Destination Port"));
    EXPECT_FALSE(find_feature(""));
}

TEST(Catalogue, NineColumnsDifferFromThePublicFiles) {
    std::set<std::string_view> names;
    for (const Feature& feature : catalogue())
        if (feature.differs_from_public_csv) names.insert(feature.name);
    EXPECT_EQ(names, (std::set<std::string_view>{"Subflow Fwd Packets", "Subflow Fwd Bytes", "Subflow Bwd Packets",
                                                 "Subflow Bwd Bytes", "Bwd Init Win Bytes", "Active Mean", "Active Std",
                                                 "Active Max", "Active Min"}));
}

TEST(Schema, CicBeginsTheCatalogueFromPortsToTotalTcpFlowTime) {
    const Schema& schema = cic_schema();
    // Both ports, Protocol, 78 from Flow Duration to Idle Min, ICMP Code, ICMP Type, Total TCP Flow Time.
    ASSERT_EQ(schema.size(), 84u);
    EXPECT_EQ(schema.feature(2).name, "Protocol");
    EXPECT_EQ(schema.feature(3).name, "Flow Duration");
    EXPECT_EQ(schema.feature(80).name, "Idle Min");
    std::set<std::string_view> on_request;
    for (std::size_t i = 0; i < schema.size(); ++i)
        if (schema.feature(i).use == FeatureUse::kOnRequest) on_request.insert(schema.feature(i).name);
    EXPECT_EQ(on_request, (std::set<std::string_view>{"Src Port", "Dst Port", "Total TCP Flow Time"}));
}

TEST(Schema, IsFoundByNameAndJoinedByPlus) {
    ASSERT_TRUE(find_schema("cic").ok());
    EXPECT_EQ(find_schema("cic")->features, cic_schema().features);
    const Schema tcp = find_schema("tcp").value();
    ASSERT_EQ(tcp.size(), 10u);
    EXPECT_EQ(tcp.feature(0).name, "Fwd Handshake RTT");
    // Whatever the order, and named twice: the catalogue's order, each feature once.
    const Schema both = find_schema("tcp+cic+tcp").value();
    EXPECT_EQ(both.name, "cic+tcp");
    ASSERT_EQ(both.size(), 94u);
    EXPECT_EQ(both.feature(0).name, "Src Port");
    EXPECT_EQ(both.feature(84).name, "Fwd Handshake RTT");
}

TEST(Schema, ThatDoesNotExistIsToldWithThoseThatDo) {
    for (const char* name : {"", "cicc", "cic+", "+", "cic+cicc", "cic:3", "tcp:1"}) {
        const auto unknown = find_schema(name);
        ASSERT_FALSE(unknown.ok()) << name;
        EXPECT_TRUE(unknown.error().message.starts_with("unknown feature schema '" + std::string(name) +
                                                        "'; there are: cic, "));
    }
}

TEST(Schema, CoveringHoldsWholeGroupsAndCic) {
    EXPECT_EQ(covering_schema({"custom", {find_feature("Idle Min").value()}}).name, "cic");
    EXPECT_EQ(covering_schema({"custom", {find_feature("Bwd Retransmissions").value()}}).name, "cic+tcp");
    EXPECT_EQ(covering_schema(find_schema("early:8").value()).name, "early");
}

TEST(FeaturesPage, IsWhatTheCatalogueSays) {
    const std::string path = FLOWSIFT_SOURCE_DIR "/docs/features.md";
    const std::string page = features_markdown();
    if (std::getenv("FLOWSIFT_WRITE_DOCS") != nullptr) std::ofstream(path) << page;
    std::ostringstream file;
    file << std::ifstream(path).rdbuf();
    EXPECT_EQ(file.str(), page) << "run this test with FLOWSIFT_WRITE_DOCS=1 to write docs/features.md anew";
}

}  // namespace
}  // namespace flowsift::features
