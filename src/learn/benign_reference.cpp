#include "learn/benign_reference.h"

#include <algorithm>

namespace flowsift::learn {
namespace {

constexpr std::size_t kMostRows = 100'000;
constexpr std::size_t kLeastRows = 100;
constexpr std::size_t kBins = 10;

std::vector<std::uint32_t> benign_rows(const dataset::Table& table, std::span<const std::uint32_t> rows, int benign) {
    std::vector<std::uint32_t> all;
    std::ranges::copy_if(rows, std::back_inserter(all),
                         [&](std::uint32_t row) { return int{table.labels[row]} == benign; });
    if (all.size() <= kMostRows) return all;
    std::vector<std::uint32_t> chosen(kMostRows);
    for (std::size_t i = 0; i < kMostRows; ++i) chosen[i] = all[i * all.size() / kMostRows];
    return chosen;
}

/// The least value that at least `percent` of the values do not exceed.
float percentile(std::span<const float> ascending, std::size_t percent) {
    return ascending[(ascending.size() * percent + 99) / 100 - 1];
}

/// `values` ascending.
model::FeatureReference reference_of(std::span<const float> values) {
    model::FeatureReference feature{.low = percentile(values, 5), .high = percentile(values, 95)};
    for (std::size_t bin = 1; bin < kBins; ++bin) {
        const float edge = percentile(values, 100 * bin / kBins);
        if (edge < values.back() && (feature.edges.empty() || edge > feature.edges.back()))
            feature.edges.push_back(edge);
    }
    std::vector<std::size_t> counts(feature.edges.size() + 1);
    for (const float value : values) ++counts[feature.bin_of(value)];
    for (const std::size_t count : counts)
        feature.shares.push_back(static_cast<float>(static_cast<double>(count) / static_cast<double>(values.size())));
    return feature;
}

}  // namespace

model::BenignReference benign_reference(const dataset::Table& table, std::span<const std::uint32_t> rows, int benign) {
    const std::vector<std::uint32_t> chosen = benign_rows(table, rows, benign);
    if (chosen.size() < kLeastRows) return {};
    model::BenignReference reference{.rows = chosen.size()};
    reference.features.reserve(table.columns.size());
    std::vector<float> values(chosen.size());
    for (const auto& column : table.columns) {
        for (std::size_t i = 0; i < chosen.size(); ++i) values[i] = column[chosen[i]];
        std::sort(values.begin(), values.end());
        reference.features.push_back(reference_of(values));
    }
    return reference;
}

}  // namespace flowsift::learn
