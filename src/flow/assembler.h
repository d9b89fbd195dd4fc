// Assembler: cuts a stream of packets into bidirectional flows: who starts one, who ends it, and why.
//
// The rules are those of "Flow assembly" in docs/features.md. Templates instead of virtual calls: `State` derives from
// FlowRecord and accumulates what features need; `Receiver` takes the ended flows. Owned by one thread; allocates only
// while the number of live flows reaches a new high.
//
// Memory (table, records, timers, what is remembered of ended flows) stays within a cap. Below it nothing is evicted.
// At it each new flow takes the place of another: first of the half-open (TCP of which not both sides have
// acknowledged, any other flow of a single packet), then of the rest; of either kind the one that would time out
// soonest, so the longest idle, or one that had closed. It is exported as `evicted`, or as what had closed it. So a SYN
// flood evicts itself. What is remembered of ended flows may take a quarter of the cap; beyond, the oldest is
// forgotten. The copy of one held-back packet is outside the cap.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "decode/packet.h"
#include "flow/capture_clock.h"
#include "flow/counters.h"
#include "flow/flow_record.h"
#include "flow/flow_table.h"
#include "flow/held_packet.h"
#include "flow/slab.h"
#include "flow/timer_wheel.h"

namespace flowsift::flow {

/// No flow lives longer, whatever the profile: sums of its microseconds and of their squares then fit in 64 bits.
inline constexpr base::Nanoseconds kLongestFlow = 4'200 * base::kSecond;

/// A flow of more packets is cut like one that is active for too long: its counters then fit in 32 bits.
inline constexpr std::uint64_t kMostPacketsOfFlow = 0xffff'ffff;

/// State: `void add(const decode::Packet&, Direction, base::Nanoseconds time)` is called for each packet of the flow
/// before the record's own numbers (last, packets, wire_bytes) take it in; `first` is set before the first.
/// Receiver: `void on_flow_ended(const State&, EndReason)`.
template <class State, class Receiver>
class Assembler {
  public:
    /// `receiver` must outlive the assembler.
    Assembler(const AssemblyProfile& profile, const base::HashKey& hash_key, std::size_t memory_cap_bytes,
              Receiver& receiver)
        : profile_(profile),
          hash_key_(hash_key),
          memory_cap_(std::max(memory_cap_bytes, kLeastMemoryCap)),
          receiver_(receiver) {
        profile_.active_timeout = std::min(profile_.active_timeout, kLongestFlow);
        predecessors_.grow();  // However full the memory, something can be remembered.
        predecessor_wheel_.reserve(predecessors_.capacity());
    }

    /// A packet that jumps ahead by over an hour is held back until the next one shows whether time did.
    void add(const decode::Packet& packet) { add(packet, hash_of_packet(packet)); }

    /// `hash`: what prefetch_slot() returned for this packet.
    void add(const decode::Packet& packet, std::uint32_t hash) {
        const base::Nanoseconds time = CaptureClock::bounded(packet.timestamp);
        if (held_.is_full) release_held(time);
        if (clock_.is_jump(time))
            held_.fill(packet, time);
        else
            process(packet, hash, time);
    }

    /// Tells the capture clock without a packet: ends flows whose timeouts have passed at `now`.
    void tick(base::Nanoseconds now) {
        const base::Nanoseconds time = CaptureClock::bounded(now);
        if (held_.is_full) release_held(time);
        if (clock_.has_started() && clock_.on_tick(time)) run_timers();
    }

    /// Ends every live flow, oldest first. A packet that is still held back is believed: nothing is left to protect.
    void finish() {
        if (held_.is_full) {
            ++counters_.held_back_jumps;
            process_held(held_.time);
        }
        std::vector<Handle> live;
        table_.for_each([&](Handle handle) {
            if (is_flow(handle)) live.push_back(handle);
        });
        std::sort(live.begin(), live.end(), [this](Handle a, Handle b) {
            return std::pair(flows_[a].first, flows_[a].key) < std::pair(flows_[b].first, flows_[b].key);
        });
        for (const Handle flow : live) end(flow, timeout(flows_[flow]).value_or(EndReason::kShutdown));
    }

    const AssemblyCounters& counters() const { return counters_; }

