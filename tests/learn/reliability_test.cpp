#include "learn/reliability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "learn/forest_trainer.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

/// `rows` verdicts at one probability, the first `right` of them right.
void append(std::vector<JudgedRow>& rows, dataset::ClassIndex chosen, float probability, int count, int right) {
    for (int i = 0; i < count; ++i) rows.push_back({chosen, probability, i < right});
}

// Class 0: at 0.5 ten of 49 right, (10 + 1/2) / 50 = 0.21; at 0.75 forty of 49, 40.5 / 50 = 0.81.
TEST(Calibration, IsTheShareThatIsRight) {
    std::vector<JudgedRow> rows;
    append(rows, 0, 0.75F, 49, 40);
    append(rows, 0, 0.5F, 49, 10);
    const auto calibration = fit_calibration(rows, 2);
    ASSERT_EQ(calibration.curves.size(), 2U);
    EXPECT_THAT(calibration.curves[0].raw, ElementsAre(0.5F, 0.75F));
    EXPECT_THAT(calibration.curves[0].calibrated, ElementsAre(FloatEq(0.21F), FloatEq(0.81F)));
    EXPECT_EQ(calibration.curves[1], calibration.curves[0]);  // Never chosen: the curve of all.
    EXPECT_TRUE(model::check_calibration(calibration, 2).ok());
}

// 0.4 is right more often (30 of 49) than 0.6 (10 of 49): pooled to (40 + 1/2) / 99, level between the two.
TEST(Calibration, PoolsWhatWouldFall) {
    std::vector<JudgedRow> rows;
    append(rows, 0, 0.4F, 49, 30);
    append(rows, 0, 0.6F, 49, 10);
    append(rows, 0, 0.9F, 49, 49);
    const auto curve = fit_calibration(rows, 1).curves[0];
    EXPECT_THAT(curve.raw, ElementsAre(0.4F, 0.6F, 0.9F));
    EXPECT_THAT(curve.calibrated, ElementsAre(FloatEq(40.5F / 99), FloatEq(40.5F / 99), FloatEq(49.5F / 50)));
}

// None of 49 and none of 99 was wrong: one pool, (148 + 1/2) / 149, although 49.5 / 50 would be less than 99.5 / 100.
TEST(Calibration, PoolsWhatIsAlwaysRight) {
    std::vector<JudgedRow> rows;
    append(rows, 0, 0.7F, 49, 49);
    append(rows, 0, 0.9F, 99, 99);
    const auto curve = fit_calibration(rows, 1).curves[0];
    EXPECT_THAT(curve.raw, ElementsAre(0.7F, 0.9F));
    EXPECT_THAT(curve.calibrated, ElementsAre(FloatEq(148.5F / 149), FloatEq(148.5F / 149)));
}

// Whatever was drawn, curves rise and the error on the rows that they were fitted on falls.
TEST(Calibration, LessensTheErrorOfAForestThatIsTooSure) {
    base::Random random(3);
    for (int round = 0; round < 20; ++round) {
        std::vector<JudgedRow> rows;
        for (int i = 0; i < 5'000; ++i) {
            const auto p = static_cast<float>(random.uniform());
            const auto chosen = static_cast<dataset::ClassIndex>(random.below(3));
            rows.push_back({chosen, p, random.uniform() < static_cast<double>(p) * (0.3 + 0.2 * chosen)});
        }
        const auto calibration = fit_calibration(rows, 3);
        ASSERT_TRUE(model::check_calibration(calibration, 3).ok());
        const double before = expected_calibration_error(rows);
        for (JudgedRow& row : rows) row.probability = calibration.at(row.chosen, row.probability);
        EXPECT_LT(expected_calibration_error(rows), before / 4);
    }
}

