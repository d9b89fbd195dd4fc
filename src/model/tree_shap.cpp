#include "model/tree_shap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace flowsift::model {
namespace {

using base::Error;
using base::Result;

/// Point k of the rule with `count` points on [0, 1] and its weight: roots of the Legendre polynomial, by Newton's
/// method from the usual first guess.
std::pair<double, double> gauss_legendre(std::size_t count, std::size_t k) {
    const auto n = static_cast<double>(count);
    double x = std::cos(std::numbers::pi * (static_cast<double>(k) + 0.75) / (n + 0.5));
    double slope = 1;
    for (int step = 0; step < 100; ++step) {
        double before = 1;
        double value = x;
        for (std::size_t j = 2; j <= count; ++j) {
            const auto i = static_cast<double>(j);
            const double next = ((2 * i - 1) * x * value - (i - 1) * before) / i;
            before = value;
            value = next;
        }
        slope = n * (x * value - before) / (x * x - 1);
        const double change = value / slope;
        x -= change;
        if (std::abs(change) < 1e-15) break;
    }
    return {(x + 1) / 2, 1 / ((1 - x * x) * slope * slope)};
}

}  // namespace

/// Makes the ways of one class through one tree. Contributions are linear in the leaves' values and do not change when
/// one number is taken from all of them, so the commonest value is; then what is below a node and all the same is one
/// leaf, and ways to leaves of 0 are left out. Of a tree with pure leaves less than half is left.
class TreeShap::Builder {
  public:
    Builder(const Forest& forest, const Tree& tree, std::size_t value_index)
        : forest_(forest),
          tree_(tree),
          values_(tree.nodes.size()),
          is_leaf_(tree.nodes.size()),
          matters_(tree.nodes.size()) {
        merge_equal(value_index);
        subtract_commonest();
        for (std::size_t i = tree.nodes.size(); i-- > 0;)
            matters_[i] =
                is_leaf_[i] ? values_[i] != 0 : matters_[tree.nodes[i].left] || matters_[tree.nodes[i].left + 1];
    }

    /// Ways, and the most features that a path asks.
    std::pair<std::vector<ShapWay>, std::size_t> run() {
        if (!is_leaf_[0]) visit(0);
        return {std::move(ways_), most_features_};
    }

    /// Cover-weighted mean of the leaves.
    double expected() const { return mean_; }

  private:
    void merge_equal(std::size_t value_index) {
        const std::size_t width = forest_.leaf_width();
        std::vector<double> means(tree_.nodes.size());
        for (std::size_t i = tree_.nodes.size(); i-- > 0;) {
            const Node& node = tree_.nodes[i];
            if (node.is_leaf) {
                values_[i] = tree_.values[node.leaf * width + value_index];
                means[i] = static_cast<double>(values_[i]);
                is_leaf_[i] = true;
                continue;
            }
            const std::size_t left = node.left;
            is_leaf_[i] = is_leaf_[left] && is_leaf_[left + 1] && values_[left] == values_[left + 1];
            values_[i] = values_[left];
            means[i] = means[left] * share(i, left) + means[left + 1] * share(i, left + 1);
        }
        mean_ = means[0];
    }

    void subtract_commonest() {
        std::map<float, std::size_t> counts;
        std::vector<std::uint32_t> open = {0};
        while (!open.empty()) {
            const std::uint32_t i = open.back();
            open.pop_back();
            if (is_leaf_[i])
                ++counts[values_[i]];
            else
                open.insert(open.end(), {tree_.nodes[i].left, tree_.nodes[i].left + 1});
        }
        const auto commonest = std::max_element(counts.begin(), counts.end(),
                                                [](const auto& a, const auto& b) { return a.second < b.second; });
        if (commonest->second == 1) return;  // Values as they are have fewer roundings.
        for (float& value : values_) value -= commonest->first;
    }

    double share(std::size_t parent, std::size_t child) const {
        return static_cast<double>(tree_.nodes[child].cover) / static_cast<double>(tree_.nodes[parent].cover);
    }

