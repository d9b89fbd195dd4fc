#include "model/compact_forest.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>

namespace flowsift::model {
namespace {

using base::Error;
using base::Result;

constexpr std::uint32_t kMaxLeaves = kLeafMask + 1;
/// Sums lie this many floats apart or a multiple of it: whole vectors of the widest instruction set.
constexpr std::size_t kVectorFloats = 16;
constexpr std::size_t kTreesBetweenChecks = 8;
/// Rows that are looked at again after every few trees: their values, sums and leaves must stay in the nearest cache.
constexpr std::size_t kDecidedRows = 8;
static_assert(kDecidedRows <= kBlockRows);

std::size_t whole_vectors(std::size_t floats) {
    return (floats + kVectorFloats - 1) / kVectorFloats * kVectorFloats;
}

}  // namespace

/// Lays out the nodes: the two children of a node stand together, and the pair below the child that more training rows
/// took comes right after them.
class CompactForest::Packer {
  public:
    Packer(const Forest& from, CompactForest& to) : from_(from), to_(to) {}

    Result<void> run() {
        std::size_t node_count = 0;
        for (const Tree& tree : from_.trees) node_count += tree.nodes.size();
        to_.nodes_.reserve(node_count);
        to_.view_.feature_bits = static_cast<std::uint32_t>(std::bit_width(from_.feature_count - 1));
        for (const Tree& tree : from_.trees)
            if (auto added = add(tree); !added) return added;
        if (from_.combination != Combination::kMean) add_routes();
        return {};
    }

  private:
    struct Pending {
        std::uint32_t node = 0;  ///< Inner node of the tree whose children have no place yet.
        std::uint32_t place = 0;
    };

    Result<void> add(const Tree& tree) {
        leaf_of_.assign(tree.values.size() / from_.leaf_width(), kMaxLeaves);
        to_.roots_.push_back(static_cast<std::uint32_t>(to_.nodes_.size()));
        if (!place(tree, 0)) return too_large();
        while (!pending_.empty()) {
            const Pending next = pending_.back();
            pending_.pop_back();
            const auto left = tree.nodes[next.node].left;
            const std::size_t right_step = to_.nodes_.size() + 1 - next.place;
            if (right_step >= std::uint64_t{1} << (32 - to_.view_.feature_bits)) return too_large();
            to_.nodes_[next.place].upper |= static_cast<std::uint32_t>(right_step << to_.view_.feature_bits);
            const std::size_t already = pending_.size();
            if (!place(tree, left) || !place(tree, left + 1)) return too_large();
            // The last of the pending is placed first: let that be the hotter one.
            const bool left_is_hotter = tree.nodes[left].cover >= tree.nodes[left + 1].cover;
            if (pending_.size() == already + 2 && left_is_hotter) std::swap(pending_[already], pending_[already + 1]);
        }
        return {};
    }

    bool place(const Tree& tree, std::uint32_t index) {
        const Node& node = tree.nodes[index];
        const auto place = static_cast<std::uint32_t>(to_.nodes_.size());
        if (to_.roots_.size() <= kNoveltyTrees) to_.plain_nodes_.push_back(index);
        if (!node.is_leaf) {
            to_.nodes_.push_back({node.threshold, node.feature});
            pending_.push_back({index, place});
            return true;
        }
        std::uint32_t& leaf = leaf_of_[node.leaf];
        if (leaf == kMaxLeaves) leaf = leaf_index(&tree.values[node.leaf * from_.leaf_width()]);
        to_.nodes_.push_back({std::bit_cast<float>(kLeafThreshold | leaf), 0});
        return leaf < kMaxLeaves;
    }

    /// Of equal values the index of the first; compared bit by bit.
    std::uint32_t leaf_index(const float* values) {
        const std::string key(reinterpret_cast<const char*>(values), from_.leaf_width() * sizeof(float));
        const auto [at, is_new] = known_.try_emplace(key, static_cast<std::uint32_t>(known_.size()));
        if (is_new) {
            to_.leaves_.insert(to_.leaves_.end(), values, values + from_.leaf_width());
            to_.leaves_.resize(known_.size() * to_.view_.leaf_stride, 0.0F);
        }
        return at->second;
    }

