#include "learn/binned_table.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/parallel.h"
#include "learn/ordered_bits.h"

namespace flowsift::learn {
namespace {

using Keys = std::vector<std::uint32_t>;

/// By digits of 11 bits, the lowest first; a digit that all keys share is skipped. `spare`: scratch space.
void sort_keys(Keys& keys, Keys& spare) {
    constexpr std::uint32_t kDigit = 11, kBuckets = 1U << kDigit;
    spare.resize(keys.size());
    for (std::uint32_t shift = 0; shift < 32; shift += kDigit) {
        std::array<std::uint32_t, kBuckets> next{};
        for (const std::uint32_t key : keys) ++next[key >> shift & (kBuckets - 1)];
        if (next[keys[0] >> shift & (kBuckets - 1)] == keys.size()) continue;
        std::uint32_t begin = 0;
        for (std::uint32_t& bucket : next) begin += std::exchange(bucket, begin);
        for (const std::uint32_t key : keys) spare[next[key >> shift & (kBuckets - 1)]++] = key;
        keys.swap(spare);
    }
}

std::size_t count_distinct(const Keys& sorted) {
    std::size_t distinct = 1;
    for (std::size_t i = 1; i < sorted.size(); ++i) distinct += sorted[i] != sorted[i - 1] ? 1 : 0;
    return distinct;
}

/// Closes a bin at the end of a run of equal values once the bin has its share of the rows that are left.
FeatureBins make_bins(const Keys& sorted) {
    FeatureBins bins;
    bins.is_exact = count_distinct(sorted) <= kMaxBins;
    std::size_t begin = 0;
    for (std::size_t end = 1; end <= sorted.size(); ++end) {
        const bool is_last = end == sorted.size();
        if (!is_last && sorted[end] == sorted[end - 1]) continue;
        const std::size_t bins_left = kMaxBins - bins.size();
        const bool is_full = (end - begin) * bins_left >= sorted.size() - begin;
        if (!bins.is_exact && !is_last && (!is_full || bins_left == 1)) continue;
        bins.lowest.push_back(from_ordered_bits(sorted[begin]));
        bins.highest.push_back(from_ordered_bits(sorted[end - 1]));
        begin = end;
    }
    return bins;
}

/// The bin whose highest value is the first that is not below a value: binary search without a branch.
class BinFinder {
  public:
    explicit BinFinder(const FeatureBins& bins) {
        highest_.fill(std::numeric_limits<float>::infinity());
        std::copy(bins.highest.begin(), bins.highest.end(), highest_.begin());
    }

    std::uint8_t find(float value) const {
        std::size_t bin = 0;
        for (std::size_t step = kMaxBins / 2; step > 0; step /= 2) bin += highest_[bin + step - 1] < value ? step : 0;
        return static_cast<std::uint8_t>(bin);
    }

  private:
    std::array<float, kMaxBins> highest_;
};

}  // namespace

BinnedTable::BinnedTable(const dataset::Table& table, std::span<const std::uint32_t> rows, std::size_t threads)
    : table_(table),
      rows_(rows),
      bins_(table.columns.size()),
      codes_(rows.size() * table.columns.size()),
      labels_(rows.size()) {
    for (std::size_t i = 0; i < labels_.size(); ++i) labels_[i] = table.labels[rows[i]];
    base::parallel_for(features(), threads, [&](std::size_t feature, std::size_t) { bin_feature(feature); });
}

void BinnedTable::bin_feature(std::size_t feature) {
    Keys keys(rows()), spare;
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = ordered_bits(value(feature, i));
    sort_keys(keys, spare);
    bins_[feature] = make_bins(keys);
    const BinFinder finder(bins_[feature]);
    std::uint8_t* codes = codes_.data() + feature * rows();
    for (std::size_t i = 0; i < rows(); ++i) codes[i] = finder.find(value(feature, i));
}

}  // namespace flowsift::learn
