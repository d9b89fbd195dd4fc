// The fast extractor against the plain one on other people's captures, from every kind of link and tunnel to damaged
// files (FLOWSIFT_DATA's corpus).

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "capture_packets.h"
#include "flow_comparison.h"
#include "reference_extractor.h"
#include "tests/capture/capture_builder.h"
#include "tests/capture/corpus.h"

namespace flowsift::features {
namespace {

bool all_finite(const std::vector<CollectedFlow>& flows) {
    return std::ranges::all_of(flows, [](const CollectedFlow& flow) {
        return std::ranges::all_of(flow.values, [](double value) { return std::isfinite(value); });
    });
}

TEST(CorpusReference, TheFastExtractorEqualsThePlainOne) {
    const auto data = data_folder();
    if (!data) GTEST_SKIP() << "skipped: FLOWSIFT_DATA is not set";
    auto archive = capture::open_byte_stream(*data / "corpus" / "captures.tar.zst");
    ASSERT_TRUE(archive.ok()) << archive.error().message;
    const capture::test::TemporaryFolder folder;
    std::size_t flows = 0, packets_compared = 0;
    const auto compare = [&](const std::string& name, const std::vector<std::uint8_t>& content) {
        SCOPED_TRACE(name);
        const std::vector<decode::Packet> packets = capture_packets(folder.write("capture", content));
        packets_compared += packets.size();
        for (const AssemblyProfile& profile : kProfiles) {
            const std::vector<CollectedFlow> fast = metered(packets, profile);
            EXPECT_EQ(first_difference(fast, reference::extract(packets, profile).flows), "") << profile.name;
            EXPECT_TRUE(all_finite(fast)) << profile.name;
            flows += fast.size();
        }
    };
    EXPECT_EQ(capture::test::for_each_file(**archive, compare), 4'372u);
    EXPECT_GT(packets_compared, 500'000u);
    EXPECT_GT(flows, 50'000u);
}

}  // namespace
}  // namespace flowsift::features
