#include "base/growing_array.h"

#include <gtest/gtest.h>

namespace flowsift::base {
namespace {

struct Record {
    std::uint64_t number;
    std::uint64_t more[7];
};

TEST(GrowingArray, KeepsElementsInPlaceAndBeginsThemWithZeros) {
    GrowingArray<Record> array(1'000'000);
    EXPECT_EQ(array.bytes(), 0u);
    array.grow_to(10);
    Record* first = &array[0];
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % (std::size_t{2} << 20), 0u);
    for (std::size_t size = 10; size < 1'000'000; size = size * 3 / 2) {
        array.grow_to(size);
        EXPECT_EQ(&array[0], first);
        EXPECT_EQ(array[size - 1].number, 0u);
        array[size - 1].number = size;
    }
    for (std::size_t size = 10; size < 1'000'000; size = size * 3 / 2) EXPECT_EQ(array[size - 1].number, size);
}

TEST(GrowingArray, TellsWhatItHoldsAndWhatGrowingTakes) {
    GrowingArray<Record> array(1000);
    EXPECT_EQ(array.growth_bytes(1), 4096u);  // A page.
    array.grow_to(64);                        // 64 of 64 bytes: the page exactly.
    EXPECT_EQ(array.bytes(), 4096u);
    EXPECT_EQ(array.growth_bytes(64), 0u);
    EXPECT_EQ(array.growth_bytes(65), 4096u);
    array.grow_to(10);  // Never shrinks.
    EXPECT_EQ(array.size(), 64u);
}

TEST(GrowingArray, RefusesMoreThanItReserved) {
    GrowingArray<Record> array(10);
    EXPECT_THROW(array.grow_to(100'000), std::bad_alloc);
    array.grow_to(10);
    array[9].number = 1;
}

}  // namespace
}  // namespace flowsift::base
