#include "serve/live_board.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <optional>
#include <utility>

#include "detect/class_info.h"
#include "serve/json_rows.h"
#include "serve/json_time.h"

namespace flowsift::serve {
namespace {

using output::RunStatistics;

struct Total {
    std::string_view name;
    std::uint64_t RunStatistics::*value;
};

constexpr Total kTotals[] = {
    {"packets_offered", &RunStatistics::packets_offered},
    {"packets_received", &RunStatistics::packets_received},
    {"packets_dropped", &RunStatistics::packets_dropped},
    {"packets_in_flows", &RunStatistics::packets_in_flows},
    {"packets_other", &RunStatistics::packets_other},
    {"bytes", &RunStatistics::wire_bytes},
    {"flows_started", &RunStatistics::flows_started},
    {"flows_ended", &RunStatistics::flows_ended},
    {"flows_live", &RunStatistics::flows_live},
    {"alerts", &RunStatistics::alerts},
    {"alerts_held_back", &RunStatistics::alerts_held_back},
};

/// By second, of what changed; 0 where a new run began in between.
double rate(std::uint64_t before, std::uint64_t after, double seconds) {
    return after < before ? 0 : static_cast<double>(after - before) / seconds;
}

}  // namespace

LiveBoard::LiveBoard(Now now)
    : now_(now ? std::move(now) : [] { return std::time(nullptr); }), began_(now_()), seconds_(kSeconds) {}

void LiveBoard::begin(std::vector<std::string> classes, std::string model_name, std::string model_hash) {
    set_model(std::move(model_name), std::move(model_hash));
    const std::lock_guard lock(mutex_);
    if (classes.size() > kMostClasses) classes.resize(kMostClasses);
    if (classes != classes_) {
        for (Second& second : seconds_) second.classes.clear();
        classes_ = std::move(classes);
    }
    class_totals_.assign(classes_.size(), 0);
    latest_ = {};
    latest_time_ = 0;
    rates_ = {};
}

void LiveBoard::set_model(std::string name, std::string hash) {
    const std::lock_guard lock(mutex_);
    model_name_ = std::move(name);
    model_hash_ = std::move(hash);
}

LiveBoard::Second& LiveBoard::second(std::int64_t time) {
    Second& second = seconds_[static_cast<std::size_t>(time % kSeconds)];
    if (second.time != time) {
        second = {.time = time, .classes = std::move(second.classes)};
        second.classes.assign(classes_.size(), 0);
    }
    return second;
}

const LiveBoard::Second* LiveBoard::find(std::int64_t time) const {
    const Second& second = seconds_[static_cast<std::size_t>(time % kSeconds)];
    return second.time == time ? &second : nullptr;
}

void LiveBoard::put_statistics(const RunStatistics& statistics) {
    const std::int64_t now = now_();
    const std::lock_guard lock(mutex_);
    const double elapsed = statistics.uptime_seconds - latest_.uptime_seconds;
    if (latest_time_ != 0 && elapsed > 0) {
        rates_ = {rate(latest_.packets_received, statistics.packets_received, elapsed),
                  8 * rate(latest_.wire_bytes, statistics.wire_bytes, elapsed),
                  rate(latest_.flows_ended, statistics.flows_ended, elapsed),
                  rate(latest_.packets_dropped, statistics.packets_dropped, elapsed)};
        // A pause belongs to all the seconds that it lasted.
        for (std::int64_t time = std::max(latest_time_ + 1, now - kSeconds + 1); time <= now; ++time) {
            Second& filled = second(time);
            filled.rates = rates_;
            filled.has_rates = true;
        }
    }
    latest_ = statistics;
    latest_time_ = now;
}

void LiveBoard::count_flow(std::size_t class_index) {
    const std::lock_guard lock(mutex_);
    if (class_index >= classes_.size()) return;
    ++class_totals_[class_index];
    ++second(now_()).classes[class_index];
}

void LiveBoard::count_alert(detect::Severity severity) {
    const std::lock_guard lock(mutex_);
    ++second(now_()).alerts[static_cast<std::size_t>(severity) - 1];
}

RunStatistics LiveBoard::statistics() const {
    const std::lock_guard lock(mutex_);
    return latest_;
}

std::string LiveBoard::status_json(const CaptureState& capture) const {
    const std::int64_t now = now_();
    const std::lock_guard lock(mutex_);
    const bool is_fresh = latest_time_ != 0 && now - latest_time_ <= 2;
    const std::array<double, kRates> rates = is_fresh ? rates_ : std::array<double, kRates>{};
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().member("time", rfc3339(wall_clock())).member("uptime", now - began_);
    json.key("capture");
    write_capture(json, capture);
    json.key("totals").begin_object();
    for (const Total& total : kTotals) json.member(total.name, latest_.*total.value);
    json.end_object().key("rates").begin_object();
    json.member("packets", rates[kPackets]).member("bits", rates[kBits]);
    json.member("flows", rates[kFlows]).member("drops", rates[kDrops]).end_object();
    json.key("classes").begin_array();
    const Second* last = find(now - 1);
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        const std::uint32_t of_second = last && i < last->classes.size() ? last->classes[i] : 0;
        json.begin_object().member("label", classes_[i]).member("flows", class_totals_[i]);
        json.member("rate", std::uint64_t{of_second}).end_object();
    }
    json.end_array();
    if (model_hash_.empty()) {
        write_null(json, "model");
    } else {
        json.key("model").begin_object().member("name", model_name_).member("hash", model_hash_).end_object();
    }
    json.end_object();
    return text;
}

template <class Value>
void LiveBoard::write_means(base::JsonWriter& json, Span span, Value value) const {
    json.begin_array();
    for (std::int64_t start = span.from; start < span.to; start += span.step) {
        double sum = 0;
        int known = 0;
        for (std::int64_t time = start; time < std::min(start + span.step, span.to); ++time) {
            const Second* second = find(time);
            const std::optional<double> found = second ? value(*second) : std::nullopt;
            if (!found) continue;
            sum += *found;
            ++known;
        }
        json.value(known ? sum / known : std::numeric_limits<double>::quiet_NaN());
    }
    json.end_array();
}

std::string LiveBoard::series_json(std::int64_t from, std::int64_t to, std::int64_t step) const {
    using Known = std::optional<double>;
    const std::lock_guard lock(mutex_);
    const std::int64_t now = now_();
    to = std::min(to, now);  // The second that goes on is not complete.
    from = std::clamp(from, now - kSeconds + 1, std::max(to, now - kSeconds + 1));
    const Span span{from, to, step};
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().member("step", step).member("start", rfc3339(from * base::kSecond));
    constexpr std::pair<std::string_view, Rate> kNames[] = {
        {"packets", kPackets}, {"bits", kBits}, {"flows", kFlows}, {"drops", kDrops}};
    for (const auto& [name, rate] : kNames) {
        json.key(name);
        write_means(json, span,
                    [rate = rate](const Second& s) { return s.has_rates ? Known(s.rates[rate]) : std::nullopt; });
    }
    json.key("classes").begin_object();
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        json.key(classes_[i]);
        write_means(json, span, [i](const Second& s) { return Known(i < s.classes.size() ? s.classes[i] : 0); });
    }
    json.end_object().key("alerts").begin_object();
    for (const auto severity : {detect::Severity::kHigh, detect::Severity::kMedium, detect::Severity::kLow}) {
        const auto place = static_cast<std::size_t>(severity) - 1;
        json.key(detect::to_string(severity));
        write_means(json, span, [place](const Second& s) { return Known(s.alerts[place]); });
    }
    json.end_object().end_object();
    return text;
}

}  // namespace flowsift::serve
