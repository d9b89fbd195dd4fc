#include "capture/paced_source.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <optional>

namespace flowsift::capture {
namespace {

using Clock = std::chrono::steady_clock;
using Wait = std::chrono::duration<double, std::nano>;

constexpr Wait kIdleWait = std::chrono::milliseconds(100);

class PacedSource final : public PacketSource {
  public:
    PacedSource(std::unique_ptr<PacketSource> source, double speed) : source_(std::move(source)), speed_(speed) {}

    ReadStatus read(std::span<const RawPacket>& batch) override {
        batch = {};
        if (waiting_.empty()) {
            const ReadStatus status = source_->read(waiting_);
            if (status != ReadStatus::kPackets) return status;
        }
        if (!start_) {
            start_ = Clock::now();
            first_ = waiting_.front().timestamp;
        }
        const Wait wait = due(waiting_.front()) - elapsed();
        if (wait.count() > 0) sleep(std::min(wait, kIdleWait));
        if (stopped_.load(std::memory_order_relaxed)) return ReadStatus::kEnd;
        batch = take_due();
        return batch.empty() ? ReadStatus::kIdle : ReadStatus::kPackets;
    }

    SourceStatistics statistics() const override {
        SourceStatistics statistics = source_->statistics();
        statistics.received -= waiting_.size();
        return statistics;
    }

    const base::Error* damage() const override { return source_->damage(); }
    void stop() override {
        stopped_.store(true, std::memory_order_relaxed);
        source_->stop();
    }
    std::string name() const override { return source_->name(); }

  private:
    Wait elapsed() const { return Clock::now() - *start_; }

    /// After the start of the replay. In double: the difference of two times of a file may not fit in 64 bits.
    Wait due(const RawPacket& packet) const {
        return Wait((static_cast<double>(packet.timestamp) - static_cast<double>(first_)) / speed_);
    }

    /// A signal may end it early: then read() returns kIdle early.
    static void sleep(Wait wait) {
        const auto nanoseconds = static_cast<long>(wait.count());
        const timespec duration{nanoseconds / base::kSecond, nanoseconds % base::kSecond};
        nanosleep(&duration, nullptr);
    }

    std::span<const RawPacket> take_due() {
        const Wait now = elapsed();
        const auto later =
            std::find_if(waiting_.begin(), waiting_.end(), [&](const RawPacket& packet) { return due(packet) > now; });
        const auto count = static_cast<std::size_t>(later - waiting_.begin());
        const std::span<const RawPacket> batch = waiting_.first(count);
        waiting_ = waiting_.subspan(count);
        return batch;
    }

    std::unique_ptr<PacketSource> source_;
    double speed_;
    std::span<const RawPacket> waiting_;  ///< Of the source's current batch, in file order.
    std::optional<Clock::time_point> start_;
    base::Nanoseconds first_ = 0;
    std::atomic<bool> stopped_{false};
};

}  // namespace

std::unique_ptr<PacketSource> paced(std::unique_ptr<PacketSource> source, double speed) {
    if (speed == 0 || std::isinf(speed)) return source;
    return std::make_unique<PacedSource>(std::move(source), speed);
}

}  // namespace flowsift::capture
