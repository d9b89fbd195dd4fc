#include "base/message_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

namespace flowsift::base {
namespace {

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Levenshtein, ignoring case; names are short.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (lower(a[i]) != lower(b[j]));
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string quoted_for_message(std::string_view text) {
    std::string out = "'";
    for (const char c : text.substr(0, 40)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f || c == '\'' || c == '\\')
            out += fmt::format("\\x{:02x}", byte);
        else
            out += c;
    }
    out += text.size() > 40 ? "…'" : "'";
    return out;
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates) {
    constexpr std::size_t kLongest = 100;  // Whatever is longer is no misspelt column.
    std::string_view nearest;
    std::size_t best = name.size() > kLongest ? 0 : name.size() / 3 + 1;
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = best ? edit_distance(name, candidate) : best;
        if (distance >= best) continue;
        best = distance;
        nearest = candidate;
    }
    return nearest;
}

}  // namespace flowsift::base
