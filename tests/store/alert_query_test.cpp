#include "store/alert_query.h"

#include <gmock/gmock.h>

#include <numeric>

#include "base/random.h"
#include "store/alert_detail.h"
#include "store/mutes.h"
#include "store/open_store.h"
#include "store/triage.h"
#include "tests/store/temporary_store.h"

namespace flowsift::store {
namespace {

class Alerts : public StoreTest {
  protected:
    /// Alerts 1 to `count`: every third a Scan of medium severity, the others Bots, high; sources 10.0.0.0 to .4.
    void fill(std::uint64_t count) {
        auto writer = open_writer();
        for (std::uint64_t number = 1; number <= count; ++number) {
            flow::FlowIdentity flow = some_flow(static_cast<std::uint16_t>(number));
            flow.source = *base::parse_ip_address("10.0.0." + std::to_string(number % 5));
            flow.last = static_cast<base::Nanoseconds>((number * 7 % 50) * base::kSecond);
            const bool is_scan = number % 3 == 0;
            writer->add_alert({.number = number,
                               .flow = flow,
                               .verdict = {1, 0.75f, {}},
                               .label = is_scan ? "Scan" : "Bot",
                               .severity = is_scan ? detect::Severity::kMedium : detect::Severity::kHigh});
            writer->add_episode({.number = number, .flows = number * 11 % 13, .probability = 0.5f});
        }
        ASSERT_TRUE(writer->finish().ok());
        reopen();
    }

    void reopen() {
        auto store = open_store(path());
        ASSERT_TRUE(store.ok());
        store_.emplace(std::move(*store));
    }

    std::vector<std::uint64_t> numbers_of(const AlertPage& page) {
        std::vector<std::uint64_t> numbers;
        for (const StoredAlert& alert : page.alerts) numbers.push_back(alert.number);
        return numbers;
    }

    std::uint64_t do_triage(std::vector<std::uint64_t> numbers, TriageAction action) {
        const auto changed = triage(*store_, numbers, {.action = action, .user = "kim"});
        EXPECT_TRUE(changed.ok());
        return *changed;
    }

