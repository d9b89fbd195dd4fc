// PacedSource: nothing lost, nothing reordered, nothing early; stop() ends any wait.
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <thread>

#include "capture/paced_source.h"
#include "capture_builder.h"

namespace flowsift::capture {
namespace {

using namespace test;

class Paced : public ::testing::Test {
  protected:
    /// Ten packets, `gap` apart, the fifth out of order.
    std::unique_ptr<PacketSource> open(std::uint32_t gap_microseconds) {
        Buffer content = pcap_header(kLittle);
        for (std::uint32_t i = 0; i < 10; ++i) {
            const std::uint32_t time = (i == 5 ? 0 : i) * gap_microseconds;
            content = content + pcap_record(kLittle, time / 1'000'000, time % 1'000'000, bytes(i + 1));
        }
        auto source = open_capture(folder_.write("test.pcap", content));
        EXPECT_TRUE(source.ok());
        return std::move(*source);
    }
    TemporaryFolder folder_;
};

TEST_F(Paced, ZeroAndInfinityMeanTheSourceItself) {
    for (const double speed : {0.0, std::numeric_limits<double>::infinity()}) {
        auto source = open(1'000'000);
        const PacketSource* itself = source.get();
        EXPECT_EQ(paced(std::move(source), speed).get(), itself);
    }
}

TEST_F(Paced, GivesEveryPacketInFileOrderAndNoneEarly) {
    auto source = paced(open(200'000), 8);  // 25 ms apart.
    const auto start = std::chrono::steady_clock::now();
    std::size_t next = 0;
    std::span<const RawPacket> batch;
    for (ReadStatus status = source->read(batch); status != ReadStatus::kEnd; status = source->read(batch)) {
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        for (const RawPacket& packet : batch) {
            EXPECT_EQ(packet.bytes.size(), ++next);
            EXPECT_GE(elapsed.count() * 8 * 1e9, static_cast<double>(packet.timestamp));
        }
        EXPECT_EQ(source->statistics().received, next);
    }
    EXPECT_EQ(next, 10U);
}

TEST_F(Paced, IdlesWhileNothingIsDueAndStopEndsTheWait) {
    auto source = paced(open(1'000'000'000), 1);  // The second packet is due in a quarter of an hour.
    std::span<const RawPacket> batch;
    ASSERT_EQ(source->read(batch), ReadStatus::kPackets);
    EXPECT_EQ(batch.size(), 1U);
    EXPECT_EQ(source->read(batch), ReadStatus::kIdle);
    std::thread other([&] { source->stop(); });
    while (source->read(batch) != ReadStatus::kEnd) EXPECT_TRUE(batch.empty());
    other.join();
}

}  // namespace
}  // namespace flowsift::capture
