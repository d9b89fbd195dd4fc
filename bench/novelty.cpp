// novelty: which score tells flows of an attack that no model has learnt? Leave-one-attack-out over a labelled CSV.
//
// For each attack of at least a hundred rows: a forest learns from three quarters of the rows of all other classes;
// each score then ranks the left-out attack's rows against the rows held out of the classes that were learnt. Prints
// the area under the ROC curve (the chance that a novel row scores above a known one, ties half) and the share of novel
// rows found where 1 % of the known ones are flagged.
// usage: novelty LABELLED.csv
#include "model/novelty.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/random.h"
#include "dataset/load.h"
#include "dataset/splits.h"
#include "learn/forest_trainer.h"

namespace flowsift {
namespace {

constexpr std::size_t kLeastRows = 100;
constexpr double kFlagged = 0.01;
constexpr std::size_t kIsolationTrees = 100;
constexpr std::size_t kIsolationRows = 256;  // As Liu, Ting and Zhou (2008) advise.

using Rows = std::vector<std::uint32_t>;

std::vector<float> row_of(const dataset::Table& table, std::uint32_t row) {
    std::vector<float> values;
    for (const auto& column : table.columns) values.push_back(column[row]);
    return values;
}

std::vector<float> shares(const model::Forest& forest, const std::vector<float>& row) {
    std::vector<float> probabilities(forest.class_count);
    forest.predict(row, probabilities);
    return probabilities;
}

double unsure(const model::Forest& forest, const std::vector<float>& row) {
    const auto probabilities = shares(forest, row);
    return 1 - static_cast<double>(*std::max_element(probabilities.begin(), probabilities.end()));
}

double entropy(const model::Forest& forest, const std::vector<float>& row) {
    double sum = 0;
    for (const float p : shares(forest, row))
        if (p > 0) sum -= static_cast<double>(p) * std::log(static_cast<double>(p));
    return sum;
}

std::uint32_t leaf_node(const model::Tree& tree, const std::vector<float>& row) {
    std::uint32_t node = 0;
    while (!tree.nodes[node].is_leaf)
        node = tree.nodes[node].left + (row[tree.nodes[node].feature] <= tree.nodes[node].threshold ? 0 : 1);
    return node;
}

/// Mean logarithm of how few training rows share the row's leaves.
double rarity(const model::Forest& forest, const std::vector<float>& row) {
    double sum = 0;
    for (const model::Tree& tree : forest.trees)
        sum -= std::log(static_cast<double>(tree.nodes[leaf_node(tree, row)].cover));
    return sum / static_cast<double>(forest.trees.size());
}

/// Pairs of leaves of neighbouring trees in which some training row stood: a row whose leaves were never met together
/// is of a kind that was not learnt.
class CoOccurrence {
  public:
    CoOccurrence(const model::Forest& forest, const dataset::Table& table, const Rows& rows) : forest_(forest) {
        for (const std::uint32_t row : rows) each_pair(row_of(table, row), [&](auto pair) { seen_.insert(pair); });
    }
    /// Of the pairs among the first `trees`.
    double operator()(const std::vector<float>& row, std::size_t trees) const {
        double unseen = 0;
        each_pair(row, [&](std::uint64_t pair) { unseen += pair >> 48 < trees && !seen_.contains(pair) ? 1 : 0; });
        return unseen / static_cast<double>(trees - 1);
    }

  private:
    template <class Take>
    void each_pair(const std::vector<float>& row, Take take) const {
        std::uint64_t previous = leaf_node(forest_.trees[0], row);
        for (std::size_t tree = 1; tree < forest_.trees.size(); ++tree) {
            const std::uint64_t leaf = leaf_node(forest_.trees[tree], row);
            take(std::uint64_t{tree} << 48 | previous << 24 | leaf);
            previous = leaf;
        }
    }
    const model::Forest& forest_;
    std::unordered_set<std::uint64_t> seen_;
};

/// Isolation forest (Liu, Ting and Zhou 2008).
class Isolation {
  public:
    Isolation(const dataset::Table& table, const Rows& rows, std::uint64_t seed) : table_(table) {
        for (std::size_t tree = 0; tree < kIsolationTrees; ++tree) {
            base::Random random(seed, tree);
            Rows sample;
            for (std::size_t i = 0; i < kIsolationRows; ++i)
                sample.push_back(rows[random.below(static_cast<std::uint32_t>(rows.size()))]);
            trees_.emplace_back();
            grow(trees_.back(), sample, 0, random);
        }
    }
    double operator()(const std::vector<float>& row) const {
        double depth = 0;
        for (const auto& tree : trees_) {
            std::size_t node = 0;
            while (tree[node].left)
                node = row[tree[node].feature] < tree[node].threshold ? tree[node].left : tree[node].right;
            depth += tree[node].depth;
        }
        return std::exp2(-depth / (kIsolationTrees * average_depth(kIsolationRows)));
    }

