#include "learn/alarms.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace flowsift::learn {
namespace {

Evaluation evaluate(const std::vector<std::string>& names, const std::vector<ClassIndex>& truth,
                    const std::vector<ClassIndex>& said) {
    return evaluate_predictions({names, truth, names, said});
}

TEST(Alarms, ByHand) {
    // benign: 3 right, 1 called scan. dos: 1 called dos, 1 called scan (noticed all the same), 1 called benign. scan: 1
    // right. So 1 of 4 benign is a false alarm, 3 of 4 attacks are noticed.
    const Evaluation e = evaluate({"Benign", "dos", "scan"}, {0, 0, 0, 0, 1, 1, 1, 2}, {0, 0, 0, 2, 1, 2, 0, 2});
    const auto alarms = count_alarms(e);
    ASSERT_TRUE(alarms);
    EXPECT_EQ(alarms->benign, 4U);
    EXPECT_EQ(alarms->false_alarms, 1U);
    EXPECT_EQ(alarms->attacks, 4U);
    EXPECT_EQ(alarms->found, 3U);
    EXPECT_DOUBLE_EQ(alarms->false_alarm_rate(), 0.25);
    EXPECT_DOUBLE_EQ(alarms->recall(), 0.75);
}

TEST(Alarms, PerDayByHand) {
    // No false alarm among 10 benign rows: 0 expected; Wilson's upper bound is z² / (10 + z²) = 3.8414588 / 13.8414588
    // = 0.2775328 (see the test of the interval), of 1,000 flows 277.5.
    const DailyAlerts none = daily_false_alerts({.benign = 10, .false_alarms = 0, .attacks = 0, .found = 0}, 1'000);
    EXPECT_EQ(none.expected, 0);
    EXPECT_EQ(none.interval.low, 0);
    EXPECT_NEAR(none.interval.high, 277.5328, 1e-3);
    // 7 of 20: 0.35, from 0.1811918 to 0.5671457 (R's prop.test), of 2,000,000 flows.
    const DailyAlerts some = daily_false_alerts({.benign = 20, .false_alarms = 7, .attacks = 0, .found = 0}, 2e6);
    EXPECT_DOUBLE_EQ(some.expected, 700'000);
    EXPECT_NEAR(some.interval.low, 362'383.6, 1);
    EXPECT_NEAR(some.interval.high, 1'134'291.4, 1);
}

TEST(Alarms, NothingBenignNothingKnown) {
    EXPECT_FALSE(count_alarms(evaluate({"dos", "scan"}, {0, 1}, {0, 1})));
    const auto only_said = count_alarms(evaluate({"BENIGN", "scan"}, {1, 1}, {0, 1}));
    ASSERT_TRUE(only_said);
    EXPECT_EQ(only_said->benign, 0U);
    EXPECT_EQ(only_said->recall(), 0.5);
    EXPECT_EQ(only_said->false_alarm_rate(), 0);
    EXPECT_EQ(daily_false_alerts(*only_said, 100).interval.high, 100);
}

TEST(Alarms, BenignIsAWholeName) {
    EXPECT_TRUE(is_benign("bEnIgN"));
    EXPECT_FALSE(is_benign("benign2"));
    EXPECT_FALSE(is_benign("ben"));
}

TEST(Alarms, JsonHoldsThem) {
    std::string text;
    base::JsonWriter json(text);
    write_json({.benign = 4, .false_alarms = 1, .attacks = 4, .found = 3}, 1'000, json);
    const auto parsed = nlohmann::json::parse(text);
    EXPECT_EQ(parsed["false_alarm_rate"], 0.25);
    EXPECT_EQ(parsed["false_alerts_per_day"], 250.0);
    EXPECT_EQ(parsed["attack_recall"], 0.75);
    EXPECT_EQ(parsed["false_alerts_per_day_interval"].size(), 2U);
}

}  // namespace
}  // namespace flowsift::learn
