#include "dataset/scaler.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace flowsift::dataset {
namespace {

constexpr float kLargest = std::numeric_limits<float>::max();

/// The floats from -kLargest to kLargest in order, as whole numbers that ascend with them (-0 and 0 are both 0).
float float_at(std::int32_t place) {
    const auto bits = static_cast<std::uint32_t>(place < 0 ? -place : place);
    return std::bit_cast<float>(place < 0 ? bits | 0x8000'0000 : bits);
}

struct Moments {
    double mean = 0, scale = 1;
};

/// Two passes: the second measures from a mean that is already near, so that nothing cancels, and corrects it.
Moments moments_of(const std::vector<float>& column, const std::vector<std::uint32_t>& rows) {
    if (rows.empty()) return {};
    const auto count = static_cast<double>(rows.size());
    const float first = column[rows.front()];
    bool is_constant = true;
    double sum = 0;
    for (const std::uint32_t row : rows) {
        sum += static_cast<double>(column[row]);
        is_constant = is_constant && column[row] == first;
    }
    if (is_constant) return {static_cast<double>(first), 1};
    const double near = sum / count;
    double rest = 0, squares = 0;
    for (const std::uint32_t row : rows) {
        const double difference = static_cast<double>(column[row]) - near;
        rest += difference;
        squares += difference * difference;
    }
    const double deviation = std::sqrt(std::max(0.0, (squares - rest * rest / count) / count));
    return {near + rest / count, deviation > 0 ? deviation : 1};
}

}  // namespace

StandardScaler StandardScaler::fit(const Table& table, const std::vector<std::uint32_t>& rows) {
    StandardScaler scaler;
    for (const auto& column : table.columns) {
        const Moments moments = moments_of(column, rows);
        scaler.mean_.push_back(moments.mean);
        scaler.scale_.push_back(moments.scale);
    }
    return scaler;
}

float StandardScaler::scaled(std::size_t column, float value) const {
    const double exact = (static_cast<double>(value) - mean_[column]) / scale_[column];
    return static_cast<float>(std::clamp(exact, static_cast<double>(-kLargest), static_cast<double>(kLargest)));
}

Table StandardScaler::transform(Table table) const {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        for (float& value : table.columns[i]) value = scaled(i, value);
    return table;
}

float StandardScaler::unscale(std::size_t column, float threshold) const {
    const auto is_below = [&](std::int32_t place) { return scaled(column, float_at(place)) <= threshold; };
    std::int32_t low = -std::bit_cast<std::int32_t>(kLargest), high = -low;
    if (!is_below(low)) return -std::numeric_limits<float>::infinity();
    if (is_below(high)) return kLargest;
    while (low + 1 < high) {
        const auto middle = static_cast<std::int32_t>((std::int64_t{low} + high) >> 1);
        (is_below(middle) ? low : high) = middle;
    }
    return float_at(low);
}

}  // namespace flowsift::dataset