  private:
    struct IsolationNode {
        std::size_t feature = 0;
        float threshold = 0;
        std::size_t left = 0, right = 0;
        double depth = 0;  ///< Of a leaf, with what its rows would still add.
    };
    static double average_depth(std::size_t rows) {
        if (rows < 2) return 0;
        const auto n = static_cast<double>(rows);
        return 2 * (std::log(n - 1) + 0.5772156649) - 2 * (n - 1) / n;
    }
    std::size_t grow(std::vector<IsolationNode>& tree, const Rows& rows, std::size_t depth, base::Random& random) {
        const std::size_t place = tree.size();
        tree.emplace_back();
        tree[place].depth = static_cast<double>(depth) + average_depth(rows.size());
        if (rows.size() < 2 || depth == 8) return place;
        for (int attempt = 0; attempt < 32; ++attempt) {
            const std::size_t feature = random.below(static_cast<std::uint32_t>(table_.columns.size()));
            const auto& column = table_.columns[feature];
            const auto [low, high] = std::minmax_element(
                rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) { return column[a] < column[b]; });
            if (column[*low] == column[*high]) continue;
            const float threshold =
                column[*low] + static_cast<float>(random.uniform()) * (column[*high] - column[*low]);
            Rows left, right;
            for (const std::uint32_t row : rows) (column[row] < threshold ? left : right).push_back(row);
            if (left.empty() || right.empty()) continue;
            tree[place].feature = feature;
            tree[place].threshold = threshold;
            const std::size_t left_place = grow(tree, left, depth + 1, random);
            const std::size_t right_place = grow(tree, right, depth + 1, random);
            tree[place].left = left_place;
            tree[place].right = right_place;
            return place;
        }
        return place;
    }
    const dataset::Table& table_;
    std::vector<std::vector<IsolationNode>> trees_;
};

struct Quality {
    double auroc = 0;
    double found = 0;  ///< Share of novel rows above all but kFlagged of the known ones.
};

Quality quality_of(const std::function<double(const std::vector<float>&)>& score, const dataset::Table& table,
                   const Rows& known, const Rows& novel) {
    std::vector<double> low, high;
    for (const std::uint32_t row : known) low.push_back(score(row_of(table, row)));
    for (const std::uint32_t row : novel) high.push_back(score(row_of(table, row)));
    std::sort(low.begin(), low.end());
    double wins = 0;
    const double limit = low[static_cast<std::size_t>(static_cast<double>(low.size()) * (1 - kFlagged))];
    double found = 0;
    for (const double value : high) {
        const auto [first, last] = std::equal_range(low.begin(), low.end(), value);
        wins += static_cast<double>(first - low.begin()) + 0.5 * static_cast<double>(last - first);
        found += value > limit ? 1 : 0;
    }
    const auto novel_rows = static_cast<double>(high.size());
    return {wins / (novel_rows * static_cast<double>(low.size())), found / novel_rows};
}

void leave_out(const dataset::Table& table, dataset::ClassIndex attack, std::vector<std::vector<Quality>>& all) {
    const dataset::Split split = dataset::split_stratified(table, 0.25, 1).value();
    Rows train, known, novel;
    for (const std::uint32_t row : split.train)
        if (table.labels[row] != attack) train.push_back(row);
    for (const std::uint32_t row : split.test)
        if (table.labels[row] != attack) known.push_back(row);
    for (std::uint32_t row = 0; row < table.rows(); ++row)
        if (table.labels[row] == attack) novel.push_back(row);
    auto trained = learn::train_forest(table, train, {.trees = 100, .seed = 1}, {});
    const model::Forest& forest = trained.value().forest;
    const CoOccurrence pairs(forest, table, train);
    const Isolation isolation(table, train, 1);
    const std::vector<Quality> qualities = {
        quality_of([&](auto& row) { return unsure(forest, row); }, table, known, novel),
        quality_of([&](auto& row) { return entropy(forest, row); }, table, known, novel),
        quality_of([&](auto& row) { return rarity(forest, row); }, table, known, novel),
        quality_of([&](auto& row) { return pairs(row, forest.trees.size()); }, table, known, novel),
        quality_of([&](auto& row) { return pairs(row, model::kNoveltyTrees); }, table, known, novel),
        quality_of([&](auto& row) { return isolation(row); }, table, known, novel)};
    fmt::print("{:28}{:>7}", table.classes[attack], novel.size());
    for (const Quality& quality : qualities) fmt::print("  {:.3f} {:.3f}", quality.auroc, quality.found);
    fmt::print("\n");
    all.push_back(qualities);
}

int run(const std::string& path) {
    dataset::LoadOptions options;
    options.merges = {{"Infiltration - Portscan", "Portscan"}};
    auto loaded = dataset::load_csv_files({path}, options);
    if (!loaded) {
        fmt::print(stderr, "{}\n", loaded.error().message);
        return 1;
    }
    const dataset::Table& table = loaded->table;
    std::vector<std::size_t> counts(table.classes.size());
    for (const auto label : table.labels) ++counts[label];
    fmt::print("area under the ROC curve, and share found at {} % of known flows flagged\n", kFlagged * 100);
    fmt::print("{:28}{:>7}{:>13}{:>13}{:>13}{:>13}{:>13}{:>13}\n", "left out", "rows", "1 - largest", "vote entropy",
               "leaf rarity", "leaf pairs", "of 64 trees", "isolation");
    std::vector<std::vector<Quality>> all;
    for (std::size_t c = 0; c < counts.size(); ++c)
        if (table.classes[c] != "BENIGN" && counts[c] >= kLeastRows)
            leave_out(table, static_cast<dataset::ClassIndex>(c), all);
    fmt::print("{:28}{:>7}", "mean", "");
    for (std::size_t score = 0; score < all[0].size(); ++score) {
        Quality mean;
        for (const auto& qualities : all) {
            mean.auroc += qualities[score].auroc / static_cast<double>(all.size());
            mean.found += qualities[score].found / static_cast<double>(all.size());
        }
        fmt::print("  {:.3f} {:.3f}", mean.auroc, mean.found);
    }
    fmt::print("\n");
    return 0;
}

}  // namespace
}  // namespace flowsift

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: novelty LABELLED.csv\n");
        return 2;
    }
    return flowsift::run(argv[1]);
}
