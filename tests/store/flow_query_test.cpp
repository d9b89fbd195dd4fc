#include "store/flow_query.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "store/open_store.h"
#include "store/stored_flow_csv.h"
#include "tests/store/random_filter.h"
#include "tests/store/temporary_store.h"

namespace flowsift::store {
namespace {

class FlowQueries : public StoreTest {
  protected:
    /// `count` random flows; kept_ is what the store then holds.
    void fill(std::size_t count, std::uint64_t seed) {
        classes_ = {"BENIGN", "PortScan"};
        auto writer = open_writer();
        base::Random random(seed);
        for (std::size_t i = 0; i < count; ++i) {
            kept_.push_back(random_flow(random));
            StoredFlow& stored = kept_.back();
            stored.id = i + 1;
            features::FlowAttributes attributes;
            attributes.application = stored.application;
            attributes.name.assign(
                base::Bytes(reinterpret_cast<const std::uint8_t*>(stored.name.data()), stored.name.size()));
            const detect::Verdict verdict{.class_index = static_cast<std::uint16_t>(stored.label == "PortScan"),
                                          .probability = static_cast<float>(stored.probability),
                                          .is_novel = stored.is_novel,
                                          .alert = stored.alert};
            if (stored.label.empty()) {
                stored.is_novel = false;
                stored.alert = 0;
            }
            writer->add_flow(stored.flow, &attributes, stored.label.empty() ? nullptr : &verdict);
        }
        ASSERT_TRUE(writer->finish().ok());
        writer.reset();
        auto store = open_store(path());
        ASSERT_TRUE(store.ok());
        store_.emplace(std::move(*store));
    }

    std::vector<std::uint64_t> ids_of(const FlowQuery& query, FlowOutcome* outcome = nullptr) {
        std::vector<std::uint64_t> ids;
        const auto found = query_flows(*store_, query,
                                       {.rows =
                                            [&](std::span<const StoredFlow> flows) {
                                                for (const StoredFlow& each : flows) ids.push_back(each.id);
                                            },
                                        .progress = {}});
        EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error().message);
        if (found && outcome) *outcome = *found;
        return ids;
    }

    static Order order(std::string_view text) { return *parse_order(text, flow_sort_keys()); }

