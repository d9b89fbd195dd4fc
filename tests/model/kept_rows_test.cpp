#include "model/kept_rows.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "model/forest_sections.h"

namespace flowsift::model {
namespace {

using testing::HasSubstr;

KeptRows sample_rows() {
    return {.columns = {{0.5F, -0.0F, 3e30F}, {1, 2, std::numeric_limits<float>::denorm_min()}},
            .labels = {2, 0, 1},
            .five_tuples = {0xfedcba9876543210, 0, 7},
            .hosts = {1, 2, 3},
            .depths = {0, 8, 64},
            .times = {-5, 1'700'000'000'000'000'000, 0},
            .sources = {1, 0, 1},
            .source_names = {"a.pcap", ""}};
}

std::string fault_of(base::Bytes packed, std::size_t columns = 2, std::size_t classes = 3,
                     std::uint64_t most_bytes = kMostUnpackedBytes) {
    const auto rows = unpack_rows(packed, columns, classes, most_bytes);
    return rows ? "" : rows.error().message;
}

TEST(KeptRows, ComeBackBitForBit) {
    const auto packed = pack_rows(sample_rows());
    ASSERT_TRUE(packed.ok());
    const auto rows = unpack_rows(*packed, 2, 3);
    ASSERT_TRUE(rows.ok()) << rows.error().message;
    EXPECT_EQ(*rows, sample_rows());
    EXPECT_TRUE(std::signbit(rows->columns[0][1]));
}

TEST(KeptRows, NoneAreRowsAsWell) {
    const KeptRows none{.columns = {{}, {}}};
    EXPECT_EQ(*unpack_rows(*pack_rows(none), 2, 1), none);
}

// A row of two columns takes 2 + 4 * 8 + 4 + 2 * 4 = 46 bytes; three of them, and "a.pcap\0\0" of 8.
TEST(KeptRows, AreNotUnpackedBeyondTheLimit) {
    const auto packed = pack_rows(sample_rows());
    EXPECT_EQ(fault_of(*packed, 2, 3, 3 * 46 + 8), "");
    EXPECT_THAT(fault_of(*packed, 2, 3, 3 * 46 - 1), HasSubstr("they claim to be 3"));
    std::vector<std::uint8_t> claims;
    append_le64(claims, std::numeric_limits<std::uint64_t>::max());
    append_le64(claims, 0);
    EXPECT_THAT(fault_of(claims), HasSubstr("they claim to be"));
}

TEST(KeptRows, OfAnotherShapeAreRefused) {
    const auto packed = pack_rows(sample_rows());
    EXPECT_THAT(fault_of(*packed, 3), HasSubstr("not as many as they claim"));
    EXPECT_THAT(fault_of(*packed, 2, 2), HasSubstr("a class that the model does not have"));
    KeptRows rows = sample_rows();
    rows.sources[0] = 2;
    EXPECT_THAT(fault_of(*pack_rows(rows)), HasSubstr("a file that is not named"));
    rows = sample_rows();
    rows.columns[1][0] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(fault_of(*pack_rows(rows)), HasSubstr("no finite number"));
}

TEST(KeptRows, EveryTruncationIsRefused) {
    const auto packed = pack_rows(sample_rows());
    for (std::size_t size = 0; size < packed->size(); ++size)
        EXPECT_NE(fault_of(base::Bytes(*packed).first(size)), "") << size;
}

// What a flipped bit leaves readable is within what a table may hold: unpack_rows() has checked it.
TEST(KeptRows, MutantsAreRefusedOrSafe) {
    const auto packed = pack_rows(sample_rows());
    base::Random random(1);
    for (int i = 0; i < 20'000; ++i) {
        std::vector<std::uint8_t> mutant = *packed;
        for (std::uint32_t edits = 1 + random.below(3); edits > 0; --edits)
            mutant[random.below(static_cast<std::uint32_t>(mutant.size()))] = static_cast<std::uint8_t>(random.next());
        const auto rows = unpack_rows(mutant, 2, 3, 1 << 20);
        if (!rows) continue;
        for (const std::uint16_t label : rows->labels) ASSERT_LT(label, 3);
        for (const std::uint32_t source : rows->sources) ASSERT_LT(source, rows->source_names.size());
    }
}

// One class in a thousand rows of few values: what flows of an attack look like.
TEST(KeptRows, ThatResembleEachOtherTakeLittleRoom) {
    KeptRows rows{.columns = {std::vector<float>(10'000, 60), std::vector<float>(10'000, 1'460)},
                  .labels = std::vector<std::uint16_t>(10'000),
                  .five_tuples = std::vector<std::uint64_t>(10'000, 1),
                  .hosts = std::vector<std::uint64_t>(10'000, 1),
                  .depths = std::vector<std::uint64_t>(10'000),
                  .times = std::vector<base::Nanoseconds>(10'000),
                  .sources = std::vector<std::uint32_t>(10'000),
                  .source_names = {"a"}};
    EXPECT_LT(pack_rows(rows)->size(), 2'000U);
}

}  // namespace
}  // namespace flowsift::model
