#include "features/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>

namespace flowsift::features {
namespace {

constexpr std::uint64_t kMostPackets = 0xffff'ffff;  // As many as a flow may have.
constexpr std::uint64_t kMostDoubled = 16'384;
constexpr std::string_view kDoubles = "*2";

base::Error error_about(std::string_view item, std::string_view what) {
    return {fmt::format("'{}' is no checkpoint: {}", item, what), base::ErrorKind::kUsage};
}

base::Result<Checkpoint> parse_checkpoint(std::string_view item) {
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(item.data(), item.data() + item.size(), number);
    if (error != std::errc())
        return error_about(item, "name a number of packets (8) or a period with its unit (1s, 500ms)");
    std::string_view unit(rest, static_cast<std::size_t>(item.data() + item.size() - rest));
    const bool doubles = unit.ends_with(kDoubles);
    if (doubles) unit.remove_suffix(kDoubles.size());
    if (doubles && unit.empty()) return error_about(item, "only a period doubles (1s*2)");
    if (unit.empty()) {
        if (number == 0 || number > kMostPackets) return error_about(item, "a flow has 1 to 4,294,967,295 packets");
        return Checkpoint{std::string(item), number, 0};
    }
    const base::Nanoseconds scale = unit == "s" ? base::kSecond : unit == "ms" ? base::kMillisecond : 0;
    if (scale == 0) return error_about(item, "the unit of a period is s or ms");
    if (number > static_cast<std::uint64_t>(kLongestPeriod / scale) || number == 0)
        return error_about(item, "a period lasts 1ms to 3600s");
    return Checkpoint{std::string(item), 0, static_cast<base::Nanoseconds>(number) * scale, doubles};
}

auto moment_of(const Checkpoint& checkpoint) {
    return std::tuple(checkpoint.every, checkpoint.packets);
}

}  // namespace

base::Result<std::vector<Checkpoint>> parse_checkpoints(std::string_view list) {
    std::vector<Checkpoint> checkpoints;
    std::string_view rest = list;
    for (bool has_more = true; has_more;) {
        const std::size_t comma = rest.find(',');
        has_more = comma != std::string_view::npos;
        auto checkpoint = parse_checkpoint(rest.substr(0, comma));
        if (!checkpoint) return checkpoint.error();
        const auto is_same = [&](const Checkpoint& other) { return moment_of(other) == moment_of(*checkpoint); };
        if (std::ranges::any_of(checkpoints, is_same)) return error_about(checkpoint->name, "it is named twice");
        checkpoints.push_back(std::move(*checkpoint));
        if (has_more) rest.remove_prefix(comma + 1);
    }
    const auto periods = std::ranges::count_if(checkpoints, [](const Checkpoint& each) { return each.every > 0; });
    if (checkpoints.size() > kMostCheckpoints || static_cast<std::size_t>(periods) > kMostPeriods)
        return base::Error{fmt::format("there are more than {} checkpoints, or more than {} periods among them",
                                       kMostCheckpoints, kMostPeriods),
                           base::ErrorKind::kUsage};
    std::ranges::sort(checkpoints, {}, moment_of);
    return checkpoints;
}

std::vector<Checkpoint> checkpoints_after(const std::vector<std::uint64_t>& packets) {
    std::vector<Checkpoint> checkpoints;
    checkpoints.reserve(packets.size());
    for (const std::uint64_t number : packets) checkpoints.push_back({fmt::format("{}", number), number, 0});
    return checkpoints;
}

std::vector<Checkpoint> doubled(const std::vector<Checkpoint>& checkpoints) {
    std::vector<std::uint64_t> packets;
    std::vector<Checkpoint> periods;
    for (const Checkpoint& each : checkpoints) {
        if (each.packets > 0)
            packets.push_back(each.packets);
        else if (each.doubles)
            periods.push_back(each);
        else
            periods.push_back({each.name + std::string(kDoubles), 0, each.every, true});
    }
    std::vector<std::uint64_t> moments = packets;
    const std::size_t most = kMostCheckpoints - periods.size();
    for (std::size_t i = packets.size(); i-- > 0;) {
        const std::uint64_t next = i + 1 < packets.size() ? packets[i + 1] : kMostDoubled + 1;
        for (std::uint64_t n = 2 * packets[i]; n < next && moments.size() < most; n *= 2) moments.push_back(n);
    }
    std::ranges::sort(moments);
    std::vector<Checkpoint> schedule = checkpoints_after(moments);
    schedule.insert(schedule.end(), periods.begin(), periods.end());
    return schedule;
}

std::string to_string(const std::vector<Checkpoint>& checkpoints) {
    std::string text;
    for (const Checkpoint& each : checkpoints) text += (text.empty() ? "" : ",") + each.name;
    return text;
}

}  // namespace flowsift::features
