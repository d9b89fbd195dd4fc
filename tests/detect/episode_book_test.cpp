#include "detect/episode_book.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

namespace flowsift::detect {
namespace {

using base::kSecond;
using flow::FlowIdentity;

constexpr base::Nanoseconds kQuiet = 600 * kSecond;

base::IpAddress host(std::uint32_t number) {
    const std::array<std::uint8_t, 4> bytes = {10, static_cast<std::uint8_t>(number >> 16),
                                               static_cast<std::uint8_t>(number >> 8),
                                               static_cast<std::uint8_t>(number)};
    return base::IpAddress::from_v4(bytes);
}

/// Of 3 packets and 300 bytes.
FlowIdentity flow_of(std::uint32_t source, std::uint32_t target, base::Nanoseconds first, base::Nanoseconds last) {
    FlowIdentity flow;
    flow.source = host(source);
    flow.destination = host(target);
    flow.protocol = 6;
    flow.first = first;
    flow.last = last;
    flow.forward_packets = 2;
    flow.backward_packets = 1;
    flow.forward_wire_bytes = 200;
    flow.backward_wire_bytes = 100;
    return flow;
}

struct Ends : EpisodeListener {
    void on_ended(OpenEpisode& open, base::Nanoseconds) override { episodes.push_back(open.episode); }
    std::vector<Episode> episodes;
};

class EpisodeBookTest : public testing::Test {
  protected:
    Episode ended(std::uint32_t source, std::uint32_t target, base::Nanoseconds at, std::uint16_t class_index = 1) {
        const FlowIdentity flow = flow_of(source, target, at, at);
        const Episode episode = book_.add({flow, class_index, 0.5F}).episode;
        book_.forget(flow);
        return episode;
    }

