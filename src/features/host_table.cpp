#include "features/host_table.h"

#include <algorithm>
#include <array>
#include <bit>

namespace flowsift::features {

HostTable::HostTable(const Options& options, const base::HashKey& table_key)
    : options_(options), hosts_(options.most_contexts, table_key), pairs_(options.most_pairs, table_key) {}

const HostPair& HostTable::observe(const FlowEvent& event) {
    now_ = std::max(now_, half_second_of(event.time));
    observe(event, HostPair::kSource);
    observe(event, HostPair::kDestination);
    observe(event, false, pair_.flows_between);
    observe(event, true, pair_.flows_to_service);
    return pair_;
}

void HostTable::observe(const FlowEvent& event, HostPair::Role role) {
    const flow::FlowIdentity& flow = event.identity;
    const bool is_source = role == HostPair::kSource;
    HostContext& context = hosts_.touch({is_source ? flow.source : flow.destination, flow.vlan, flow.tunnel_id, role});
    if (event.kind == EventKind::kStarted) {
        const auto port = std::bit_cast<std::array<std::uint8_t, 2>>(flow.destination_port);
        const base::IpAddress& peer = is_source ? flow.destination : flow.source;
        context.add_start(now_, base::siphash13(options_.sketch_key, port),
                          base::siphash13(options_.sketch_key, peer.bytes));
        return;
    }
    if (event.kind == EventKind::kEnded)
        context.add_end(now_, {.is_unanswered = flow.backward_packets == 0,
                               .is_reset = flow.end_reason == flow::EndReason::kRst,
                               .bytes = event.payload_bytes});
    for (const auto window : {HostPair::kShort, HostPair::kLong})
        pair_.numbers[role][window] = context.numbers(now_, window);
}

void HostTable::observe(const FlowEvent& event, bool is_service, std::array<double, 2>& counts) {
    const flow::FlowIdentity& flow = event.identity;
    const std::uint32_t service = is_service ? std::uint32_t{flow.protocol} << 16 | flow.destination_port : 0;
    RecentStarts& starts = pairs_.touch(
        {flow.source, flow.destination, flow.vlan, flow.tunnel_id, service, static_cast<std::uint32_t>(is_service)});
    if (event.kind == EventKind::kStarted) return starts.add(now_);
    for (const auto window : {HostPair::kShort, HostPair::kLong}) counts[window] = starts.count(now_, window);
}

}  // namespace flowsift::features
