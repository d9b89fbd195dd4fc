// Decoder: a captured frame becomes a Packet, or is counted by name. Walks the frame's headers from outside in, one
// layer (layer.h) after the other, through tunnels to the innermost packet (or not: options.h).
//
// Allocates nothing after construction, throws nothing, logs nothing. One per worker thread: it remembers first
// fragments, so all fragments of a datagram should pass the same decoder.
#pragma once

#include <memory>

#include "base/hash.h"
#include "capture/raw_packet.h"
#include "decode/fragment_table.h"
#include "decode/options.h"
#include "decode/outcome.h"
#include "decode/packet.h"

namespace flowsift::decode {

class Reassembler;
struct Aside;

class Decoder {
  public:
    explicit Decoder(const base::HashKey& hash_key = base::HashKey::random(), const Options& options = {});
    ~Decoder();

    /// The packets decoded so far are done with: bytes put together from fragments may be overwritten. To be called
    /// before each batch (of at most Reassembler::kMostCompleted frames) where Options::reassemble is on.
    void begin_batch();

    /// Where is_for_flows(outcome): `packet` is filled, and its payload views `raw.bytes`, or the decoder's memory
    /// until begin_batch() where the frame completes a fragmented datagram. Otherwise its content is unspecified.
    /// Lengths come from IP headers, so padding and the snap length do not enter; a packet that the snap length cut is
    /// a whole one as long as its transport header is readable (TCP: up to its window).
    Outcome decode(const capture::RawPacket& raw, Packet& packet);

    const DecodeCounters& counters() const { return counters_; }

  private:
    Options options_;
    FragmentTable fragments_;
    DecodeCounters counters_;
    std::unique_ptr<Aside> aside_;
    std::unique_ptr<Reassembler> reassembler_;  ///< Where Options::reassemble.
};

}  // namespace flowsift::decode
