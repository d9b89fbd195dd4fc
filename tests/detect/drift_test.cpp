#include "detect/drift.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace flowsift::detect {
namespace {

using base::kSecond;

constexpr base::Nanoseconds kHour = 3'600 * kSecond;

// Of a million rows half and half, now 800 and 200 thousand: 0.3 ln 1.6 - 0.3 ln 0.4 = 0.3 ln 4 = 0.4159; the half rows
// that are added to each bin do not show.
TEST(StabilityIndex, IsThatOfTheFormula) {
    const std::array<float, 2> then = {0.5F, 0.5F};
    constexpr std::uint64_t kMany = 1'000'000;
    EXPECT_NEAR(stability_index(then, kMany, std::array<std::uint64_t, 2>{800'000, 200'000}), 0.41589, 1e-5);
    EXPECT_NEAR(stability_index(then, kMany, std::array<std::uint64_t, 2>{50, 50}), 0, 1e-12);
    EXPECT_EQ(stability_index(then, kMany, std::array<std::uint64_t, 2>{0, 0}), 0);
    EXPECT_EQ(stability_index(then, 0, std::array<std::uint64_t, 2>{1, 1}), 0);
}

// Then 50.5 and 50.5 of 101, now 10.5 and 0.5 of 11: 5/11 as differences of both shares; 5/11 ln (21/11) - 5/11 ln
// (1/11) = 5/11 ln 21 = 1.38387.
TEST(StabilityIndex, ABinWithoutRowsIsNotTakenForImpossible) {
    const std::array<float, 2> then = {0.5F, 0.5F};
    EXPECT_NEAR(stability_index(then, 100, std::array<std::uint64_t, 2>{10, 0}), 1.38387, 1e-5);
}

// Ten bins, 500 rows against 1,000: 9 (1/500 + 1/1000) = 0.027.
TEST(ExpectedIndex, IsWhatChanceAloneGives) {
    EXPECT_NEAR(expected_index(10, 500, 1'000), 0.027, 1e-12);
    EXPECT_EQ(expected_index(1, 500, 1'000), 0);
    EXPECT_EQ(expected_index(10, 0, 1'000), 0);
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
    EXPECT_FALSE(drift.advance(kHour - 1));
    return drift.advance(kHour);
}

TEST(Drift, TrafficAsInTrainingNeedsNoNewModel) {
    const model::Model model = uniform_model();
    Drift drift(model, kHour);
    ASSERT_TRUE(drift.can_tell());
    const auto notice = hour_of(drift, 1, 0.5F);
    ASSERT_TRUE(notice);
    EXPECT_FALSE(notice->is_warning);
    EXPECT_EQ(
        notice->text,
        "no need to retrain: 0 of 3 features have changed (PSI above 0.25); no class fits 0.0 % of 2000 flows (up "
        "to 5 % are expected)");
}

// Values of 0 to 5, half a row added to each bin: then 0.1; now 400.5/2005 = 0.19975 in each of the lower five bins and
// 0.5/2005 = 0.000249 above: 5 (0.09975 ln 1.9975) + 5 (0.09975 ln 401) = 0.345 + 2.989; less 9 (1/2000 + 1/1000)
// = 3.32.
TEST(Drift, NamesTheFeaturesThatHaveChanged) {
    const model::Model model = uniform_model();
    Drift drift(model, kHour);
    const auto notice = hour_of(drift, 0.5F, 0.5F);
    ASSERT_TRUE(notice);
    EXPECT_TRUE(notice->is_warning);
    EXPECT_TRUE(notice->text.starts_with("RETRAIN, traffic is not what was learnt from: 3 of 3 features have changed"));
    EXPECT_NE(notice->text.find("SYN Flag Count 3.3"), std::string_view::npos) << notice->text;
}

// A row with 0.04 and 0.01: (4 + 1) / 100 and (1 + 1) / 100 of the scores are no larger, so neither is above 0.05.
TEST(Drift, FlowsThatNoClassFitsAreASignToo) {
    const model::Model model = uniform_model();
    Drift drift(model, kHour);
    const auto notice = hour_of(drift, 1, 0.04F);
    ASSERT_TRUE(notice);
    EXPECT_TRUE(notice->is_warning);
    EXPECT_NE(notice->text.find("no class fits 100.0 %"), std::string_view::npos) << notice->text;
}

/// `count` features, each of which counts in two to ten bins what `rows` rows of a uniform distribution showed; scores
/// of as many rows.
model::Model sampled_model(std::size_t count, std::size_t rows, std::mt19937& random) {
    std::uniform_real_distribution<float> uniform(0, 1);
    model::Model model = uniform_model();
    model.schema.features.clear();
    std::vector<model::FeatureReference> features;
    for (std::size_t f = 0; f < count; ++f) {
        model.schema.features.push_back(static_cast<features::FeatureId>(f));
        const std::size_t bins = 2 + f % 9;
        model::FeatureReference feature{.low = 0, .high = 1};
        for (std::size_t edge = 1; edge < bins; ++edge)
            feature.edges.push_back(static_cast<float>(edge) / static_cast<float>(bins));
        feature.shares.assign(bins, 0);
        for (std::size_t i = 0; i < rows; ++i)
            feature.shares[feature.bin_of(uniform(random))] += 1 / static_cast<float>(rows);
        features.push_back(std::move(feature));
    }
    model.end_stage().reference = {rows, std::move(features)};
    std::vector<float> scores;
    for (std::size_t i = 0; i < rows; ++i) scores.push_back(uniform(random));
    std::ranges::sort(scores);
    model.end_stage().conformal.by_class = {scores, std::vector<float>(rows, 1.0F)};
    return model;
}

/// The least number of flows that is judged, of the same distribution; the first `moved` features lie in the lower
/// half.
bool is_sign(const model::Model& model, std::size_t moved, std::mt19937& random) {
    std::uniform_real_distribution<float> uniform(0, 1);
    Drift drift(model, kHour);
    EXPECT_FALSE(drift.advance(0));
    std::vector<float> row(model.schema.size());
    for (std::uint64_t i = 0; i < Drift::kLeastFlows; ++i) {
        for (std::size_t f = 0; f < row.size(); ++f) row[f] = uniform(random) * (f < moved ? 0.5F : 1.0F);
        const std::array<float, 2> probabilities = {uniform(random), 0};
        drift.add(row, {.probability = probabilities[0], .probabilities = probabilities});
    }
    const auto notice = drift.advance(kHour);
    EXPECT_TRUE(notice);
    return notice && notice->is_warning;
}

// None of 1,000 samples: the rate of false signs is below 0.3 % with 95 % confidence (3 / 1,000).
TEST(Drift, AnotherSampleOfTheSameDistributionIsNoSign) {
    int signs = 0;
    for (unsigned seed = 0; seed < 1'000; ++seed) {
        std::mt19937 random(seed);
        const model::Model model = sampled_model(20, 200, random);
        signs += is_sign(model, 0, random) ? 1 : 0;
    }
    EXPECT_EQ(signs, 0);
}

// A quarter of 20 features is five.
TEST(Drift, ItTakesMoreThanAQuarterOfTheFeatures) {
    for (unsigned seed = 0; seed < 100; ++seed) {
        std::mt19937 random(seed);
        const model::Model model = sampled_model(20, 200, random);
        EXPECT_FALSE(is_sign(model, 5, random)) << seed;
        EXPECT_TRUE(is_sign(model, 6, random)) << seed;
    }
}

TEST(Drift, AFewFlowsSayNothing) {
    const model::Model model = uniform_model();
    Drift drift(model, kHour);
    const std::array<float, 2> probabilities = {0.5F, 0.01F};
    EXPECT_FALSE(drift.advance(0));
    for (std::uint64_t i = 0; i + 1 < Drift::kLeastFlows; ++i)
        drift.add(std::array<float, 3>{}, {.probabilities = probabilities});
    EXPECT_FALSE(drift.advance(10 * kHour));
    drift.add(std::array<float, 3>{}, {.probabilities = probabilities});
    EXPECT_TRUE(drift.advance(10 * kHour));
    EXPECT_FALSE(drift.advance(20 * kHour));  // Counted from anew.
}

}  // namespace
}  // namespace flowsift::detect
