#include "store/overview.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/rollups.h"
#include "store/talker_count.h"
#include "store/tally.h"

namespace flowsift::store {
namespace {

constexpr base::Nanoseconds kDay = 86'400 * base::kSecond;
constexpr std::size_t kTalkersWithFilter = 4'096;

using Labels = std::map<std::int64_t, std::string>;

base::Result<Labels> labels_of(Database& store) {
    auto rows = store.prepare("SELECT id, label FROM labels");
    if (!rows) return rows.error();
    Labels labels = {{0, ""}};
    for (;;) {
        const auto found = rows->step();
        if (!found) return found.error();
        if (!*found) return labels;
        labels.emplace(rows->number(0), std::string(rows->text(1)));
    }
}

/// One window: its sums, and its talkers.
struct Part {
    Tally tally;
    TalkerCount talkers;
};

base::Result<Part> part_of(Database& store, const TimeWindow& window, const OverviewQuery& query,
                           const Progress& progress) {
    const bool is_filtered = query.flow_filter && !query.flow_filter->is_empty();
    if (is_filtered) {
        TalkerCount talkers{window, SpaceSaving(kTalkersWithFilter)};
        auto tally = tally_flows(store, window, query, talkers.talkers, progress);
        if (!tally) return tally.error();
        if (talkers.talkers.entries().size() == kTalkersWithFilter) talkers.error = talkers.talkers.entries()[0].weight;
        return Part{std::move(*tally), std::move(talkers)};
    }
    auto tally = tally_sums(store, window);
    if (!tally) return tally.error();
    auto talkers = count_talkers(store, window, tally->all.flows);
    if (!talkers) return talkers.error();
    return Part{std::move(*tally), std::move(*talkers)};
}

std::uint64_t flows_of(const std::map<std::int64_t, Sums>& sums, std::int64_t key) {
    const auto found = sums.find(key);
    return found == sums.end() ? 0 : found->second.flows;
}

void add_classes(const Part& now, const Part& before, const Labels& labels, Overview& overview) {
    for (const auto& [id, label] : labels) {
        const std::uint64_t flows = flows_of(now.tally.classes, id), earlier = flows_of(before.tally.classes, id);
        if (flows + earlier > 0) overview.classes.push_back({label, flows, earlier});
    }
    std::ranges::stable_sort(overview.classes, std::greater(), &ClassCount::flows);
}

void add_talkers(const Part& now, const Part& before, Overview& overview) {
    std::vector<SpaceSaving::Entry> entries(now.talkers.talkers.entries().begin(), now.talkers.talkers.entries().end());
    const std::size_t shown = std::min(entries.size(), kTalkersShown);
    const auto comes_first = [](const SpaceSaving::Entry& a, const SpaceSaving::Entry& b) {
        return a.least() != b.least() ? a.least() > b.least() : a.address < b.address;
    };
    std::ranges::partial_sort(entries, entries.begin() + static_cast<std::ptrdiff_t>(shown), comes_first);
    entries.resize(shown);
    for (const SpaceSaving::Entry& entry : entries) {
        const SpaceSaving::Entry* earlier = before.talkers.talkers.find(entry.address);
        overview.talkers.push_back({entry.address, entry.flows, entry.least(), earlier ? earlier->least() : 0});
    }
    overview.talkers_error = now.talkers.error;
    overview.talkers_window = now.talkers.window;
}

Overview compared(const Part& now, const Part& before, const Labels& labels) {
    Overview overview;
    overview.totals = now.tally.totals();
    add_classes(now, before, labels, overview);
    for (const std::size_t severity : {1, 2, 3})
        overview.severities.push_back(
            {static_cast<detect::Severity>(severity), now.tally.alerts[severity], before.tally.alerts[severity]});
    add_talkers(now, before, overview);
    for (const auto& [protocol, sums] : now.tally.protocols)
        overview.protocols.push_back({static_cast<std::uint8_t>(protocol), sums.flows, sums.bytes});
    std::ranges::stable_sort(overview.protocols, std::greater(), &ProtocolCount::bytes);
    for (const auto& [application, sums] : now.tally.applications)
        overview.applications.push_back({static_cast<features::Application>(application), sums.flows, sums.bytes});
    std::ranges::stable_sort(overview.applications, std::greater(), &ApplicationCount::bytes);
    return overview;
}

/// Series of a window, row by row of the sums.
class SeriesBuilder {
  public:
    SeriesBuilder(const TimeWindow& window, std::int64_t step) {
        series_.step = step;
        series_.start = bucket_of(window.from, step);
        const std::int64_t end = window.from < window.to ? bucket_of(window.to - 1, step) + step : series_.start;
        points_ = static_cast<std::size_t>((end - series_.start) / step);
        for (auto* values : {&series_.flows, &series_.packets, &series_.bytes, &series_.alerts[0], &series_.alerts[1],
                             &series_.alerts[2]})
            values->resize(points_);
    }

