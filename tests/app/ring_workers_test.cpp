// Whichever ring a packet comes by, the workers of several rings must find what one thread finds: the same rows, in the
// same order. Rings are played back here from packets made at random; tests/e2e/wire_test.py has real ones.

#include "app/ring_workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "frames.h"

namespace flowsift::app::test {
namespace {

using features::CollectedFlow;
using features::FlowCollector;

constexpr base::HashKey kKey{1, 2};

/// What rings of one interface have in common: they end together, and a silent one knows what time it is.
struct Interface {
    std::atomic<std::size_t> playing{0};
    std::atomic<base::Nanoseconds> clock{INT64_MIN};
};

/// A ring that brings these frames, some at a time, and now and then nothing for a moment.
class PlayedRing final : public capture::PacketSource {
  public:
    PlayedRing(Frames frames, std::uint64_t seed, Interface& interface)
        : frames_(std::move(frames)), random_(seed), interface_(interface) {
        if (!frames_.empty()) ++interface_.playing;
    }

    capture::ReadStatus read(std::span<const capture::RawPacket>& batch) override {
        batch = {};
        const bool is_silent = next_ == frames_.size();
        if (is_silent && (interface_.playing == 0 || is_stopped_)) return capture::ReadStatus::kEnd;
        if (is_silent || random_.below(4) == 0) {
            std::this_thread::yield();
            return capture::ReadStatus::kIdle;
        }
        packets_.clear();
        bytes_.clear();  // As a ring's block: what was there is gone.
        for (std::size_t left = 1 + random_.below(20); left > 0 && next_ < frames_.size(); --left) {
            bytes_.push_back(frames_[next_].bytes);
            packets_.push_back({frames_[next_].timestamp, {}, frames_[next_].original_length});
            ++next_;
        }
        for (std::size_t i = 0; i < packets_.size(); ++i) packets_[i].bytes = bytes_[i];
        settled_ = packets_.back().timestamp;
        if (settled_ > interface_.clock) interface_.clock = settled_;  // A little less, at worst.
        if (next_ == frames_.size()) --interface_.playing;
        received_ += packets_.size();
        batch = packets_;
        return capture::ReadStatus::kPackets;
    }
    base::Nanoseconds settled() override {
        return next_ == frames_.size() ? std::max<base::Nanoseconds>(settled_, interface_.clock) : settled_;
    }
    capture::SourceStatistics statistics() const override { return {.received = received_, .offered = received_}; }
    const base::Error* damage() const override { return nullptr; }
    void stop() override { is_stopped_ = true; }
    std::string name() const override { return "played"; }

