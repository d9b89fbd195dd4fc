#include "store/filter_value.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/terminal.h"
#include "flow/protocol_names.h"
#include "store/wildcard.h"

namespace flowsift::store {
namespace {

struct Unit {
    std::string_view name;
    double factor;
};

constexpr Unit kCountUnits[] = {{"", 1}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}};
constexpr Unit kDurationUnits[] = {{"", 1e9},  {"ns", 1},   {"us", 1e3},   {"µs", 1e3},   {"ms", 1e6},
                                   {"s", 1e9}, {"m", 60e9}, {"h", 3.6e12}, {"d", 86.4e12}};

/// Whole numbers up to here are exact in a double.
constexpr double kLargestWhole = 9'007'199'254'740'992.0;
constexpr double kLargestDuration = 9.2e18;  // Nanoseconds; 291 years.
constexpr std::size_t kShown = 40;           // Bytes of what was typed that an error repeats.

std::optional<double> scaled(std::string_view text, std::span<const Unit> units) {
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || !std::isfinite(number)) return {};
    const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const Unit& unit : units)
        if (unit.name == rest) return number * unit.factor;
    return {};
}

std::optional<std::int64_t> whole(std::string_view text, std::span<const Unit> units, bool rounds) {
    std::optional<double> number = scaled(text, units);
    if (!number) return {};
    if (rounds) number = std::round(*number);
    if (std::abs(*number) > (rounds ? kLargestDuration : kLargestWhole) || *number != std::trunc(*number)) return {};
    return static_cast<std::int64_t>(*number);
}

std::optional<std::int64_t> protocol_number(std::string_view text) {
    for (const flow::ProtocolName& each : flow::protocol_names())
        if (matches_wildcard(text, each.name) && text.find('*') == std::string_view::npos) return each.number;
    if (matches_wildcard(text, "icmpv6") && text.find('*') == std::string_view::npos) return 58;
    const auto number = whole(text, std::span(kCountUnits).first(1), false);
    return number && *number >= 0 && *number <= 255 ? number : std::nullopt;
}

std::optional<std::int64_t> choice_number(const FilterField& field, std::string_view text) {
    for (std::size_t i = 0; i < field.choices.size(); ++i)
        if (field.choices[i] == text) return field.first_choice + static_cast<std::int64_t>(i);
    return {};
}

std::optional<std::int64_t> flag_number(std::string_view text) {
    if (text == "yes" || text == "true" || text == "1") return 1;
    if (text == "no" || text == "false" || text == "0") return 0;
    return {};
}

std::optional<SqlValue> value_of(const FilterField& field, std::string_view text) {
    const auto as_value = [](const auto& number) { return number ? std::optional<SqlValue>(*number) : std::nullopt; };
    switch (field.kind) {
        case FieldKind::kCount:
            return as_value(whole(text, kCountUnits, false));
        case FieldKind::kDuration:
            return as_value(whole(text, kDurationUnits, true));
        case FieldKind::kReal:
            return as_value(scaled(text, std::span(kCountUnits).first(1)));
        case FieldKind::kProtocol:
            return as_value(protocol_number(text));
        case FieldKind::kFlag:
            return as_value(flag_number(text));
        case FieldKind::kAddress:
            return as_value(base::parse_ip_address(text));
        default:
            return as_value(choice_number(field, text));
    }
}

ValueRange range_of(const base::IpPrefix& prefix) {
    base::IpAddress least = prefix.address, greatest = prefix.address;
    for (int bit = prefix.length; bit < 128; ++bit) {
        const auto mask = static_cast<std::uint8_t>(0x80 >> bit % 8);
        least.bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~mask);
        greatest.bytes[static_cast<std::size_t>(bit / 8)] |= mask;
    }
    return {least, greatest};
}

std::string what_it_takes(const FilterField& field) {
    switch (field.kind) {
        case FieldKind::kCount:
            return "a whole number";
        case FieldKind::kReal:
            return "a number";
        case FieldKind::kDuration:
            return "a duration";
        case FieldKind::kAddress:
            return "an address or a prefix";
        case FieldKind::kProtocol:
            return "a protocol's name or a number up to 255";
        case FieldKind::kFlag:
            return "yes or no";
        default:
            return fmt::format("one of {}", fmt::join(field.choices, ", "));
    }
}

base::Error refusal(const FilterField& field, std::string_view text) {
    return {fmt::format("'{}' takes {}, not '{}'; e.g. {}", field.name, what_it_takes(field),
                        base::printable(text.substr(0, kShown)), field.example),
            base::ErrorKind::kUsage};
}

bool is_ordered(FieldKind kind) {
    return kind == FieldKind::kCount || kind == FieldKind::kReal || kind == FieldKind::kDuration;
}

template <class Number>
ValueRange beyond(Comparison comparison, Number value, Number after, Number before) {
    constexpr Number kLeast = std::numeric_limits<Number>::lowest(), kMost = std::numeric_limits<Number>::max();
    switch (comparison) {
        case Comparison::kMore:
            return {after, kMost};
        case Comparison::kLess:
            return {kLeast, before};
        case Comparison::kAtLeast:
            return {value, kMost};
        default:
            return {kLeast, value};
    }
}

ValueRange compared(Comparison comparison, const SqlValue& value) {
    if (const auto* whole_number = std::get_if<std::int64_t>(&value))
        return beyond<std::int64_t>(comparison, *whole_number, *whole_number + 1, *whole_number - 1);
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const double number = std::get<double>(value);
    return beyond<double>(comparison, number, std::nextafter(number, kInfinity), std::nextafter(number, -kInfinity));
}

}  // namespace

base::Result<ValueRange> parse_range(const FilterField& field, Comparison comparison, std::string_view text) {
    if (comparison != Comparison::kIs && comparison != Comparison::kIsNot) {
        if (!is_ordered(field.kind))
            return base::Error{fmt::format("'{}' has no order: use ':' or '!='", field.name), base::ErrorKind::kUsage};
        const auto value = value_of(field, text);
        if (!value) return refusal(field, text);
        return compared(comparison, *value);
    }
    const std::size_t dots = text.find("..");
    if (dots != std::string_view::npos && (is_ordered(field.kind) || field.kind == FieldKind::kAddress)) {
        const auto least = value_of(field, text.substr(0, dots)), greatest = value_of(field, text.substr(dots + 2));
        if (!least || !greatest) return refusal(field, text);
        return ValueRange{*least, *greatest};
    }
    if (field.kind == FieldKind::kAddress) {
        const auto prefix = base::parse_ip_prefix(text);
        if (!prefix) return refusal(field, text);
        return range_of(*prefix);
    }
    const auto value = value_of(field, text);
    if (!value) return refusal(field, text);
    return ValueRange{*value, *value};
}

}  // namespace flowsift::store
