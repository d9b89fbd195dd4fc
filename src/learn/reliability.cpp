#include "learn/reliability.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace flowsift::learn {
namespace {

constexpr std::size_t kMostBins = 20;
constexpr std::size_t kErrorBins = 15;
constexpr std::size_t kBitsPerPair = 32;
constexpr std::size_t kLeastWords = 8;

/// Rows of neighbouring probabilities.
struct Bin {
    double rows = 0;
    double right = 0;
    double probability = 0;  ///< Sum.
    float lowest = 0;        ///< Of their probabilities.
    float highest = 0;

    /// `other` lies after it.
    void add(const Bin& other) {
        lowest = rows == 0 ? other.lowest : lowest;
        highest = other.highest;
        rows += other.rows;
        right += other.right;
        probability += other.probability;
    }
    double share() const { return (right + 0.5) / (rows + 1); }
    /// In what was seen, and in what is made of it: a small bin without a fault is not surer than a large one without.
    bool is_surer_than(const Bin& other) const {
        return right * other.rows > other.right * rows && share() > other.share();
    }
};

/// `rows` ascending by probability; equal probabilities stay together.
std::vector<Bin> bins_of(const std::vector<JudgedRow>& rows) {
    const std::size_t size = std::max(kRowsPerKnot, (rows.size() + kMostBins - 1) / kMostBins);
    std::vector<Bin> bins(1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool is_new_value = i > 0 && rows[i].probability != rows[i - 1].probability;
        if (is_new_value && bins.back().rows >= static_cast<double>(size)) bins.emplace_back();
        const float probability = rows[i].probability;
        bins.back().add({1, rows[i].is_right ? 1.0 : 0.0, static_cast<double>(probability), probability, probability});
    }
    if (bins.size() > 1 && bins.back().rows < static_cast<double>(kRowsPerKnot)) {
        const Bin last = bins.back();
        bins.pop_back();
        bins.back().add(last);
    }
    return bins;
}

/// Pools neighbours until shares rise.
std::vector<Bin> pooled(const std::vector<Bin>& bins) {
    std::vector<Bin> pools;
    for (const Bin& bin : bins) {
        pools.push_back(bin);
        while (pools.size() > 1 && !pools.back().is_surer_than(pools[pools.size() - 2])) {
            const Bin last = pools.back();
            pools.pop_back();
            pools.back().add(last);
        }
    }
    return pools;
}

model::CalibrationCurve curve_of(std::vector<JudgedRow> rows) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const JudgedRow& a, const JudgedRow& b) { return a.probability < b.probability; });
    model::CalibrationCurve curve;
    for (const Bin& pool : pooled(bins_of(rows))) {
        for (const float raw : {std::clamp(pool.lowest, 0.0F, 1.0F), std::clamp(pool.highest, 0.0F, 1.0F)}) {
            if (!curve.raw.empty() && raw <= curve.raw.back()) continue;
            curve.raw.push_back(raw);
            curve.calibrated.push_back(static_cast<float>(pool.share()));
        }
    }
    return curve;
}

/// At most kMaxScores of ascending values, at evenly spaced ranks, the least among them.
std::vector<float> thinned(const std::vector<float>& sorted) {
    if (sorted.size() <= model::kMaxScores) return sorted;
    std::vector<float> kept;
    for (std::size_t i = 0; i < model::kMaxScores; ++i) kept.push_back(sorted[i * sorted.size() / model::kMaxScores]);
    return kept;
}

std::vector<float> row_of(const dataset::Table& table, std::uint32_t row) {
    std::vector<float> values(table.columns.size());
    for (std::size_t f = 0; f < values.size(); ++f) values[f] = table.columns[f][row];
    return values;
}

}  // namespace

model::Calibration fit_calibration(std::span<const JudgedRow> rows, std::size_t class_count) {
    if (rows.empty()) return {};
    const model::CalibrationCurve shared = curve_of({rows.begin(), rows.end()});
    model::Calibration calibration;
    for (std::size_t c = 0; c < class_count; ++c) {
        std::vector<JudgedRow> of_class;
        std::copy_if(rows.begin(), rows.end(), std::back_inserter(of_class),
                     [&](const JudgedRow& row) { return row.chosen == c; });
        calibration.curves.push_back(of_class.size() < kRowsPerKnot ? shared : curve_of(std::move(of_class)));
    }
    return calibration;
}

model::ConformalScores fit_conformal(std::span<const dataset::ClassIndex> truth, std::span<const float> probabilities,
                                     std::size_t class_count) {
    model::ConformalScores scores;
    scores.by_class.resize(class_count);
    for (std::size_t i = 0; i < truth.size(); ++i)
        scores.by_class[truth[i]].push_back(probabilities[i * class_count + truth[i]]);
    for (auto& of_class : scores.by_class) {
        std::sort(of_class.begin(), of_class.end());
        of_class = thinned(of_class);
    }
    return scores;
}

model::LeafPairs collect_pairs(const model::Forest& forest, const dataset::Table& table,
                               std::span<const std::uint32_t> rows) {
    const std::size_t trees = model::novelty_trees(forest);
    std::vector<std::vector<std::uint64_t>> met(trees);  // Per tree, with the one after it: both leaves in one number.
    for (const std::uint32_t row : rows) {
        const std::vector<float> values = row_of(table, row);
        std::uint64_t leaf = forest.leaf_node(0, values);
        for (std::size_t tree = 1; tree < trees; ++tree) {
            const std::uint64_t next_leaf = forest.leaf_node(tree, values);
            met[tree - 1].push_back(leaf << 32 | next_leaf);
            leaf = next_leaf;
        }
    }
    std::size_t distinct = 0;
    for (auto& of_tree : met) {
        std::sort(of_tree.begin(), of_tree.end());
        of_tree.erase(std::unique(of_tree.begin(), of_tree.end()), of_tree.end());
        distinct += of_tree.size();
    }
    model::LeafPairs pairs;
    pairs.bits.resize(std::bit_ceil(std::max(kLeastWords, distinct * kBitsPerPair / 64)));
    for (std::size_t tree = 0; tree < trees; ++tree)
        for (const std::uint64_t pair : met[tree])
            pairs.add(tree, static_cast<std::uint32_t>(pair >> 32), static_cast<std::uint32_t>(pair));
    return pairs;
}

std::uint32_t fit_novelty_limit(const model::Forest& forest, const model::LeafPairs& pairs, const dataset::Table& table,
                                std::span<const std::uint32_t> rows) {
    std::vector<std::uint64_t> with(model::novelty_trees(forest), 0);  // Rows by their number of unseen pairs.
    for (const std::uint32_t row : rows) ++with[model::unseen_pairs(forest, pairs, row_of(table, row))];
    auto limit = static_cast<std::uint32_t>(with.size() - 1);
    double above = 0;
    while (limit > 0 && above + static_cast<double>(with[limit]) <= kNovelShare * static_cast<double>(rows.size()))
        above += static_cast<double>(with[limit--]);
    return limit;
}

double expected_calibration_error(std::span<const JudgedRow> rows) {
    std::vector<Bin> bins(kErrorBins);
    for (const JudgedRow& row : rows) {
        const auto bin = static_cast<std::size_t>(row.probability * kErrorBins);
        bins[std::min(bin, kErrorBins - 1)].add({1, row.is_right ? 1.0 : 0.0, static_cast<double>(row.probability)});
    }
    double error = 0;
    for (const Bin& bin : bins) error += std::abs(bin.right - bin.probability);
    return rows.empty() ? 0 : error / static_cast<double>(rows.size());
}

}  // namespace flowsift::learn
