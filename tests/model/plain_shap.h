// Three slow ways to Shapley values, for tests of the fast one: by definition, over every set of features; leaf by
// leaf; and the recursive algorithm that XGBoost and the shap package use.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "model/forest.h"

namespace flowsift::model {

/// What a tree gives on average where only the features of the bit set `known` are: an unknown feature sends a row both
/// ways, in the proportion of the covers. `value`: index within a leaf's values.
inline double expectation(const Forest& forest, const Tree& tree, std::span<const float> row, std::uint64_t known,
                          std::size_t value, std::uint32_t index = 0) {
    const Node& node = tree.nodes[index];
    if (node.is_leaf) return static_cast<double>(tree.values[node.leaf * forest.leaf_width() + value]);
    const auto below = [&](std::uint32_t child) { return expectation(forest, tree, row, known, value, child); };
    if (known >> node.feature & 1) return below(node.left + (row[node.feature] <= node.threshold ? 0 : 1));
    const auto cover = [&](std::uint32_t child) { return static_cast<double>(tree.nodes[child].cover); };
    return (below(node.left) * cover(node.left) + below(node.left + 1) * cover(node.left + 1)) / cover(index);
}

/// By definition: the mean, over all orders in which the features can become known, of what each adds.
inline std::vector<double> shapley_by_definition(const Forest& forest, const Tree& tree, std::span<const float> row,
                                                 std::size_t value) {
    const std::size_t m = row.size();
    std::vector<double> share(m, 1.0 / static_cast<double>(m));  // k! (m - k - 1)! / m! for sets of k
    for (std::size_t k = 1; k < m; ++k) share[k] = share[k - 1] * static_cast<double>(k) / static_cast<double>(m - k);
    std::vector<double> all(m, 0.0);
    for (std::uint64_t known = 0; known < std::uint64_t{1} << m; ++known)
        for (std::size_t f = 0; f < m; ++f) {
            if (known >> f & 1) continue;
            const double added = expectation(forest, tree, row, known | std::uint64_t{1} << f, value) -
                                 expectation(forest, tree, row, known, value);
            all[f] += share[static_cast<std::size_t>(std::popcount(known))] * added;
        }
    return all;
}

/// Leaf by leaf: the sets of features by their size, without a subtraction, so that it is exact for long paths too.
class LeafwiseShap {
  public:
    LeafwiseShap(const Forest& forest, const Tree& tree, std::span<const float> row, std::size_t value)
        : forest_(forest), tree_(tree), row_(row), value_(value), all_(row.size(), 0.0) {}

    std::vector<double> run() {
        descend(0, {});
        return all_;
    }

  private:
    /// One feature of a path: the share of the rows that its questions let pass, and 1 or 0: whether this row passes.
    struct Factor {
        std::size_t feature;
        double unknown;
        double known;
    };

    void descend(std::uint32_t index, std::vector<Factor> path) {
        const Node& node = tree_.nodes[index];
        if (node.is_leaf) {
            const double value = static_cast<double>(tree_.values[node.leaf * forest_.leaf_width() + value_]);
            for (const Factor& own : path)
                all_[own.feature] += value * (own.known - own.unknown) * others(path, own.feature);
            return;
        }
        for (const std::uint32_t child : {node.left, node.left + 1}) {
            std::vector<Factor> longer = path;
            auto at = std::find_if(longer.begin(), longer.end(),
                                   [&](const Factor& factor) { return factor.feature == node.feature; });
            if (at == longer.end()) at = longer.insert(longer.end(), {node.feature, 1, 1});
            at->unknown *= static_cast<double>(tree_.nodes[child].cover) / static_cast<double>(node.cover);
            if ((row_[node.feature] <= node.threshold) != (child == node.left)) at->known = 0;
            descend(child, longer);
        }
    }

