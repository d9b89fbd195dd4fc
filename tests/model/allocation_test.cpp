// Nothing is allocated between the wire and the verdict: every operator new of this program is counted.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "model/engine.h"
#include "model/tree_shap.h"
#include "tests/model/random_forest.h"

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace flowsift::model {
namespace {

void expect_no_allocation(const Forest& forest) {
    const Engine engine = Engine::of(forest);
    const auto shap = TreeShap::of(forest);
    ASSERT_TRUE(shap) << shap.error().message;
    Engine::Scratch scratch(engine);
    TreeShap::Scratch shap_scratch(*shap);
    const std::vector<float> rows = rows_for(forest, 100, 1);
    std::vector<float> probabilities(100 * forest.class_count);
    std::vector<Decision> decisions(100);
    std::vector<float> contributions(forest.feature_count);
    std::vector<Contribution> top(3);
    const std::size_t before = allocations;
    engine.predict(rows, probabilities, scratch);
    engine.decide(rows, {}, decisions, scratch);
    for (std::size_t i = 0; i < 100; ++i)
        shap->explain({&rows[i * forest.feature_count], forest.feature_count}, i % forest.class_count, contributions,
                      shap_scratch);
    largest_contributions(contributions, top);
    EXPECT_EQ(allocations, before);
}

TEST(Allocation, PredictionsAndReasonsTakeNone) {
    const std::size_t before = allocations;
    expect_no_allocation(random_forest({.classes = 4, .trees = 30}, 1));
    expect_no_allocation(
        random_forest({.combination = Combination::kSoftmax, .classes = 4, .trees = 40, .inner_nodes = 50}, 2));
    expect_no_allocation(
        random_forest({.combination = Combination::kLogistic, .classes = 2, .trees = 20, .inner_nodes = 200}, 3));
    EXPECT_GT(allocations, before) << "the count does not count";
}

}  // namespace
}  // namespace flowsift::model
