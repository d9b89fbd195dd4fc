#include "serve/query_values.h"

#include <charconv>
#include <chrono>

#include "base/duration.h"
#include "base/time.h"

namespace flowsift::serve {

std::optional<std::int64_t> number_of(const Request& request, std::string_view name, std::int64_t otherwise,
                                      std::int64_t least, std::int64_t most) {
    const auto text = find_field(request.query, name);
    if (!text) return otherwise;
    std::int64_t number = 0;
    const char* end = text->data() + text->size();
    if (std::from_chars(text->data(), end, number) != std::from_chars_result{end, {}}) return std::nullopt;
    if (number < least || number > most) return std::nullopt;
    return number;
}

std::optional<std::int64_t> time_of(const Request& request, std::string_view name, std::int64_t otherwise,
                                    std::int64_t now) {
    auto text = find_field(request.query, name);
    if (!text) return otherwise;
    if (text->starts_with('-')) {
        const auto back = base::parse_duration(text->substr(1));
        if (!back) return std::nullopt;
        return now - std::chrono::duration_cast<std::chrono::seconds>(*back).count();
    }
    if (!text->ends_with('Z')) return std::nullopt;
    const auto time = base::parse_time(text->substr(0, text->size() - 1));
    if (!time) return std::nullopt;
    return *time / base::kSecond;
}

}  // namespace flowsift::serve