    std::vector<StoredFlow> kept_;
    std::optional<Database> store_;
};

double key_of(const StoredFlow& stored, std::string_view key) {
    const flow::FlowIdentity& flow = stored.flow;
    if (key == "first") return static_cast<double>(flow.first);
    if (key == "last") return static_cast<double>(flow.last);
    if (key == "duration") return static_cast<double>(flow.last - flow.first);
    if (key == "bytes") return static_cast<double>(flow.forward_wire_bytes + flow.backward_wire_bytes);
    if (key == "packets") return static_cast<double>(flow.forward_packets + flow.backward_packets);
    if (key == "probability") return stored.label.empty() ? -1 : stored.probability;
    return key == "source_port" ? flow.source_port : flow.destination_port;
}

// What the plain filter passes, and no other, whatever the filter, window, order and page.
TEST_F(FlowQueries, GiveWhatThePlainFilterPasses) {
    fill(400, 1);
    base::Random random(2);
    std::size_t passed = 0;
    for (int round = 0; round < 600; ++round) {
        const PlainFilter plain = random_filter(random, 3);
        const auto filter = parse_filter(plain.text, Records::kFlows);
        ASSERT_TRUE(filter.ok()) << plain.text << ": " << filter.error().message;
        const SortKey& key = flow_sort_keys()[random.below(static_cast<std::uint32_t>(flow_sort_keys().size()))];
        const bool is_descending = random.below(2) == 0;
        const TimeWindow window{-15 * base::kSecond, 10 * base::kSecond};
        std::vector<StoredFlow> wanted;
        for (const StoredFlow& stored : kept_)
            if (stored.flow.first >= window.from && stored.flow.first < window.to && plain.passes(stored))
                wanted.push_back(stored);
        std::ranges::sort(wanted, [&](const StoredFlow& a, const StoredFlow& b) {
            const auto place = [&](const StoredFlow& f) { return std::pair(key_of(f, key.name), f.id); };
            return is_descending ? place(a) > place(b) : place(a) < place(b);
        });
        std::vector<std::uint64_t> wanted_ids;
        for (const StoredFlow& stored : wanted) wanted_ids.push_back(stored.id);
        FlowQuery query{.window = window, .filter = &*filter, .order = {&key, is_descending}, .limit = 7};
        std::vector<std::uint64_t> ids;
        FlowOutcome outcome;
        do {  // Page by page, by the text of the cursor.
            const auto page = ids_of(query, &outcome);
            ids.insert(ids.end(), page.begin(), page.end());
            if (outcome.next) query.after = *parse_cursor(outcome.next->text());
        } while (outcome.next);
        ASSERT_EQ(ids, wanted_ids) << plain.text << " by " << (is_descending ? "-" : "") << key.name;
        passed += ids.size();
    }
    EXPECT_GT(passed, 10'000u);  // The filters do pass something.
}

TEST_F(FlowQueries, GiveFlowsAsTheyWereWritten) {
    fill(300, 3);
    for (const StoredFlow& wanted : kept_) {
        const auto found = find_flow(*store_, wanted.id);
        ASSERT_TRUE(found.ok());
        ASSERT_TRUE(found->has_value());
        const StoredFlow& stored = **found;
        EXPECT_EQ(stored.flow.source, wanted.flow.source);
        EXPECT_EQ(stored.flow.last, wanted.flow.last);
        EXPECT_EQ(stored.flow.backward_wire_bytes, wanted.flow.backward_wire_bytes);
        EXPECT_EQ(stored.flow.end_reason, wanted.flow.end_reason);
        EXPECT_EQ(stored.application, wanted.application);
        EXPECT_EQ(stored.name, wanted.name);
        EXPECT_EQ(stored.label, wanted.label);
        EXPECT_EQ(stored.alert, wanted.alert);
    }
    EXPECT_FALSE(find_flow(*store_, 301)->has_value());
    const auto of_alert = alert_flows(*store_, 2, 0, 5);
    ASSERT_TRUE(of_alert.ok());
    ASSERT_EQ(of_alert->size(), 5u);
    for (const StoredFlow& stored : *of_alert) EXPECT_EQ(stored.alert, 2u);
    EXPECT_GT((*alert_flows(*store_, 2, of_alert->back().id, 1))[0].id, of_alert->back().id);
}

// 12,000 flows are several slices: 2,000, 4,000, 8,000 when sorted by time.
TEST_F(FlowQueries, TellProgressAndCanBeStopped) {
    fill(12'000, 4);
    std::vector<double> shares;
    const Filter none = *parse_filter("bytes>1e9", Records::kFlows);
    const FlowQuery query{.window = {}, .filter = &none, .order = order("-first")};
    const auto all = query_flows(*store_, query, {.rows = {}, .progress = [&](double share, std::uint64_t) {
                                                      shares.push_back(share);
                                                      return true;
                                                  }});
    ASSERT_TRUE(all.ok());
    EXPECT_EQ(all->scanned, 12'000u);
    EXPECT_FALSE(all->is_stopped);
    ASSERT_GE(shares.size(), 3u);
    EXPECT_TRUE(std::ranges::is_sorted(shares));
    EXPECT_EQ(shares.back(), 1);
    const auto stopped =
        query_flows(*store_, query, {.rows = {}, .progress = [](double, std::uint64_t) { return false; }});
    ASSERT_TRUE(stopped.ok());
    EXPECT_TRUE(stopped->is_stopped);
    EXPECT_LT(stopped->scanned, 12'000u);
}

TEST_F(FlowQueries, GiveAllWhereNoLimitIsSet) {
    fill(3'000, 5);
    FlowOutcome outcome;
    EXPECT_EQ(ids_of({.window = {}, .order = order("first"), .limit = UINT64_MAX}, &outcome).size(), 3'000u);
    EXPECT_FALSE(outcome.next);
}

TEST_F(FlowQueries, RefuseOrdersAndPlacesThatAreNone) {
    EXPECT_THAT(parse_order("-size", flow_sort_keys()).error().message, testing::HasSubstr("there are first, last"));
    for (const char* text : {"", "i", "i1", "i1.", "x1.2", "i1.2.3", "i1.2x", "r.", "i99999999999999999999.1"})
        EXPECT_FALSE(parse_cursor(text).ok()) << text;
}

TEST_F(FlowQueries, FeatureValuesAreKeptAndGoWithTheirFlow) {
    const features::Schema& schema = features::cic_schema();
    std::vector<double> values(schema.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.5 * static_cast<double>(i);
    {
        auto writer = Writer::open(path(), classes_, {}, {.flows = &schema});
        ASSERT_TRUE(writer.ok());
        (*writer)->add_flow(some_flow(1), nullptr, nullptr, values);
        ASSERT_TRUE((*writer)->finish().ok());
    }
    {
        auto store = open_store(path());
        const auto kept = flow_values(*store, 1);
        ASSERT_TRUE(kept.ok());
        ASSERT_TRUE(kept->has_value());
        ASSERT_EQ((*kept)->values.size(), schema.size());
        EXPECT_EQ((*kept)->features[3], schema.feature(3).name);
        EXPECT_EQ((*kept)->values[3], 1.5f);
        EXPECT_FALSE(flow_values(*store, 2)->has_value());
    }
    auto writer = Writer::open(path(), classes_, {.most_age = std::chrono::seconds(-1)});
    (*writer)->add_flow(some_flow(2), nullptr, nullptr);
    ASSERT_TRUE((*writer)->finish().ok());
    EXPECT_EQ(number("SELECT count(*) FROM flow_features"), 0);
}

TEST(StoredFlowCsv, NoCellIsAFormula) {
    StoredFlow stored;
    stored.id = 7;
    stored.flow.first = 1'500'000'000 * base::kSecond;
    stored.flow.last = stored.flow.first + 1'500'000'000;
    stored.name = "=HYPERLINK(\"x\")\x1b";
    stored.label = "@Bot";
    stored.probability = 0.5;
    stored.alert = 3;
    std::string row;
    append_csv(row, stored);
    EXPECT_THAT(row, testing::HasSubstr(",\"'=HYPERLINK(\"\"x\"\")\\x1b\","));
    EXPECT_THAT(row, testing::HasSubstr(",'@Bot,0.5000,no,3\n"));
    EXPECT_THAT(row, testing::StartsWith("7,2017-07-14 02:40:00.000000,2017-07-14 02:40:01.500000,1.500000,"));
    const std::string header = stored_flow_csv_header();
    EXPECT_EQ(std::ranges::count(header, ','), 20);
}

}  // namespace
}  // namespace flowsift::store
