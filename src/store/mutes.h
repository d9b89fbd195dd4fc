// Mutes: alerts that an analyst does not want to see again for a while: flows of this class, source or target, or of
// all that are stated. Rows of the store; the run that raises alerts reads them and makes allowances of its policy of
// them. They expire by the wall clock. Any thread, one database each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detect/policy.h"
#include "store/database.h"

namespace flowsift::store {

struct Mute {
    std::uint64_t id = 0;
    std::optional<std::string> label;  ///< Of the class.
    std::optional<base::IpAddress> source, target;
    std::int64_t expires = 0;  ///< Wall clock, seconds …
    std::int64_t created = 0;
    std::string user;
    std::uint64_t alert = 0;  ///< That it was made from.
};

/// Which of an alert's properties a flow must share to be muted.
struct MuteWish {
    std::uint64_t alert = 0;
    bool label = false, source = false, target = false;
    std::int64_t seconds = 0;  ///< Until it expires; at most kLongestMute.
    std::string user;
};

inline constexpr std::int64_t kLongestMute = 366 * 86'400;
inline constexpr std::size_t kMostMutes = 1'000;  ///< At a time: each is a condition that every alarm is checked for.

/// Error (kUsage): no such alert, nothing stated, a duration out of range, too many mutes.
base::Result<Mute> add_mute(Database& store, const MuteWish& wish);

/// Those that have not expired at `now` (wall_clock_seconds()), the oldest first.
base::Result<std::vector<Mute>> list_mutes(Database& store, std::int64_t now);

/// False: there is no such mute.
base::Result<bool> delete_mute(Database& store, std::uint64_t id, const std::string& user);

/// `policy` with an allowance for each mute. `classes`: of the model. A mute of a class that the model lacks allows
/// nothing. To be made anew when mutes change or expire.
detect::Policy with_mutes(detect::Policy policy, std::span<const Mute> mutes, std::span<const std::string> classes);

}  // namespace flowsift::store