    /// Depth-first with a stack of its own, for a tree may be a thousand levels deep.
    void visit(std::uint32_t root) {
        struct Open {
            std::uint32_t node;
            std::uint32_t way;  ///< That leads to it.
            int children;       ///< How many have been taken.
        };
        std::vector<Open> open = {{root, 0, 0}};
        while (!open.empty()) {
            Open& top = open.back();
            if (top.children == 2) {
                if (open.size() > 1) leave(top.way);
                open.pop_back();
                continue;
            }
            const bool is_right = top.children++ == 1;
            const std::uint32_t child = tree_.nodes[top.node].left + (is_right ? 1 : 0);
            if (!matters_[child]) continue;
            const auto way = static_cast<std::uint32_t>(ways_.size());
            add(top.node, child, is_right);
            if (is_leaf_[child])
                leave(way);
            else
                open.push_back({child, way, 0});
        }
    }

    void add(std::uint32_t parent, std::uint32_t child, bool is_right) {
        const Node& node = tree_.nodes[parent];
        ShapWay way{.threshold = node.threshold,
                    .feature = node.feature,
                    .level = static_cast<std::uint16_t>(path_.size() + 1),
                    .is_right = is_right,
                    .is_leaf = is_leaf_[child],
                    .share = share(parent, child)};
        way.value = way.is_leaf ? values_[child] : 0;
        way.feature_share = way.share;
        for (std::size_t level = path_.size(); level > 0 && way.previous == 0; --level) {
            if (ways_[path_[level - 1]].feature != node.feature) continue;
            way.previous = static_cast<std::uint16_t>(level);
            way.feature_share *= ways_[path_[level - 1]].feature_share;
        }
        features_ += way.previous == 0 ? 1 : 0;
        most_features_ = std::max(most_features_, features_);
        path_.push_back(static_cast<std::uint32_t>(ways_.size()));
        ways_.push_back(way);
    }

    void leave(std::uint32_t way) {
        ways_[way].after = static_cast<std::uint32_t>(ways_.size());
        features_ -= ways_[way].previous == 0 ? 1 : 0;
        path_.pop_back();
    }

    const Forest& forest_;
    const Tree& tree_;
    std::vector<float> values_;
    std::vector<bool> is_leaf_;  ///< Also: all below has one value.
    std::vector<bool> matters_;  ///< Some leaf below is not 0.
    double mean_ = 0;
    std::vector<ShapWay> ways_;
    std::vector<std::uint32_t> path_;  ///< Ways from the root to here.
    std::size_t features_ = 0;         ///< That path_ asks.
    std::size_t most_features_ = 0;
};

ShapPoints TreeShap::Rule::view() const {
    return {points, arrays.get(), arrays.get() + points, arrays.get() + 2 * points, arrays.get() + 3 * points};
}

namespace {

Result<void> check_covers(const Forest& forest) {
    for (std::size_t t = 0; t < forest.trees.size(); ++t)
        for (std::size_t i = 0; i < forest.trees[t].nodes.size(); ++i) {
            const Node& node = forest.trees[t].nodes[i];
            if (!node.is_leaf && !(node.cover > 0))
                return Error{
                    fmt::format("tree {}, node {}: no cover, so that reasons cannot be given; train the model "
                                "again with this version",
                                t, i)};
        }
    return {};
}

}  // namespace

Result<TreeShap> TreeShap::of(const Forest& forest) {
    if (auto checked = check_covers(forest); !checked) return checked.error();
    TreeShap shap;
    const bool is_mean = forest.combination == Combination::kMean;
    shap.feature_count_ = forest.feature_count;
    shap.is_logistic_ = forest.combination == Combination::kLogistic;
    shap.scale_ = is_mean ? 1 / static_cast<double>(forest.trees.size()) : 1;
    const std::size_t outputs = is_mean ? forest.class_count : forest.group_count();
    shap.groups_.resize(outputs);
    for (std::size_t c = 0; c < outputs; ++c) {
        double expected = 0;
        for (std::size_t t = is_mean ? 0 : c; t < forest.trees.size(); t += is_mean ? 1 : outputs) {
            Builder builder(forest, forest.trees[t], is_mean ? c : 0);
            expected += builder.expected() * shap.scale_;
            auto [ways, features] = builder.run();
            shap.add(c, std::move(ways), features);
        }
        shap.expected_.push_back(
            static_cast<float>(expected + (is_mean ? 0.0 : static_cast<double>(forest.base_margins[c]))));
    }
    if (shap.is_logistic_) shap.expected_.insert(shap.expected_.begin(), -shap.expected_[0]);
    return shap;
}

