#include "detect/drift.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace flowsift::detect {
namespace {

using base::kSecond;

// Then 0.5 and 0.5, now 0.8 and 0.2: 0.3 ln 1.6 - 0.3 ln 0.4 = 0.3 ln 4 = 0.4159.
TEST(StabilityIndex, IsThatOfTheFormula) {
    const std::array<float, 2> then = {0.5F, 0.5F};
    EXPECT_NEAR(stability_index(then, std::array<std::uint64_t, 2>{80, 20}), 0.41589, 1e-5);
    EXPECT_NEAR(stability_index(then, std::array<std::uint64_t, 2>{50, 50}), 0, 1e-12);
    EXPECT_EQ(stability_index(then, std::array<std::uint64_t, 2>{0, 0}), 0);
    // Nothing in the second bin counts as 1e-4: 0.5 ln 2 + (1e-4 - 0.5) ln(2e-4) = 0.34657 + 4.25774.
    EXPECT_NEAR(stability_index(then, std::array<std::uint64_t, 2>{10, 0}), 4.60431, 1e-4);
}

/// Three features that are uniform in [0, 10) in training, two classes, scores of 0.01 … 0.99 for each.
model::Model uniform_model() {
    model::Model model;
    model.schema.features = {*features::find_feature("Flow Duration"), *features::find_feature("SYN Flag Count"),
                             *features::find_feature("Flow Packets/s")};
    model.classes = {"BENIGN", "Bot"};
    model.stages.resize(1);
    model::FeatureReference uniform{.low = 0.5F, .high = 9.5F};
    for (int edge = 1; edge < 10; ++edge) uniform.edges.push_back(static_cast<float>(edge));
    uniform.shares.assign(10, 0.1F);
    model.end_stage().reference = {1'000, {uniform, uniform, uniform}};
    std::vector<float> scores;
    for (int i = 1; i < 100; ++i) scores.push_back(static_cast<float>(i) / 100);
    model.end_stage().conformal.by_class = {scores, scores};
    return model;
}

/// An hour of flows; every value is `stretch` times what it was in training.
std::optional<Notice> hour_of(Drift& drift, float stretch, float probability) {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> uniform(0, 10);
    const std::array<float, 2> probabilities = {probability, 0.01F};
    EXPECT_FALSE(drift.advance(0));
    for (int i = 0; i < 2'000; ++i) {
        const std::array<float, 3> row = {stretch * uniform(random), stretch * uniform(random),
                                          stretch * uniform(random)};
        drift.add(row, {.probability = probability, .probabilities = probabilities});
    }
    EXPECT_FALSE(drift.advance(Drift::kPeriod - 1));
    return drift.advance(Drift::kPeriod);
}

TEST(Drift, TrafficAsInTrainingNeedsNoNewModel) {
    const model::Model model = uniform_model();
    Drift drift(model);
    ASSERT_TRUE(drift.can_tell());
    const auto notice = hour_of(drift, 1, 0.5F);
    ASSERT_TRUE(notice);
    EXPECT_FALSE(notice->is_warning);
    EXPECT_EQ(
        notice->text,
        "no need to retrain: 0 of 3 features have changed (PSI above 0.25); no class fits 0.0 % of 2000 flows (up "
        "to 5 % are expected)");
}

// Values of 0 to 5: a fifth in each of the lower five bins, nothing above: 5 (0.1 ln 2) + 5 (1e-4 - 0.1) ln(1e-3)
// = 3.80.
TEST(Drift, NamesTheFeaturesThatHaveChanged) {
    const model::Model model = uniform_model();
    Drift drift(model);
    const auto notice = hour_of(drift, 0.5F, 0.5F);
    ASSERT_TRUE(notice);
    EXPECT_TRUE(notice->is_warning);
    EXPECT_TRUE(notice->text.starts_with("RETRAIN, traffic is not what was learnt from: 3 of 3 features have changed"));
    EXPECT_NE(notice->text.find("SYN Flag Count 3.8"), std::string_view::npos) << notice->text;
}

// A row with 0.04 and 0.01: (4 + 1) / 100 and (1 + 1) / 100 of the scores are no larger, so neither is above 0.05.
TEST(Drift, FlowsThatNoClassFitsAreASignToo) {
    const model::Model model = uniform_model();
    Drift drift(model);
    const auto notice = hour_of(drift, 1, 0.04F);
    ASSERT_TRUE(notice);
    EXPECT_TRUE(notice->is_warning);
    EXPECT_NE(notice->text.find("no class fits 100.0 %"), std::string_view::npos) << notice->text;
}

TEST(Drift, AFewFlowsSayNothing) {
    const model::Model model = uniform_model();
    Drift drift(model);
    const std::array<float, 2> probabilities = {0.5F, 0.01F};
    EXPECT_FALSE(drift.advance(0));
    for (std::uint64_t i = 0; i + 1 < Drift::kLeastFlows; ++i)
        drift.add(std::array<float, 3>{}, {.probabilities = probabilities});
    EXPECT_FALSE(drift.advance(10 * Drift::kPeriod));
    drift.add(std::array<float, 3>{}, {.probabilities = probabilities});
    EXPECT_TRUE(drift.advance(10 * Drift::kPeriod));
    EXPECT_FALSE(drift.advance(20 * Drift::kPeriod));  // Counted from anew.
}

}  // namespace
}  // namespace flowsift::detect
