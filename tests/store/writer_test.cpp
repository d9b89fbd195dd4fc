#include "store/writer.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>

#include "tests/store/temporary_store.h"

namespace flowsift::store {
namespace {

using Writers = StoreTest;

TEST_F(Writers, KeepFlowsAndAlertsWithAllThatIsKnown) {
    auto writer = open_writer();
    const detect::Verdict verdict{1, 0.5f, {}};
    writer->add_flow(some_flow(7), nullptr, &verdict);
    writer->add_flow(some_flow(8), nullptr, nullptr);
    add_alert(*writer, 1);
    ASSERT_TRUE(writer->finish().ok());
    EXPECT_EQ(writer->settled_alert(), 1u);
    EXPECT_EQ(number("SELECT count(*) FROM flows"), 2);
    EXPECT_EQ(number("SELECT count(*) FROM flows JOIN labels ON labels.id = flows.label WHERE labels.label = 'Bot' "
                     "AND source_port = 7 AND destination_port = 443 AND forward_packets = 3 AND backward_packets = 4 "
                     "AND forward_bytes = 300 AND backward_bytes = 500 AND first = 1000 AND last = 5000 "
                     "AND probability = 0.5 AND name IS NULL"),
              1);
    // 10.0.0.1 mapped into IPv6: ten bytes 0, two ff, then 0a000001.
    EXPECT_EQ(number("SELECT count(*) FROM alerts WHERE number = 1 AND severity = 1 AND label = 'Bot' AND technique = "
                     "'T1071' AND capture = 'eth0' AND packets = 7 AND bytes = 800 AND is_open = 1 AND hex(source) = "
                     "'00000000000000000000FFFF0A000001'"),
              1);
}

TEST_F(Writers, GoOnWithTheNumbersOfEarlierRuns) {
    auto first = open_writer();
    EXPECT_EQ(first->last_alert(), 0u);
    add_alert(*first, 1);
    add_alert(*first, 2);
    ASSERT_TRUE(first->finish().ok());
    first.reset();
    EXPECT_EQ(open_writer()->last_alert(), 2u);
    EXPECT_EQ(number("SELECT sum(is_open) FROM alerts"), 0);  // Nobody will say that they have ended.
}

TEST_F(Writers, AnEpisodeGrowsInItsAlert) {
    auto writer = open_writer();
    add_alert(*writer, 1);
    writer->add_episode({.number = 1, .first_seen = 900, .last_seen = 6'000, .flows = 2, .packets = 9});
    writer->add_episode({.number = 1,
                         .first_seen = 900,
                         .last_seen = 7'000,
                         .flows = 3,
                         .packets = 12,
                         .bytes = 99,
                         .sources = 1,
                         .targets = 2,
                         .probability = 0.9f,
                         .is_open = false});
    ASSERT_TRUE(writer->finish().ok());
    EXPECT_EQ(
        number("SELECT count(*) FROM alerts WHERE first = 900 AND last_seen = 7000 AND flows = 3 AND packets = 12 "
               "AND bytes = 99 AND sources = 1 AND targets = 2 AND is_open = 0"),
        1);
}

TEST_F(Writers, OnlyOneAtATime) {
    const auto writer = open_writer();
    const auto second = Writer::open(path(), classes_);
    ASSERT_FALSE(second.ok());
    EXPECT_THAT(second.error().message, testing::HasSubstr("is being written by another flowsift"));
}

// Of 12,000 flows 5,000 rows at a time are deleted until those that are left fit.
TEST_F(Writers, DeleteTheOldestFlowsBeyondTheSize) {
    auto writer = open_writer({.most_bytes = 400'000});
    for (int i = 0; i < 12'000; ++i) writer->add_flow(some_flow(1), nullptr, nullptr);
    add_alert(*writer, 1);
    ASSERT_TRUE(writer->finish().ok());
    const std::int64_t left = number("SELECT count(*) FROM flows");
    EXPECT_EQ(left, 2'000);  // 12,000 rows of over 100 bytes are too many, and so are 7,000.
    EXPECT_EQ(number("SELECT min(id) FROM flows"), 10'001);
    EXPECT_EQ(number("SELECT count(*) FROM alerts"), 1);
}

TEST_F(Writers, DeleteFlowsBeyondTheAge) {
    auto writer = open_writer({.most_age = std::chrono::seconds(-1)});  // All that is older than in a second.
    writer->add_flow(some_flow(1), nullptr, nullptr);
    ASSERT_TRUE(writer->finish().ok());
    EXPECT_EQ(number("SELECT count(*) FROM flows"), 0);
}

// A limit on the size of this process's files is a full disk that can be emptied.
TEST_F(Writers, AFullDiskLosesFlowsKeepsAlertsAndGoesOn) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto writer = open_writer();
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit narrow{200'000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &narrow);
    add_alert(*writer, 1);
    for (int i = 0; i < 20'000; ++i) writer->add_flow(some_flow(1), nullptr, nullptr);  // Written at the last.
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(writer->lost(), 20'000u);
    EXPECT_EQ(writer->settled_alert(), 1u);  // Not on disk, but nobody should wait.
    writer->add_flow(some_flow(2), nullptr, nullptr);
    const auto finished = writer->finish();
    ASSERT_FALSE(finished.ok());
    EXPECT_THAT(finished.error().message, testing::EndsWith("20000 flows and 0 alerts are missing in the store"));
    EXPECT_EQ(number("SELECT count(*) FROM flows"), 1);
    EXPECT_EQ(number("SELECT count(*) FROM alerts"), 1);
}

}  // namespace
}  // namespace flowsift::store
