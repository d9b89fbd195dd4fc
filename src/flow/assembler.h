// Assembler: cuts a stream of packets into bidirectional flows: who starts one, who ends it, and why.
//
// The rules are those of "Flow assembly" in docs/features.md. Templates instead of virtual calls: `State` derives from
// FlowRecord and has room for what features need; `Receiver` fills it and takes the ended flows. Packets come with
// their time (flow/time_keeper.h). Owned by one thread; allocates only while the number of live flows reaches a new
// high.
//
// Memory (table, records, timers, what is remembered of ended flows) stays within a cap. Below it nothing is evicted.
// At it each new flow takes the place of another: first of the half-open (TCP of which not both sides have
// acknowledged, any other flow of a single packet), then of the rest; of either kind the one that would time out
// soonest, so the longest idle, or one that had closed. It is exported as `evicted`, or as what had closed it. So a SYN
// flood evicts itself. What is remembered of ended flows may take a quarter of the cap; beyond, the oldest is
// forgotten.
#pragma once

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "base/hash.h"
#include "decode/packet.h"
#include "flow/counters.h"
#include "flow/flow_receiver.h"
#include "flow/flow_record.h"
#include "flow/flow_table.h"
#include "flow/remembered_flows.h"
#include "flow/slab.h"
#include "flow/timer_wheel.h"

namespace flowsift::flow {

/// No flow lives longer, whatever the profile: sums of its microseconds and of their squares then fit in 64 bits.
inline constexpr base::Nanoseconds kLongestFlow = 4'200 * base::kSecond;

/// A flow of more packets is cut like one that is active for too long: its counters then fit in 32 bits.
inline constexpr std::uint64_t kMostPacketsOfFlow = 0xffff'ffff;

/// Receiver: see flow/flow_receiver.h.
template <class State, class Receiver>
class Assembler {
  public:
    /// `receiver` and `counters` must outlive the assembler.
    Assembler(const AssemblyProfile& profile, std::size_t memory_cap_bytes, Receiver& receiver,
              AssemblyCounters& counters)
        : profile_(profile),
          memory_cap_(std::clamp(memory_cap_bytes, kLeastMemoryCap, kMostMemoryCap)),
          receiver_(receiver),
          counters_(counters),
          flows_(memory_cap_ / sizeof(State)),
          wheel_(memory_cap_ / sizeof(State) + flows_.kBlock),
          half_open_wheel_(memory_cap_ / sizeof(State) + flows_.kBlock),
          remembered_(memory_cap_ / 4) {
        static_assert(FlowReceiver<Receiver, State>);
        profile_.active_timeout = std::min(profile_.active_timeout, kLongestFlow);
    }

    /// `hash`: of the packet's key, by hash_of(). `time`: from the time keeper; never earlier than that of the packet
    /// before.
    void add(const decode::Packet& packet, std::uint32_t hash, base::Nanoseconds time) {
        ++counters_.packets;
        advance(time);
        const OrientedKey oriented = oriented_key(packet);
        Handle handle = find(oriented.key, hash);
        if (handle != FlowTable::kNone && is_flow(handle)) {
            const std::optional<Ending> ending = end_before(flows_[handle], packet, oriented.from_low, time);
            if (!ending) return append(handle, packet, oriented.from_low, time);
            end(handle, *ending);
            handle = find(oriented.key, hash);
        }
        succeed(handle, oriented, hash, packet, time);
    }

    /// Tells the capture's time without a packet: ends flows whose timeouts have passed at `now`.
    void advance(base::Nanoseconds now) {
        if (!has_started()) skip_timers(now);
        now_ = std::max(now_, now);
        if (wheel_.is_behind(now_)) run_timers();
    }

    /// Ends every live flow, in the order of their ends.
    void finish() {
        struct Live {
            Handle flow;
            Ending ending;
        };
        std::vector<Live> live;
        table_.for_each([&](Handle handle) {
            if (!is_flow(handle)) return;
            const Ending cut{EndReason::kShutdown, now_};
            live.push_back({handle, timeout(flows_[handle]).value_or(cut)});
        });
        std::sort(live.begin(), live.end(), [this](const Live& a, const Live& b) {
            const State &x = flows_[a.flow], &y = flows_[b.flow];
            return std::tie(a.ending.time, x.first, x.key) < std::tie(b.ending.time, y.first, y.key);
        });
        for (const Live& each : live) end(each.flow, each.ending);
    }

