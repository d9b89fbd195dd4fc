#include "serve/route_documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>
#include <vector>

namespace flowsift::serve {
namespace {

constexpr std::string_view kHead =
    "# The dashboard's API. Everything before \"components:\" is made of the table of routes "
    "(src/serve/routes_*.cpp);\n"
    "# a test compares. FLOWSIFT_WRITE_DOCS=1 serve_test --gtest_filter='RouteDocuments.*' writes it anew.\n"
    "openapi: 3.0.3\n"
    "info:\n"
    "  title: flowsift\n"
    "  version: '1'\n"
    "  description: >-\n"
    "    Every answer is JSON in UTF-8 unless said otherwise. A change (all but GET) needs the header X-CSRF-Token "
    "with the\n"
    "    value that GET /api/session gives, and Origin equal to this server's. x-least-role: nobody, viewer, analyst, "
    "admin;\n"
    "    each may do all that those before it may.\n"
    "paths:\n";

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

/// A component of the document, or a content type with text.
std::string content_of(std::string_view schema, std::string_view indent) {
    if (schema.find('/') == std::string_view::npos)
        return fmt::format("{0}content:\n{0}  application/json:\n{0}    schema: {{$ref: '#/components/schemas/{1}'}}\n",
                           indent, schema);
    const std::string_view format = schema == "application/octet-stream" ? ", format: binary" : "";
    return fmt::format("{0}content:\n{0}  {1}:\n{0}    schema: {{type: string{2}}}\n", indent, schema, format);
}

/// What stands between '{' and '}' in the pattern, and the names of the query.
std::string parameters_of(const Route& route) {
    std::string text;
    auto out = std::back_inserter(text);
    for (std::size_t at = route.pattern.find('{'); at != std::string_view::npos; at = route.pattern.find('{', at + 1)) {
        const std::string_view name = route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1);
        fmt::format_to(out, "        - {{name: {}, in: path, required: true, schema: {{type: string}}}}\n", name);
    }
    for (std::string_view rest = route.query; !rest.empty();) {
        const std::string_view name = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
        fmt::format_to(out, "        - {{$ref: '#/components/parameters/{}'}}\n", name);
    }
    return text.empty() ? text : "      parameters:\n" + text;
}

std::string operation(const Route& route) {
    std::string text = fmt::format("    {}:\n      summary: \"{}\"\n", lower(to_string(route.method)), route.summary);
    auto out = std::back_inserter(text);
    fmt::format_to(out, "      x-least-role: {}\n", to_string(route.least_role));
    if (route.is_open_to_local) text += "      x-open-to-this-machine: true\n";
    text += parameters_of(route);
    if (route.body != Body::kNone)
        fmt::format_to(out, "      requestBody:\n        x-most-bytes: {}\n{}", route.body_limit,
                       content_of(route.request_schema, "        "));
    fmt::format_to(out, "      responses:\n        '{}':\n          description: done\n", route.status);
    if (!route.schema.empty()) text += content_of(route.schema, "          ");
    return text + "        default: {$ref: '#/components/responses/Error'}\n";
}

}  // namespace

std::string openapi_paths(std::span<const std::span<const Route>> groups) {
    std::vector<std::string_view> patterns;
    for (const auto& group : groups)
        for (const Route& route : group)
            if (std::find(patterns.begin(), patterns.end(), route.pattern) == patterns.end())
                patterns.push_back(route.pattern);
    std::string text(kHead);
    for (const std::string_view pattern : patterns) {
        fmt::format_to(std::back_inserter(text), "  {}:\n", pattern);
        for (const auto& group : groups)
            for (const Route& route : group)
                if (route.pattern == pattern) text += operation(route);
    }
    return text;
}

std::string route_list(std::span<const std::span<const Route>> groups) {
    std::string text = "| request | least role | what |\n|---|---|---|\n";
    for (const auto& group : groups)
        for (const Route& route : group)
            fmt::format_to(std::back_inserter(text), "| `{} {}` | {} | {} |\n", to_string(route.method), route.pattern,
                           to_string(route.least_role), route.summary);
    return text;
}

}  // namespace flowsift::serve