// Bins are a fifteenth wide: 0.1 and 0.12 share the second (1/15 to 2/15), 0.95 is in the last. |1 - 0.22| + |3 - 2.85|
// over five rows.
TEST(CalibrationError, IsTheMeanOverBins) {
    const std::vector<JudgedRow> rows = {
        {0, 0.1F, true}, {0, 0.12F, false}, {0, 0.95F, true}, {0, 0.95F, true}, {0, 0.95F, true}};
    EXPECT_NEAR(expected_calibration_error(rows), (0.78 + 0.15) / 5, 1e-7);
    EXPECT_EQ(expected_calibration_error({}), 0);
}

TEST(Conformal, KeepsWhatEachClassGotAscending) {
    const std::vector<dataset::ClassIndex> truth = {0, 1, 0};
    const std::vector<float> probabilities = {0.9F, 0.1F, 0.4F, 0.6F, 0.3F, 0.7F};
    EXPECT_THAT(fit_conformal(truth, probabilities, 2).by_class,
                ElementsAre(ElementsAre(0.3F, 0.9F), ElementsAre(0.6F)));
}

// Rows that are exchangeable with those held out are left out of the set as often as was allowed.
TEST(Conformal, SetsMissAtMostTheErrorThatWasAllowed) {
    base::Random random(5);
    const auto draw = [&](std::size_t rows) {
        std::vector<float> probabilities;
        for (std::size_t i = 0; i < rows; ++i) {
            const auto p = static_cast<float>(random.uniform());
            probabilities.insert(probabilities.end(), {p, 1 - p});
        }
        return probabilities;
    };
    const std::vector<dataset::ClassIndex> truth(20'000, 0);
    const auto scores = fit_conformal(truth, draw(truth.size()), 2);
    EXPECT_EQ(scores.by_class[0].size(), model::kMaxScores);
    const auto fresh = draw(20'000);
    for (const double error : {0.01, 0.05, 0.2}) {
        double missed = 0;
        for (std::size_t i = 0; i < 20'000; ++i) missed += scores.p_value(0, fresh[2 * i]) <= error ? 1 : 0;
        EXPECT_NEAR(missed / 20'000, error, 0.006);
    }
}

// Every pair of a learnt row is in the set; what was not met is unseen but for one in thirty.
TEST(Novelty, KnowsTheRowsItLearntFrom) {
    const dataset::Table table = random_table(600, 6, 4, 3);
    const auto rows = every_row(table);
    const auto trained = train_forest(table, rows, {.trees = 40, .seed = 1}, {});
    ASSERT_TRUE(trained.ok());
    const auto pairs = collect_pairs(trained->forest, table, rows);
    EXPECT_TRUE(model::check_pairs(pairs, trained->forest).ok());
    std::vector<float> row(6);
    for (const std::uint32_t i : rows) {
        for (std::size_t f = 0; f < 6; ++f) row[f] = table.columns[f][i];
        ASSERT_EQ(model::unseen_pairs(trained->forest, pairs, row), 0U);
    }
    EXPECT_EQ(fit_novelty_limit(trained->forest, pairs, table, rows), 0U);
    std::uint32_t unseen = 0;
    base::Random random(1);
    for (int i = 0; i < 100; ++i) {
        for (float& value : row) value = static_cast<float>(random.uniform() * 12 - 3);
        unseen += model::unseen_pairs(trained->forest, pairs, row);
    }
    EXPECT_GT(unseen, 100U * 31 / 4);
}

// Of 200 rows two may be novel. Trees of one leaf each: nobody has unseen pairs, unless the set is empty: then all have
// all, and no limit below that will do.
TEST(Novelty, LimitIsTheLeastThatOnePercentExceeds) {
    const dataset::Table table = random_table(200, 2, 2, 1);
    model::Forest forest{.feature_count = 2, .class_count = 2};
    for (int tree = 0; tree < 5; ++tree) forest.trees.push_back({{{.is_leaf = true}}, {0.5F, 0.5F}});
    const auto rows = every_row(table);
    EXPECT_EQ(fit_novelty_limit(forest, collect_pairs(forest, table, rows), table, rows), 0U);
    EXPECT_EQ(fit_novelty_limit(forest, {std::vector<std::uint64_t>(8)}, table, rows), 4U);
}

}  // namespace
}  // namespace flowsift::learn
