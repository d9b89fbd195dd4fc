#include "decode/fragment_table.h"

namespace flowsift::decode {

FragmentTable::FragmentTable(const base::HashKey& hash_key) : index_(hash_key, kEntries), entries_(kEntries) {}

void FragmentTable::remember(const FragmentKey& key, const Packet& first) {
    Entry& entry = entries_[index_.claim(key).slot];
    entry.time = first.timestamp;
    entry.source_port = first.source_port;
    entry.destination_port = first.destination_port;
    entry.echo_identifier = first.echo_identifier;
    entry.protocol = first.protocol;
    entry.icmp_type = first.icmp_type;
    entry.icmp_code = first.icmp_code;
    entry.is_echo = first.is_echo;
    entry.is_tunnel = false;
}

void FragmentTable::remember_tunnel(const FragmentKey& key, base::Nanoseconds time) {
    Entry& entry = entries_[index_.claim(key).slot];
    entry = {};
    entry.time = time;
    entry.is_tunnel = true;
}

FragmentTable::Found FragmentTable::find(const FragmentKey& key, Packet& later) const {
    const auto slot = index_.find(key);
    if (!slot) return Found::kNothing;
    const Entry& entry = entries_[*slot];
    if (!is_within_fragment_lifetime(entry.time, later.timestamp)) return Found::kNothing;
    if (entry.is_tunnel) return Found::kTunnel;
    later.protocol = entry.protocol;
    later.source_port = entry.source_port;
    later.destination_port = entry.destination_port;
    later.echo_identifier = entry.echo_identifier;
    later.icmp_type = entry.icmp_type;
    later.icmp_code = entry.icmp_code;
    later.is_echo = entry.is_echo;
    return Found::kFlow;
}

}  // namespace flowsift::decode
