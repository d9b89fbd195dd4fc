#include "dataset/folds.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/random.h"

namespace flowsift::dataset {
namespace {

using Rows = std::vector<std::uint32_t>;

base::Result<void> check_folds(std::size_t folds, std::size_t items, std::string_view what) {
    if (folds < 2)
        return base::Error{fmt::format("cross-validation wants at least two folds, not {}", folds),
                           base::ErrorKind::kUsage};
    if (folds > items)
        return base::Error{fmt::format("{} folds cannot be made of {} {}; ask for fewer", folds, items, what)};
    return {};
}

std::vector<Split> splits_of(const std::vector<std::size_t>& fold_of_row, std::size_t folds) {
    std::vector<Split> splits(folds);
    for (std::uint32_t row = 0; row < fold_of_row.size(); ++row)
        for (std::size_t fold = 0; fold < folds; ++fold)
            (fold_of_row[row] == fold ? splits[fold].test : splits[fold].train).push_back(row);
    return splits;
}

/// Rows of each fold and class so far, and what share of their classes a group's rows would join there.
class Loads {
  public:
    Loads(const Table& table, std::size_t folds)
        : table_(table), in_class_(table.classes.size()), loads_(folds, std::vector<double>(table.classes.size())) {
        for (const ClassIndex label : table.labels) ++in_class_[label];
    }

    std::size_t lightest(const Rows& group) const {
        std::size_t best = 0;
        for (std::size_t fold = 1; fold < loads_.size(); ++fold)
            if (load(fold, group) < load(best, group)) best = fold;
        return best;
    }

    void add(std::size_t fold, const Rows& group) {
        for (const std::uint32_t row : group) ++loads_[fold][table_.labels[row]];
    }

  private:
    double load(std::size_t fold, const Rows& group) const {
        double sum = 0;
        for (const std::uint32_t row : group) {
            const ClassIndex c = table_.labels[row];
            sum += loads_[fold][c] / (in_class_[c] * in_class_[c]);
        }
        return sum;
    }

    const Table& table_;
    std::vector<double> in_class_;
    std::vector<std::vector<double>> loads_;  ///< By fold and class.
};

}  // namespace

base::Result<std::vector<Split>> k_fold_stratified(const Table& table, std::size_t folds, std::uint64_t seed) {
    if (auto checked = check_folds(folds, table.rows(), "rows"); !checked) return checked.error();
    std::vector<Rows> classes(table.classes.size());
    for (std::uint32_t row = 0; row < table.rows(); ++row) classes[table.labels[row]].push_back(row);
    std::vector<std::size_t> fold_of_row(table.rows());
    // Dealt like cards, on from class to class: neither a class nor the whole leaves a fold behind by more than one.
    std::size_t next = 0;
    for (std::size_t c = 0; c < classes.size(); ++c) {
        base::Random random(seed, c);
        random.shuffle(classes[c]);
        for (const std::uint32_t row : classes[c]) fold_of_row[row] = next++ % folds;
    }
    return splits_of(fold_of_row, folds);
}

base::Result<std::vector<Split>> k_fold_by_group(const Table& table, std::size_t folds, std::uint64_t seed,
                                                 GroupBy by) {
    auto grouped = group_rows(table, by);
    if (!grouped) return grouped.error();
    std::vector<Rows>& groups = *grouped;
    if (auto checked = check_folds(folds, groups.size(), "groups"); !checked) return checked.error();
    base::Random random(seed);
    random.shuffle(groups);
    std::stable_sort(groups.begin(), groups.end(), [](const Rows& a, const Rows& b) { return a.size() > b.size(); });
    Loads loads(table, folds);
    std::vector<std::size_t> fold_of_row(table.rows());
    for (std::size_t i = 0; i < groups.size(); ++i) {
        // One for each to begin with: no fold stays empty.
        const std::size_t fold = i < folds ? i : loads.lightest(groups[i]);
        loads.add(fold, groups[i]);
        for (const std::uint32_t row : groups[i]) fold_of_row[row] = fold;
    }
    return splits_of(fold_of_row, folds);
}

}  // namespace flowsift::dataset
