// RowKind: what the values of a kept row are, so that no program of another mind learns from them; and the values as
// bytes. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flowsift::store {

struct RowKind {
    std::string profile;          ///< Assembly profile of the flow.
    int definitions_version = 0;  ///< Of the features.
    std::vector<std::string> features;

    bool operator==(const RowKind&) const = default;
};

/// "definitions 1\nprofile default\nFlow Duration\n…": a line for each feature.
std::string to_text(const RowKind& kind);

/// What to_text() gave; empty for anything else.
std::optional<RowKind> parse_row_kind(std::string_view text);

/// Each rounded to float32, little-endian: as a row is judged and learnt from.
std::vector<std::uint8_t> values_to_bytes(std::span<const double> values);

/// The values again. Bytes that are no whole number of float32, or values that are not finite, give none.
std::vector<float> values_of_bytes(std::span<const std::uint8_t> bytes);

}  // namespace flowsift::store
