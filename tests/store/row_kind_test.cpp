#include "store/row_kind.h"

#include <gmock/gmock.h>

#include <limits>

namespace flowsift::store {
namespace {

TEST(RowKind, ComesBackFromItsText) {
    const RowKind kind{"cicflowmeter", 3, {"Flow Duration", "Total Fwd Packet"}};
    EXPECT_EQ(to_text(kind), "definitions 3\nprofile cicflowmeter\nFlow Duration\nTotal Fwd Packet\n");
    EXPECT_EQ(parse_row_kind(to_text(kind)), kind);
    const RowKind bare{"default", 1, {}};
    EXPECT_EQ(parse_row_kind(to_text(bare)), bare);
}

TEST(RowKind, AnythingElseIsNone) {
    for (const char* text : {"", "definitions\nprofile x\n", "definitions x\nprofile y\n", "definitions 1\nFlow\n",
                             "definitions 1 \nprofile y\n", "profile y\ndefinitions 1\n"})
        EXPECT_FALSE(parse_row_kind(text)) << text;
}

TEST(RowKind, ValuesAreRoundedAsRowsThatAreJudged) {
    const std::vector<double> values = {0.1, -2, 16'777'217};
    EXPECT_THAT(values_of_bytes(values_to_bytes(values)), testing::ElementsAre(0.1F, -2.0F, 16'777'216.0F));
    // 1.0F is 0x3f800000.
    EXPECT_THAT(values_to_bytes(std::vector<double>{1}), testing::ElementsAre(0, 0, 0x80, 0x3f));
}

TEST(RowKind, BytesThatAreNoValuesGiveNone) {
    const std::vector<std::uint8_t> odd = {0, 0, 0x80};
    EXPECT_TRUE(values_of_bytes(odd).empty());
    const std::vector<std::uint8_t> infinite = {0, 0, 0x80, 0x7f};
    EXPECT_TRUE(values_of_bytes(infinite).empty());
}

}  // namespace
}  // namespace flowsift::store
