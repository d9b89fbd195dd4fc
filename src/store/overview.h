// Overview: what happened in a window of time, and what differs from the same window a day before.
//
// Without a filter it is read from the sums by minute and hour (rollups.h), with one from the flows themselves. Any
// thread, one database each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "detect/alert.h"
#include "features/schema.h"
#include "store/filter.h"
#include "store/ordering.h"

namespace flowsift::store {

struct Totals {
    std::uint64_t flows = 0, packets = 0, bytes = 0, alerts = 0;
};

struct ClassCount {
    std::string label;  ///< Empty: no model has judged them.
    std::uint64_t flows = 0, before = 0;
};

struct SeverityCount {
    detect::Severity severity = detect::Severity::kMedium;
    std::uint64_t alerts = 0, before = 0;
};

struct Talker {
    base::IpAddress address;
    std::uint64_t flows = 0, bytes = 0;  ///< At least so many; see Overview::talkers_error.
    std::uint64_t before = 0;            ///< Bytes.
};

struct ProtocolCount {
    std::uint8_t protocol = 0;
    std::uint64_t flows = 0, bytes = 0;
};

struct ApplicationCount {
    features::Application application = features::Application::kNone;
    std::uint64_t flows = 0, bytes = 0;
};

struct Overview {
    TimeWindow window;  ///< That was counted: whole minutes.
    Totals totals;
    std::optional<Totals> before;           ///< A day earlier; empty: the store does not reach back so far.
    std::vector<ClassCount> classes;        ///< Of both windows, as all of these; most flows first.
    std::vector<SeverityCount> severities;  ///< High, medium, low.
    std::vector<Talker> talkers;            ///< Most bytes first, at most kTalkersShown.
    /// Bytes by which a talker may have more than it is said to have, at most; 0: exact. See rollups.h.
    std::uint64_t talkers_error = 0;
    TimeWindow talkers_window;  ///< Where there are too many flows to count them, whole hours.
    std::vector<ProtocolCount> protocols;
    std::vector<ApplicationCount> applications;
};

inline constexpr std::size_t kTalkersShown = 20;

struct OverviewQuery {
    TimeWindow window;
    const Filter* flow_filter = nullptr;  ///< Both or none, of the same text.
    const Filter* alert_filter = nullptr;
};

/// `progress` may stop it; then the Error says so. Asked only where flows are read.
base::Result<Overview> overview(Database& store, const OverviewQuery& query, const Progress& progress = {});

/// Rates over time, from the sums. Every vector has a value for each step.
struct Series {
    std::int64_t start = 0, step = 60;  ///< Seconds.
    std::vector<std::uint64_t> flows, packets, bytes;
    struct Class {
        std::string label;
        std::vector<std::uint64_t> flows;
    };
    std::vector<Class> classes;
    std::vector<std::uint64_t> alerts[3];  ///< High, medium, low.
};

inline constexpr std::int64_t kMostSeriesPoints = 3'600;

/// `step`: seconds, a multiple of 60. Error (kUsage): another, more than kMostSeriesPoints.
base::Result<Series> series(Database& store, const TimeWindow& window, std::int64_t step);

}  // namespace flowsift::store