    /// No flow will be told to have ended before this moment.
    base::Nanoseconds settled() const { return has_started() ? wheel_.settled() : now_; }

    /// Allocated now, in bytes, to the last one that the cap speaks of.
    std::size_t memory_bytes() const {
        return table_.bytes() + flows_.bytes() + receiver_.bytes() + wheel_.bytes() + half_open_wheel_.bytes() +
               remembered_.bytes();
    }

    /// Asks the processor for what add() of a packet of this hash will read: first of the table …
    void prefetch_slot(std::uint32_t hash) const { table_.prefetch(hash); }
    /// … then, a while later, of the record.
    void prefetch_record(std::uint32_t hash) {
        const Handle handle = table_.guess(hash);
        if (handle == FlowTable::kNone)
            prefetch(flows_.upcoming(kStartsAhead));
        else if (is_flow(handle))
            prefetch(&flows_[handle]);
        else
            __builtin_prefetch(&remembered(handle));
    }

  private:
    using Handle = FlowTable::Handle;

    static constexpr base::Nanoseconds kNever = INT64_MIN;
    // A handle of the table names a live flow or, with the highest bit set, a remembered one.
    static constexpr Handle kRememberedBit = 0x80000000;
    static bool is_flow(Handle handle) { return (handle & kRememberedBit) == 0; }
    RememberedFlow& remembered(Handle handle) { return remembered_[handle & ~kRememberedBit]; }

    struct Ending {
        EndReason reason;
        base::Nanoseconds time;
    };

    /// New flows that may lie between a packet and its prefetch_record(), roughly.
    static constexpr std::size_t kStartsAhead = 5;

    static void prefetch(const State* state) {
        const auto* bytes = reinterpret_cast<const std::byte*>(state);
        for (std::size_t line = 0; line < sizeof(State); line += 64) __builtin_prefetch(bytes + line, 1);
    }

    bool has_started() const { return now_ != kNever; }

    Handle find(const FlowKey& key, std::uint32_t hash) {
        return table_.find(hash, [&](Handle handle) {
            return (is_flow(handle) ? flows_[handle].key : remembered(handle).key) == key;
        });
    }

