#include "learn/binned_table.h"

#include <algorithm>

#include "base/parallel.h"

namespace flowsift::learn {
namespace {

std::size_t count_distinct(std::span<const float> sorted) {
    std::size_t distinct = 1;
    for (std::size_t i = 1; i < sorted.size(); ++i) distinct += sorted[i] != sorted[i - 1] ? 1 : 0;
    return distinct;
}

/// Closes a bin at the end of a run of equal values once the bin has its share of the rows that are left.
FeatureBins make_bins(std::span<const float> sorted) {
    FeatureBins bins;
    bins.is_exact = count_distinct(sorted) <= kMaxBins;
    std::size_t begin = 0;
    for (std::size_t end = 1; end <= sorted.size(); ++end) {
        const bool is_last = end == sorted.size();
        if (!is_last && sorted[end] == sorted[end - 1]) continue;
        const std::size_t bins_left = kMaxBins - bins.size();
        const bool is_full = (end - begin) * bins_left >= sorted.size() - begin;
        if (!bins.is_exact && !is_last && (!is_full || bins_left == 1)) continue;
        bins.lowest.push_back(sorted[begin]);
        bins.highest.push_back(sorted[end - 1]);
        begin = end;
    }
    return bins;
}

}  // namespace

BinnedTable::BinnedTable(const dataset::Table& table, std::span<const std::uint32_t> rows, std::size_t threads)
    : table_(table), rows_(rows), bins_(table.columns.size()), codes_(table.columns.size()) {
    base::parallel_for(features(), threads, [&](std::size_t feature, std::size_t) { bin_feature(feature); });
}

void BinnedTable::bin_feature(std::size_t feature) {
    std::vector<float> sorted(rows());
    for (std::size_t i = 0; i < rows(); ++i) sorted[i] = value(feature, i);
    std::sort(sorted.begin(), sorted.end());
    bins_[feature] = make_bins(sorted);

    const auto& highest = bins_[feature].highest;
    codes_[feature].resize(rows());
    for (std::size_t i = 0; i < rows(); ++i) {
        const auto bin = std::lower_bound(highest.begin(), highest.end(), value(feature, i));
        codes_[feature][i] = static_cast<std::uint8_t>(bin - highest.begin());
    }
}

}  // namespace flowsift::learn
