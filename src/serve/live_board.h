// LiveBoard: what goes on right now: totals, rates, and an hour of it by second, for the pages that show it live.
//
// Filled by the capture's thread (put_statistics, once a second) and the live sink's (counts), read by the server's
// workers. Seconds are the wall clock's: a replay is seen as it is replayed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/json.h"
#include "detect/alert.h"
#include "output/sink.h"
#include "serve/control.h"

namespace flowsift::serve {

class LiveBoard {
  public:
    static constexpr std::int64_t kSeconds = 3'600;
    static constexpr std::size_t kMostClasses = 64;  ///< That are shown one by one.
    using Now = std::function<std::int64_t()>;       ///< Seconds since 1970.

    explicit LiveBoard(Now now = {});

    /// A run begins: its classes by index. What is kept of an earlier run with others is forgotten.
    void begin(std::vector<std::string> classes, std::string model_name, std::string model_hash);
    /// Another model of the same classes.
    void set_model(std::string name, std::string hash);
    /// Totals of the run; the rates are what changed since the last time.
    void put_statistics(const output::RunStatistics& statistics);
    /// `class_index`: beyond the classes: none of them.
    void count_flow(std::size_t class_index);
    void count_alert(detect::Severity severity);

    output::RunStatistics statistics() const;
    /// "Status" of docs/openapi.yaml.
    std::string status_json(const CaptureState& capture) const;
    /// "Series": means over `step` seconds, of the seconds `from` to `to`, clipped to what is kept.
    std::string series_json(std::int64_t from, std::int64_t to, std::int64_t step) const;
    std::int64_t now() const { return now_(); }

  private:
    enum Rate : std::uint8_t { kPackets, kBits, kFlows, kDrops, kRates };
    struct Span {
        std::int64_t from, to, step;
    };
    struct Second {
        std::int64_t time = -1;  ///< That it holds; others of the same place are older.
        bool has_rates = false;
        std::array<double, kRates> rates{};
        std::array<std::uint32_t, 3> alerts{};
        std::vector<std::uint32_t> classes;
    };
    Second& second(std::int64_t time);
    const Second* find(std::int64_t time) const;
    /// Of each step the mean of what `value` gives, null where it gives nothing.
    template <class Value>
    void write_means(base::JsonWriter& json, Span span, Value value) const;

    Now now_;
    std::int64_t began_;
    mutable std::mutex mutex_;
    std::vector<std::string> classes_;
    std::vector<std::uint64_t> class_totals_;
    std::string model_name_, model_hash_;
    output::RunStatistics latest_;
    std::int64_t latest_time_ = 0;  ///< 0: no statistics yet.
    std::array<double, kRates> rates_{};
    std::vector<Second> seconds_;
};

}  // namespace flowsift::serve
