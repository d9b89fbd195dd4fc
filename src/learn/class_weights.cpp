#include "learn/class_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace flowsift::learn {

std::vector<std::uint64_t> rows_per_class(const dataset::Table& table, std::span<const std::uint32_t> rows) {
    std::vector<std::uint64_t> counts(table.classes.size());
    for (const std::uint32_t row : rows) ++counts[table.labels[row]];
    return counts;
}

std::vector<double> balanced_weights(std::span<const std::uint64_t> counts) {
    const auto rows = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
    const auto present =
        static_cast<double>(std::count_if(counts.begin(), counts.end(), [](std::uint64_t n) { return n > 0; }));
    std::vector<double> weights(counts.size(), 1.0);
    for (std::size_t c = 0; c < counts.size(); ++c)
        if (counts[c] > 0) weights[c] = rows / (present * static_cast<double>(counts[c]));
    return weights;
}

base::Result<std::vector<double>> class_weights_of(const dataset::Table& table, std::span<const std::uint32_t> rows,
                                                   ClassWeights kind, const std::vector<double>& explicit_weights) {
    if (kind == ClassWeights::kNone) return std::vector<double>(table.classes.size(), 1.0);
    if (kind == ClassWeights::kBalancedSubsample)
        return base::Error{"class weights per bootstrap sample want an algorithm that draws them: a random forest",
                           base::ErrorKind::kUsage};
    if (kind == ClassWeights::kBalanced) return balanced_weights(rows_per_class(table, rows));
    if (explicit_weights.size() != table.classes.size())
        return base::Error{
            fmt::format("There are {} class weights for {} classes.", explicit_weights.size(), table.classes.size())};
    for (std::size_t c = 0; c < table.classes.size(); ++c)
        if (!(explicit_weights[c] > 0) || !std::isfinite(explicit_weights[c]))
            return base::Error{fmt::format("The weight of class \"{}\" is {}; it must be above 0.", table.classes[c],
                                           explicit_weights[c])};
    return explicit_weights;
}

}  // namespace flowsift::learn