    /// Allocated now, in bytes, to the last one that the cap speaks of.
    std::size_t memory_bytes() const {
        return table_.bytes() + flows_.bytes() + wheel_.bytes() + half_open_wheel_.bytes() + predecessor_bytes();
    }

    /// Asks the processor for what add() of such a packet will read: first of the table …
    std::uint32_t prefetch_slot(const decode::Packet& packet) const {
        const std::uint32_t hash = hash_of_packet(packet);
        table_.prefetch(hash);
        return hash;
    }
    /// … then, a while later, of the record. `hash`: what prefetch_slot() returned.
    void prefetch_record(std::uint32_t hash) {
        const Handle handle = table_.guess(hash);
        if (handle == FlowTable::kNone || !is_flow(handle)) return;
        const auto* bytes = reinterpret_cast<const std::byte*>(&flows_[handle]);
        for (std::size_t line = 0; line < sizeof(State); line += 64) __builtin_prefetch(bytes + line);
    }

  private:
    using Handle = FlowTable::Handle;

    /// What is remembered of an exported flow until its idle timeout has passed.
    struct Predecessor {
        FlowKey key;
        base::Nanoseconds last = 0;
        base::Nanoseconds connection_start = 0;
        TcpState tcp;
        std::uint32_t hash = 0;
        bool initiator_is_low = true;
        bool was_closed = false;  ///< By FIN or RST; otherwise cut by the active timeout.
    };

    // A handle of the table names a live flow or, with the highest bit set, a predecessor.
    static constexpr Handle kPredecessorBit = 0x80000000;
    static bool is_flow(Handle handle) { return (handle & kPredecessorBit) == 0; }
    Predecessor& predecessor(Handle handle) { return predecessors_[handle & ~kPredecessorBit]; }

    std::uint32_t hash_of_packet(const decode::Packet& packet) const {
        return hash_of(oriented_key(packet).key, hash_key_);
    }

    Handle find(const FlowKey& key, std::uint32_t hash) {
        return table_.find(hash, [&](Handle handle) {
            return (is_flow(handle) ? flows_[handle].key : predecessor(handle).key) == key;
        });
    }

    /// `time` of a later packet or tick shows whether time jumped or the held packet's stamp is absurd.
    void release_held(base::Nanoseconds time) {
        const bool is_confirmed = clock_.is_jump(time) && time >= held_.time - CaptureClock::kLongestJump;
        if (is_confirmed) return process_held(held_.time);
        ++counters_.held_back_jumps;  // Counted here, and not as clamped besides.
        held_.packet.timestamp = clock_.latest_packet();
        process_held(held_.packet.timestamp);
    }

    void process_held(base::Nanoseconds stamp) {
        held_.is_full = false;
        process(held_.packet, hash_of_packet(held_.packet), stamp);
    }

    void process(const decode::Packet& packet, std::uint32_t hash, base::Nanoseconds stamp) {
        const base::Nanoseconds time = clock_.on_packet(stamp);
        ++counters_.packets;
        if (time != packet.timestamp) ++counters_.clamped_timestamps;
        run_timers();

        const OrientedKey oriented = oriented_key(packet);
        Handle handle = find(oriented.key, hash);
        if (handle != FlowTable::kNone && is_flow(handle)) {
            const std::optional<EndReason> end_reason = end_before(flows_[handle], packet, oriented.from_low);
            if (!end_reason) return append(handle, packet, oriented.from_low, time);
            end(handle, *end_reason);
            handle = find(oriented.key, hash);
        }
        succeed(handle, oriented, hash, packet, time);
    }

    /// Starts a flow for a key without a live one, unless the packet comes late after the export of a closed flow.
    void succeed(Handle handle, const OrientedKey& oriented, std::uint32_t hash, const decode::Packet& packet,
                 base::Nanoseconds time) {
        std::optional<Predecessor> continued;
        if (handle != FlowTable::kNone) {
            const Predecessor& before = predecessor(handle);
            const bool belongs =
                time - before.last <= profile_.idle_timeout && !packet.has_flag(decode::tcp_flag::kSyn);
            if (belongs && before.was_closed) {
                ++counters_.late_packets;
                return;
            }
            if (belongs) continued = before;
            forget(handle);
        }
        const Handle flow = start(oriented, hash, packet, time);
        if (continued) {
            State& state = flows_[flow];
            state.initiator_is_low = continued->initiator_is_low;
            state.connection_start = continued->connection_start;
            state.tcp = continued->tcp;
        }
        append(flow, packet, oriented.from_low, time);
    }

