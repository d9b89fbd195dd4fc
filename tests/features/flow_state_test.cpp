#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "features/catalogue.h"
#include "features/flow_view.h"
#include "features/row_former.h"
#include "random_traffic.h"

namespace flowsift::features {
namespace {

/// The same packets, seen with either end as the initiator. What the assembler does with a record is done by hand.
FlowState state_of(const std::vector<decode::Packet>& packets, bool is_mirrored) {
    FlowState state;
    state.first = state.connection_start = packets.front().timestamp;
    for (const decode::Packet& packet : packets) {
        const bool is_forward = (packet.source_port == packets.front().source_port) != is_mirrored;
        const flow::Direction direction = is_forward ? flow::kForward : flow::kBackward;
        state.add(packet, direction, packet.timestamp);
        state.last = packet.timestamp;
        ++state.packets[direction];
    }
    return state;
}

std::vector<double> row_of(const FlowState& state) {
    std::vector<double> row(cic_schema().size());
    RowFormer(cic_schema()).form({&state}, row);
    return row;
}

/// "Fwd IAT Max" → "Bwd IAT Max", and the pairs that are spelt otherwise. Its own name where both ends count alike;
/// empty where only the forward direction has such a feature.
std::string mirror_of(std::string name) {
    const std::pair<const char*, const char*> kOdd[] = {{"Total Fwd Packet", "Total Bwd packets"},
                                                        {"FWD Init Win Bytes", "Bwd Init Win Bytes"},
                                                        {"Fwd Act Data Pkts", ""},
                                                        {"Fwd Seg Size Min", ""},
                                                        {"Down/Up Ratio", ""}};
    for (const auto& [a, b] : kOdd) {
        if (name == a) return b;
        if (name == b) return a;
    }
    for (const auto& [a, b] : {std::pair("Fwd", "Bwd"), std::pair("Bwd", "Fwd")})
        if (const auto at = name.find(a); at != std::string::npos) return name.replace(at, 3, b);
    return name;
}

TEST(FlowState, ReversingTheViewSwapsForwardAndBackwardExactly) {
    base::Random random(5);
    for (int round = 0; round < 100; ++round) {
        const Talk talk;
        std::vector<decode::Packet> packets = {talk.from_client(0, 10)};
        std::int64_t at = 0;
        for (int i = 0; i < 200; ++i) {
            at += random.below(random.below(20) == 0 ? 7'000'000 : 200'000);
            const std::uint32_t payload = random.below(3) == 0 ? 0 : random.below(1461);
            packets.push_back(random.below(4) == 0 ? talk.from_client(at, payload) : talk.from_server(at, payload));
            packets.back().tcp_flags = static_cast<std::uint8_t>(random.below(256));
            packets.back().tcp_window = static_cast<std::uint16_t>(random.below(65'536));
            packets.back().header_length = static_cast<std::uint16_t>(20 + 4 * random.below(11));
        }
        const FlowState seen = state_of(packets, false), mirrored = state_of(packets, true);
        const std::vector<double> row = row_of(seen), mirrored_row = row_of(mirrored);
        for (FeatureId id = 0; id < cic_schema().size(); ++id) {
            const std::string mirror = mirror_of(std::string(catalogue()[id].name));
            if (mirror.empty()) continue;
            ASSERT_TRUE(find_feature(mirror)) << mirror;
            EXPECT_EQ(row[id], mirrored_row[*find_feature(mirror)]) << mirror;
        }
    }
}

TEST(FlowState, FitsInTheMemoryThatALiveFlowMayTake) {
    // 640 bytes per live flow with the table: 8 bytes per slot at three eighths full at worst, 8 for the timer, 4 in
    // the list of free records.
    EXPECT_LE(sizeof(FlowState) + 8 * 8 / 3 + 8 + 4, 640u);
}

}  // namespace
}  // namespace flowsift::features
