#include "model/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/novelty.h"
#include "tests/model/sample_model.h"

namespace flowsift::model {
namespace {

TEST(CalibrationCurve, IsLinearBetweenKnotsAndLevelOutside) {
    const CalibrationCurve curve{{0.25F, 0.75F}, {0.5F, 1.0F}};
    EXPECT_EQ(curve.at(0), 0.5F);
    EXPECT_EQ(curve.at(0.25F), 0.5F);
    EXPECT_EQ(curve.at(0.5F), 0.75F);
    EXPECT_EQ(curve.at(0.75F), 1.0F);
    EXPECT_EQ(curve.at(1), 1.0F);
    EXPECT_EQ(CalibrationCurve{}.at(0.3F), 0.3F);
    EXPECT_EQ(Calibration{}.at(7, 0.3F), 0.3F);
}

// A threshold on the calibrated number is one on the forest's: at least_raw() and above it holds, just below it does
// not.
TEST(CalibrationCurve, ThresholdsOfEitherNumberAreTheSame) {
    const CalibrationCurve curve{{0.1F, 0.35F, 0.36F, 0.9F}, {0.0F, 0.2F, 0.7F, 0.95F}};
    for (const float wanted : {0.1F, 0.2F, 0.5F, 0.7F, 0.7001F, 0.94F}) {
        const float raw = curve.least_raw(wanted);
        EXPECT_GE(curve.at(raw), wanted);
        EXPECT_LT(curve.at(std::nextafter(raw, 0.0F)), wanted);
    }
    EXPECT_EQ(curve.least_raw(0), 0);
    EXPECT_GT(curve.least_raw(0.96F), 1);
    EXPECT_EQ(CalibrationCurve{}.least_raw(0.7F), 0.7F);
}

TEST(CalibrationCurve, NeverFalls) {
    const CalibrationCurve curve{{0.1F, 0.7F, 0.70001F}, {0.1F, 0.3F, 0.300001F}};
    float last = 0;
    for (float raw = 0; raw < 0.9F; raw += 1e-5F) {
        ASSERT_GE(curve.at(raw), last);
        last = curve.at(raw);
    }
}

TEST(Calibration, RefusesCurvesThatFallOrLeaveTheirRange) {
    const auto is_fine = [](CalibrationCurve curve) { return check_calibration({{std::move(curve)}}, 1).ok(); };
    EXPECT_TRUE(is_fine({{0.1F, 0.2F}, {0.5F, 0.5F}}));
    EXPECT_FALSE(is_fine({{0.1F, 0.2F}, {0.5F, 0.4F}}));
    EXPECT_FALSE(is_fine({{0.2F, 0.2F}, {0.5F, 0.6F}}));
    EXPECT_FALSE(is_fine({{0.1F, 0.2F}, {0.5F, 1.1F}}));
    EXPECT_FALSE(is_fine({{0.1F}, {0.5F, 0.6F}}));
    EXPECT_FALSE(is_fine({{NAN}, {0.5F}}));
    EXPECT_FALSE(check_calibration({{{}, {}}}, 3).ok());
}

// Held out: four rows of the class, which it got 0.2, 0.5, 0.5 and 0.9. A row at 0.5 stands with three of five.
TEST(ConformalScores, CountTheRowsThatFitNoBetter) {
    const ConformalScores scores{{{0.2F, 0.5F, 0.5F, 0.9F}, {}}};
    EXPECT_DOUBLE_EQ(scores.p_value(0, 0.5F), 4.0 / 5);
    EXPECT_DOUBLE_EQ(scores.p_value(0, 0.1F), 1.0 / 5);
    EXPECT_DOUBLE_EQ(scores.p_value(0, 1.0F), 1);
    EXPECT_DOUBLE_EQ(scores.p_value(1, 0.0F), 1);
    EXPECT_DOUBLE_EQ(ConformalScores{}.p_value(1, 0.0F), 1);
    EXPECT_TRUE(check_conformal(scores, 2).ok());
    EXPECT_FALSE(check_conformal({{{0.5F, 0.2F}}}, 1).ok());
    EXPECT_FALSE(check_conformal({{{0.5F, 1.2F}}}, 1).ok());
    EXPECT_FALSE(check_conformal(scores, 3).ok());
}

// Tree 0 of the sample has the leaves 1, 3 and 4, tree 1 has 1 and 2.
TEST(LeafPairs, CountsPairsThatWereNotMet) {
    const Forest forest = sample_forest();
    LeafPairs pairs{std::vector<std::uint64_t>(8)};
    pairs.add(0, 1, 1);
    pairs.add(0, 4, 2);
    EXPECT_EQ(unseen_pairs(forest, pairs, std::vector<float>{0, 0}), 0U);   // Leaves 1 and 1.
    EXPECT_EQ(unseen_pairs(forest, pairs, std::vector<float>{2, 11}), 0U);  // 4 and 2.
    EXPECT_EQ(unseen_pairs(forest, pairs, std::vector<float>{2, 0}), 1U);   // 4 and 1 were not met together.
}

TEST(LeafPairs, RefusesTablesOfOddSizeAndLimitsBeyondTheTrees) {
    const Forest forest = sample_forest();
    EXPECT_TRUE(check_pairs({}, forest).ok());
    EXPECT_TRUE(check_pairs({std::vector<std::uint64_t>(8), 1}, forest).ok());
    EXPECT_FALSE(check_pairs({std::vector<std::uint64_t>(7), 1}, forest).ok());
    EXPECT_FALSE(check_pairs({std::vector<std::uint64_t>(8), 2}, forest).ok());
}

}  // namespace
}  // namespace flowsift::model