    Handle start(const OrientedKey& oriented, std::uint32_t hash, const decode::Packet& packet,
                 base::Nanoseconds time) {
        make_room();
        const Handle flow = flows_.acquire();
        State& state = flows_[flow];
        state.key = oriented.key;
        state.hash = hash;
        state.first = state.last = state.connection_start = time;
        // Seen first with SYN+ACK, a flow was opened by the receiver. Ends that are the same have but one direction.
        const bool opened_by_receiver = TcpState::is_syn_ack(packet) && !oriented.key.has_equal_ends();
        state.initiator_is_low = oriented.from_low != opened_by_receiver;
        if (oriented.key.is_icmp()) {
            state.icmp_type = packet.icmp_type;
            state.icmp_code = packet.icmp_code;
        }
        table_.insert(hash, flow);
        half_open_wheel_.arm(flow, deadline(state));
        ++counters_.flows_started;
        ++counters_.flows_live;
        return flow;
    }

    void append(Handle flow, const decode::Packet& packet, bool from_low, base::Nanoseconds time) {
        State& state = flows_[flow];
        const Direction direction = state.direction_of(from_low);
        state.add(packet, direction, time);
        state.last = time;
        ++state.packets[direction];
        state.wire_bytes[direction] += packet.wire_length;
        if (packet.protocol == decode::ip_protocol::kTcp && !packet.is_later_fragment && !state.closing)
            watch_tcp(flow, packet, direction);
        if (state.is_half_open && !is_half_open(state)) {
            state.is_half_open = false;
            half_open_wheel_.disarm(flow);
            wheel_.arm(flow, deadline(state));
        }
    }

    /// Nobody has shown yet that both ends mean it.
    static bool is_half_open(const State& state) {
        return state.key.protocol == decode::ip_protocol::kTcp ? !state.tcp.both_acknowledged()
                                                               : state.total_packets() < 2;
    }
    TimerWheel& wheel_of(const State& state) { return state.is_half_open ? half_open_wheel_ : wheel_; }

    void watch_tcp(Handle flow, const decode::Packet& packet, Direction direction) {
        State& state = flows_[flow];
        const TcpEvent event = state.tcp.observe(packet, direction);
        if (event == TcpEvent::kNone) return;
        state.closing = event == TcpEvent::kReset ? EndReason::kRst : EndReason::kFin;
        wheel_of(state).arm(flow, deadline(state));
    }

    /// Why the flow has ended before this packet, which is then not its own; empty if the packet belongs to it.
    std::optional<EndReason> end_before(const State& state, const decode::Packet& packet, bool from_low) const {
        if (const auto reason = timeout(state)) return reason;
        if (state.closing && TcpState::is_first_syn(packet)) return state.closing;
        if (state.tcp.is_reuse(packet, state.direction_of(from_low))) return EndReason::kReused;
        if (state.total_packets() >= kMostPacketsOfFlow) return EndReason::kActive;
        return std::nullopt;
    }

    /// The last moment at which the flow still lives.
    base::Nanoseconds deadline(const State& state) const {
        const base::Nanoseconds quiet = state.closing ? profile_.linger : profile_.idle_timeout;
        return std::min(state.last + quiet, state.first + profile_.active_timeout);
    }

    /// Why the flow has ended by now, if it has.
    std::optional<EndReason> timeout(const State& state) const {
        const base::Nanoseconds last_moment = deadline(state);
        if (clock_.timers() <= last_moment) return std::nullopt;
        return last_moment < state.last + profile_.idle_timeout ? EndReason::kActive : EndReason::kIdle;
    }

    void run_timers() {
        for (TimerWheel* wheel : {&half_open_wheel_, &wheel_}) {
            wheel->advance(clock_.timers(), [this, wheel](Handle flow) {
                if (const auto reason = timeout(flows_[flow]))
                    end(flow, *reason);
                else
                    wheel->arm(flow, deadline(flows_[flow]));
            });
        }
        predecessor_wheel_.advance(clock_.timers(), [this](Handle index) {
            const base::Nanoseconds last_moment = predecessors_[index].last + profile_.idle_timeout;
            if (clock_.timers() > last_moment)
                forget(index | kPredecessorBit);
            else
                predecessor_wheel_.arm(index, last_moment);
        });
    }