    /// Mean over all orders of what the others' factors are when the own feature becomes known.
    static double others(const std::vector<Factor>& path, std::size_t own) {
        std::vector<double> by_size = {1};  // Sums of products over the sets of so many known ones.
        for (const Factor& factor : path) {
            if (factor.feature == own) continue;
            by_size.push_back(0);
            for (std::size_t k = by_size.size(); k-- > 0;)
                by_size[k] = by_size[k] * factor.unknown + (k > 0 ? by_size[k - 1] * factor.known : 0);
        }
        const std::size_t m = by_size.size();
        double share = 1.0 / static_cast<double>(m);  // k! (m - k - 1)! / m!
        double sum = 0;
        for (std::size_t k = 0; k < m; ++k) {
            sum += share * by_size[k];
            if (k + 1 < m) share *= static_cast<double>(k + 1) / static_cast<double>(m - k - 1);
        }
        return sum;
    }

    const Forest& forest_;
    const Tree& tree_;
    std::span<const float> row_;
    std::size_t value_;
    std::vector<double> all_;
};

/// Algorithm 2 of Lundberg, Erion and Lee, "Consistent Individualized Feature Attribution for Tree Ensembles" (2018).
/// In long double, for taking a feature out of a path again cancels digits where the path is long.
class RecursiveShap {
  public:
    RecursiveShap(const Forest& forest, const Tree& tree, std::span<const float> row, std::size_t value)
        : forest_(forest), tree_(tree), row_(row), value_(value), all_(row.size(), 0.0L) {}

    std::vector<double> run() {
        descend(0, {}, 1, 1, -1);
        return {all_.begin(), all_.end()};
    }

  private:
    struct Element {
        int feature;
        long double zero;
        long double one;
        long double weight;
    };
    using Path = std::vector<Element>;

    static void extend(Path& path, long double zero, long double one, int feature) {
        const auto depth = static_cast<long double>(path.size());
        path.push_back({feature, zero, one, path.empty() ? 1.0L : 0.0L});
        for (std::size_t i = path.size() - 1; i-- > 0;) {
            const auto at = static_cast<long double>(i);
            path[i + 1].weight += one * path[i].weight * (at + 1) / (depth + 1);
            path[i].weight = zero * path[i].weight * (depth - at) / (depth + 1);
        }
    }

    static Path unwind(Path path, std::size_t index) {
        const auto depth = static_cast<long double>(path.size() - 1);
        const Element gone = path[index];
        long double next = path.back().weight;
        for (std::size_t i = path.size() - 1; i-- > 0;) {
            const auto at = static_cast<long double>(i);
            if (gone.one == 0) {
                path[i].weight = path[i].weight * (depth + 1) / (gone.zero * (depth - at));
                continue;
            }
            const long double weight = path[i].weight;
            path[i].weight = next * (depth + 1) / ((at + 1) * gone.one);
            next = weight - path[i].weight * gone.zero * (depth - at) / (depth + 1);
        }
        for (std::size_t i = index; i + 1 < path.size(); ++i)
            path[i] = {path[i + 1].feature, path[i + 1].zero, path[i + 1].one, path[i].weight};
        path.pop_back();
        return path;
    }

    void descend(std::uint32_t index, Path path, long double zero, long double one, int feature) {
        extend(path, zero, one, feature);
        const Node& node = tree_.nodes[index];
        if (node.is_leaf) {
            for (std::size_t i = 1; i < path.size(); ++i) {
                long double weight = 0;
                for (const Element& element : unwind(path, i)) weight += element.weight;
                all_[static_cast<std::size_t>(path[i].feature)] +=
                    weight * (path[i].one - path[i].zero) *
                    static_cast<long double>(tree_.values[node.leaf * forest_.leaf_width() + value_]);
            }
            return;
        }
        long double known_zero = 1;
        long double known_one = 1;
        for (std::size_t i = 1; i < path.size(); ++i) {
            if (path[i].feature != node.feature) continue;
            known_zero = path[i].zero;
            known_one = path[i].one;
            path = unwind(path, i);
            break;
        }
        const bool goes_left = row_[node.feature] <= node.threshold;
        for (const std::uint32_t child : {node.left, node.left + 1}) {
            const long double share =
                static_cast<long double>(tree_.nodes[child].cover) / static_cast<long double>(node.cover);
            descend(child, path, known_zero * share, goes_left == (child == node.left) ? known_one : 0, node.feature);
        }
    }

    const Forest& forest_;
    const Tree& tree_;
    std::span<const float> row_;
    std::size_t value_;
    std::vector<long double> all_;
};

}  // namespace flowsift::model
