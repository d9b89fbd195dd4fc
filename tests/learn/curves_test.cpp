#include "learn/curves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "learn/reliability.h"

namespace flowsift::learn {
namespace {

using testing::ElementsAre;
using Labels = std::vector<std::uint8_t>;
using Scores = std::vector<float>;

std::vector<std::pair<double, double>> points_of(const std::vector<CurvePoint>& curve) {
    std::vector<std::pair<double, double>> points;
    for (const CurvePoint& point : curve) points.emplace_back(point.x, point.y);
    return points;
}

TEST(Ranking, ByHandWithATie) {
    // Scores 0.9+ 0.8- 0.8+ 0.3-: pairs (positive, negative): 0.9 beats 0.8 and 0.3; 0.8 ties 0.8 (half) and beats
    // 0.3. Area = 3.5 / 4.
    const Ranking r = rank_rows("a", Scores{0.8F, 0.9F, 0.3F, 0.8F}, Labels{1, 1, 0, 0});
    EXPECT_EQ(r.positives, 2U);
    EXPECT_EQ(r.negatives, 2U);
    EXPECT_DOUBLE_EQ(*r.area, 3.5 / 4);
    // At 0.9: 1 of 1, recall 1/2. At 0.8: 2 of 3, recall 1. At 0.3: 2 of 4, no recall won. AP = 1/2 * 1 + 1/2 * 2/3.
    EXPECT_DOUBLE_EQ(*r.average_precision, 0.5 + 1.0 / 3);
    EXPECT_THAT(points_of(r.precision_recall),
                ElementsAre(std::pair(0.5, 1.0), std::pair(1.0, 2.0 / 3), std::pair(1.0, 0.5)));
    EXPECT_THAT(points_of(r.roc),
                ElementsAre(std::pair(0.0, 0.0), std::pair(0.0, 0.5), std::pair(0.5, 1.0), std::pair(1.0, 1.0)));
}

TEST(Ranking, AllTiedIsChance) {
    const Ranking r = rank_rows("a", Scores{0.5F, 0.5F, 0.5F, 0.5F}, Labels{1, 0, 0, 0});
    EXPECT_DOUBLE_EQ(*r.area, 0.5);
    EXPECT_DOUBLE_EQ(*r.average_precision, 0.25);
}

TEST(Ranking, OneSideAloneHasNoArea) {
    const Ranking only_positives = rank_rows("a", Scores{0.1F, 0.2F}, Labels{1, 1});
    EXPECT_FALSE(only_positives.area);
    EXPECT_DOUBLE_EQ(*only_positives.average_precision, 1);
    const Ranking only_negatives = rank_rows("a", Scores{0.1F}, Labels{0});
    EXPECT_FALSE(only_negatives.area);
    EXPECT_FALSE(only_negatives.average_precision);
    EXPECT_FALSE(rank_rows("a", Scores{}, Labels{}).area);
}

/// The definitions, pair by pair and threshold by threshold.
TEST(Ranking, EqualsTheDefinitionsOnRandomScores) {
    base::Random random(3);
    for (int round = 0; round < 20; ++round) {
        Scores scores;
        Labels labels;
        for (int i = 0; i < 150; ++i) {
            labels.push_back(i < 2 ? static_cast<std::uint8_t>(i) : random.below(4) == 0);
            scores.push_back(static_cast<float>(random.below(12) + 3U * labels.back()) / 16);
        }
        double pairs = 0, won = 0;
        for (std::size_t p = 0; p < scores.size(); ++p)
            for (std::size_t n = 0; n < scores.size(); ++n) {
                if (!labels[p] || labels[n]) continue;
                pairs += 1;
                won += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
            }
        Scores thresholds = scores;
        std::sort(thresholds.begin(), thresholds.end(), std::greater<>());
        thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
        const double positives = static_cast<double>(std::count(labels.begin(), labels.end(), 1));
        double average = 0, recall_before = 0;
        for (const float threshold : thresholds) {
            double hits = 0, named = 0;
            for (std::size_t i = 0; i < scores.size(); ++i) {
                named += scores[i] >= threshold;
                hits += scores[i] >= threshold && labels[i];
            }
            average += (hits / positives - recall_before) * hits / named;
            recall_before = hits / positives;
        }
        const Ranking ranking = rank_rows("a", scores, labels);
        EXPECT_NEAR(*ranking.area, won / pairs, 1e-12);
        EXPECT_NEAR(*ranking.average_precision, average, 1e-12);
    }
}

TEST(Ranking, ThinnedCurvesStayNearTheTrueOnes) {
    base::Random random(8);
    Scores scores;
    Labels labels;
    for (int i = 0; i < 20'000; ++i) {
        labels.push_back(random.below(2) == 0);
        scores.push_back(static_cast<float>(random.uniform() + 0.5 * labels.back()));
    }
    const Ranking ranking = rank_rows("a", scores, labels);
    EXPECT_LT(ranking.roc.size(), 2'000U);
    double area = 0;  // By trapezoids over what is drawn.
    for (std::size_t i = 1; i < ranking.roc.size(); ++i) {
        ASSERT_GE(ranking.roc[i].x, ranking.roc[i - 1].x);
        ASSERT_GE(ranking.roc[i].y, ranking.roc[i - 1].y);
        area += (ranking.roc[i].x - ranking.roc[i - 1].x) * (ranking.roc[i].y + ranking.roc[i - 1].y) / 2;
    }
    EXPECT_NEAR(area, *ranking.area, 0.004);
    EXPECT_DOUBLE_EQ(ranking.roc.back().x, 1);
    EXPECT_DOUBLE_EQ(ranking.roc.back().y, 1);
}

TEST(Ranking, ClassesAreMatchedByName) {
    // Model columns b, a. Class "new" is unknown to the model, "idle" has no rows.
    const std::vector<std::string> data = {"a", "idle", "new"}, model = {"b", "a"};
    const std::vector<ClassIndex> truth = {0, 0, 2}, said = {1, 0, 0};
    const std::vector<float> probabilities = {0.25F, 0.75F, 0.6F, 0.4F, 0.5F, 0.5F};
    const auto rankings = rank_classes({data, truth, model, said, probabilities});
    ASSERT_EQ(rankings.size(), 1U);
    EXPECT_EQ(rankings[0].name, "a");
    EXPECT_DOUBLE_EQ(*rankings[0].area, 0.5);  // 0.75 beats 0.5, 0.4 does not.
}

const std::vector<std::string> kNames = {"a", "b"};

TEST(Reliability, ByHand) {
    // Fifteenths: 0.95, 0.95 and 0.99 are in the last (from 0.9333), 0.55 in that from 8/15 = 0.5333.
    // Last: 2 of 3 right, mean confidence 2.89 / 3. Other: 1 of 1 right at 0.55.
    // Error = (|2 - 2.89| + |1 - 0.55|) / 4 = (0.89 + 0.45) / 4 = 0.335.
    const std::vector<ClassIndex> truth = {0, 0, 1, 1}, said = {0, 0, 0, 1};
    const std::vector<float> confidences = {0.95F, 0.95F, 0.99F, 0.55F};
    const Reliability r = reliability_of({kNames, truth, kNames, said}, confidences);
    EXPECT_NEAR(r.expected_error, 0.335, 1e-6);
    ASSERT_EQ(r.bins.size(), kReliabilityBins);
    EXPECT_EQ(r.bins[14].rows, 3U);
    EXPECT_EQ(r.bins[14].correct, 2U);
    EXPECT_NEAR(r.bins[14].mean_confidence, 2.89 / 3, 1e-6);
    EXPECT_EQ(r.bins[8].rows, 1U);
    EXPECT_EQ(r.bins[0].rows, 0U);
    EXPECT_EQ(r.bins[0].mean_confidence, 0);
}

TEST(Reliability, EndsOfTheScaleHaveTheirBins) {
    const std::vector<ClassIndex> truth = {0, 1}, said = {0, 0};
    const Reliability r = reliability_of({kNames, truth, kNames, said}, std::vector<float>{1.0F, 0.0F});
    EXPECT_EQ(r.bins.back().rows, 1U);
    EXPECT_EQ(r.bins.front().rows, 1U);
    EXPECT_EQ(r.expected_error, 0);
    EXPECT_EQ(reliability_of({kNames, {}, kNames, {}}, {}).expected_error, 0);
}

TEST(Reliability, SaysWhatTheCalibrationIsFittedBy) {
    base::Random random(4);
    std::vector<ClassIndex> truth, said;
    std::vector<float> confidences;
    std::vector<JudgedRow> rows;
    for (int i = 0; i < 3'000; ++i) {
        truth.push_back(static_cast<ClassIndex>(random.below(2)));
        said.push_back(static_cast<ClassIndex>(random.below(2)));
        confidences.push_back(static_cast<float>(random.uniform()));
        rows.push_back({said.back(), confidences.back(), said.back() == truth.back()});
    }
    EXPECT_NEAR(reliability_of({kNames, truth, kNames, said}, confidences).expected_error,
                expected_calibration_error(rows), 1e-9);
}

TEST(Curves, JsonHoldsThem) {
    std::string text;
    base::JsonWriter json(text);
    json.begin_array();
    write_json(rank_rows("a\"<", Scores{0.9F, 0.1F}, Labels{1, 0}), json);
    write_json(reliability_of({kNames, {}, kNames, {}}, {}), json);
    json.end_array();
    const auto parsed = nlohmann::json::parse(text);
    EXPECT_EQ(parsed[0]["class"], "a\"<");
    EXPECT_EQ(parsed[0]["roc_auc"], 1.0);
    EXPECT_EQ(parsed[0]["roc"][0], nlohmann::json::parse("[0.0,0.0]"));
    EXPECT_EQ(parsed[1]["bins"].size(), kReliabilityBins);
}

}  // namespace
}  // namespace flowsift::learn
