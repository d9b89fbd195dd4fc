#include "decode/fragment_table.h"

#include <algorithm>
#include <span>

namespace flowsift::decode {
namespace {

constexpr std::size_t kEntries = 4096;
constexpr std::size_t kEntriesPerSet = 4;
constexpr base::Nanoseconds kLifetime = 30 * base::kSecond;

/// Of any two times, without overflow: a file may hold both ends of int64.
bool is_within_lifetime(base::Nanoseconds a, base::Nanoseconds b) {
    const auto distance = static_cast<std::uint64_t>(std::max(a, b)) - static_cast<std::uint64_t>(std::min(a, b));
    return distance <= static_cast<std::uint64_t>(kLifetime);
}

}  // namespace

FragmentTable::FragmentTable(const base::HashKey& hash_key) : hash_key_(hash_key), entries_(kEntries) {}

std::size_t FragmentTable::first_of_set(const FragmentKey& key) const {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&key);
    return base::siphash13(hash_key_, {bytes, sizeof key}) % (kEntries / kEntriesPerSet) * kEntriesPerSet;
}

void FragmentTable::remember(const FragmentKey& key, const Packet& first) {
    const std::span<Entry> set = std::span(entries_).subspan(first_of_set(key), kEntriesPerSet);
    auto slot =
        std::find_if(set.begin(), set.end(), [&](const Entry& entry) { return entry.is_used && entry.key == key; });
    if (slot == set.end()) {
        slot = std::min_element(set.begin(), set.end(), [](const Entry& a, const Entry& b) {
            return a.is_used != b.is_used ? b.is_used : a.time < b.time;
        });
    }
    *slot = {key,
             first.timestamp,
             first.source_port,
             first.destination_port,
             first.echo_identifier,
             first.protocol,
             first.icmp_type,
             first.icmp_code,
             first.is_echo,
             true};
}

bool FragmentTable::find(const FragmentKey& key, Packet& later) const {
    const std::span<const Entry> set = std::span(entries_).subspan(first_of_set(key), kEntriesPerSet);
    const auto slot =
        std::find_if(set.begin(), set.end(), [&](const Entry& entry) { return entry.is_used && entry.key == key; });
    if (slot == set.end() || !is_within_lifetime(slot->time, later.timestamp)) return false;
    later.protocol = slot->protocol;
    later.source_port = slot->source_port;
    later.destination_port = slot->destination_port;
    later.echo_identifier = slot->echo_identifier;
    later.icmp_type = slot->icmp_type;
    later.icmp_code = slot->icmp_code;
    later.is_echo = slot->is_echo;
    return true;
}

}  // namespace flowsift::decode