    Ends ends_;
    EpisodeBook book_{kQuiet, ends_};
};

TEST_F(EpisodeBookTest, AScanOfAWholeNetworkIsOneEpisode) {
    for (std::uint32_t target = 0; target < 65'536; ++target)
        ended(1, 0x100000 + target, base::Nanoseconds{target} * 1'000'000);
    book_.finish();
    ASSERT_EQ(ends_.episodes.size(), 1u);
    const Episode& scan = ends_.episodes[0];
    EXPECT_EQ(std::tie(scan.flows, scan.packets, scan.bytes), std::tuple(65'536u, 3u * 65'536, 300u * 65'536));
    EXPECT_EQ(std::tie(scan.sources, scan.targets), std::tuple(1u, 65'536u));
    EXPECT_EQ(scan.first_seen, 0);
    EXPECT_EQ(scan.last_seen, 65'535'000'000);
    EXPECT_FALSE(scan.has_more_targets);
    EXPECT_FALSE(scan.is_open);
}

// 100,000 forged sources: 65,536 are remembered, and that there are more is told.
TEST_F(EpisodeBookTest, AFloodWithForgedSourcesIsOneEpisode) {
    for (std::uint32_t source = 0; source < 100'000; ++source)
        ended(source, 0xff0000, base::Nanoseconds{source} * 1'000);
    book_.finish();
    ASSERT_EQ(ends_.episodes.size(), 1u);
    EXPECT_EQ(ends_.episodes[0].flows, 100'000u);
    EXPECT_EQ(ends_.episodes[0].sources, 65'536u);
    EXPECT_EQ(ends_.episodes[0].targets, 1u);
    EXPECT_TRUE(ends_.episodes[0].has_more_sources);
    EXPECT_EQ(book_.counters().uncounted_peers, 100'000u - 65'536u);
}

TEST_F(EpisodeBookTest, AnotherClassIsAnotherEpisode) {
    ended(1, 2, 0, 1);
    ended(1, 2, 0, 2);
    EXPECT_EQ(book_.counters().opened, 2u);
}

// 1 → 2 begins; 1 → 3 has its source; 4 → 2 has its target; 4 → 3 has neither of the first flow's, though both of its
// hosts occurred: strangers must not grow together in a chain.
TEST_F(EpisodeBookTest, OnlyTheFirstFlowsEndsDrawOthersIn) {
    ended(1, 2, 0);
    ended(1, 3, 1);
    EXPECT_EQ(ended(4, 2, 2).flows, 3u);
    EXPECT_EQ(ended(4, 3, 3).flows, 1u);
    EXPECT_EQ(book_.counters().opened, 2u);
}

TEST_F(EpisodeBookTest, EndsAfterTheQuietTimeAndNotBefore) {
    ended(1, 2, 0);
    EXPECT_EQ(ended(1, 3, kQuiet).flows, 2u);
    book_.advance(2 * kQuiet);
    EXPECT_TRUE(ends_.episodes.empty());
    EXPECT_EQ(ended(1, 4, 2 * kQuiet + 1).flows, 1u);
    ASSERT_EQ(ends_.episodes.size(), 1u);
    EXPECT_EQ(ends_.episodes[0].flows, 2u);
}

// Alarmed after 8 packets and again at its end with 20: one flow of 20 packets.
TEST_F(EpisodeBookTest, AFlowThatAlarmsAgainCountsOnceWithItsLatestPackets) {
    FlowIdentity flow = flow_of(1, 2, 0, kSecond);
    flow.forward_packets = 7;
    book_.add({flow, 1, 0.5F, true});
    flow.forward_packets = 19;
    flow.forward_wire_bytes = 2'000;
    flow.last = 5 * kSecond;
    const Episode episode = book_.add({flow, 1, 0.9F}).episode;
    EXPECT_EQ(std::tie(episode.flows, episode.packets, episode.bytes), std::tuple(1u, 20u, 2'100u));
    EXPECT_FLOAT_EQ(episode.probability, 0.9F);
    EXPECT_EQ(episode.last_seen, 5 * kSecond);
    book_.forget(flow);
    EXPECT_EQ(book_.add({flow, 1, 0.5F}).episode.flows, 2u);  // Forgotten: another one, though it looks the same.
}

TEST_F(EpisodeBookTest, WhileAnAlarmedFlowGoesOnItsEpisodeStaysOpen) {
    FlowIdentity slow = flow_of(1, 2, 0, kSecond);
    book_.add({slow, 1, 0.5F, true});
    book_.advance(10 * kQuiet);
    EXPECT_TRUE(ends_.episodes.empty());
    slow.last = 10 * kQuiet;
    EXPECT_EQ(book_.add({slow, 1, 0.5F}).episode.flows, 1u);
    book_.forget(slow);
    book_.advance(11 * kQuiet + 1);
    EXPECT_EQ(ends_.episodes.size(), 1u);
}

// As class 1 while it went on, as class 2 at its end: it counts in both, whole, and holds neither open.
TEST_F(EpisodeBookTest, AFlowThatChangesItsClassCountsInBoth) {
    const FlowIdentity flow = flow_of(1, 2, 0, kSecond);
    book_.add({flow, 1, 0.5F, true});
    const Episode other = book_.add({flow, 2, 0.5F}).episode;
    EXPECT_EQ(std::tie(other.flows, other.packets), std::tuple(1u, 3u));
    book_.forget(flow);
    book_.advance(kSecond + kQuiet + 1);
    EXPECT_EQ(ends_.episodes.size(), 2u);
}

TEST(EpisodeBookLimits, TheOneThatIsQuietLongestMakesPlace) {
    Ends ends;
    EpisodeBook book(kQuiet, ends, {.open = 2, .peers = 100, .peers_each = 50, .live_flows = 1});
    const FlowIdentity a = flow_of(1, 2, 0, 0), b = flow_of(3, 4, 1, 1), c = flow_of(5, 6, 3, 3);
    book.add({a, 1, 0.5F});
    book.add({b, 1, 0.5F, true});
    book.add({a, 1, 0.5F});
    book.add({c, 1, 0.5F, true});  // One flow can be followed, so this is not; and the episode of b must go.
    ASSERT_EQ(ends.episodes.size(), 1u);
    EXPECT_EQ(ends.episodes[0].flow.source, host(3));
    EXPECT_EQ(book.counters().ended_early, 1u);
    EXPECT_EQ(book.counters().untracked_flows, 1u);
    book.forget(b);
    book.finish();
    EXPECT_EQ(ends.episodes.size(), 3u);
    EXPECT_EQ(book.counters().opened, book.counters().ended);
}

TEST(EpisodeBookLimits, AddressesAreFreedWithTheirEpisode) {
    Ends ends;
    EpisodeBook book(kQuiet, ends, {.open = 4, .peers = 10, .peers_each = 8, .live_flows = 4});
    for (int round = 0; round < 100; ++round) {
        const base::Nanoseconds at = round * 2 * kQuiet;
        for (std::uint32_t target = 0; target < 8; ++target) {
            const FlowIdentity flow = flow_of(1, 100 + target, at, at);
            book.add({flow, 1, 0.5F});
        }
    }
    book.finish();
    ASSERT_EQ(ends.episodes.size(), 100u);
    for (const Episode& episode : ends.episodes) EXPECT_EQ(episode.targets, 8u);
    EXPECT_EQ(book.counters().uncounted_peers, 0u);
}

/// The obvious way: every open episode is asked in turn, and everything is kept.
class PlainBook {
  public:
    void advance(base::Nanoseconds now) {
        now_ = std::max(now_, now);
        for (std::size_t i = 0; i < open_.size();) {
            Plain& plain = open_[i];
            if (now_ - plain.news > kQuiet && !plain.live.empty()) plain.news = now_;
            if (now_ - plain.news > kQuiet)
                finish(i);
            else
                ++i;
        }
    }
    void add(const FlowIdentity& flow, std::uint16_t class_index, bool is_live) {
        advance(flow.last);
        Plain& plain = of(flow, class_index);
        for (Plain& other : open_)
            if (&other != &plain) leave(other, flow);
        plain.news = now_;
        if (is_live || plain.live.contains(key(flow))) plain.latest[key(flow)] = flow;
        if (is_live)
            plain.live.insert(key(flow));
        else if (!plain.live.contains(key(flow)))
            plain.ended.push_back(flow);
    }
    void forget(const FlowIdentity& flow) {
        for (Plain& plain : open_) leave(plain, flow);
    }
    void finish() {
        while (!open_.empty()) finish(0);
    }
    using Sums = std::tuple<int, std::uint64_t, std::uint64_t, std::size_t, std::size_t, base::Nanoseconds>;
    std::multiset<Sums> sums;

  private:
    using Key = std::tuple<base::IpAddress, base::IpAddress, base::Nanoseconds>;
    struct Plain {
        std::uint16_t class_index;
        FlowIdentity first;
        base::Nanoseconds news;
        std::set<Key> live;
        std::map<Key, FlowIdentity> latest;
        std::vector<FlowIdentity> ended;
    };
    static Key key(const FlowIdentity& flow) { return {flow.source, flow.destination, flow.first}; }

    static void leave(Plain& plain, const FlowIdentity& flow) {
        const auto found = plain.latest.find(key(flow));
        if (found == plain.latest.end()) return;
        plain.ended.push_back(found->second);
        plain.latest.erase(found);
        plain.live.erase(key(flow));
    }

    Plain& of(const FlowIdentity& flow, std::uint16_t class_index) {
        const auto find = [&](auto is_it) {
            return std::ranges::find_if(open_,
                                        [&](const Plain& p) { return p.class_index == class_index && is_it(p); });
        };
        auto found = find([&](const Plain& plain) { return plain.live.contains(key(flow)); });
        if (found == open_.end()) found = find([&](const Plain& p) { return p.first.source == flow.source; });
        if (found == open_.end()) found = find([&](const Plain& p) { return p.first.destination == flow.destination; });
        if (found != open_.end()) return *found;
        return open_.emplace_back(Plain{class_index, flow, now_, {}, {}, {}});
    }
    void finish(std::size_t i) {
        Plain& plain = open_[i];
        for (const auto& [key, flow] : plain.latest) plain.ended.push_back(flow);
        std::set<base::IpAddress> sources, targets;
        std::uint64_t packets = 0;
        base::Nanoseconds last = 0;
        for (const FlowIdentity& flow : plain.ended) {
            sources.insert(flow.source);
            targets.insert(flow.destination);
            packets += flow.forward_packets + flow.backward_packets;
            last = std::max(last, flow.last);
        }
        sums.emplace(plain.class_index, plain.ended.size(), packets, sources.size(), targets.size(), last);
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
    }

    base::Nanoseconds now_ = INT64_MIN;
    std::vector<Plain> open_;
};

// Few hosts, so that episodes meet; a third of the flows alarms first while it goes on, and some change their class.
TEST(EpisodeBookOracle, EpisodesAreThoseOfThePlainBook) {
    std::mt19937 random(7);
    const auto any_host = [&] { return static_cast<std::uint32_t>(random() % 12); };
    for (int run = 0; run < 30; ++run) {
        Ends ends;
        EpisodeBook book(kQuiet, ends);
        PlainBook plain;
        std::vector<FlowIdentity> live;
        base::Nanoseconds now = 0;
        for (int i = 0; i < 500; ++i) {
            now += static_cast<base::Nanoseconds>(random() % (i % 50 == 0 ? 3 * kQuiet : 20 * kSecond));
            const auto class_index = static_cast<std::uint16_t>(1 + random() % 3);
            FlowIdentity flow = flow_of(any_host(), any_host(), now, now);
            if (!live.empty() && random() % 3 == 0) {
                flow = live.back();
                flow.last = now;
                flow.forward_packets += random() % 10;
                live.pop_back();
            }
            const bool is_live = random() % 3 == 0;
            book.add({flow, class_index, 0.5F, is_live});
            plain.add(flow, class_index, is_live);
            if (is_live) {
                live.insert(live.begin() + static_cast<std::ptrdiff_t>(random() % (live.size() + 1)), flow);
            } else {
                book.forget(flow);
                plain.forget(flow);
            }
        }
        book.finish();
        plain.finish();
        std::multiset<PlainBook::Sums> sums;
        for (const Episode& e : ends.episodes)
            sums.emplace(e.class_index, e.flows, e.packets, e.sources, e.targets, e.last_seen);
        EXPECT_EQ(sums, plain.sums) << run;
    }
}

}  // namespace
}  // namespace flowsift::detect