    /// Exports a flow; the first closing event, if there was one, is the reason.
    void end(Handle flow, EndReason reason) {
        State& state = flows_[flow];
        reason = state.closing.value_or(reason);
        receiver_.on_flow_ended(state, reason);
        ++counters_.flows_ended[static_cast<std::size_t>(reason)];
        --counters_.flows_live;
        if (state.closing || reason == EndReason::kActive)
            remember(flow);
        else
            table_.erase(state.hash, flow);
        wheel_of(state).disarm(flow);
        flows_.release(flow);
    }

    /// Room for one more flow; at the cap, that of another flow or of what was remembered of one.
    void make_room() {
        while (flows_.is_full() && !may_allocate(flow_growth_bytes())) {
            if (!evict()) break;
        }
        while (table_.growth_bytes() > 0 && !may_allocate(table_.growth_bytes())) {
            if (!forget_oldest() && !evict()) break;
        }
        if (!flows_.is_full()) return;
        flows_.grow();
        wheel_.reserve(flows_.capacity());
        half_open_wheel_.reserve(flows_.capacity());
    }

    bool may_allocate(std::size_t bytes) const { return memory_bytes() + bytes <= memory_cap_; }

    /// With what the table may need for these flows before it asks again.
    std::size_t flow_growth_bytes() const {
        const std::size_t flows = flows_.capacity() + flows_.kBlock;
        return flows_.growth_bytes() + wheel_.growth_bytes(flows) + half_open_wheel_.growth_bytes(flows) +
               table_.growth_bytes();
    }

    /// False: there is no flow.
    bool evict() {
        const auto deadline_of = [this](Handle flow) { return deadline(flows_[flow]); };
        for (TimerWheel* wheel : {&half_open_wheel_, &wheel_}) {
            if (const auto flow = wheel->soonest(deadline_of)) {
                end(*flow, EndReason::kEvicted);
                return true;
            }
        }
        return false;
    }

    /// False: nothing is remembered.
    bool forget_oldest() {
        const auto oldest = predecessor_wheel_.soonest(
            [this](Handle index) { return predecessors_[index].last + profile_.idle_timeout; });
        if (oldest) forget(*oldest | kPredecessorBit);
        return oldest.has_value();
    }

    std::size_t predecessor_bytes() const { return predecessors_.bytes() + predecessor_wheel_.bytes(); }

    void make_room_for_predecessor() {
        if (!predecessors_.is_full()) return;
        const std::size_t capacity = predecessors_.capacity() + predecessors_.kBlock;
        const std::size_t growth = predecessors_.growth_bytes() + predecessor_wheel_.growth_bytes(capacity);
        if (predecessor_bytes() + growth > memory_cap_ / 4 || !may_allocate(growth)) {
            forget_oldest();
        } else {
            predecessors_.grow();
            predecessor_wheel_.reserve(capacity);
        }
    }

    void remember(Handle flow) {
        make_room_for_predecessor();
        const State& state = flows_[flow];
        const Handle index = predecessors_.acquire();
        predecessors_[index] = {state.key,
                                state.last,
                                state.connection_start,
                                state.tcp,
                                state.hash,
                                state.initiator_is_low,
                                state.closing.has_value()};
        table_.replace(state.hash, flow, index | kPredecessorBit);
        predecessor_wheel_.arm(index, state.last + profile_.idle_timeout);
    }

    void forget(Handle handle) {
        const Handle index = handle & ~kPredecessorBit;
        table_.erase(predecessors_[index].hash, handle);
        predecessor_wheel_.disarm(index);
        predecessors_.release(index);
    }

    AssemblyProfile profile_;
    base::HashKey hash_key_;
    std::size_t memory_cap_;
    Receiver& receiver_;
    CaptureClock clock_;
    FlowTable table_;
    Slab<State> flows_;
    TimerWheel wheel_;
    TimerWheel half_open_wheel_;  ///< Of the flows that are evicted first. Each flow is in one of the two.
    Slab<Predecessor> predecessors_;
    TimerWheel predecessor_wheel_;
    HeldPacket held_;
    AssemblyCounters counters_;
};

}  // namespace flowsift::flow
