// Reassembly: what a fragmented datagram said reaches the packet that completes it; the reassembler and its index
// against plain ones.
#include <gtest/gtest.h>

#include <list>

#include "base/random.h"
#include "decode/decoder.h"
#include "decode/reassembler.h"
#include "decode/slot_index.h"
#include "plain_reassembler.h"
#include "tunnel_builder.h"

namespace flowsift::decode {
namespace {

using namespace test;

/// Bytes that tell where they stood.
Buffer numbered(std::size_t count, std::size_t from = 0) {
    Buffer buffer(count);
    for (std::size_t i = 0; i < count; ++i) buffer[i] = static_cast<std::uint8_t>((from + i) * 7 + ((from + i) >> 8));
    return buffer;
}
Buffer slice(const Buffer& buffer, std::size_t begin, std::size_t end) {
    return {buffer.begin() + static_cast<std::ptrdiff_t>(begin), buffer.begin() + static_cast<std::ptrdiff_t>(end)};
}
Buffer copy(base::Bytes bytes) {
    return {bytes.begin(), bytes.end()};
}

class Reassembly : public ::testing::Test {
  protected:
    /// The piece [begin, end) of an IP payload as a fragment; the last one if it reaches the end.
    Outcome fragment(const Buffer& datagram, std::size_t begin, std::size_t end, const Ipv4& like = {.protocol = 17},
                     base::Nanoseconds time = 0) {
        Ipv4 header = like;
        header.fragment_offset = begin;
        header.more_fragments = end < datagram.size();
        return decode(ethernet(0x0800, ipv4(header, slice(datagram, begin, end))), time);
    }
    /// Frames are kept, as a source keeps those of a batch.
    Outcome decode(const Buffer& frame, base::Nanoseconds time = 0) {
        frames_.push_back(frame);
        return decoder_.decode(raw(frames_.back(), capture::LinkType::kEthernet, 0, time), packet_);
    }
    std::uint64_t count(Mark mark) const { return decoder_.counters().count(mark); }