/// `features` is the number of factors of the longest product; the integrated one has a factor fewer, and n points are
/// exact up to degree 2n - 1.
void TreeShap::add(std::size_t output, std::vector<ShapWay> ways, std::size_t features) {
    if (ways.empty()) return;
    const std::size_t needed = (features + 1) / 2;
    const std::size_t steps = (needed + kShapPointStep - 1) / kShapPointStep;
    while (rules_.size() < steps) rules_.push_back(make_rule((rules_.size() + 1) * kShapPointStep));
    std::vector<Group>& groups = groups_[output];
    auto group =
        std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.points == steps * kShapPointStep; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{steps * kShapPointStep, {}});
    const auto base = static_cast<std::uint32_t>(group->ways.size());
    for (ShapWay& way : ways) {
        way.after += base;
        levels_ = std::max<std::size_t>(levels_, way.level + 1U);
    }
    group->ways.insert(group->ways.end(), ways.begin(), ways.end());
}

TreeShap::Rule TreeShap::make_rule(std::size_t points) {
    Rule rule{points, hwy::AllocateAligned<double>(4 * points)};
    for (std::size_t k = 0; k < points; ++k) {
        const auto [at, weight] = gauss_legendre(points, k);
        rule.arrays[k] = at;
        rule.arrays[points + k] = 1 - at;
        rule.arrays[2 * points + k] = 1 / (1 - at);
        rule.arrays[3 * points + k] = weight;
    }
    return rule;
}

TreeShap::Scratch::Scratch(const TreeShap& shap)
    : ways_(shap.levels_), is_open_(std::make_unique<bool[]>(shap.levels_)), contributions_(shap.feature_count_) {
    const std::size_t points = std::max<std::size_t>(1, shap.rules_.size()) * kShapPointStep;
    products_ = hwy::AllocateAligned<double>(points * shap.levels_);
    sums_ = hwy::AllocateAligned<double>(points * shap.levels_);
    inverses_ = hwy::AllocateAligned<double>(points * shap.levels_);
    per_feature_ = hwy::AllocateAligned<double>(points * shap.feature_count_);
}

void TreeShap::explain(std::span<const float> row, std::size_t class_index, std::span<float> contributions,
                       Scratch& scratch) const {
    std::fill(scratch.contributions_.begin(), scratch.contributions_.end(), 0.0);
    const ShapBuffers buffers{scratch.products_.get(), scratch.sums_.get(),    scratch.inverses_.get(),
                              scratch.ways_.data(),    scratch.is_open_.get(), scratch.per_feature_.get()};
    for (const Group& group : groups_[is_logistic_ ? 0 : class_index])
        add_contributions(group.ways, rule_of(group.points).view(), row, scratch.contributions_, buffers);
    const double scale = is_logistic_ && class_index == 0 ? -scale_ : scale_;
    for (std::size_t f = 0; f < contributions.size(); ++f)
        contributions[f] = static_cast<float>(scale * scratch.contributions_[f]);
}

std::size_t TreeShap::bytes() const {
    std::size_t ways = 0;
    for (const auto& groups : groups_)
        for (const Group& group : groups) ways += group.ways.size();
    return ways * sizeof(ShapWay);
}

std::size_t largest_contributions(std::span<const float> contributions, std::span<Contribution> top) {
    std::size_t count = 0;
    for (std::size_t f = 0; f < contributions.size(); ++f) {
        const float size = std::abs(contributions[f]);
        if (!(size > 0) || top.empty()) continue;
        if (count == top.size() && size <= std::abs(top[count - 1].value)) continue;
        std::size_t at = count < top.size() ? count++ : count - 1;
        for (; at > 0 && std::abs(top[at - 1].value) < size; --at) top[at] = top[at - 1];
        top[at] = {static_cast<std::uint16_t>(f), contributions[f]};
    }
    return count;
}

}  // namespace flowsift::model
