// FileSource: a PacketSource over a capture file's uncompressed bytes, for either file format. The one loop that every
// packet of a file passes; the format is a template argument, so that no call in it is virtual.
#pragma once

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <optional>
#include <string>

#include "capture/packet_source.h"
#include "capture/record_format.h"
#include "capture/stream_window.h"

namespace flowsift::capture {

template <class Format>
class FileSource final : public PacketSource {
  public:
    FileSource(std::string name, Format format, StreamWindow window)
        : name_(std::move(name)), format_(std::move(format)), window_(std::move(window)) {}

    ReadStatus read(std::span<const RawPacket>& batch) override {
        std::size_t count = 0;
        const ReadStatus status = fill_batch(count);
        batch = std::span(batch_).first(count);
        received_ += count;
        return status;
    }

    SourceStatistics statistics() const override {
        SourceStatistics statistics;
        statistics.received = received_;
        statistics.bytes_read = window_.stream().file_bytes_read();
        statistics.bytes_total = window_.stream().file_bytes_total();
        return statistics;
    }

    const base::Error* damage() const override { return damage_ ? &*damage_ : nullptr; }
    void stop() override { stopped_.store(true, std::memory_order_relaxed); }
    std::string name() const override { return name_; }

  private:
    static constexpr std::size_t kBatchPackets = 256;

    /// Packets are views of the window, so the window may only be refilled while the batch is empty.
    ReadStatus fill_batch(std::size_t& count) {
        while (!damage_ && !stopped_.load(std::memory_order_relaxed)) {
            const Parsed parsed = format_.parse(window_.bytes(), batch_[count]);
            if (parsed.kind == Parsed::Kind::kPacket) {
                window_.consume(parsed.size);
                if (++count == kBatchPackets) return ReadStatus::kPackets;
            } else if (parsed.kind == Parsed::Kind::kSkip) {
                window_.consume(parsed.size);
            } else if (count > 0) {
                return ReadStatus::kPackets;
            } else if (parsed.kind == Parsed::Kind::kDamaged) {
                set_damage(format_.problem());
            } else {
                const StreamStatus status = window_.fill(parsed.size);
                if (status == StreamStatus::kIdle) return ReadStatus::kIdle;
                if (status != StreamStatus::kBytes) return end(status, parsed.size);
            }
        }
        return count > 0 ? ReadStatus::kPackets : ReadStatus::kEnd;
    }

    ReadStatus end(StreamStatus status, std::size_t wanted) {
        if (status == StreamStatus::kFailed) {
            set_damage(window_.stream().error());
        } else if (window_.pending_skip() > 0) {
            set_damage(fmt::format("the file ends {} bytes too early", window_.pending_skip()));
        } else if (!window_.bytes().empty()) {
            set_damage(fmt::format("the file ends within a record: {} bytes of at least {} are there",
                                   window_.bytes().size(), wanted));
        }
        return ReadStatus::kEnd;
    }

    void set_damage(const std::string& problem) {
        damage_ = base::Error{
            fmt::format("{}: damaged at byte {}{}: {}; packets read before it: {}", name_, window_.offset(),
                        window_.stream().is_compressed() ? " of the uncompressed data" : "", problem, received_)};
    }

    std::string name_;
    Format format_;
    StreamWindow window_;
    std::array<RawPacket, kBatchPackets> batch_;
    std::uint64_t received_ = 0;
    std::optional<base::Error> damage_;
    std::atomic<bool> stopped_{false};
};

}  // namespace flowsift::capture
