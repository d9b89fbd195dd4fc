#include "features/host_table.h"

#include <algorithm>
#include <array>
#include <bit>

namespace flowsift::features {

HostTable::HostTable(const Options& options, const base::HashKey& table_key)
    : options_(options), table_key_(table_key), contexts_(options.most_contexts) {}

const HostPair& HostTable::observe(const FlowEvent& event) {
    now_ = std::max(now_, half_second_of(event.time));
    observe(event, HostPair::kSource);
    observe(event, HostPair::kDestination);
    return pair_;
}

void HostTable::observe(const FlowEvent& event, HostPair::Role role) {
    const flow::FlowIdentity& flow = event.identity;
    const bool is_source = role == HostPair::kSource;
    HostContext& context = touch({is_source ? flow.source : flow.destination, flow.vlan, flow.tunnel_id, role});
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

HostContext& HostTable::touch(const Key& key) {
    static_assert(sizeof(Key) == 32 && std::has_unique_object_representations_v<Key>);
    const auto hash = static_cast<std::uint32_t>(
        base::siphash13(table_key_, std::bit_cast<std::array<std::uint8_t, sizeof(Key)>>(key)));
    Handle handle = table_.find(hash, [&](Handle candidate) { return contexts_[candidate].key == key; });
    if (handle == kNone)
        handle = add(key, hash);
    else
        unlink(handle);
    link(handle);
    return contexts_[handle].context;
}

HostTable::Handle HostTable::add(const Key& key, std::uint32_t hash) {
    if (contexts_.size() >= options_.most_contexts) {
        const Handle oldest = oldest_;
        unlink(oldest);
        table_.erase(contexts_[oldest].hash, oldest);
        contexts_.release(oldest);
        ++forgotten_;
    }
    const Handle handle = contexts_.acquire();
    contexts_[handle].key = key;
    contexts_[handle].hash = hash;
    table_.insert(hash, handle);
    return handle;
}

void HostTable::link(Handle handle) {
    contexts_[handle].newer = kNone;
    contexts_[handle].older = newest_;
    (newest_ == kNone ? oldest_ : contexts_[newest_].newer) = handle;
    newest_ = handle;
}

void HostTable::unlink(Handle handle) {
    const Handle newer = contexts_[handle].newer, older = contexts_[handle].older;
    (newer == kNone ? newest_ : contexts_[newer].older) = older;
    (older == kNone ? oldest_ : contexts_[older].newer) = newer;
}

}  // namespace flowsift::features