  private:
    Frames frames_;
    base::Random random_;
    Interface& interface_;
    std::atomic<bool> is_stopped_{false};
    std::size_t next_ = 0;
    std::vector<Buffer> bytes_;
    std::vector<capture::RawPacket> packets_;
    base::Nanoseconds settled_ = INT64_MIN;
    std::uint64_t received_ = 0;
};

/// Frames in the order of time, without a jump that waits for its confirmation; and which of them are odd. The last one
/// is not: what is cut at the end is cut at that moment, and odd frames move a ring's clock but not that of a file.
struct Traffic {
    Frames frames;
    std::vector<bool> is_odd;
};

Traffic traffic_of(std::uint64_t seed, std::size_t count) {
    base::Random random(seed, 1);
    Traffic traffic;
    base::Nanoseconds clock = features::kStart, before = features::kStart;
    for (const decode::Packet& packet : features::RandomTraffic(seed).packets(count)) {
        traffic.is_odd.push_back(random.below(10) == 0 && traffic.frames.size() + 1 < count);
        traffic.frames.push_back(traffic.is_odd.back() ? odd_frame(random, 0) : frame_of(packet));
        clock += std::clamp<base::Nanoseconds>(packet.timestamp - before, 1, 200 * base::kSecond);
        before = packet.timestamp;
        traffic.frames.back().timestamp = clock;
    }
    return traffic;
}

struct Found {
    std::vector<CollectedFlow> rows;
    output::RunSummary summary;
};

const features::FlowMeter::Options kMeter{.hash_key = kKey,
                                          .checkpoints = features::parse_checkpoints("3,8,500ms").value()};

Found found_by_one(const Traffic& traffic) {
    FlowCollector collector;
    features::FlowMeter meter(kMeter, features::full_schema(), collector);
    Pipeline pipeline(meter, kKey);
    Interface interface;
    PlayedRing ring(traffic.frames, 0, interface);
    pipeline.run(ring, {});
    meter.finish();
    Account account;
    account.add(pipeline, ring.statistics());
    return {collector.rows, account.summary()};
}

/// By rings that packets come by as they please, not by `spread`: all but those of the one host that sends fragments,
/// which the kernel's function keeps together.
Found found_by(std::size_t count, const Traffic& traffic, std::uint64_t seed) {
    base::Random random(seed, 2);
    std::vector<Frames> shares(count);
    for (std::size_t i = 0; i < traffic.frames.size(); ++i)
        shares[traffic.is_odd[i] ? 0 : random.below(static_cast<std::uint32_t>(count))].push_back(traffic.frames[i]);
    std::vector<std::unique_ptr<capture::PacketSource>> rings;
    Interface interface;
    for (Frames& share : shares)
        rings.push_back(std::make_unique<PlayedRing>(std::move(share), seed + rings.size(), interface));
    FlowCollector collector;
    RingWorkers workers(std::move(rings), {.meter = kMeter, .spread = capture::HostSpread(kKey)},
                        features::full_schema(), collector);
    while (workers.serve(std::chrono::milliseconds(100))) {
    }
    Account account;
    workers.add_to(account);
    EXPECT_EQ(workers.statistics().received, traffic.frames.size());
    return {collector.rows, account.summary()};
}

void expect_same(const Found& found, const Found& wanted) {
    ASSERT_EQ(found.rows.size(), wanted.rows.size());
    for (std::size_t i = 0; i < found.rows.size(); ++i) {
        const features::FlowIdentity &a = found.rows[i].identity, &b = wanted.rows[i].identity;
        ASSERT_EQ(a.source, b.source) << "row " << i;
        ASSERT_EQ(a.source_port, b.source_port) << "row " << i;
        ASSERT_EQ(a.first, b.first) << "row " << i;
        ASSERT_EQ(a.end_reason, b.end_reason) << "row " << i;
        ASSERT_EQ(found.rows[i].checkpoint, wanted.rows[i].checkpoint) << "row " << i;
        for (std::size_t j = 0; j < found.rows[i].values.size(); ++j)
            ASSERT_EQ(found.rows[i].values[j], wanted.rows[i].values[j])
                << "row " << i << " of " << wanted.rows.size() << ", " << features::catalogue()[j].name;
    }
    const output::RunStatistics &sums = found.summary.totals, &alone = wanted.summary.totals;
    EXPECT_EQ(sums.packets_received, alone.packets_received);
    EXPECT_EQ(sums.packets_in_flows, alone.packets_in_flows);
    EXPECT_EQ(sums.packets_other, alone.packets_other);
    EXPECT_EQ(sums.wire_bytes, alone.wire_bytes);
    EXPECT_EQ(sums.flows_started, alone.flows_started);
    EXPECT_EQ(sums.flows_ended, alone.flows_ended);
    EXPECT_EQ(sums.flows_live, 0u);
}

TEST(RingWorkers, FindTheRowsOfOneThreadWhicheverRingAPacketComesBy) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const Traffic traffic = traffic_of(seed, 3000);
        const Found alone = found_by_one(traffic);
        ASSERT_GT(alone.rows.size(), 100u);
        for (const std::size_t count : {1, 2, 3, 5}) {
            SCOPED_TRACE("seed " + std::to_string(seed) + ", rings " + std::to_string(count));
            expect_same(found_by(count, traffic, seed), alone);
        }
    }
}

TEST(RingWorkers, ARingThatBringsNothingHoldsNobodyUp) {
    Traffic traffic = traffic_of(99, 2000);
    traffic.is_odd.assign(traffic.frames.size(), true);  // All by the first of three.
    expect_same(found_by(3, traffic, 1), found_by_one(traffic));
}

TEST(RingWorkers, AreStoppedWhenTheyGo) {
    FlowCollector collector;
    Interface interface;
    std::vector<std::unique_ptr<capture::PacketSource>> rings;
    for (std::uint64_t i = 0; i < 2; ++i)
        rings.push_back(std::make_unique<PlayedRing>(traffic_of(i, 500).frames, i, interface));
    {
        const RingWorkers workers(std::move(rings), {.meter = kMeter, .spread = capture::HostSpread(kKey)},
                                  features::full_schema(), collector);
    }
    EXPECT_FALSE(collector.rows.empty());
}

}  // namespace
}  // namespace flowsift::app::test
