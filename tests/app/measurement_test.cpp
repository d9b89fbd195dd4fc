// The steps that `flowsift bench` times: each walks through the whole capture. How fast is no matter for a test.

#include "app/measurement.h"

#include <gtest/gtest.h>

#include "frames.h"

namespace flowsift::app {
namespace {

using capture::test::TemporaryFolder;

TEST(Measurement, TheMedianIsTheValueInTheMiddle) {
    EXPECT_EQ(median({3}), 3);
    EXPECT_EQ(median({9, 1, 5}), 5);
    EXPECT_EQ(median({4, 1, 3, 2}), 3);  // The upper of 2 and 3.
}

TEST(Measurement, EveryStepSeesEveryPacket) {
    const TemporaryFolder folder;
    const std::string path = folder.file("frames.pcap");
    test::write_capture(path, test::random_frames(1, 1000));
    for (const auto& packets : {count_by_libpcap(path), count_packets(path), decode_packets(path)}) {
        ASSERT_TRUE(packets) << packets.error().message;
        EXPECT_EQ(*packets, 1000u);
    }
    const test::Extracted found = test::extracted({path}, {.workers = 0});
    std::uint64_t live_before_end = 0, batches = 0;
    const auto totals =
        write_rows(path, folder.file("rows.csv"),
                   {.after_batch = [&](const auto&) { ++batches; },
                    .before_end = [&](const auto& meter) { live_before_end = meter.counters().flows_live; }});
    ASSERT_TRUE(totals) << totals.error().message;
    EXPECT_EQ(totals->packets_received, 1000u);
    EXPECT_EQ(totals->flows_ended, found.flows.size());
    EXPECT_EQ(totals->flows_live, 0u);
    EXPECT_GT(live_before_end, 0u);
    EXPECT_GT(batches, 0u);
}

TEST(Measurement, WhatCannotBeReadIsAnError) {
    const TemporaryFolder folder;
    const std::string path = folder.write("notes.txt", capture::test::bytes(100, 'x'));
    EXPECT_FALSE(count_by_libpcap(path));
    EXPECT_FALSE(count_packets(path));
    EXPECT_FALSE(decode_packets(path));
    EXPECT_FALSE(write_rows(path, "/dev/null", {}));
    test::write_capture(path, test::random_frames(1, 10));
    EXPECT_FALSE(write_rows(path, folder.file("no/such/folder.csv"), {}));
}

}  // namespace
}  // namespace flowsift::app
