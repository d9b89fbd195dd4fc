#include "app/account.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/terminal.h"

namespace flowsift::app {

void Account::add(const FrameTally& tally, const capture::SourceStatistics& source) {
    const decode::DecodeCounters& decoded = tally.decoded;
    const features::MeterCounters& metered = tally.metered;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) outcomes_[i] += decoded.frames[i];
    for (std::size_t i = 0; i < marks_.size(); ++i) marks_[i] += decoded.marks[i];
    for (std::size_t i = 0; i < ended_.size(); ++i) ended_[i] += metered.flows_ended[i];

    totals_.time = std::max(totals_.time, tally.latest);
    // A ring knows the interface's MTU; the decoder can only tell what is larger than any.
    auto& super_frames = marks_[static_cast<std::size_t>(decode::Mark::kSuperFrame)];
    super_frames = std::max(super_frames, source.super_frames);

    totals_.packets_offered += source.offered - std::min(source.offered, source.filtered);
    totals_.packets_received += tally.frames;
    totals_.packets_dropped += source.kernel_dropped + source.interface_dropped;
    totals_.packets_in_flows += metered.packets - metered.late_packets;
    totals_.packets_other += decoded.frames_in() - decoded.packets_for_flows() + metered.late_packets;
    totals_.wire_bytes += tally.wire_bytes;
    totals_.flow_memory += tally.memory_bytes;
    totals_.flows_started += metered.flows_started;
    totals_.flows_ended += std::accumulate(metered.flows_ended.begin(), metered.flows_ended.end(), std::uint64_t{0});
    totals_.flows_live += metered.flows_live;

    late_packets_ += metered.late_packets;
    notes_.clamped_timestamps += metered.clamped_timestamps;
    notes_.held_back_jumps += metered.held_back_jumps;
    notes_.forgotten_hosts += metered.forgotten_hosts;
    notes_.filtered += source.filtered;
    notes_.ring_full += source.ring_full;
    notes_.attributes += metered;
}

output::RunSummary Account::summary() const {
    output::RunSummary summary;
    summary.totals = totals_;
    for (const decode::OutcomeInfo& info : decode::outcomes())
        if (!decode::is_for_flows(info.outcome))
            summary.other_packets.push_back(
                {std::string(info.name), outcomes_[static_cast<std::size_t>(info.outcome)]});
    summary.other_packets.push_back({"late_packets", late_packets_});
    for (std::size_t i = 0; i < ended_.size(); ++i)
        summary.end_reasons.push_back({std::string(flow::to_string(static_cast<flow::EndReason>(i))), ended_[i]});
    const auto evicted = ended_[static_cast<std::size_t>(flow::EndReason::kEvicted)];
    summary.notes = {{"flows_evicted_for_memory", evicted},
                     {"clamped_timestamps", notes_.clamped_timestamps},
                     {"held_back_time_jumps", notes_.held_back_jumps},
                     {"forgotten_hosts", notes_.forgotten_hosts},
                     {"left_out_by_filter", notes_.filtered},
                     {"times_the_ring_was_full", notes_.ring_full},
                     {"attributes_not_kept", notes_.attributes.attributes_not_kept},
                     {"unfinished_messages_dropped", notes_.attributes.unfinished_messages_dropped}};
    for (const decode::MarkInfo& info : decode::marks())
        if (const std::uint64_t count = marks_[static_cast<std::size_t>(info.mark)]; count > 0)
            summary.notes.push_back({std::string(info.name), count});
    return summary;
}

std::vector<std::string> Account::warnings(std::string_view interface) const {
    std::vector<std::string> warnings;
    const std::uint64_t super_frames = marks_[static_cast<std::size_t>(decode::Mark::kSuperFrame)];
    if (super_frames > 0)
        warnings.push_back(fmt::format(
            "{} frames are larger than the MTU: segments that the network card or the kernel put together (TSO, GRO). "
            "Each counts as one packet; to capture what the wire carries, switch that off first: "
            "ethtool -K {} gro off lro off tso off gso off",
            base::grouped(super_frames), interface.empty() ? "INTERFACE" : interface));
    if (const auto evicted = ended_[static_cast<std::size_t>(flow::EndReason::kEvicted)]; evicted > 0)
        warnings.push_back(
            fmt::format("{} flows were ended early for want of memory; --memory allows more", base::grouped(evicted)));
    return warnings;
}

}  // namespace flowsift::app
