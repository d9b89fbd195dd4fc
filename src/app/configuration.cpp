#include "app/configuration.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

#include "detect/policy_toml.h"

namespace flowsift::app {
namespace {

using base::ErrorKind;

/// "flow_layer" of --flow-layer, "model" of the argument MODEL.
std::string key_of(const CLI::Option& option) {
    std::string key = option.nonpositional() ? option.get_lnames().front() : option.get_single_name();
    std::ranges::transform(key, key.begin(), [](char c) {
        if (c == '-') return '_';
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return key;
}

bool is_flag(const CLI::Option& option) {
    return option.get_items_expected_max() == 0;
}

/// Those that a file may set.
std::vector<CLI::Option*> settings_of(CLI::App& command) {
    return command.get_options([](const CLI::Option* option) { return option->get_configurable(); });
}

std::vector<const CLI::Option*> settings_of(const CLI::App& command) {
    return command.get_options([](const CLI::Option* option) { return option->get_configurable(); });
}

/// As it would stand on the command line; empty where it is a table, a list or the like.
std::string text_of(const toml::node& node) {
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const auto number = node.value_exact<std::int64_t>()) return fmt::format("{}", *number);
    if (const auto number = node.value_exact<double>()) return fmt::format("{}", *number);
    if (const auto truth = node.value_exact<bool>()) return *truth ? "true" : "false";
    return {};
}

/// Empty where the option takes the value, or what it says against it.
std::string set(CLI::Option& option, const toml::node& value) {
    const std::string text = text_of(value);
    if (text.empty() && !value.is_string()) return "takes one text, number or true/false";
    if (is_flag(option) != value.is_boolean())
        return is_flag(option) ? "is true or false" : "takes a text or number, not true or false";
    try {
        option.add_result(text);
        option.run_callback();
    } catch (const CLI::Error& error) {
        return fmt::format("is wrong: {}", error.what());
    }
    return {};
}

/// "https://host/..." of a URL that says more than its host.
std::string without_path(const std::string& url) {
    const std::size_t scheme = url.find("://");
    const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
    const std::size_t end = url.find_first_of("/?#", host);
    const std::size_t user = std::min(url.rfind('@', end), url.size());  // Refused later, and no less a secret.
    if (user != url.size()) return "...";
    return end == std::string::npos ? url : url.substr(0, end) + "/...";
}

/// A TOML value.
std::string value_of(const CLI::Option& option) {
    const std::string text = option.empty() ? option.get_default_str() : option.results().back();
    if (is_flag(option)) return option.empty() ? "false" : text;
    if (option.get_type_name() == kUrlType) return toml_text(without_path(text));
    const bool is_number = !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos &&
                           std::ranges::count(text, '.') <= 1 && text.front() != '.' && text.back() != '.';
    return is_number ? text : toml_text(text);
}

}  // namespace

base::Result<detect::Policy> read_policy(const std::string& path, const model::Model& model,
                                         std::optional<float> threshold) {
    if (path.empty()) return detect::parse_policy(nullptr, path, model, threshold);
    const auto configuration = read_configuration(path);
    if (!configuration) return configuration.error();
    return detect::parse_policy(configuration->alerts(), path, model, threshold);
}

std::string toml_text(const std::string& text) {
    std::ostringstream quoted;
    quoted << toml::value<std::string>(text);
    return quoted.str();
}

base::Result<Configuration> read_configuration(const std::string& path) {
    constexpr std::array<std::string_view, 3> kKnown = {"version", "watch", "alerts"};
    const auto text = base::read_toml_file(path, "configuration file");
    if (!text) return text.error();
    auto document = base::parse_toml(*text, path);
    if (!document) return document.error();
    for (const auto& [key, value] : *document) {
        if (std::ranges::find(kKnown, key.str()) == kKnown.end())
            return base::unknown_toml_key(path, key, "a configuration file", kKnown);
        if (key.str() != "version" && !value.is_table())
            return base::toml_error(path, value.source(), fmt::format("`{0}` must be a table; write [{0}]", key.str()));
    }
    if (const auto checked = base::check_toml_version(*document, path, "configuration file"); !checked)
        return checked.error();
    return Configuration{path, std::move(*document)};
}

base::Result<void> apply_configuration(const Configuration& configuration, CLI::App& command) {
    if (configuration.watch() == nullptr) return {};
    const std::vector<CLI::Option*> settings = settings_of(command);
    for (const auto& [key, value] : *configuration.watch()) {
        const auto setting = std::ranges::find_if(
            settings, [&k = key](const CLI::Option* option) { return key_of(*option) == k.str(); });
        if (setting == settings.end()) {
            std::vector<std::string> keys;
            keys.reserve(settings.size());
            for (const CLI::Option* option : settings) keys.push_back(key_of(*option));
            return base::unknown_toml_key(configuration.path, key, "[watch]",
                                          std::vector<std::string_view>(keys.begin(), keys.end()));
        }
        if (!(*setting)->empty()) continue;  // The command line wins.
        if (const std::string fault = set(**setting, value); !fault.empty())
            return base::toml_error(configuration.path, value.source(), fmt::format("`{}` {}", key.str(), fault));
    }
    return {};
}

std::string list_settings(const CLI::App& command) {
    std::string text = "[watch]\n";
    for (const CLI::Option* option : settings_of(command)) {
        const bool is_set = !option->empty() || !option->get_default_str().empty() || is_flag(*option);
        text += is_set ? fmt::format("{} = {}\n", key_of(*option), value_of(*option))
                       : fmt::format("# {} =\n", key_of(*option));
    }
    return text;
}

std::string settings_help(const CLI::App& command) {
    std::string help = "[watch]\n";
    for (const CLI::Option* option : settings_of(command))
        help += fmt::format("  {:<17} {}\n", key_of(*option), option->get_description());
    return help;
}

}  // namespace flowsift::app