    Decoder decoder_{base::HashKey{1, 2}, {.reassemble = true}};
    Packet packet_;
    std::list<Buffer> frames_;
    const Buffer payload_ = numbered(100);
    const Buffer datagram_ = udp(53, 999, payload_);  // 108 bytes.
};

TEST_F(Reassembly, TheFragmentThatCompletesHasThePayload) {
    ASSERT_EQ(fragment(datagram_, 0, 40), Outcome::kFlowPacket);
    EXPECT_EQ(packet_.payload_length, 32U);
    EXPECT_TRUE(packet_.payload.empty());
    ASSERT_EQ(fragment(datagram_, 80, 108), Outcome::kLaterFragment);
    EXPECT_TRUE(packet_.payload.empty());
    ASSERT_EQ(fragment(datagram_, 40, 80), Outcome::kLaterFragment);
    EXPECT_EQ(copy(packet_.payload), payload_);
    EXPECT_EQ(packet_.payload_length, 40U);  // Of this fragment alone, like its header length.
    EXPECT_EQ(packet_.header_length, 0);
    EXPECT_EQ(packet_.source_port, 53);
    EXPECT_EQ(count(Mark::kReassembled), 1U);
}

TEST_F(Reassembly, TheFirstFragmentMayComeLast) {
    EXPECT_EQ(fragment(datagram_, 80, 108), Outcome::kFragmentWithoutFirst);
    EXPECT_EQ(fragment(datagram_, 40, 80), Outcome::kFragmentWithoutFirst);
    ASSERT_EQ(fragment(datagram_, 0, 40), Outcome::kFlowPacket);
    EXPECT_EQ(copy(packet_.payload), payload_);
    EXPECT_EQ(packet_.payload_length, 32U);
    EXPECT_EQ(packet_.header_length, 8);
}

TEST_F(Reassembly, OfTcpWithOptionsAndOfIpv6WithAnExtensionHeader) {
    const Buffer segment = tcp({.options = bytes(12, 1)}, payload_);  // 132 bytes.
    fragment(segment, 0, 48, {.protocol = 6});
    ASSERT_EQ(fragment(segment, 48, 132, {.protocol = 6}), Outcome::kLaterFragment);
    EXPECT_EQ(copy(packet_.payload), payload_);

    const Buffer fragmentable = ipv6_options(17, 1, datagram_);  // 16 bytes of options, 124 in all.
    const auto v6 = [&](std::size_t begin, std::size_t end) {
        return decode(ethernet(0x86dd, ipv6({.next_header = 44},
                                            ipv6_fragment(60, begin, end < 124, 5, slice(fragmentable, begin, end)))));
    };
    v6(0, 64);
    ASSERT_EQ(v6(64, 124), Outcome::kLaterFragment);
    EXPECT_EQ(copy(packet_.payload), payload_);
}

TEST_F(Reassembly, BytesLiveUntilTheBatchEnds) {
    fragment(datagram_, 0, 40);
    fragment(datagram_, 40, 108);
    const base::Bytes first = packet_.payload;
    const Buffer other = udp(1, 2, numbered(100, 50));
    for (std::size_t number = 0; number + 1 < Reassembler::kMostCompleted; ++number) {
        fragment(other, 0, 40, {.protocol = 17, .identification = 100 + number});
        fragment(other, 40, 108, {.protocol = 17, .identification = 100 + number});
        ASSERT_EQ(packet_.payload.size(), 100U);
    }
    EXPECT_EQ(copy(first), payload_);
    // There is no room for one more in this batch.
    fragment(other, 0, 40);
    ASSERT_EQ(fragment(other, 40, 108), Outcome::kLaterFragment);
    EXPECT_TRUE(packet_.payload.empty());
    EXPECT_EQ(count(Mark::kReassembled), Reassembler::kMostCompleted);
    EXPECT_EQ(count(Mark::kUnfinishedDatagram), 1U);
    decoder_.begin_batch();
    fragment(other, 0, 40);
    fragment(other, 40, 108);
    EXPECT_EQ(copy(packet_.payload), numbered(100, 50));
}

TEST_F(Reassembly, RepetitionsAreIgnoredAndOtherOverlapsAbandonTheDatagram) {
    fragment(datagram_, 0, 40);
    fragment(datagram_, 0, 40);
    fragment(datagram_, 80, 108);
    fragment(datagram_, 80, 108);
    fragment(datagram_, 40, 80);
    EXPECT_EQ(copy(packet_.payload), payload_);

    Buffer changed = datagram_;
    changed[50] ^= 1;
    const Ipv4 like{.protocol = 17, .identification = 8};
    fragment(datagram_, 0, 64, like);
    EXPECT_EQ(fragment(changed, 48, 80, like), Outcome::kLaterFragment);  // Still a packet of its flow.
    EXPECT_EQ(count(Mark::kOverlappingFragments), 1U);
    fragment(datagram_, 64, 108, like);
    EXPECT_TRUE(packet_.payload.empty());
    fragment(datagram_, 0, 64, like);  // Nor does a retransmission begin it anew while the others may be about.
    fragment(datagram_, 64, 108, like);
    EXPECT_TRUE(packet_.payload.empty());
    EXPECT_EQ(count(Mark::kReassembled), 1U);
    EXPECT_EQ(count(Mark::kOverlappingFragments), 1U);
}

TEST_F(Reassembly, FragmentsThatContradictOneAnotherAbandonTheDatagram) {
    const auto abandons = [&](std::size_t id, auto&& pieces) {
        const std::uint64_t before = count(Mark::kUnfinishedDatagram);
        pieces(Ipv4{.protocol = 17, .identification = id});
        EXPECT_TRUE(packet_.payload.empty()) << id;
        EXPECT_EQ(count(Mark::kUnfinishedDatagram), before + 1) << id;
    };
    const Buffer shorter = slice(datagram_, 0, 72), odd = slice(datagram_, 0, 41);
    abandons(1, [&](const Ipv4& like) {  // Two ends.
        fragment(datagram_, 80, 108, like);
        fragment(shorter, 64, 72, like);
    });
    abandons(2, [&](const Ipv4& like) {  // Bytes beyond the end.
        fragment(shorter, 64, 72, like);
        fragment(datagram_, 80, 96, like);
    });
    abandons(3, [&](const Ipv4& like) { fragment(datagram_, 0, 41, like); });  // Not a multiple of eight.
    abandons(4, [&](const Ipv4& like) {
        Ipv4 far = like;
        far.fragment_offset = 65'528;  // 16 bytes there end beyond 65,535.
        decode(ethernet(0x0800, ipv4(far, bytes(16))));
    });
    abandons(5, [&](const Ipv4& like) {  // Nothing in it.
        Ipv4 empty = like;
        empty.fragment_offset = 40;
        decode(ethernet(0x0800, ipv4(empty, {})));
    });
    abandons(6, [&](const Ipv4& like) {  // Cut by the snap length.
        Ipv4 header = like;
        header.more_fragments = true;
        Buffer frame = ethernet(0x0800, ipv4(header, slice(datagram_, 0, 40)));
        frame.resize(frame.size() - 1);
        frames_.push_back(frame);
        decoder_.decode(raw(frames_.back(), capture::LinkType::kEthernet, frame.size() + 1), packet_);
    });
}

TEST_F(Reassembly, ADatagramIsForgottenAfterThirtySeconds) {
    const Ipv4 like{.protocol = 17};
    fragment(datagram_, 0, 40, like);
    fragment(datagram_, 40, 108, like, 30 * base::kSecond + 1);
    EXPECT_TRUE(packet_.payload.empty());
    EXPECT_EQ(count(Mark::kUnfinishedDatagram), 1U);
    fragment(datagram_, 0, 40, like, 60 * base::kSecond);
    EXPECT_EQ(copy(packet_.payload), payload_);  // With the second fragment, not with the first.
}

TEST_F(Reassembly, TheLargestDatagramIsPutTogether) {
    const Buffer largest = udp(1, 2, numbered(65'515 - 8));  // What IPv4 can carry.
    for (std::size_t begin = 0; begin < largest.size(); begin += 1480)
        fragment(largest, begin, std::min(begin + 1480, largest.size()));
    EXPECT_EQ(copy(packet_.payload), slice(largest, 8, largest.size()));
}

TEST_F(Reassembly, MalformedAndUnknownTransportsAreNotPutTogether) {
    const Buffer garbage = bytes(64);
    EXPECT_EQ(fragment(garbage, 0, 16, {.protocol = 6}), Outcome::kMalformedTcp);
    fragment(garbage, 16, 64, {.protocol = 6});
    EXPECT_EQ(fragment(garbage, 0, 16, {.protocol = 50}), Outcome::kEsp);
    EXPECT_EQ(fragment(garbage, 16, 64, {.protocol = 50}), Outcome::kEsp);
    EXPECT_EQ(count(Mark::kReassembled), 0U);
}

/// A tunnel's packet counts with the first fragment of the carrier, by its own lengths; the later ones are no packets.
TEST_F(Reassembly, FragmentsOfTunnels) {
    const Buffer inner = ipv4({.source = "192.168.7.1"}, tcp({}, bytes(200)));
    const Buffer in_vxlan = udp(9, 4789, vxlan(7, ethernet(0x0800, inner)));
    ASSERT_EQ(fragment(in_vxlan, 0, 120), Outcome::kFlowPacket);
    EXPECT_EQ(to_string(packet_.source), "192.168.7.1");
    EXPECT_EQ(packet_.payload_length, 200U);
    EXPECT_EQ(packet_.payload.size(), 120U - 8 - 8 - 14 - 20 - 20);
    EXPECT_EQ(fragment(in_vxlan, 120, in_vxlan.size()), Outcome::kTunnelFragment);

    ASSERT_EQ(fragment(inner, 0, 120, {.protocol = 4}), Outcome::kFlowPacket);
    EXPECT_EQ(packet_.payload_length, 200U);
    EXPECT_EQ(fragment(inner, 120, inner.size(), {.protocol = 4}), Outcome::kTunnelFragment);

    // A guess that was wrong: the outer datagram is put together as any other.
    const Buffer no_vxlan = udp(9, 4789, numbered(100));
    ASSERT_EQ(fragment(no_vxlan, 0, 40, {.protocol = 17, .identification = 9}), Outcome::kFlowPacket);
    EXPECT_EQ(packet_.destination_port, 4789);
    EXPECT_TRUE(packet_.payload.empty());
    ASSERT_EQ(fragment(no_vxlan, 40, 108, {.protocol = 17, .identification = 9}), Outcome::kLaterFragment);
    EXPECT_EQ(copy(packet_.payload), numbered(100));
}

/// Both the carrier and the packet inside are first fragments; a UDP tunnel in a UDP tunnel, both fragmented.
TEST_F(Reassembly, FragmentsWithinFragments) {
    const Buffer piece =
        ipv4({.protocol = 17, .source = "192.168.7.1", .more_fragments = true}, slice(datagram_, 0, 40));
    const Buffer rest =
        ipv4({.protocol = 17, .source = "192.168.7.1", .fragment_offset = 40}, slice(datagram_, 40, 108));
    const Buffer carried = udp(9, 4789, vxlan(7, ethernet(0x0800, piece)));
    ASSERT_EQ(fragment(carried, 0, 88), Outcome::kFlowPacket);
    EXPECT_EQ(packet_.source_port, 53);
    EXPECT_EQ(fragment(carried, 88, carried.size()), Outcome::kTunnelFragment);
    ASSERT_EQ(decode(ethernet(0x0800, ipv4({.protocol = 17}, udp(9, 4789, vxlan(7, ethernet(0x0800, rest)))))),
              Outcome::kLaterFragment);
    EXPECT_EQ(packet_.source_port, 53);
    EXPECT_EQ(to_string(packet_.source), "192.168.7.1");

    const Buffer deeper =
        udp(9, 4789, vxlan(8, ethernet(0x0800, ipv4({.protocol = 17, .source = "192.168.7.9"}, carried))));
    ASSERT_EQ(fragment(deeper, 0, 136, {.protocol = 17, .identification = 77}), Outcome::kFlowPacket);
    EXPECT_EQ(to_string(packet_.source), "192.168.7.1");
    EXPECT_EQ(fragment(deeper, 136, deeper.size(), {.protocol = 17, .identification = 77}), Outcome::kTunnelFragment);
}

FragmentKey key_of(std::uint32_t number) {
    FragmentKey key;
    key.identification = number;
    return key;
}

/// Random pieces of random datagrams, some repeated, overlapping, cut or too long, more at a time than there is room
/// for.
TEST(Reassembler, EqualsThePlainOne) {
    DecodeCounters counters;
    Reassembler reassembler(base::HashKey{1, 2}, counters);
    PlainReassembler plain;
    base::Random random(3);
    base::Nanoseconds time = 0;
    std::size_t completed = 0;
    for (int i = 0; i < 60'000; ++i) {
        if (i % 200 == 0) reassembler.begin_batch();
        time += random.below(40) * base::kMillisecond;
        Fragment fragment;
        fragment.key = key_of(random.below(random.below(2) == 0 ? 40 : 600));
        fragment.offset = random.below(6) * 8;
        fragment.length = (1 + random.below(3)) * 8;
        fragment.more = fragment.offset + fragment.length < 40;
        if (!fragment.more) fragment.length -= random.below(8);
        if (random.below(100) == 0) fragment.offset = 65'528 - random.below(3) * 8;
        if (random.below(50) == 0) fragment.more = !fragment.more;
        Buffer content = numbered(fragment.length, fragment.offset);
        if (random.below(50) == 0) content[0] ^= 1;
        fragment.bytes = content;
        if (random.below(50) == 0) fragment.bytes = fragment.bytes.first(fragment.bytes.size() - 1);
        const std::uint32_t header_bytes = fragment.is_first() ? random.below(9) : 0;
        const base::Bytes fast = reassembler.add(fragment, header_bytes, time);
        const auto slow = plain.add(fragment, header_bytes, time);
        ASSERT_EQ(copy(fast), slow.value_or(Buffer{})) << i;
        completed += slow ? 1U : 0U;
    }
    EXPECT_GT(completed, 100U);
    EXPECT_GT(plain.overlapping, 100U);
    EXPECT_GT(plain.unfinished, 100U);
    EXPECT_EQ(counters.count(Mark::kReassembled), plain.reassembled);
    EXPECT_EQ(counters.count(Mark::kOverlappingFragments), plain.overlapping);
    EXPECT_EQ(counters.count(Mark::kUnfinishedDatagram), plain.unfinished);
}

/// Against a list in which keys move to the end when they are claimed.
TEST(SlotIndex, EqualsAPlainListWhateverTheSecret) {
    constexpr SlotIndex::Slot kSlots = 37;
    SlotIndex index(base::HashKey{1, 2}, kSlots), other(base::HashKey{77, 78}, kSlots);
    std::list<std::uint32_t> plain;  // Oldest in front.
    base::Random random(4);
    for (int i = 0; i < 100'000; ++i) {
        const std::uint32_t number = random.below(60);
        const auto known = std::find(plain.begin(), plain.end(), number);
        const bool is_known = known != plain.end();
        ASSERT_EQ(index.find(key_of(number)).has_value(), is_known) << i;
        if (is_known) plain.erase(known);
        if (random.below(4) == 0) {
            index.release(key_of(number));
            other.release(key_of(number));
            continue;
        }
        const SlotIndex::Claim claim = index.claim(key_of(number)), same = other.claim(key_of(number));
        ASSERT_LT(claim.slot, kSlots);
        ASSERT_EQ(claim.slot, same.slot) << i;
        ASSERT_EQ(claim.was_taken_over, same.was_taken_over) << i;
        ASSERT_EQ(claim.was_taken_over, plain.size() == kSlots) << i;
        if (plain.size() == kSlots) plain.pop_front();
        plain.push_back(number);
    }
}

}  // namespace
}  // namespace flowsift::decode
