#include "base/progress_bar.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <array>
#include <optional>

namespace flowsift::base {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr Style kPlain{false, false};

/// What a real (pseudo) terminal, 60 columns wide, is sent.
class ProgressOnTerminal : public testing::Test {
  protected:
    void SetUp() override {
        winsize size{};
        size.ws_col = 60;
        if (openpty(&master_, &slave_, nullptr, nullptr, &size) != 0) GTEST_SKIP() << "no pseudo terminal here";
        fcntl(master_, F_SETFL, O_NONBLOCK);
    }
    void TearDown() override {
        close(master_);
        close(slave_);
    }

    std::string shown() {
        std::array<char, 4096> bytes{};
        const ssize_t count = read(master_, bytes.data(), bytes.size());
        return {bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
    }

    ProgressBar::Options options(std::chrono::seconds delay) const {
        return {.label = "reading", .unit = "bytes", .delay = delay, .descriptor = slave_};
    }

    int master_ = -1, slave_ = -1;
    std::atomic<bool> stop_{false};
};

TEST_F(ProgressOnTerminal, DrawsAndCleansUp) {
    {
        ProgressBar bar(options(std::chrono::seconds(0)), stop_);
        EXPECT_TRUE(bar.progress().advance(500'000, 1'000'000));
        const std::string text = shown();
        EXPECT_THAT(text, StartsWith("\r\x1b[Kreading  "));
        EXPECT_THAT(text, HasSubstr(" 50 %  500 kB  "));
    }
    EXPECT_EQ(shown(), "\r\x1b[K");
}

TEST_F(ProgressOnTerminal, IsSilentWhileTheWorkIsShort) {
    {
        ProgressBar bar(options(std::chrono::hours(1)), stop_);
        for (int i = 0; i < 1000; ++i) EXPECT_TRUE(bar.progress().advance(1, 2));
    }
    EXPECT_THAT(shown(), IsEmpty());
}

TEST_F(ProgressOnTerminal, PassesOnTheWishToStop) {
    ProgressBar bar(options(std::chrono::hours(1)), stop_);
    const Progress progress = bar.progress();
    EXPECT_TRUE(progress.advance(1, 2));
    stop_ = true;
    EXPECT_FALSE(progress.advance(2, 2));
}

TEST(Progress, IsSilentInAPipeButStillStops) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe2(ends.data(), O_NONBLOCK), 0);
    std::atomic<bool> stop{false};
    {
        ProgressBar bar({.label = "x", .unit = "rows", .delay = std::chrono::seconds(0), .descriptor = ends[1]}, stop);
        EXPECT_TRUE(bar.progress().advance(1, 2));
        stop = true;
        EXPECT_FALSE(bar.progress().advance(1, 2));
    }
    char byte = 0;
    EXPECT_EQ(read(ends[0], &byte, 1), -1) << "something was written";
    close(ends[0]);
    close(ends[1]);
}

TEST(RenderProgress, TellsShareAmountRateAndTimeToGo) {
    // 25 of 100 trees in 10 s: 2.5 a second, 75 trees to go in 30 s; 24 cells x 0.25 = 6.
    EXPECT_EQ(render_progress({.label = "training", .unit = "trees"}, kPlain, 100, 25, 100, 10),
              "training  [######..................]  25 %  25 trees  2.5 trees/s  0:30 left");
    // 3 GB of 12 GB in 3,000 s: 1 MB/s, 9,000 s = 2:30:00 to go.
    EXPECT_THAT(render_progress({.label = "a", .unit = "bytes"}, kPlain, 100, 3'000'000'000, 12'000'000'000, 3000),
                EndsWith(" 25 %  3.0 GB  1.0 MB/s  2:30:00 left"));
    EXPECT_EQ(render_progress({.label = "a", .unit = "rows"}, kPlain, 100, 1'500'000, 0, 1),
              "a  1.5 M rows  1.5 M rows/s");
}

// Label 10, numbers 39, around the bar 3: 52 columns besides the cells. 50 leave none, 60 leave 8.
TEST(RenderProgress, TheBarGivesWayToTheNumbers) {
    const ProgressBar::Options options{.label = "training", .unit = "trees"};
    EXPECT_EQ(render_progress(options, kPlain, 50, 25, 100, 10), "training   25 %  25 trees  2.5 trees/s  0:30 left");
    EXPECT_EQ(render_progress(options, kPlain, 60, 25, 100, 10),
              "training  [##......]  25 %  25 trees  2.5 trees/s  0:30 left");
}

TEST(RenderProgress, FitsTheTerminalAndCannotSteerIt) {
    for (std::size_t width = 1; width < 90; ++width) {
        const std::string line =
            render_progress({.label = "re\x1b[2Jading", .unit = "bytes"}, Style{false, true}, width, 5, 9, 1);
        EXPECT_LE(column_count(line), width);
        EXPECT_EQ(line.find('\x1b'), std::string::npos);
    }
}

TEST(ProgressReport, IsALineAtOnceAndThenFourASecond) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    report_progress(ends[1]);
    {
        const std::atomic<bool> stop{false};
        ProgressBar bar({.label = "reading \"x\"", .unit = "bytes"}, stop);
        const Progress progress = bar.progress();
        for (std::uint64_t done = 0; done < 1000; ++done) EXPECT_TRUE(progress.advance(done, 1000));
    }
    report_progress(-1);
    close(ends[1]);
    std::array<char, 4096> bytes{};
    const auto count = static_cast<std::size_t>(read(ends[0], bytes.data(), bytes.size()));
    EXPECT_THAT(std::string(bytes.data(), count),
                StartsWith("\x1e{\"label\":\"reading \\\"x\\\"\",\"done\":0,\"total\":1000}\n"));
    close(ends[0]);
}

}  // namespace
}  // namespace flowsift::base
