// Alarms: what a model means to whoever answers its alerts: attacks found as an attack of any kind, benign flows taken
// for one, and how many such mistakes a day brings.
//
// Counted from a confusion matrix; the class "BENIGN" (any case) is peace, every other one an attack. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json.h"
#include "learn/metrics.h"

namespace flowsift::learn {

/// "BENIGN" in any case.
bool is_benign(std::string_view class_name);

struct Alarms {
    std::uint64_t benign = 0;        ///< Rows that are benign …
    std::uint64_t false_alarms = 0;  ///< … and were given another class.
    std::uint64_t attacks = 0;       ///< Rows of any other class …
    std::uint64_t found = 0;         ///< … and were given one that is not benign, be it the wrong attack.

    double false_alarm_rate() const;  ///< 0 without benign rows; likewise the recall.
    double recall() const;
    Interval false_alarm_interval() const { return wilson_interval(false_alarms, benign); }
    Interval recall_interval() const { return wilson_interval(found, attacks); }
};

/// Empty where no row is benign and none was said to be: then the data has no such class.
std::optional<Alarms> count_alarms(const Evaluation& evaluation);

struct DailyAlerts {
    double expected = 0;
    Interval interval;  ///< 95 %, from the interval of the rate.
};

/// False-alarm rate × benign flows of a day. Without benign rows nothing is known: 0, up to every flow.
DailyAlerts daily_false_alerts(const Alarms& alarms, double benign_flows_per_day);

/// One JSON object.
void write_json(const Alarms& alarms, double benign_flows_per_day, base::JsonWriter& json);

}  // namespace flowsift::learn
