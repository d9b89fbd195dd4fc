#include "store/row_kind.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>

#include "base/bytes.h"

namespace flowsift::store {
namespace {

constexpr std::string_view kDefinitions = "definitions ", kProfile = "profile ";

/// The first line of `text`, which then begins after it; empty at its end.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

}  // namespace

std::string to_text(const RowKind& kind) {
    std::string text = fmt::format("{}{}\n{}{}\n", kDefinitions, kind.definitions_version, kProfile, kind.profile);
    for (const std::string& name : kind.features) text += name + '\n';
    return text;
}

std::optional<RowKind> parse_row_kind(std::string_view text) {
    const std::string_view definitions = take_line(text), profile = take_line(text);
    if (!definitions.starts_with(kDefinitions) || !profile.starts_with(kProfile)) return std::nullopt;
    RowKind kind{.profile = std::string(profile.substr(kProfile.size()))};
    const std::string_view number = definitions.substr(kDefinitions.size());
    const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), kind.definitions_version);
    if (fault != std::errc{} || end != number.data() + number.size()) return std::nullopt;
    while (!text.empty()) kind.features.emplace_back(take_line(text));
    return kind;
}

std::vector<std::uint8_t> values_to_bytes(std::span<const double> values) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(4 * values.size());
    for (const double value : values) {
        const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
        for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(bits >> shift));
    }
    return bytes;
}

std::vector<float> values_of_bytes(std::span<const std::uint8_t> bytes) {
    if (bytes.size() % 4 != 0) return {};
    base::ByteReader reader(bytes);
    std::vector<float> values(bytes.size() / 4);
    for (float& value : values) {
        value = std::bit_cast<float>(reader.le32());
        if (!std::isfinite(value)) return {};
    }
    return values;
}

}  // namespace flowsift::store
