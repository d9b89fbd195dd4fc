// Configuration: what a TOML file says of a run of `watch`: its options in [watch], its policy in [alerts].
//
// The keys of [watch] are the names of the command's options, so there is one table of them: what the command declares.
// The command line wins over the file. Read at the start and, of it, model and policy again at each SIGHUP.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/toml_document.h"
#include "detect/policy.h"

namespace CLI {
class App;
}

namespace flowsift::app {

struct Configuration {
    std::string path;
    toml::table document;

    /// Null: the file has no such table.
    const toml::table* watch() const { return document.get_as<toml::table>("watch"); }
    const toml::table* alerts() const { return document.get_as<toml::table>("alerts"); }
};

/// Errors: a file that cannot be read, is not TOML, states no version, or has other tables; with line and column.
base::Result<Configuration> read_configuration(const std::string& path);

/// Sets the options of `command` that its command line left alone to what the file's [watch] says. Errors
/// (kConfiguration), with line and column: a key that is no option, a value that the option does not take.
base::Result<void> apply_configuration(const Configuration& configuration, CLI::App& command);

/// Of an option (CLI::Option::type_name()) whose value is a URL. The path of a webhook is often its only secret.
inline constexpr std::string_view kUrlType = "URL";

/// "key = value" of every option of `command` that a file may set, those without a value as comments. Of a URL, what
/// follows the host is kept back.
std::string list_settings(const CLI::App& command);

/// Every key of [watch] with what it is for.
std::string settings_help(const CLI::App& command);

/// What the file at `path` says in [alerts], or the default policy where `path` is empty. `threshold`: see
/// detect::parse_policy(). Errors: those of reading and of the policy.
base::Result<detect::Policy> read_policy(const std::string& path, const model::Model& model,
                                         std::optional<float> threshold);

/// Quoted, as a TOML value or key.
std::string toml_text(const std::string& text);

}  // namespace flowsift::app
