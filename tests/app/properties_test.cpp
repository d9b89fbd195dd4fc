// What must hold for any capture, from its bytes to the rows: nothing is lost or counted twice, and rows depend neither
// on the number of workers nor on where the capture was cut into files.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>
#include <set>

#include "frames.h"
#include "tests/capture/corpus.h"
#include "tests/features/capture_packets.h"

namespace flowsift::app {
namespace {

using capture::test::TemporaryFolder;
using test::Extracted;
using test::extracted;
using test::Frames;

constexpr features::AssemblyProfile kHasty{"hasty", 2 * base::kSecond, 7 * base::kSecond, base::kSecond, "for tests"};

std::string lab_recording() {
    return FLOWSIFT_SOURCE_DIR "/lab/recordings/heldout.pcap.zst";
}

/// All captures of FLOWSIFT_DATA that are small enough to be gone through again and again.
std::vector<std::string> real_captures() {
    std::vector<std::string> paths;
    const auto data = features::data_folder();
    for (const char* folder : {"attacks", "benign", "oracle"}) {
        if (!data) break;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(*data / folder))
            if (entry.path().extension().string().starts_with(".pcap")) paths.push_back(entry.path().string());
    }
    return paths;
}

std::uint64_t total(const std::vector<output::NamedCount>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const output::NamedCount& each) { return sum + each.count; });
}

void expect_all_accounted_for(const Extracted& found) {
    const output::RunStatistics& totals = found.summary.totals;
    std::uint64_t packets_in_rows = 0;
    for (const features::CollectedFlow& flow : found.flows) {
        packets_in_rows += flow.identity.forward_packets + flow.identity.backward_packets;
        for (const double value : flow.values) ASSERT_TRUE(std::isfinite(value));
    }
    EXPECT_EQ(packets_in_rows, totals.packets_in_flows);
    EXPECT_EQ(totals.packets_received, packets_in_rows + total(found.summary.other_packets));
    EXPECT_EQ(totals.flows_started, found.flows.size());
    EXPECT_EQ(totals.flows_ended, total(found.summary.end_reasons));
    EXPECT_EQ(totals.flows_ended, found.flows.size());
    EXPECT_EQ(totals.flows_live, 0u);
    std::set<std::string> names;
    for (const output::NamedCount& other : found.summary.other_packets)
        EXPECT_TRUE(!other.name.empty() && names.insert(other.name).second) << other.name;
}

TEST(Properties, EveryRandomFrameIsInOneRowOrCountedByName) {
    std::uint64_t others = 0, kinds = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Frames frames = test::random_frames(seed, 1000);
        const Extracted found = extracted(frames, {.profile = kHasty, .workers = seed % 4});
        EXPECT_EQ(found.summary.totals.packets_received, frames.size());
        expect_all_accounted_for(found);
        others += found.summary.totals.packets_other;
        for (const output::NamedCount& other : found.summary.other_packets) kinds += other.count > 0 ? 1 : 0;
    }
    EXPECT_GT(others, 40u * 50);  // Worth nothing unless many frames are in no flow, for many reasons.
    EXPECT_GT(kinds, 40u * 5);
}

TEST(Properties, EveryFrameOfRealCapturesIsInOneRowOrCountedByName) {
    std::vector<std::string> captures = real_captures();
    captures.push_back(lab_recording());
    for (const std::string& path : captures) {
        SCOPED_TRACE(path);
        expect_all_accounted_for(extracted({path}, {.workers = 2}));
    }
}

/// Cut behind the first `cut` frames, each piece is a file; joined they must give the rows of the whole.
void expect_same_when_cut(const Frames& frames, const std::vector<std::size_t>& cuts, const ExtractionOptions& options,
                          const Extracted& whole) {
    const TemporaryFolder folder;
    std::vector<std::string> pieces;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= cuts.size(); ++i) {
        const std::size_t end = i < cuts.size() ? cuts[i] : frames.size();
        pieces.push_back(folder.file(std::to_string(i) + ".pcap"));
        test::write_capture(pieces.back(), std::span(frames).subspan(begin, end - begin));
        begin = end;
    }
    ExtractionOptions joined = options;
    joined.joined = true;
    const Extracted found = extracted(pieces, joined);
    EXPECT_EQ(found.flows.size(), whole.flows.size());
    EXPECT_TRUE(found.csv == whole.csv);  // Megabytes: not to be printed.
    EXPECT_EQ(found.summary.totals.packets_other, whole.summary.totals.packets_other);
}

