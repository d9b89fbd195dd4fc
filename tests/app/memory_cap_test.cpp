// The memory cap as a user meets it: in the rows, in the summary, with and without workers.

#include <gmock/gmock.h>

#include "frames.h"
#include "tests/features/flood_traffic.h"

namespace flowsift::app {
namespace {

using features::CollectedFlow;
using test::Extracted;
using test::Frames;
using Packets = std::vector<decode::Packet>;

Frames frames_of(const Packets& packets) {
    Frames frames;
    for (const decode::Packet& packet : packets) frames.push_back(test::frame_of(packet));
    return frames;
}

bool is_established(const CollectedFlow& flow) {
    return flow.identity.source.bytes[12] == 10;  // The flood comes from 11.0.0.0/8.
}

std::map<std::uint8_t, std::vector<double>> established_rows(const Extracted& found) {
    std::map<std::uint8_t, std::vector<double>> rows;  // By the last byte of the client's address.
    for (const CollectedFlow& flow : found.flows) {
        if (!is_established(flow)) continue;
        EXPECT_TRUE(rows.emplace(flow.identity.source.bytes[15], flow.values).second);
    }
    return rows;
}

TEST(MemoryCap, EstablishedFlowsSurviveAFloodAndTheUserIsToldWhoDidNot) {
    // Each worker has 4 MiB, which hold at most 16,384 flows of at least 256 bytes: forty thousand SYNs for each are
    // more than twice as many. (The hash shares them out evenly to within a few per cent.)
    const Packets talk = features::established_traffic();
    const auto alone = established_rows(test::extracted(frames_of(talk), {.workers = 0}));
    ASSERT_EQ(alone.size(), 100u);
    for (const std::size_t workers : {0, 1, 2}) {
        SCOPED_TRACE("workers " + std::to_string(workers));
        const std::size_t tables = std::max<std::size_t>(1, workers);
        const auto syns = static_cast<std::uint32_t>(40'000 * tables);
        Packets packets = talk;
        const Packets flood = features::flood(syns);
        packets.insert(packets.end(), flood.begin(), flood.end());
        packets = features::sorted(packets);

        testing::internal::CaptureStderr();
        const Extracted found =
            test::extracted(frames_of(packets), {.memory_cap_bytes = tables << 22, .workers = workers});
        const std::string told = testing::internal::GetCapturedStderr();

        EXPECT_EQ(established_rows(found), alone);
        const auto evicted = std::ranges::count(found.flows, flow::EndReason::kEvicted,
                                                [](const CollectedFlow& flow) { return flow.identity.end_reason; });
        EXPECT_GE(evicted, syns - 16'384 * static_cast<std::ptrdiff_t>(tables));
        EXPECT_EQ(found.note("flows_evicted_for_memory"), static_cast<std::uint64_t>(evicted));
        EXPECT_EQ(found.flows.size(), 100 + syns);
        EXPECT_EQ(found.summary.totals.flows_started, found.flows.size());
        EXPECT_EQ(found.summary.totals.packets_in_flows, packets.size());
        EXPECT_THAT(found.csv, testing::HasSubstr(",evicted,"));
        EXPECT_THAT(told, testing::HasSubstr("flows were ended early for want of memory"));
    }
}

TEST(MemoryCap, UnderItNothingIsEvictedAndNobodyIsWarned) {
    testing::internal::CaptureStderr();
    const Extracted found =
        test::extracted(frames_of(features::flood(3000)), {.memory_cap_bytes = 8 << 20, .workers = 2});
    EXPECT_EQ(found.flows.size(), 3000u);
    EXPECT_EQ(found.note("flows_evicted_for_memory"), 0u);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace flowsift::app
