#include "store/ordering.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <vector>

#include "base/terminal.h"

namespace flowsift::store {
namespace {

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

base::Result<Order> parse_order(std::string_view text, std::span<const SortKey> keys) {
    const bool is_descending = text.starts_with('-');
    const std::string_view name = text.substr(is_descending ? 1 : 0);
    std::vector<std::string_view> names;
    for (const SortKey& key : keys) {
        if (key.name == name) return Order{&key, is_descending};
        names.push_back(key.name);
    }
    return base::Error{fmt::format("cannot sort by '{}'; there are {}, each with '-' before it for the greatest first",
                                   base::printable(name.substr(0, 40)), fmt::join(names, ", ")),
                       base::ErrorKind::kUsage};
}

std::string Cursor::text() const {
    if (const auto* number = std::get_if<std::int64_t>(&key)) return fmt::format("i{}.{}", *number, id);
    return fmt::format("r{}.{}", std::bit_cast<std::int64_t>(std::get<double>(key)), id);
}

void Cursor::bind(Statement& statement) const {
    std::visit([&](auto number) { statement.bind(number); }, key);
    statement.bind(id);
}

base::Result<Cursor> parse_cursor(std::string_view text) {
    const base::Error error{"this is no place in a list; ask for the list from its begin", base::ErrorKind::kUsage};
    const std::size_t dot = text.find('.');
    if (text.empty() || text.size() > 64 || dot == std::string_view::npos) return error;
    const auto key = whole(text.substr(1, dot - 1)), id = whole(text.substr(dot + 1));
    if (!key || !id) return error;
    if (text.front() == 'i') return Cursor{*key, *id};
    if (text.front() == 'r') return Cursor{std::bit_cast<double>(*key), *id};
    return error;
}

std::string after_cursor(const std::optional<Cursor>& after, const Order& order, std::string_view id) {
    if (!after) return "";
    return fmt::format(" AND ({}, {}) {} (?, ?)", order.key->sql, id, order.is_descending ? "<" : ">");
}

}  // namespace flowsift::store
