// Any sequence of fragments through the reassembler: it must say what the plain one says. Six bytes of input make one
// fragment; few datagrams and small offsets, so that fragments meet.
//
// Both live on from input to input, because the fast one's buffers are large; every input has datagrams of its own.
#include <cstdlib>

#include "tests/decode/plain_reassembler.h"

namespace {

using namespace flowsift;

constexpr std::size_t kMostFragments = 32;

struct Reassemblers {
    decode::DecodeCounters counters;
    decode::Reassembler fast{base::HashKey{1, 2}, counters};
    decode::test::PlainReassembler plain;
    std::uint32_t inputs = 0;
    base::Nanoseconds time = 0;
};

struct Piece {
    decode::Fragment fragment;
    std::vector<std::uint8_t> content;
    std::uint32_t header_bytes = 0;
};

Piece piece_of(base::ByteReader& input, std::uint32_t datagrams, base::Nanoseconds& time) {
    Piece piece;
    decode::Fragment& fragment = piece.fragment;
    const std::uint8_t choices = input.u8();
    fragment.key.vlan = datagrams;
    fragment.key.identification = choices & 3U;
    fragment.more = (choices & 4U) != 0;
    const bool is_cut = (choices & 0x18U) == 0x18U;
    const bool is_far = (choices & 0x60U) == 0x60U;
    fragment.offset = (input.u8() & 0x0fU) * 8 + (is_far ? 65'408U : 0U);
    fragment.length = input.be16() & 0x7fU;
    const std::uint8_t seed = input.u8();  // Another one gives other bytes at the same place.
    for (std::uint32_t i = 0; i < fragment.length; ++i)
        piece.content.push_back(static_cast<std::uint8_t>((fragment.offset + i) * 7 + (seed & 1U)));
    fragment.bytes = piece.content;
    if (is_cut && fragment.length > 0) fragment.bytes = fragment.bytes.first(fragment.length - 1);
    if (fragment.is_first()) piece.header_bytes = std::min(fragment.length, seed % 61U);
    time += static_cast<base::Nanoseconds>(input.u8()) * 200 * base::kMillisecond;
    return piece;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Reassemblers both;
    ++both.inputs;
    both.fast.begin_batch();
    base::ByteReader input({data, size});
    for (std::size_t count = 0; input.remaining() > 0 && count < kMostFragments; ++count) {
        const Piece piece = piece_of(input, both.inputs, both.time);
        const base::Bytes fast = both.fast.add(piece.fragment, piece.header_bytes, both.time);
        const auto plain = both.plain.add(piece.fragment, piece.header_bytes, both.time)
                               .value_or(decode::test::PlainReassembler::Payload{});
        if (!std::equal(fast.begin(), fast.end(), plain.begin(), plain.end())) std::abort();
    }
    using decode::Mark;
    if (both.counters.count(Mark::kReassembled) != both.plain.reassembled ||
        both.counters.count(Mark::kOverlappingFragments) != both.plain.overlapping ||
        both.counters.count(Mark::kUnfinishedDatagram) != both.plain.unfinished)
        std::abort();
    return 0;
}