    std::optional<Database> store_;
};

TEST_F(Alerts, AreSortedAndPagedByEveryKey) {
    fill(100);
    for (const SortKey& key : alert_sort_keys()) {
        for (const bool is_descending : {false, true}) {
            AlertQuery query{.order = {&key, is_descending}, .limit = 9};
            std::vector<std::uint64_t> paged;
            for (;;) {
                const auto page = query_alerts(*store_, query);
                ASSERT_TRUE(page.ok()) << page.error().message;
                EXPECT_EQ(page->total, 100u);
                for (const std::uint64_t number : numbers_of(*page)) paged.push_back(number);
                if (!page->next) break;
                query.after = *parse_cursor(page->next->text());
            }
            query.after = {};
            query.limit = 1'000;
            EXPECT_EQ(paged, numbers_of(*query_alerts(*store_, query))) << key.name;
            EXPECT_EQ(paged.size(), 100u);
        }
    }
    const auto by_flows = query_alerts(*store_, {.order = *parse_order("-flows", alert_sort_keys()), .limit = 100});
    for (std::size_t i = 1; i < 100; ++i) EXPECT_GE(by_flows->alerts[i - 1].flows, by_flows->alerts[i].flows);
}

TEST_F(Alerts, AreFilteredAndGrouped) {
    fill(60);
    const auto filter = parse_filter("class:scan severity:medium src:10.0.0.0/30 flows>0", Records::kAlerts);
    ASSERT_TRUE(filter.ok());
    const auto page = query_alerts(*store_, {.filter = &*filter});
    std::vector<std::uint64_t> wanted;  // By time, newest first: 7 n mod 50.
    for (std::uint64_t n = 3; n <= 60; n += 3)
        if (n % 5 < 4 && n * 11 % 13 > 0) wanted.push_back(n);
    EXPECT_THAT(numbers_of(*page), testing::UnorderedElementsAreArray(wanted));
    EXPECT_EQ(page->total, wanted.size());
    const auto classes = group_alerts(*store_, {}, AlertGrouping::kClass);
    ASSERT_EQ(classes->size(), 2u);
    EXPECT_EQ((*classes)[0].key, "Bot");
    EXPECT_EQ((*classes)[0].alerts, 40u);
    const auto sources = group_alerts(*store_, {.filter = &*filter}, AlertGrouping::kSource);
    EXPECT_EQ(sources->size(), 4u);
    EXPECT_EQ(std::accumulate(sources->begin(), sources->end(), std::uint64_t{0},
                              [](std::uint64_t sum, const AlertGroup& group) { return sum + group.alerts; }),
              wanted.size());
}

TEST_F(Alerts, TriageChangesWhatIsNotSoYetAndKeepsWhoAndWhat) {
    fill(5);
    EXPECT_EQ(do_triage({1, 2, 99}, TriageAction::kArchive), 2u);
    EXPECT_EQ(do_triage({2, 3}, TriageAction::kArchive), 1u);
    EXPECT_EQ(do_triage({2}, TriageAction::kReopen), 1u);
    EXPECT_EQ(do_triage({2}, TriageAction::kEscalate), 1u);
    EXPECT_THAT(numbers_of(*query_alerts(*store_, {.state = AlertState::kArchived})),
                testing::UnorderedElementsAre(1, 3));
    EXPECT_EQ(query_alerts(*store_, {.state = AlertState::kOpen})->total, 3u);
    const std::uint64_t two = 2;
    for (const char* label : {"Bot", "BENIGN"})
        ASSERT_TRUE(triage(*store_, std::span(&two, 1),
                           {.action = TriageAction::kFeedback, .user = "lee", .is_right = false, .label = label})
                        .ok());
    const auto detail = alert_detail(*store_, 2);
    ASSERT_TRUE(detail.ok() && detail->has_value());
    const StoredAlert& alert = (*detail)->alert;
    EXPECT_TRUE(alert.is_escalated && !alert.is_archived);
    EXPECT_EQ(alert.feedback->label, "BENIGN");  // The latest word.
    EXPECT_EQ(alert.feedback->user, "lee");
    std::vector<std::string> actions;
    for (const HistoryEntry& entry : (*detail)->history) actions.push_back(entry.user + " " + entry.action);
    EXPECT_THAT(actions,
                testing::ElementsAre("kim archive", "kim reopen", "kim escalate", "lee feedback", "lee feedback"));
    EXPECT_EQ((*detail)->history.back().detail, "wrong: BENIGN");
    EXPECT_FALSE(triage(*store_, std::vector<std::uint64_t>(kMostTriaged + 1), {}).ok());
}

TEST_F(Alerts, DetailHasReasonsLossTimelineAndPeers) {
    {
        auto writer = open_writer();
        flow::FlowIdentity flow = some_flow(1);
        const detect::Reason reasons[] = {{.name = "SYN Flag Count",
                                           .value = 2,
                                           .contribution = 0.25f,
                                           .benign_low = 1,
                                           .benign_high = 4,
                                           .has_range = true},
                                          {.name = "Flow Duration", .value = 1.5, .contribution = 0.125f}};
        const detect::Verdict verdict{.class_index = 1, .alert = 1};
        // 300 seconds: 120 steps of a second are too few, so steps of 4. Targets .0 to .149, .0 twice as often.
        for (int i = 0; i < 300; ++i) {
            flow.last = (1'000 + i) * base::kSecond;
            flow.destination = *base::parse_ip_address("10.9.0." + std::to_string(i % 2 == 0 ? 0 : i / 2));
            writer->add_flow(flow, nullptr, &verdict);
            if (i > 0) continue;
            writer->add_alert({.number = 1,
                               .flow = flow,
                               .verdict = verdict,
                               .label = "Bot",
                               .reasons = reasons,
                               .loss = {1'000, 7}});
        }
        ASSERT_TRUE(writer->finish().ok());
    }
    reopen();
    const auto detail = alert_detail(*store_, 1);
    ASSERT_TRUE(detail.ok() && detail->has_value());
    const AlertDetail& kept = **detail;
    ASSERT_EQ(kept.reasons.size(), 2u);
    EXPECT_EQ(kept.reasons[0].feature, "SYN Flag Count");
    EXPECT_EQ(kept.reasons[0].reason.value, 2);
    EXPECT_EQ(kept.reasons[0].reason.contribution, 0.25f);
    EXPECT_EQ(kept.reasons[0].reason.benign_high, 4);
    EXPECT_FALSE(kept.reasons[1].reason.has_range);
    EXPECT_EQ(kept.loss.dropped, 7u);
    EXPECT_EQ(kept.timeline.start, 1'000 * base::kSecond);
    EXPECT_EQ(kept.timeline.step, 4u);
    EXPECT_EQ(kept.timeline.flows, std::vector<std::uint32_t>(75, 4));
    EXPECT_EQ(kept.peers.size(), kPeersKept);
    EXPECT_EQ(to_string(kept.peers[0].address), "10.9.0.0");
    EXPECT_EQ(kept.peers[0].flows, 151u);
    EXPECT_FALSE(alert_detail(*store_, 2)->has_value());
}

TEST_F(Alerts, SimilarOnesShareTheClassAndThoseOfTheSourceComeFirst) {
    fill(60);
    const auto detail = alert_detail(*store_, 31);  // A Bot from .1
    ASSERT_EQ((*detail)->similar.size(), 10u);
    for (const StoredAlert& alert : (*detail)->similar) EXPECT_EQ(alert.label, "Bot");
    for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ((*detail)->similar[i].number % 5, 1u);
}

TEST_F(Alerts, MutesAllowWhatTheyNameUntilTheyExpire) {
    fill(3);
    EXPECT_FALSE(add_mute(*store_, {.alert = 1, .seconds = 60, .user = "kim"}).ok());
    EXPECT_FALSE(add_mute(*store_, {.alert = 9, .label = true, .seconds = 60}).ok());
    EXPECT_FALSE(add_mute(*store_, {.alert = 1, .label = true, .seconds = kLongestMute + 1}).ok());
    const auto mute = add_mute(*store_, {.alert = 1, .label = true, .source = true, .seconds = 60, .user = "kim"});
    ASSERT_TRUE(mute.ok()) << mute.error().message;
    const auto mutes = list_mutes(*store_, mute->created + 59);
    ASSERT_EQ(mutes->size(), 1u);
    EXPECT_EQ(mutes->front().label, "Bot");
    EXPECT_EQ(to_string(*mutes->front().source), "10.0.0.1");
    EXPECT_FALSE(mutes->front().target);
    EXPECT_TRUE(list_mutes(*store_, mute->expires)->empty());

    const detect::Policy policy = with_mutes({}, *mutes, classes_);
    flow::FlowIdentity flow = some_flow(1);
    EXPECT_TRUE(policy.allows(flow, 1));
    EXPECT_FALSE(policy.allows(flow, 0));
    EXPECT_FALSE(policy.allows(flow, 2));  // Unknown.
    flow.source = *base::parse_ip_address("10.0.0.2");
    EXPECT_FALSE(policy.allows(flow, 1));
    EXPECT_FALSE(with_mutes({}, *mutes, {}).allows(some_flow(1), 0));  // A model without the class.

    EXPECT_TRUE(*delete_mute(*store_, mute->id, "lee"));
    EXPECT_FALSE(*delete_mute(*store_, mute->id, "lee"));
    EXPECT_TRUE(list_mutes(*store_, 0)->empty());
    EXPECT_EQ((*alert_detail(*store_, 1))->history.back().action, "unmute");
}

}  // namespace
}  // namespace flowsift::store
