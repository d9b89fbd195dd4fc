#include "learn/alarms.h"

#include <algorithm>

namespace flowsift::learn {
namespace {

double share(std::uint64_t part, std::uint64_t whole) {
    return whole ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

}  // namespace

bool is_benign(std::string_view class_name) {
    constexpr std::string_view kBenign = "benign";
    return std::equal(class_name.begin(), class_name.end(), kBenign.begin(), kBenign.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

double Alarms::false_alarm_rate() const {
    return share(false_alarms, benign);
}

double Alarms::recall() const {
    return share(found, attacks);
}

std::optional<Alarms> count_alarms(const Evaluation& evaluation) {
    Alarms alarms;
    bool has_benign = false;
    const std::size_t n = evaluation.classes.size();
    for (std::size_t truth = 0; truth < n; ++truth) {
        const bool was_benign = is_benign(evaluation.classes[truth].name);
        has_benign = has_benign || was_benign;
        for (std::size_t said = 0; said < n; ++said) {
            const std::uint64_t rows = evaluation.confused(truth, said);
            (was_benign ? alarms.benign : alarms.attacks) += rows;
            if (!is_benign(evaluation.classes[said].name)) (was_benign ? alarms.false_alarms : alarms.found) += rows;
        }
    }
    return has_benign ? std::optional(alarms) : std::nullopt;
}

DailyAlerts daily_false_alerts(const Alarms& alarms, double benign_flows_per_day) {
    const Interval rate = alarms.false_alarm_interval();
    return {alarms.false_alarm_rate() * benign_flows_per_day,
            {rate.low * benign_flows_per_day, rate.high * benign_flows_per_day}};
}

void write_json(const Alarms& alarms, double benign_flows_per_day, base::JsonWriter& json) {
    const DailyAlerts daily = daily_false_alerts(alarms, benign_flows_per_day);
    json.begin_object().member("benign_rows", alarms.benign).member("false_alarms", alarms.false_alarms);
    json.member("false_alarm_rate", alarms.false_alarm_rate());
    write_interval("false_alarm_rate_interval", alarms.false_alarm_interval(), json);
    json.member("attack_rows", alarms.attacks).member("attacks_found", alarms.found);
    json.member("attack_recall", alarms.recall());
    write_interval("attack_recall_interval", alarms.recall_interval(), json);
    json.member("benign_flows_per_day", benign_flows_per_day).member("false_alerts_per_day", daily.expected);
    write_interval("false_alerts_per_day_interval", daily.interval, json);
    json.end_object();
}

}  // namespace flowsift::learn
