// Pipeline: source → decoder → meter, the one way in which packets become flows, be it for training or on the wire.
//
// Runs on the caller's thread until the source ends. Owns the counters that account for every frame.
#pragma once

#include <functional>
#include <vector>

#include "base/progress.h"
#include "capture/capture_writer.h"
#include "capture/packet_source.h"
#include "decode/decoder.h"
#include "features/packet_meter.h"

namespace flowsift::app {

struct PipelineOptions {
    /// A live link that falls silent must still end its flows: the meter's clock is told the wall clock, less this
    /// delay, which covers packets that wait in the kernel's buffer. 0: time comes from packets alone (files, replays).
    base::Nanoseconds tick_delay = 0;
    capture::CaptureWriter* recorder = nullptr;  ///< Keeps every frame that was received.
    base::Progress progress;                     ///< In bytes of the file.
    std::function<void()> after_batch;           ///< Called after each batch and each silent moment; may be empty.
};

/// What a decoder and a meter have done with the frames of a source.
struct FrameTally {
    decode::DecodeCounters decoded;
    features::MeterCounters metered;
    std::uint64_t frames = 0;
    std::uint64_t wire_bytes = 0;
    base::Nanoseconds latest = 0;  ///< Time of the latest frame; 0 before the first.
    std::size_t memory_bytes = 0;  ///< Of live flows now.
};

class Pipeline {
  public:
    /// `meter` must outlive the pipeline. `hash_key`: of the decoder's tables.
    explicit Pipeline(features::PacketMeter& meter, const base::HashKey& hash_key = base::HashKey::random(),
                      const decode::Options& decoding = {})
        : meter_(meter), decoder_(hash_key, decoding) {}

    /// Reads `source` to its end or until a stop signal. Ended flows reach the meter's listener; live ones stay live.
    void run(capture::PacketSource& source, const PipelineOptions& options);

    const decode::Decoder& decoder() const { return decoder_; }
    FrameTally tally() const { return {decoder_.counters(), meter_.counters(), frames_, wire_bytes_, latest_, meter_.memory_bytes()}; }
    std::uint64_t frames() const { return frames_; }
    std::uint64_t wire_bytes() const { return wire_bytes_; }
    /// Time of the latest frame; 0 before the first.
    base::Nanoseconds latest() const { return latest_; }
    /// What the meter's clock was told last on a live link: the wall clock, less the delay. 0 elsewhere.
    base::Nanoseconds ticked() const { return ticked_; }

  private:
    void process(std::span<const capture::RawPacket> batch, const PipelineOptions& options);

    features::PacketMeter& meter_;
    decode::Decoder decoder_;
    std::vector<decode::Packet> packets_;  ///< Of the batch at hand.
    std::uint64_t frames_ = 0;
    std::uint64_t wire_bytes_ = 0;
    base::Nanoseconds latest_ = 0;
    base::Nanoseconds ticked_ = 0;
};

}  // namespace flowsift::app