    void add_routes() {
        std::vector<std::uint32_t> depths;
        for (std::size_t t = 0; t < from_.trees.size(); ++t) {
            const Tree& tree = from_.trees[t];
            depths.assign(tree.nodes.size(), 0);
            for (std::size_t i = 0; i < tree.nodes.size(); ++i)
                if (!tree.nodes[i].is_leaf) depths[tree.nodes[i].left] = depths[tree.nodes[i].left + 1] = depths[i] + 1;
            to_.lone_leaves_.push_back(tree.nodes[0].is_leaf ? tree.values[tree.nodes[0].leaf] : 0);
            if (!tree.nodes[0].is_leaf)
                to_.routes_.push_back({to_.roots_[t], static_cast<std::uint32_t>(t), depths.back()});
        }
        std::stable_sort(to_.routes_.begin(), to_.routes_.end(),
                         [](const CompactRoute& a, const CompactRoute& b) { return a.depth < b.depth; });
    }

    static Error too_large() { return Error{"it has trees too wide, or too many different leaves, for compact nodes"}; }

    const Forest& from_;
    CompactForest& to_;
    std::vector<std::uint32_t> leaf_of_;  ///< Per leaf of the tree; kMaxLeaves: not asked yet.
    std::vector<Pending> pending_;
    std::unordered_map<std::string, std::uint32_t> known_;
};

Decision decide_by(std::span<const float> probabilities, const DecisionRule& rule) {
    const std::size_t best = most_probable(probabilities);
    return {.class_index = static_cast<std::uint32_t>(best),
            .passes = rule.thresholds.empty() || probabilities[best] >= rule.thresholds[best],
            .probability = rule.calibration ? rule.calibration->at(best, probabilities[best]) : 0};
}

CompactForest::Scratch::Scratch(const CompactForest& forest)
    : sums_(kBlockRows * forest.sum_stride_),
      values_(forest.lone_leaves_),
      open_(kBlockRows),
      met_(kBlockRows * kNoveltyTrees) {}

Result<CompactForest> CompactForest::of(const Forest& forest) {
    CompactForest compact;
    compact.combination_ = forest.combination;
    compact.class_count_ = forest.class_count;
    compact.base_margins_ = forest.base_margins;
    compact.view_.feature_count = forest.feature_count;
    compact.view_.leaf_stride = forest.combination == Combination::kMean ? whole_vectors(forest.class_count) : 1;
    compact.sum_stride_ = whole_vectors(std::max(forest.class_count, forest.group_count()));
    if (auto packed = Packer(forest, compact).run(); !packed) return packed.error();
    return compact;
}

std::size_t CompactForest::bytes() const {
    return nodes_.size() * sizeof(nodes_[0]) + leaves_.size() * sizeof(leaves_[0]);
}

CompactView CompactForest::view() const {
    CompactView view = view_;
    view.nodes = nodes_.data();
    view.roots = roots_.data();
    view.routes = routes_.data();
    view.route_count = routes_.size();
    view.leaves = leaves_.data();
    return view;
}

/// A mean's trees [first, last), for the rows that are still open.
void CompactForest::sum(const float* rows, std::size_t rows_open, std::size_t first, std::size_t last,
                        Scratch& scratch) const {
    for (const std::uint32_t i : std::span(scratch.open_).first(rows_open))
        add_trees_of_row(view(), first, last, rows + i * feature_count(), &scratch.sums_[i * sum_stride_],
                         &scratch.met_[i * kNoveltyTrees]);
}

/// Walks in any order, adds in the order of the trees.
void CompactForest::sum_margins(const float* rows, std::size_t count, Scratch& scratch) const {
    const std::size_t groups = base_margins_.size();
    const std::size_t trees = roots_.size();
    for (std::size_t i = 0; i < count; ++i) {
        find_leaves_of_row(view(), rows + i * feature_count(), scratch.values_.data());
        float* sums = &scratch.sums_[i * sum_stride_];
        for (std::size_t tree = 0; tree < trees; tree += groups)
            for (std::size_t g = 0; g < std::min(groups, trees - tree); ++g) sums[g] += scratch.values_[tree + g];
    }
}

void CompactForest::start(std::size_t rows, Scratch& scratch) const {
    std::fill_n(scratch.sums_.begin(), rows * sum_stride_, 0.0F);
    for (std::size_t i = 0; i < rows; ++i) {
        std::copy(base_margins_.begin(), base_margins_.end(), &scratch.sums_[i * sum_stride_]);
        scratch.open_[i] = static_cast<std::uint32_t>(i);
    }
}

void CompactForest::finish(const float* sums, std::span<float> probabilities) const {
    if (combination_ != Combination::kMean) {
        margins_to_probabilities(combination_, {sums, base_margins_.size()}, probabilities);
        return;
    }
    const auto tree_count = static_cast<float>(roots_.size());
    for (std::size_t c = 0; c < class_count_; ++c) probabilities[c] = sums[c] / tree_count;
}

/// `met`: of one row.
std::uint32_t CompactForest::count_unseen(const std::uint32_t* met, const LeafPairs& pairs) const {
    std::uint32_t unseen = 0;
    for (std::size_t tree = 1; tree < std::min(kNoveltyTrees, roots_.size()); ++tree)
        unseen += pairs.has(tree - 1, plain_nodes_[met[tree - 1]], plain_nodes_[met[tree]]) ? 0 : 1;
    return unseen;
}

void CompactForest::tell_novelty(const DecisionRule& rule, std::span<Decision> decisions,
                                 const Scratch& scratch) const {
    const bool is_told = rule.pairs && !rule.pairs->bits.empty();
    for (std::size_t i = 0; i < decisions.size(); ++i)
        decisions[i].is_novel =
            is_told && count_unseen(&scratch.met_[i * kNoveltyTrees], *rule.pairs) > rule.pairs->limit;
}

void CompactForest::predict(std::span<const float> rows, std::span<float> probabilities, Scratch& scratch,
                            const UnseenPairs& unseen) const {
    const std::size_t count = rows.size() / feature_count();
    for (std::size_t from = 0; from < count; from += kBlockRows) {
        const std::size_t block = std::min(kBlockRows, count - from);
        start(block, scratch);
        const float* first = rows.data() + from * feature_count();
        if (combination_ == Combination::kMean)
            sum(first, block, 0, roots_.size(), scratch);
        else
            sum_margins(first, block, scratch);
        for (std::size_t i = 0; i < block; ++i)
            finish(&scratch.sums_[i * sum_stride_], probabilities.subspan((from + i) * class_count_, class_count_));
        for (std::size_t i = 0; unseen.pairs && i < block; ++i)
            unseen.counts[from + i] =
                unseen.pairs->bits.empty() ? 0 : count_unseen(&scratch.met_[i * kNoveltyTrees], *unseen.pairs);
    }
}

void CompactForest::decide(std::span<const float> rows, const DecisionRule& rule, std::span<Decision> decisions,
                           Scratch& scratch) const {
    const std::size_t count = rows.size() / feature_count();
    for (std::size_t from = 0; from < count; from += kDecidedRows) {
        const std::size_t block = std::min(kDecidedRows, count - from);
        decide_block(rows.data() + from * feature_count(), rule, decisions.subspan(from, block), scratch);
    }
}

void CompactForest::decide_block(const float* rows, const DecisionRule& rule, std::span<Decision> decisions,
                                 Scratch& scratch) const {
    start(decisions.size(), scratch);
    std::size_t open = decisions.size();
    for (Decision& decision : decisions) decision.is_novel = false;
    if (combination_ == Combination::kMean)
        open = decide_early(rows, open, rule, decisions, scratch);
    else
        sum_margins(rows, open, scratch);
    for (std::size_t k = 0; k < open; ++k) {
        const std::uint32_t i = scratch.open_[k];
        float* sums = &scratch.sums_[i * sum_stride_];
        finish(sums, {sums, class_count_});
        const bool is_novel = decisions[i].is_novel;
        decisions[i] = decide_by({sums, class_count_}, rule);
        decisions[i].is_novel = is_novel;
    }
}

/// Of a mean: decides the rows that need not see all trees. Returns how many have seen all and are not decided; they
/// stand first in scratch.open_.
std::size_t CompactForest::decide_early(const float* rows, std::size_t open, const DecisionRule& rule,
                                        std::span<Decision> decisions, Scratch& scratch) const {
    std::size_t done = 0;
    // Fewer than half settle no class, fewer than kNoveltyTrees no novelty.
    std::size_t next = std::min(std::max(roots_.size() / 2 + 1, kNoveltyTrees), roots_.size());
    sum(rows, open, done, next, scratch);
    tell_novelty(rule, decisions, scratch);
    while (open > 0 && next < roots_.size()) {
        if (done > 0) sum(rows, open, done, next, scratch);
        done = next;
        next += kTreesBetweenChecks;
        const auto is_settled = [&](std::uint32_t i) {
            return settled(&scratch.sums_[i * sum_stride_], done, rule, decisions[i]);
        };
        const auto begin = scratch.open_.begin();
        open = static_cast<std::size_t>(std::remove_if(begin, begin + static_cast<std::ptrdiff_t>(open), is_settled) -
                                        begin);
    }
    if (done > 0) sum(rows, open, done, roots_.size(), scratch);
    return open;
}

/// Whether the trees after the first `done` cannot change the decision; if so, sets it.
///
/// Let n be the number of trees, r = n - done, S the float sum of a class so far, F its sum in the end, and P = F / n
/// as a float. A leaf adds a value in [0, 1], rounding is monotone, and S itself is a float, so
///     F >= S                                           (adding what is not negative never rounds below S),
///     F <= S + r + r (n + 1) 2^-23                     (each of r additions rounds a sum of at most n + 1),
///     F/n (1 - 2^-24) <= P <= F/n (1 + 2^-24)          (one division).
/// So where S(k) exceeds every other class's S by more than r + slack with slack = (r + 2)(n + 1) 2^-22, F(k) exceeds
/// every other F by more than 2 (n + 1) 2^-22, more than two divisions can round away: P(k) is the largest, and no tie.
/// Likewise P(k) >= t follows from S(k) >= t n (1 + 2^-22), and P(k) < t from S(k) + r + slack < t n (1 - 2^-22). All
/// bounds are computed in double, whose rounding is far below 2^-22, which also leaves room for rounding them to float.
/// A calibration curve never falls: where it gives the same at both bounds of P(k), it gives that at P(k).
bool CompactForest::settled(const float* sums, std::size_t done, const DecisionRule& rule, Decision& decision) const {
    const auto n = static_cast<double>(roots_.size());
    const double rest = n - static_cast<double>(done);
    const double most = rest + (rest + 2) * (n + 1) * 0x1p-22;
    std::size_t best = 0;
    float second = -1;
    for (std::size_t c = 1; c < class_count_; ++c) {
        const bool is_better = sums[c] > sums[best];
        second = std::max(second, is_better ? sums[best] : sums[c]);
        if (is_better) best = c;
    }
    const double sum = static_cast<double>(sums[best]);
    if (!(sum > static_cast<double>(second) + most)) return false;
    decision.class_index = static_cast<std::uint32_t>(best);
    const auto at_least = [&](float threshold, bool& reaches) {
        const double due = static_cast<double>(threshold) * n;
        reaches = sum >= due * (1 + 0x1p-22);
        return reaches || sum + most < due * (1 - 0x1p-22);
    };
    decision.passes = true;
    if (!rule.thresholds.empty() && !at_least(rule.thresholds[best], decision.passes)) return false;
    if (rule.calibration == nullptr) return true;
    decision.probability = rule.calibration->at(best, static_cast<float>(sum / n * (1 - 0x1p-22)));
    const double highest = std::min((sum + most) / n * (1 + 0x1p-22), 1.0 + 0x1p-20);
    return decision.probability == rule.calibration->at(best, static_cast<float>(highest));
}

}  // namespace flowsift::model
