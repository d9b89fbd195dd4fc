#include "learn/tree_grower.h"

#include <algorithm>
#include <numeric>

namespace flowsift::learn {

TreeGrower::TreeGrower(const BinnedTable& table, std::size_t class_count, const TreeOptions& options)
    : table_(table), class_count_(class_count), options_(options), features_(table.features()) {}

void TreeGrower::take_samples(std::span<const std::uint16_t> draws) {
    samples_.clear();
    for (std::size_t position = 0; position < draws.size(); ++position)
        if (draws[position] != 0)
            samples_.push_back({static_cast<std::uint32_t>(position), table_.label(position), draws[position]});
    spare_.resize(samples_.size());
}

model::Tree TreeGrower::grow(std::span<const std::uint16_t> draws, std::span<const double> class_weights,
                             base::Random& random, std::span<double> importance) {
    take_samples(draws);
    std::iota(features_.begin(), features_.end(), 0U);  // Not as the thread's last tree left it.
    pure_leaf_.assign(class_count_, -1);
    SplitSearch search(table_, class_weights, options_.min_leaf_draws, options_.exact_rows);
    std::vector<double> decrease(importance.size(), 0.0);

    model::Tree tree;
    tree.nodes.resize(1);
    ranges_.assign(1, {0, samples_.size(), 0});
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        const Range range = ranges_[i];
        const std::span<const Sample> samples(&samples_[range.begin], range.end - range.begin);
        counts_.count(samples, class_weights);
        tree.nodes[i].cover = static_cast<float>(counts_.total_weight);
        Split split;
        if (!must_be_leaf(range)) split = find_split(samples, random, search);
        if (!split.exists()) {
            tree.nodes[i].leaf = add_leaf(tree);
            continue;
        }
        decrease[split.feature] += std::max(0.0, split.score - counts_.score);
        const std::size_t middle = partition(range, split);
        const auto left = static_cast<std::uint32_t>(tree.nodes.size());
        tree.nodes[i] = {split.threshold,    static_cast<std::uint16_t>(split.feature), false, left, 0,
                         tree.nodes[i].cover};
        tree.nodes.resize(left + 2);
        ranges_.push_back({range.begin, middle, range.depth + 1});
        ranges_.push_back({middle, range.end, range.depth + 1});
    }
    const double sum = std::accumulate(decrease.begin(), decrease.end(), 0.0);
    for (std::size_t f = 0; sum > 0 && f < decrease.size(); ++f) importance[f] += decrease[f] / sum;
    return tree;
}

bool TreeGrower::must_be_leaf(const Range& range) const {
    return counts_.present.size() == 1 || range.depth >= options_.max_depth ||
           counts_.total_draws < 2 * std::uint64_t{options_.min_leaf_draws};
}

/// Looks at features_per_split random features, and on until one of them can split the node at all.
Split TreeGrower::find_split(std::span<const Sample> samples, base::Random& random, SplitSearch& search) {
    Split best;
    const auto count = static_cast<std::uint32_t>(features_.size());
    const std::span<const std::uint32_t> features = features_;
    std::uint32_t drawn = 0;
    const auto draw = [&] { std::swap(features_[drawn], features_[drawn + random.below(count - drawn)]), ++drawn; };
    while (drawn < options_.features_per_split) draw();
    search.improve(best, features.first(drawn), samples, counts_);
    while (!best.exists() && drawn < count) {
        draw();
        search.improve(best, features.subspan(drawn - 1, 1), samples, counts_);
    }
    return best;
}

/// Stable, so that rows stay in ascending order and reading a column walks forward in memory.
std::size_t TreeGrower::partition(const Range& range, const Split& split) {
    const std::span<const std::uint8_t> codes = table_.codes(split.feature);
    std::size_t left = range.begin;
    std::size_t right = 0;
    for (std::size_t i = range.begin; i < range.end; ++i) {
        const Sample sample = samples_[i];
        const bool goes_left = split.last_left_bin >= 0
                                   ? codes[sample.position] <= split.last_left_bin
                                   : table_.value(split.feature, sample.position) <= split.threshold;
        samples_[left] = sample;
        spare_[right] = sample;
        left += goes_left ? 1 : 0;
        right += goes_left ? 0 : 1;
    }
    std::copy_n(spare_.begin(), right, samples_.begin() + static_cast<std::ptrdiff_t>(left));
    return left;
}

std::uint32_t TreeGrower::add_leaf(model::Tree& tree) {
    const bool is_pure = counts_.present.size() == 1;
    if (is_pure && pure_leaf_[counts_.present[0]] >= 0)
        return static_cast<std::uint32_t>(pure_leaf_[counts_.present[0]]);
    const auto leaf = static_cast<std::uint32_t>(tree.values.size() / class_count_);
    for (const double weight : counts_.weight) tree.values.push_back(static_cast<float>(weight / counts_.total_weight));
    if (is_pure) pure_leaf_[counts_.present[0]] = leaf;
    return leaf;
}

}  // namespace flowsift::learn
