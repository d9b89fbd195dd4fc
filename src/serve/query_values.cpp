#include "serve/query_values.h"

#include <charconv>
#include <chrono>

#include "base/duration.h"

namespace flowsift::serve {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number = 0;
    const char* end = text.data() + text.size();
    if (std::from_chars(text.data(), end, number) != std::from_chars_result{end, {}}) return std::nullopt;
    return number;
}

}  // namespace

std::optional<std::int64_t> number_of(const Request& request, std::string_view name, std::int64_t otherwise,
                                      std::int64_t least, std::int64_t most) {
    const auto text = find_field(request.query, name);
    if (!text) return otherwise;
    const auto number = parse_number<std::int64_t>(*text);
    if (!number || *number < least || *number > most) return std::nullopt;
    return number;
}

std::optional<base::Nanoseconds> time_of(const Request& request, std::string_view name, base::Nanoseconds otherwise,
                                         base::Nanoseconds now) {
    const auto text = find_field(request.query, name);
    if (!text) return otherwise;
    if (text->starts_with('-')) {
        const auto back = base::parse_duration(text->substr(1));
        if (!back) return std::nullopt;
        return now - std::chrono::duration_cast<std::chrono::nanoseconds>(*back).count();
    }
    if (!text->ends_with('Z')) return std::nullopt;
    return base::parse_time(text->substr(0, text->size() - 1));
}

std::string param_of(const Request& request, std::string_view name) {
    return std::string(find_field(request.params, name).value_or(""));
}

std::uint64_t number_param_of(const Request& request, std::string_view name) {
    return parse_number<std::uint64_t>(find_field(request.params, name).value_or("")).value_or(0);
}

}  // namespace flowsift::serve
