#include "dataset/splits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "dataset/row_groups.h"

namespace flowsift::dataset {
namespace {

using Rows = std::vector<std::uint32_t>;

base::Result<void> check_share(double share) {
    if (share > 0 && share < 1) return {};
    return base::Error{fmt::format("the tested share of the rows must be between 0 and 1, not {}", share),
                       base::ErrorKind::kUsage};
}

std::size_t tested_of(std::size_t rows, double share) {
    return static_cast<std::size_t>(std::floor(static_cast<double>(rows) * share + 0.5));
}

Rows all_rows(const Table& table) {
    Rows rows(table.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

std::vector<Rows> rows_per_class(const Table& table) {
    std::vector<Rows> classes(table.classes.size());
    for (std::uint32_t row = 0; row < table.rows(); ++row) classes[table.labels[row]].push_back(row);
    return classes;
}

/// The last tested_of() of `rows` are tested.
void cut(const Rows& rows, double share, Split& split) {
    const auto border = rows.end() - static_cast<std::ptrdiff_t>(tested_of(rows.size(), share));
    split.train.insert(split.train.end(), rows.begin(), border);
    split.test.insert(split.test.end(), border, rows.end());
}

Split sorted(Split split) {
    std::sort(split.train.begin(), split.train.end());
    std::sort(split.test.begin(), split.test.end());
    return split;
}

/// How many more rows of each class are wanted among the tested, and whether a group brings that nearer to zero.
class Quota {
  public:
    Quota(const Table& table, double share) : missing_(table.classes.size()), rows_(table.classes.size()) {
        for (const ClassIndex label : table.labels) ++rows_[label];
        for (std::size_t c = 0; c < rows_.size(); ++c) missing_[c] = rows_[c] * share;
    }

    /// Takes the group's rows off the quota where the sum over classes of (missing / rows)^2 falls.
    bool take(const Table& table, const Rows& group) {
        double change = 0;
        for (const std::uint32_t row : group) {
            const ClassIndex c = table.labels[row];
            change += ((missing_[c] - 1) * (missing_[c] - 1) - missing_[c] * missing_[c]) / (rows_[c] * rows_[c]);
            missing_[c] -= 1;
        }
        if (change < 0) return true;
        for (const std::uint32_t row : group) missing_[table.labels[row]] += 1;
        return false;
    }

  private:
    std::vector<double> missing_, rows_;
};

base::Result<Split> split_groups(const Table& table, double test_share, std::uint64_t seed, GroupBy by) {
    if (auto checked = check_share(test_share); !checked) return checked.error();
    auto groups = group_rows(table, by);
    if (!groups) return groups.error();
    base::Random random(seed);
    random.shuffle(*groups);
    Quota quota(table, test_share);
    Split split;
    for (const Rows& group : *groups) {
        Rows& side = quota.take(table, group) ? split.test : split.train;
        side.insert(side.end(), group.begin(), group.end());
    }
    return sorted(std::move(split));
}

}  // namespace

base::Result<Split> split_stratified(const Table& table, double test_share, std::uint64_t seed) {
    if (auto checked = check_share(test_share); !checked) return checked.error();
    Split split;
    const std::vector<Rows> classes = rows_per_class(table);
    for (std::size_t c = 0; c < classes.size(); ++c) {
        Rows rows = classes[c];
        base::Random random(seed, c);
        random.shuffle(rows);
        cut(rows, test_share, split);
    }
    return sorted(std::move(split));
}

base::Result<Split> split_by_group(const Table& table, double test_share, std::uint64_t seed) {
    return split_groups(table, test_share, seed, GroupBy::kFiveTuple);
}

base::Result<Split> split_by_host(const Table& table, double test_share, std::uint64_t seed) {
    return split_groups(table, test_share, seed, GroupBy::kHost);
}

base::Result<Split> split_by_source(const Table& table, const std::vector<std::string>& tested) {
    const auto& names = table.source_names;
    for (const std::string& name : tested)
        if (std::find(names.begin(), names.end(), name) == names.end())
            return base::Error{fmt::format("no row comes from {}; the sources are {}", name, fmt::join(names, ", ")),
                               base::ErrorKind::kUsage};
    Split split;
    for (std::uint32_t row = 0; row < table.rows(); ++row) {
        const bool is_tested = std::find(tested.begin(), tested.end(), names[table.sources[row]]) != tested.end();
        (is_tested ? split.test : split.train).push_back(row);
    }
    if (split.train.empty() || split.test.empty())
        return base::Error{fmt::format("a split by source leaves no row to {}; name some of the sources, not {}",
                                       split.train.empty() ? "learn from" : "test", tested.empty() ? "none" : "all"),
                           base::ErrorKind::kUsage};
    return split;
}

base::Result<Split> split_by_time(const Table& table, double test_share, TimeOrder order) {
    if (auto checked = check_share(test_share); !checked) return checked.error();
    const auto unknown = std::count(table.times.begin(), table.times.end(), base::Nanoseconds{0});
    if (unknown > 0)
        return base::Error{
            fmt::format("a split by time wants timestamps, which {} of {} rows lack; use a stratified "
                        "split, or files with a Timestamp column",
                        unknown, table.rows())};
    std::vector<Rows> parts =
        order == TimeOrder::kPerClass ? rows_per_class(table) : std::vector<Rows>{all_rows(table)};
    Split split;
    for (Rows& rows : parts) {
        std::stable_sort(rows.begin(), rows.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return table.times[a] < table.times[b]; });
        cut(rows, test_share, split);
    }
    return sorted(std::move(split));
}

}  // namespace flowsift::dataset