    /// start, kind, key, flows, packets, bytes.
    void add(const Statement& row) {
        const auto place = static_cast<std::size_t>((row.number(0) - series_.start) / series_.step);
        if (row.number(0) < series_.start || place >= points_) return;
        const std::int64_t key = row.number(2);
        const auto flows = static_cast<std::uint64_t>(row.number(3));
        const auto kind = static_cast<Rollup>(row.number(1));
        if (kind == Rollup::kAll) {
            series_.flows[place] += flows;
            series_.packets[place] += static_cast<std::uint64_t>(row.number(4));
            series_.bytes[place] += static_cast<std::uint64_t>(row.number(5));
        } else if (kind == Rollup::kClass) {
            classes_.try_emplace(key, points_).first->second[place] += flows;
        } else if (kind == Rollup::kSeverity && key >= 1 && key <= 3) {
            series_.alerts[static_cast<std::size_t>(key - 1)][place] += flows;
        }
    }

    Series finish(const Labels& labels) {
        for (auto& [id, values] : classes_)
            if (const auto label = labels.find(id); label != labels.end())
                series_.classes.push_back({label->second, std::move(values)});
        return std::move(series_);
    }

  private:
    Series series_;
    std::size_t points_ = 0;
    std::map<std::int64_t, std::vector<std::uint64_t>> classes_;  ///< By row of labels.
};

}  // namespace

base::Result<Overview> overview(Database& store, const OverviewQuery& query, const Progress& progress) {
    const auto window = window_of_sums(store, query.window);
    if (!window) return window.error();
    const auto labels = labels_of(store);
    if (!labels) return labels.error();
    const auto now = part_of(store, *window, query, progress);
    if (!now) return now.error();
    Part earlier{.tally = {}, .talkers = {{}, SpaceSaving(1)}};
    const TimeWindow day_before{window->from - kDay, window->to - kDay};
    const auto known = window_of_sums(store, day_before);
    if (!known) return known.error();
    const bool is_known = window->from < window->to && known->from <= day_before.from && known->to >= day_before.to;
    if (is_known) {
        auto part = part_of(store, day_before, query, progress);
        if (!part) return part.error();
        earlier = std::move(*part);
    }
    Overview overview = compared(*now, earlier, *labels);
    overview.window = *window;
    if (is_known) overview.before = earlier.tally.totals();
    return overview;
}

base::Result<Series> series(Database& store, const TimeWindow& wanted, std::int64_t step) {
    if (step < kMinute || step % kMinute != 0)
        return base::Error{fmt::format("a step is whole minutes, not {} s", step), base::ErrorKind::kUsage};
    const auto window = window_of_sums(store, wanted);
    if (!window) return window.error();
    if ((window->to - window->from) / base::kSecond / step > kMostSeriesPoints)
        return base::Error{fmt::format("steps of {} s give too many points; at most {}", step, kMostSeriesPoints),
                           base::ErrorKind::kUsage};
    const auto labels = labels_of(store);
    if (!labels) return labels.error();
    auto rows = store.prepare(
        "SELECT start, kind, key, flows, packets, bytes FROM rollups WHERE step = ? AND start >= ? AND start < ?");
    if (!rows) return rows.error();
    rows->bind(step % kHour == 0 ? kHour : kMinute).bind(window->from / base::kSecond).bind(window->to / base::kSecond);
    SeriesBuilder builder(*window, step);
    for (;;) {
        const auto found = rows->step();
        if (!found) return found.error();
        if (!*found) return builder.finish(*labels);
        builder.add(*rows);
    }
}

}  // namespace flowsift::store
