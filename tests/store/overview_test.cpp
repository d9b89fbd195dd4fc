#include "store/overview.h"

#include <gmock/gmock.h>

#include <map>

#include "base/random.h"
#include "store/open_store.h"
#include "store/rollups.h"
#include "store/space_saving.h"
#include "tests/store/temporary_store.h"

namespace flowsift::store {
namespace {

constexpr base::Nanoseconds kMinuteLength = 60 * base::kSecond, kDayLength = 1'440 * kMinuteLength;
constexpr base::Nanoseconds kBegin = 20'000 * kDayLength;

base::IpAddress address(std::uint32_t number) {
    const std::uint8_t bytes[] = {10, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
    return base::IpAddress::from_v4(std::span<const std::uint8_t, 4>(bytes));
}

// The oracle counts everything. Guaranteed: bounds of each, and that nothing heavier than all / places is missing.
TEST(SpaceSavings, KeepTheirBounds) {
    base::Random random(1);
    for (const std::size_t places : {1u, 7u, 50u, 400u}) {
        SpaceSaving sketch(places);
        std::map<base::IpAddress, std::uint64_t> exact;
        std::uint64_t all = 0;
        for (int i = 0; i < 20'000; ++i) {
            const base::IpAddress one = address(random.below(1 + random.below(300)));
            const std::uint64_t weight = random.below(100);
            sketch.add(one, weight);
            exact[one] += weight;
            all += weight;
        }
        for (const SpaceSaving::Entry& entry : sketch.entries()) {
            EXPECT_LE(entry.least(), exact[entry.address]);
            EXPECT_GE(entry.weight, exact[entry.address]);
            EXPECT_LE(entry.error, all / places);
            EXPECT_GE(entry.weight, sketch.entries()[0].weight);
        }
        for (const auto& [one, weight] : exact) EXPECT_TRUE(weight <= all / places || sketch.find(one) != nullptr);
        for (const SpaceSaving::Entry& entry : sketch.entries())
            EXPECT_TRUE(places < 400 || entry.least() == exact[entry.address]);
    }
}

class Overviews : public StoreTest {
  protected:
    struct Written {
        flow::FlowIdentity flow;
        int label;
    };

    /// Flows of two days and a half, some before 1970 with `offset`, in several transactions of two writers.
    void fill(int count, base::Nanoseconds begin) {
        base::Random random(3);
        for (int half = 0; half < 2; ++half) {
            auto writer = open_writer();
            for (int i = 0; i < count / 2; ++i) {
                Written one{some_flow(1), static_cast<int>(random.below(3)) - 1};
                one.flow.source = address(random.below(40));
                one.flow.destination = address(100 + random.below(40));
                one.flow.first = begin + static_cast<base::Nanoseconds>(random.uniform() * 2.5 * kDayLength);
                one.flow.last = one.flow.first + base::kSecond;
                one.flow.protocol = random.below(2) == 0 ? 6 : 17;
                one.flow.forward_wire_bytes = random.below(1'000);
                const detect::Verdict verdict{static_cast<std::uint16_t>(std::max(one.label, 0)), 0.5f, {}};
                writer->add_flow(one.flow, nullptr, one.label < 0 ? nullptr : &verdict);
                written_.push_back(one);
                if (i % 50 == 0) writer->add_alert(alert_of(one.flow));
                if (i % 97 == 0) {
                    writer->add_flow(one.flow, nullptr, nullptr);
                    written_.push_back({one.flow, -1});
                    ASSERT_TRUE(writer->finish().ok());
                }
            }
            ASSERT_TRUE(writer->finish().ok());
        }
        auto store = open_store(path());
        ASSERT_TRUE(store.ok());
        store_.emplace(std::move(*store));
    }

    detect::Alert alert_of(const flow::FlowIdentity& flow) {
        const auto severity = static_cast<detect::Severity>(1 + ++alerts_ % 3);
        alert_times_.push_back({flow.last, severity});
        return {.number = alerts_, .flow = flow, .verdict = {1, 0.5f, {}}, .label = "Bot", .severity = severity};
    }

    /// Counted one by one, of whole minutes.
    void check(const Overview& overview, const std::function<bool(const Written&)>& passes) {
        const TimeWindow window = overview.window;
        std::map<std::string, std::uint64_t> classes;
        std::map<base::IpAddress, std::uint64_t> talkers;
        Totals wanted;
        for (const Written& one : written_) {
            if (one.flow.first < window.from || one.flow.first >= window.to || !passes(one)) continue;
            const std::uint64_t bytes = one.flow.forward_wire_bytes + one.flow.backward_wire_bytes;
            ++wanted.flows;
            wanted.packets += one.flow.forward_packets + one.flow.backward_packets;
            wanted.bytes += bytes;
            ++classes[one.label < 0 ? "" : classes_[static_cast<std::size_t>(one.label)]];
            talkers[one.flow.source] += bytes;
            talkers[one.flow.destination] += bytes;
        }
        EXPECT_EQ(overview.totals.flows, wanted.flows);
        EXPECT_EQ(overview.totals.packets, wanted.packets);
        EXPECT_EQ(overview.totals.bytes, wanted.bytes);
        for (const ClassCount& each : overview.classes) EXPECT_EQ(each.flows, classes[each.label]) << each.label;
        EXPECT_EQ(overview.talkers_error, 0u);  // 80 addresses.
        EXPECT_EQ(overview.talkers.size(), std::min(talkers.size(), kTalkersShown));
        for (const Talker& each : overview.talkers) EXPECT_EQ(each.bytes, talkers[each.address]);
    }

    std::uint64_t alerts_ = 0;
    std::vector<Written> written_;
    std::vector<std::pair<base::Nanoseconds, detect::Severity>> alert_times_;
    std::optional<Database> store_;
};

TEST_F(Overviews, EqualWhatIsCountedFlowByFlow) {
    for (const base::Nanoseconds begin : {kBegin, -2 * kDayLength}) {
        fill(2'000, begin);
        const std::pair<base::Nanoseconds, base::Nanoseconds> windows[] = {
            {0, kDayLength},
            {kDayLength + 7 * kMinuteLength, kDayLength + 12 * kMinuteLength},
            {30 * kMinuteLength + 1, 200 * kMinuteLength - 1},
            {kDayLength - kMinuteLength, 2 * kDayLength + 59 * kMinuteLength},
        };
        for (const auto& [from, to] : windows) {
            const auto found = overview(*store_, {.window = {begin + from, begin + to}});
            ASSERT_TRUE(found.ok());
            EXPECT_LE(found->window.from, begin + from);
            EXPECT_GE(found->window.to, begin + to);
            EXPECT_LT(found->window.to - found->window.from, to - from + 2 * kMinuteLength);
            check(*found, [](const Written&) { return true; });
        }
        const auto all = overview(*store_, {.window = {}});
        ASSERT_TRUE(all.ok());
        EXPECT_EQ(all->totals.flows, written_.size());
        EXPECT_EQ(all->totals.alerts, alert_times_.size());
        written_.clear();
        alert_times_.clear();
        store_.reset();
        for (const auto& entry : std::filesystem::directory_iterator(folder_)) std::filesystem::remove(entry.path());
        alerts_ = 0;
    }
}

TEST_F(Overviews, WithAFilterEqualWhatPasses) {
    fill(2'000, kBegin);
    const char* text = "class:Bot proto:tcp";
    const auto flows = parse_filter(text, Records::kFlows), alerts = parse_filter(text, Records::kAlerts);
    const auto found = overview(*store_, {{kBegin, kBegin + 2 * kDayLength}, &*flows, &*alerts});
    ASSERT_TRUE(found.ok());
    EXPECT_GT(found->totals.flows, 100u);
    check(*found, [](const Written& one) { return one.label == 1 && one.flow.protocol == 6; });
    const auto stopped = overview(*store_, {{}, &*flows, &*alerts}, [](double, std::uint64_t) { return false; });
    EXPECT_FALSE(stopped.ok());
}

TEST_F(Overviews, AreComparedWithTheDayBefore) {
    fill(2'000, kBegin);
    const TimeWindow hour{kBegin + 2 * kDayLength, kBegin + 2 * kDayLength + 60 * kMinuteLength};
    const auto now = overview(*store_, {.window = hour});
    const auto before = overview(*store_, {.window = {hour.from - kDayLength, hour.to - kDayLength}});
    ASSERT_TRUE(now.ok() && before.ok());
    ASSERT_TRUE(now->before.has_value());
    EXPECT_EQ(now->before->flows, before->totals.flows);
    EXPECT_EQ(now->before->bytes, before->totals.bytes);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(now->severities[i].before, before->severities[i].alerts);
    EXPECT_FALSE(overview(*store_, {.window = {kBegin, kBegin + kDayLength}})->before.has_value());
}

TEST_F(Overviews, SeriesSumUpToThem) {
    fill(2'000, kBegin);
    const TimeWindow window{kBegin, kBegin + 2 * kDayLength};
    const auto whole = overview(*store_, {.window = window});
    for (const std::int64_t step : {60, 300, 3'600, 7'200}) {
        const auto found = series(*store_, window, step);
        ASSERT_TRUE(found.ok());
        std::uint64_t flows = 0, alerts = 0, of_classes = 0;
        for (const std::uint64_t each : found->flows) flows += each;
        for (const auto& severity : found->alerts)
            for (const std::uint64_t each : severity) alerts += each;
        for (const Series::Class& one : found->classes)
            for (const std::uint64_t each : one.flows) of_classes += each;
        EXPECT_EQ(flows, whole->totals.flows);
        EXPECT_EQ(of_classes, flows);
        EXPECT_EQ(alerts, whole->totals.alerts);
    }
    EXPECT_FALSE(series(*store_, window, 59).ok());
    EXPECT_FALSE(series(*store_, {kBegin, kBegin + 3 * kDayLength}, 60).ok() &&
                 series(*store_, {kBegin, kBegin + 3 * kDayLength}, 60)->flows.size() > kMostSeriesPoints);
}

// More addresses than an hour has places: what is said is never more than the truth, and lacks at most the error.
TEST_F(Overviews, TalkersOfManyAddressesStayWithinTheirError) {
    std::map<base::IpAddress, std::uint64_t> exact;
    {
        auto writer = open_writer();
        base::Random random(5);
        for (int i = 0; i < 60'000; ++i) {
            flow::FlowIdentity flow = some_flow(1);
            flow.source = address(random.below(1 + random.below(5'000)));
            flow.destination = address(random.below(8));
            flow.first = kBegin + i * base::kMillisecond;
            writer->add_flow(flow, nullptr, nullptr);
            exact[flow.source] += 800;
            exact[flow.destination] += 800;
        }
        ASSERT_TRUE(writer->finish().ok());
    }
    EXPECT_EQ(number("SELECT count(*) FROM talkers"), static_cast<std::int64_t>(kTalkers));
    auto store = open_store(path());
    const auto found = overview(*store, {.window = {kBegin, kBegin + 60 * kMinuteLength}});
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->totals.flows, 60'000u);
    EXPECT_GT(found->talkers_error, 0u);
    EXPECT_LE(found->talkers_error, 2 * 60'000u * 800 / kTalkers);
    for (const Talker& each : found->talkers) {
        EXPECT_LE(each.bytes, exact[each.address]);
        EXPECT_GE(each.bytes + found->talkers_error, exact[each.address]);
    }
}

}  // namespace
}  // namespace flowsift::store
