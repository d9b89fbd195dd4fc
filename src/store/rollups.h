// Rollups: sums by minute and by hour of what is written, kept in the transaction of the writer, so that an overview
// reads some hundred rows instead of millions. A flow counts where it began (its first packet), an alert at its time.
//
// The sums are exact. Who talks most is kept by the hour: exact up to kTalkers addresses, beyond that by
// space_saving.h. Owned by the writer; its thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "detect/alert.h"
#include "flow/flow_identity.h"
#include "store/database.h"
#include "store/space_saving.h"

namespace flowsift::store {

inline constexpr std::int64_t kMinute = 60, kHour = 3'600;  ///< Seconds: the two steps.
inline constexpr std::size_t kTalkers = 512;                ///< Addresses of an hour.

/// What is summed; `key` in the table. Numbers are those of stores that exist.
enum class Rollup : std::uint8_t {
    kAll = 0,          ///< 0
    kClass = 1,        ///< A row of labels; 0: no verdict.
    kProtocol = 2,     ///< IP protocol.
    kApplication = 3,  ///< decode::Application.
    kSeverity = 4,     ///< detect::Severity; its `flows` are alerts.
};

/// Start of the bucket that a moment is in; all in seconds since 1970.
constexpr std::int64_t bucket_of_second(std::int64_t second, std::int64_t step) {
    return step * (second / step - (second % step < 0 ? 1 : 0));
}

/// Likewise, of a time in nanoseconds.
constexpr std::int64_t bucket_of(base::Nanoseconds time, std::int64_t step) {
    return bucket_of_second(time / base::kSecond - (time % base::kSecond < 0 ? 1 : 0), step);
}

class Rollups {
  public:
    /// Every method but forget() within a transaction of `database`, which must outlive it.
    explicit Rollups(Database& database) : database_(database) {}
    base::Result<void> prepare();

    base::Result<void> count_flow(const flow::FlowIdentity& flow, std::int64_t label, std::int64_t application);
    void count_alert(detect::Severity severity, base::Nanoseconds time);

    /// Adds what was counted to the tables. `now`: wall clock, seconds.
    base::Result<void> write(std::int64_t now);

    /// The transaction did not come about: what was counted in it is gone.
    void forget();

    /// Deletes minutes that nobody has added to since `stored`; hours stay.
    base::Result<void> expire(std::int64_t stored);

  private:
    struct Sums {
        std::uint64_t flows = 0, packets = 0, bytes = 0;
    };
    using Key = std::tuple<std::int64_t, Rollup, std::int64_t>;  ///< Start of the minute, kind, key.
    struct Hour {
        std::int64_t start = 0;
        std::uint64_t used = 0;  ///< The larger, the later.
        SpaceSaving talkers{kTalkers};
        std::vector<base::IpAddress> gone;  ///< Have lost their place since it was written.
    };

    base::Result<Hour*> hour_at(std::int64_t start);
    base::Result<void> read(Hour& hour);
    base::Result<void> write(Hour& hour);

    Database& database_;
    Statement add_, read_talkers_, keep_talker_, delete_talker_;
    std::map<Key, Sums> minutes_;
    std::vector<Hour> hours_;  ///< At most kHoursInMemory.
    std::uint64_t uses_ = 0;
};

}  // namespace flowsift::store
