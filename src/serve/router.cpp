#include "serve/router.h"

#include <algorithm>

namespace flowsift::serve {
namespace {

bool is_variable(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// Takes the first segment, with the slash before it, off `path`.
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

}  // namespace

std::optional<Fields> match_pattern(std::string_view pattern, std::string_view path) {
    Fields params;
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = take_segment(pattern);
        const std::string_view found = take_segment(path);
        if (is_variable(wanted) && !found.empty())
            params.emplace_back(wanted.substr(1, wanted.size() - 2), found);
        else if (wanted != found)
            return std::nullopt;
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return params;
}

Router::Router(std::span<const std::span<const Route>> groups) {
    for (const auto& group : groups)
        for (const Route& route : group) routes_.push_back(&route);
    // A literal segment before a {name}: '{' is greater than every letter.
    std::stable_sort(routes_.begin(), routes_.end(),
                     [](const Route* a, const Route* b) { return a->pattern < b->pattern; });
}

Router::Match Router::find(Method method, std::string_view path) const {
    Match match;
    for (const Route* route : routes_) {
        auto params = match_pattern(route->pattern, path);
        if (!params) continue;
        if (!match.allowed.empty()) match.allowed += ", ";
        match.allowed += route->method == Method::kGet ? "GET, HEAD" : to_string(route->method);
        if (route->method != method || match.route) continue;
        match.route = route;
        match.params = std::move(*params);
    }
    return match;
}

}  // namespace flowsift::serve
