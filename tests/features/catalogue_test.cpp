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

TEST(Schema, CicIsTheWholeCatalogueFromPortsToTotalTcpFlowTime) {
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

TEST(Schema, IsFoundByName) {
    ASSERT_TRUE(find_schema("cic").ok());
    EXPECT_EQ(find_schema("cic")->features, cic_schema().features);
    const auto unknown = find_schema("cicc");
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().message, "unknown feature schema 'cicc'; there is: cic");
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
