#include "base/toml_document.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <sstream>

#include "base/message_text.h"

namespace flowsift::base {

Result<std::string> read_toml_file(const std::string& path, std::string_view kind) {
    std::ifstream file(path, std::ios::binary);
    std::string text(kMostTomlBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad())
        return Error{fmt::format("cannot read the {} {}; check the path and its permissions", kind, path)};
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

Result<toml::table> parse_toml(std::string_view text, const std::string& name) {
    if (text.size() > kMostTomlBytes)
        return Error{fmt::format("{} is larger than {} bytes; is it the right file?", name, kMostTomlBytes),
                     ErrorKind::kConfiguration};
    try {
        return toml::parse(text, name);
    } catch (const toml::parse_error& error) {
        return toml_error(name, error.source(), error.description());
    }
}

Error toml_error(const std::string& name, const toml::source_region& where, std::string_view what) {
    return {fmt::format("{}, line {}, column {}: {}", name, where.begin.line, where.begin.column, what),
            ErrorKind::kConfiguration};
}

Error unknown_toml_key(const std::string& name, const toml::key& key, std::string_view owner,
                       std::span<const std::string_view> known) {
    const std::string_view nearest = nearest_name(key.str(), known);
    return toml_error(name, key.source(),
                      fmt::format("{} has no key {}; {}", owner, quoted_for_message(key.str()),
                                  nearest.empty() ? fmt::format("it has: {}", fmt::join(known, ", "))
                                                  : fmt::format("did you mean '{}'?", nearest)));
}

Result<void> check_toml_version(const toml::table& document, const std::string& name, std::string_view kind) {
    const toml::node* const version = document.get("version");
    if (!version)
        return Error{name + " does not state its version; put `version = 1` on its first line",
                     ErrorKind::kConfiguration};
    if (version->value_exact<std::int64_t>() != 1)
        return toml_error(name, version->source(),
                          fmt::format("`version` must be 1, the only version of {}s so far", kind));
    return {};
}

}  // namespace flowsift::base