TEST(Properties, ARandomCaptureMayBeCutAnywhere) {
    // Its frames hold fragments, clamped and held-back times, closed flows with stragglers: every state is cut.
    const Frames frames = test::random_frames(4, 1000);
    const Extracted whole = extracted(frames, {.profile = kHasty, .workers = 0});
    EXPECT_GT(whole.flows.size(), 100u);
    EXPECT_GT(whole.note("held_back_time_jumps"), 0u);
    EXPECT_GT(whole.note("clamped_timestamps"), 0u);
    for (std::size_t cut = 0; cut <= frames.size() && !testing::Test::HasFailure(); cut += 3) {
        SCOPED_TRACE("cut " + std::to_string(cut));
        expect_same_when_cut(frames, {cut}, {.profile = kHasty, .workers = 0}, whole);
    }
    for (const std::size_t workers : {1, 2, 4}) {
        SCOPED_TRACE("workers " + std::to_string(workers));
        for (std::size_t cut = 0; cut <= frames.size(); cut += 50)
            expect_same_when_cut(frames, {cut}, {.profile = kHasty, .workers = workers}, whole);
        expect_same_when_cut(frames, {0, 1, 1, 500, 999, 1000}, {.profile = kHasty, .workers = workers}, whole);
    }
}

TEST(Properties, TheLabsRecordingMayBeCutAnywhereForAnyNumberOfWorkers) {
    const Frames frames = capture::test::read_file(lab_recording()).packets;
    const Extracted whole = extracted({lab_recording()}, {.workers = 0});
    EXPECT_GT(whole.flows.size(), 10'000u);
    const std::size_t count = frames.size();
    for (const std::size_t workers : {0, 1, 2, 4}) {
        SCOPED_TRACE("workers " + std::to_string(workers));
        expect_same_when_cut(frames, {count / 3}, {.workers = workers}, whole);
        expect_same_when_cut(frames, {1, count / 2, count / 2 + 7, count - 1}, {.workers = workers}, whole);
    }
}

TEST(Properties, RealCapturesMayBeCutInTheMiddle) {
    const std::vector<std::string> captures = real_captures();
    if (captures.empty()) GTEST_SKIP() << "skipped: FLOWSIFT_DATA is not set";
    for (const std::string& path : captures) {
        SCOPED_TRACE(path);
        const Frames frames = capture::test::read_file(path).packets;
        const Extracted whole = extracted({path}, {.workers = 0});
        for (const std::size_t workers : {0, 1, 2, 4})
            expect_same_when_cut(frames, {frames.size() * (workers + 1) / 6}, {.workers = workers}, whole);
    }
}

TEST(Properties, AnyNumberOfWorkersFindsTheRowsOfOneThreadInTheCorpus) {
    const auto data = features::data_folder();
    if (!data) GTEST_SKIP() << "skipped: FLOWSIFT_DATA is not set";
    auto archive = capture::open_byte_stream(*data / "corpus" / "captures.tar.zst");
    ASSERT_TRUE(archive.ok()) << archive.error().message;
    const TemporaryFolder folder;
    constexpr std::size_t kWorkers[] = {1, 2, 4};
    std::size_t seen = 0, compared = 0;
    capture::test::for_each_file(**archive, [&](const std::string& name, const std::vector<std::uint8_t>& content) {
        if (seen++ % 4 != 0) return;
        const std::string path = folder.write("capture", content);
        if (!capture::open_capture(path)) return;
        SCOPED_TRACE(name);
        const Extracted alone = extracted({path}, {.workers = 0});
        expect_all_accounted_for(alone);
        EXPECT_TRUE(extracted({path}, {.workers = kWorkers[compared++ % std::size(kWorkers)]}).csv == alone.csv);
    });
    EXPECT_GT(compared, 1000u);
}

}  // namespace
}  // namespace flowsift::app