    /// Starts a flow for a key without a live one, unless the packet comes late after the export of a closed flow.
    void succeed(Handle handle, const OrientedKey& oriented, std::uint32_t hash, const decode::Packet& packet,
                 base::Nanoseconds time) {
        std::optional<Continuation> continued;
        if (handle != FlowTable::kNone) {
            const RememberedFlow& before = remembered(handle);
            const bool belongs =
                time - before.last <= profile_.idle_timeout && !packet.has_flag(decode::tcp_flag::kSyn);
            if (belongs && before.was_closed()) {
                ++counters_.late_packets;
                return;
            }
            if (belongs) continued = remembered_.continuation(before);
            table_.erase(hash, handle);
            remembered_.forget(handle & ~kRememberedBit);
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
        receiver_.on_flow_started(flow, state);
        return flow;
    }

    void append(Handle flow, const decode::Packet& packet, bool from_low, base::Nanoseconds time) {
        State& state = flows_[flow];
        const Direction direction = state.direction_of(from_low);
        receiver_.on_packet(flow, state, packet, direction, time);
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
    std::optional<Ending> end_before(const State& state, const decode::Packet& packet, bool from_low,
                                     base::Nanoseconds time) const {
        if (const auto ending = timeout(state)) return ending;
        if (state.closing && TcpState::is_first_syn(packet)) return Ending{*state.closing, time};
        if (state.tcp.is_reuse(packet, state.direction_of(from_low))) return Ending{EndReason::kReused, time};
        if (state.total_packets() >= kMostPacketsOfFlow) return Ending{EndReason::kActive, time};
        return std::nullopt;
    }

    /// The last moment at which the flow still lives.
    base::Nanoseconds deadline(const State& state) const {
        const base::Nanoseconds quiet = state.closing ? profile_.linger : profile_.idle_timeout;
        return std::min(state.last + quiet, state.first + profile_.active_timeout);
    }

    /// How the flow has ended by now, if it has.
    std::optional<Ending> timeout(const State& state) const {
        const base::Nanoseconds last_moment = deadline(state);
        if (now_ <= last_moment) return std::nullopt;
        return Ending{last_moment < state.last + profile_.idle_timeout ? EndReason::kActive : EndReason::kIdle,
                      last_moment};
    }

    /// Slot by slot, so that flows are told in about the order of their ends, however far time has moved.
    void run_timers() {
        while (wheel_.is_behind(now_)) {
            if (flows_.size() == 0) skip_timers(now_);
            for (TimerWheel* wheel : {&half_open_wheel_, &wheel_}) {
                if (flows_.size() > 0) fire_next(*wheel);
            }
        }
        while (!remembered_.is_empty() && now_ - remembered_[remembered_.oldest()].last > profile_.idle_timeout)
            forget_oldest();
    }

    void fire_next(TimerWheel& wheel) {
        wheel.fire_next([this](Handle flow) { prefetch(&flows_[flow]); },
                        [this](Handle flow) { table_.prefetch(flows_[flow].hash); },
                        [this, &wheel](Handle flow, base::Nanoseconds slot_end) {
                            if (deadline(flows_[flow]) < slot_end)
                                end(flow, *timeout(flows_[flow]));
                            else
                                wheel.arm(flow, deadline(flows_[flow]));
                        });
    }

    void skip_timers(base::Nanoseconds now) {
        for (TimerWheel* wheel : {&half_open_wheel_, &wheel_}) wheel->skip_to(now);
    }

    /// Exports a flow; the first closing event, if there was one, is the reason.
    void end(Handle flow, const Ending& ending) {
        State& state = flows_[flow];
        const EndReason reason = state.closing.value_or(ending.reason);
        receiver_.on_flow_ended(flow, state, reason, ending.time);
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
        receiver_.reserve(flows_.capacity());
        wheel_.reserve(flows_.capacity());
        half_open_wheel_.reserve(flows_.capacity());
    }

    bool may_allocate(std::size_t bytes) const { return memory_bytes() + bytes <= memory_cap_; }

    /// With what the table may need for these flows before it asks again.
    std::size_t flow_growth_bytes() const {
        const std::size_t flows = flows_.capacity() + flows_.kBlock;
        return flows_.growth_bytes() + receiver_.growth_bytes(flows) + wheel_.growth_bytes(flows) +
               half_open_wheel_.growth_bytes(flows) + table_.growth_bytes();
    }

    /// False: there is no flow.
    bool evict() {
        const auto deadline_of = [this](Handle flow) { return deadline(flows_[flow]); };
        for (TimerWheel* wheel : {&half_open_wheel_, &wheel_}) {
            if (const auto flow = wheel->soonest(deadline_of)) {
                end(*flow, {EndReason::kEvicted, now_});
                return true;
            }
        }
        return false;
    }

    /// False: nothing is remembered.
    bool forget_oldest() {
        if (remembered_.is_empty()) return false;
        table_.prefetch(remembered_.upcoming(16).hash);
        const auto oldest = remembered_.oldest();
        if (!remembered_[oldest].is_forgotten()) table_.erase(remembered_[oldest].hash, oldest | kRememberedBit);
        remembered_.remove_oldest();
        return true;
    }

    void remember(Handle flow) {
        if (remembered_.is_full()) {
            const std::size_t growth = remembered_.growth_bytes();
            if (remembered_.bytes() + growth > memory_cap_ / 4 || !may_allocate(growth))
                forget_oldest();
            else
                remembered_.grow();
        }
        const State& state = flows_[flow];
        RememberedFlow kept{state.key, state.last, state.hash};
        if (!state.closing && !may_allocate(remembered_.continuation_bytes()))
            return table_.erase(state.hash, flow);  // The next packet then begins anew.
        if (!state.closing)
            kept.continuation =
                remembered_.add_continuation({state.connection_start, state.tcp, state.initiator_is_low});
        table_.replace(state.hash, flow, remembered_.add(kept) | kRememberedBit);
    }

    AssemblyProfile profile_;
    std::size_t memory_cap_;
    Receiver& receiver_;
    AssemblyCounters& counters_;
    base::Nanoseconds now_ = kNever;  ///< Time of the latest packet or tick.
    FlowTable table_;
    Slab<State> flows_;
    TimerWheel wheel_;
    TimerWheel half_open_wheel_;  ///< Of the flows that are evicted first. Each flow is in one of the two.
    RememberedFlows remembered_;
};

}  // namespace flowsift::flow
