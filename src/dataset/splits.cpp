#include "dataset/splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"

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

struct GroupingText {
    std::string_view wanted;  ///< What rows must have.
    std::string_view source;  ///< And where they get it from.
    std::string_view groups;  ///< What the groups are.
};

GroupingText text_of(Grouping grouping) {
    if (grouping == Grouping::kFiveTuple) return {"addresses and ports", "files with address columns", "five-tuple(s)"};
    if (grouping == Grouping::kHost) return {"source addresses", "files with address columns", "initiator(s)"};
    return {"the name of a file", "several files", "file(s)"};
}

/// Of a row; 0 where it is unknown.
std::uint64_t group_of(const Table& table, Grouping grouping, std::uint32_t row) {
    if (grouping == Grouping::kFiveTuple) return table.five_tuples[row];
    if (grouping == Grouping::kHost) return table.hosts.empty() ? 0 : table.hosts[row];
    return std::uint64_t{table.sources[row]} + 1;
}

std::size_t unknown_groups(const Table& table, Grouping grouping) {
    std::size_t unknown = 0;
    for (std::uint32_t row = 0; row < table.rows(); ++row) unknown += group_of(table, grouping, row) == 0 ? 1 : 0;
    return unknown;
}

/// Rows of equal group side by side, first appearance first within a group; the groups in random order. Error: too few
/// of them, or unknown ones.
base::Result<std::vector<Rows>> groups_of(const Table& table, Grouping grouping, std::size_t least,
                                          std::uint64_t seed) {
    const GroupingText text = text_of(grouping);
    if (const std::size_t unknown = unknown_groups(table, grouping); unknown > 0)
        return base::Error{
            fmt::format("a split by group wants {}, which {} of {} rows lack; use a stratified split, or {}",
                        text.wanted, unknown, table.rows(), text.source)};
    Rows rows = all_rows(table);
    std::stable_sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
        return group_of(table, grouping, a) < group_of(table, grouping, b);
    });
    std::vector<Rows> groups;
    for (const std::uint32_t row : rows) {
        const bool is_new =
            groups.empty() || group_of(table, grouping, groups.back().front()) != group_of(table, grouping, row);
        if (is_new) groups.emplace_back();
        groups.back().push_back(row);
    }
    if (groups.size() < least)
        return base::Error{fmt::format("all rows are of {} {}, too few to keep apart; use a stratified split, or {}",
                                       groups.size(), text.groups, text.source)};
    base::Random random(seed);
    random.shuffle(groups);
    return groups;
}

/// How many more rows of each class are wanted among the tested, and whether a group brings that nearer to zero.
class Quota {
  public:
    Quota(const Table& table, double share) : missing_(table.classes.size()), rows_(table.classes.size()) {
        for (const ClassIndex label : table.labels) ++rows_[label];
        for (std::size_t c = 0; c < rows_.size(); ++c) missing_[c] = rows_[c] * share;
    }

    /// By how much the sum over classes of (missing / rows)^2 would grow with the group's rows.
    double change(const Table& table, const Rows& group) {
        double change = 0;
        for (const std::uint32_t row : group) {
            const ClassIndex c = table.labels[row];
            change += ((missing_[c] - 1) * (missing_[c] - 1) - missing_[c] * missing_[c]) / (rows_[c] * rows_[c]);
            missing_[c] -= 1;
        }
        for (const std::uint32_t row : group) missing_[table.labels[row]] += 1;
        return change;
    }

    void add(const Table& table, const Rows& group) {
        for (const std::uint32_t row : group) missing_[table.labels[row]] -= 1;
    }

    /// Adds the group where that brings the rows nearer to what is wanted.
    bool take(const Table& table, const Rows& group) {
        if (change(table, group) >= 0) return false;
        add(table, group);
        return true;
    }

  private:
    std::vector<double> missing_, rows_;
};

base::Result<void> check_folds(const Table& table, std::size_t folds) {
    if (folds >= 2 && folds <= table.rows()) return {};
    return base::Error{fmt::format("{} folds of {} rows are impossible; ask for 2 or more, but no more than rows",
                                   folds, table.rows()),
                       base::ErrorKind::kUsage};
}

std::vector<Split> splits_of(const Table& table, const std::vector<std::size_t>& fold_of, std::size_t folds) {
    std::vector<Split> splits(folds);
    for (std::uint32_t row = 0; row < table.rows(); ++row)
        for (std::size_t fold = 0; fold < folds; ++fold)
            (fold_of[row] == fold ? splits[fold].test : splits[fold].train).push_back(row);
    return splits;
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

base::Result<Split> split_by_group(const Table& table, Grouping grouping, double test_share, std::uint64_t seed) {
    if (auto checked = check_share(test_share); !checked) return checked.error();
    const auto groups = groups_of(table, grouping, 2, seed);
    if (!groups) return groups.error();
    Quota quota(table, test_share);
    Split split;
    for (const Rows& group : *groups) {
        Rows& side = quota.take(table, group) ? split.test : split.train;
        side.insert(side.end(), group.begin(), group.end());
    }
    return sorted(std::move(split));
}

bool has_groups(const Table& table, Grouping grouping) {
    return unknown_groups(table, grouping) == 0;
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

Rows sample_stratified(const Table& table, const Rows& rows, double share, std::uint64_t seed) {
    std::vector<Rows> classes(table.classes.size());
    for (const std::uint32_t row : rows) classes[table.labels[row]].push_back(row);
    Rows chosen;
    for (std::size_t c = 0; c < classes.size(); ++c) {
        base::Random random(seed, c);
        random.shuffle(classes[c]);
        const auto count = static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(classes[c].size())));
        chosen.insert(chosen.end(), classes[c].begin(), classes[c].begin() + count);
    }
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

base::Result<std::vector<Split>> fold_stratified(const Table& table, std::size_t folds, std::uint64_t seed) {
    if (auto checked = check_folds(table, folds); !checked) return checked.error();
    std::vector<std::size_t> fold_of(table.rows());
    std::vector<Rows> classes = rows_per_class(table);
    std::size_t next = 0;  // Goes on from class to class, so that folds are of one size.
    for (std::size_t c = 0; c < classes.size(); ++c) {
        base::Random random(seed, c);
        random.shuffle(classes[c]);
        for (const std::uint32_t row : classes[c]) fold_of[row] = next++ % folds;
    }
    return splits_of(table, fold_of, folds);
}

base::Result<std::vector<Split>> fold_by_group(const Table& table, Grouping grouping, std::size_t folds,
                                               std::uint64_t seed) {
    if (auto checked = check_folds(table, folds); !checked) return checked.error();
    const auto groups = groups_of(table, grouping, folds, seed);
    if (!groups) return groups.error();
    std::vector<Quota> quotas(folds, Quota(table, 1.0 / static_cast<double>(folds)));
    std::vector<std::size_t> fold_of(table.rows());
    std::vector<std::size_t> sizes(folds);
    for (const Rows& group : *groups) {
        std::size_t best = 0;
        for (std::size_t fold = 1; fold < folds; ++fold) {
            const double gain = quotas[fold].change(table, group) - quotas[best].change(table, group);
            if (gain < 0 || (gain == 0 && sizes[fold] < sizes[best])) best = fold;
        }
        quotas[best].add(table, group);
        sizes[best] += group.size();
        for (const std::uint32_t row : group) fold_of[row] = best;
    }
    return splits_of(table, fold_of, folds);
}

}  // namespace flowsift::dataset
