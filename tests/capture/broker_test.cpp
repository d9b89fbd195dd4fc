// The broker as a process of its own. Needs CAP_NET_RAW: skipped by name without it.
#include "capture/broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>

#include "capture/ring_source.h"

namespace flowsift::capture {
namespace {

using ::testing::HasSubstr;

class Broker : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!base::has_capability(CAP_NET_RAW)) GTEST_SKIP() << "needs CAP_NET_RAW";
        auto started = CaptureBroker::start(std::nullopt);
        ASSERT_TRUE(started.ok()) << started.error().message;
        broker_.emplace(std::move(*started));
    }
    std::optional<CaptureBroker> broker_;
};

TEST_F(Broker, OpensRingsAgainAndAgain) {
    for (int i = 0; i < 3; ++i) {
        auto source = open_ring("lo", {.buffer_bytes = 1 << 20},
                                [&](const RingRequest& request) { return broker_->open_ring(request); });
        ASSERT_TRUE(source.ok()) << source.error().message;
        std::span<const RawPacket> batch;
        EXPECT_NE((*source)->read(batch), ReadStatus::kEnd);
    }
}

TEST_F(Broker, OpensRingsOfOneGroup) {
    auto rings = open_ring_group("lo", {.buffer_bytes = 3 << 20}, 3, HostSpread({1, 2}),
                                 [&](const RingRequest& request) { return broker_->open_ring(request); });
    ASSERT_TRUE(rings.ok()) << rings.error().message;
    EXPECT_EQ(rings->size(), 3U);
    const std::vector<sock_filter> everything = *kernel_filter("", LinkType::kEthernet, 100);
    const auto first = broker_->open_ring({.interface = "lo", .filter = everything, .group = {0, everything}});
    const auto second = broker_->open_ring({.interface = "lo", .filter = everything, .group = {0, everything}});
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_NE(*group_of(*first), *group_of(*second));  // Each asked for a new one.
    const auto alone = broker_->open_ring({.interface = "lo", .filter = everything});
    ASSERT_TRUE(alone.ok());
    EXPECT_FALSE(group_of(*alone).ok());
}

TEST_F(Broker, TellsWhyNotAndGoesOn) {
    const std::vector<sock_filter> everything = *kernel_filter("", LinkType::kEthernet, 100);
    const auto none = broker_->open_ring({.interface = "no-such-thing", .filter = everything});
    ASSERT_FALSE(none.ok());
    EXPECT_THAT(none.error().message, HasSubstr("no-such-thing"));
    // Falls off its end: the kernel checks what a filter does.
    const auto refused = broker_->open_ring({.interface = "lo", .filter = {{0x0028, 0, 0, 12}}});
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message, HasSubstr("refuses the filter"));
    EXPECT_FALSE(broker_->open_ring({.interface = "lo", .block_count = 1U << 31, .filter = everything}).ok());
    EXPECT_FALSE(broker_->open_ring({.interface = "lo", .filter = {}}).ok());
    EXPECT_TRUE(broker_->open_ring({.interface = "lo", .filter = everything}).ok());
}

}  // namespace
}  // namespace flowsift::capture
