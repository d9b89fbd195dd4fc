#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/command.h"
#include "app/configuration.h"
#include "app/text.h"
#include "base/terminal.h"
#include "detect/class_info.h"
#include "detect/policy_toml.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

struct ConfigOptions {
    std::string action;
    std::string file;
};

/// The model that a file names, checked to be one that can be served.
base::Result<model::Model> model_of(const CLI::App& watch, const std::string& file) {
    const CLI::Option* setting = watch.get_option("MODEL");
    if (setting->empty())
        return base::Error{file + " names no model; add `model = \"FILE\"` to [watch]",
                           base::ErrorKind::kConfiguration};
    auto model = model::open_model(setting->results().back());
    if (!model) return model.error();
    if (const auto servable = model->check_servable(); !servable) return servable.error();
    return model;
}

/// With the largest unit that it is a whole number of.
std::string duration_text(base::Nanoseconds duration) {
    if (duration % (60 * base::kSecond) == 0) return fmt::format("{}m", duration / (60 * base::kSecond));
    if (duration % base::kSecond == 0) return fmt::format("{}s", duration / base::kSecond);
    return fmt::format("{}ms", duration / base::kMillisecond);
}

std::string policy_lines(const detect::Policy& policy, const model::Model& model) {
    std::string text = fmt::format(
        "\n[alerts]\nper_hour = {}\nquiet_time = \"{}\"\ndrift_period = \"{}\"\nunknown = {}\n"
        "unknown_flows = {}\n",
        policy.alerts_per_hour, duration_text(policy.quiet_time), duration_text(policy.drift_period),
        policy.alerts_on_unknown, policy.unknown_flows);
    text += fmt::format("unknown_severity = \"{}\"\n", detect::to_string(policy.unknown_severity));
    for (std::size_t i = 0; i < policy.classes.size(); ++i) {
        if (static_cast<int>(i) == model.benign_class()) continue;
        const detect::ClassPolicy& each = policy.classes[i];
        text += fmt::format("\n[alerts.class.{}]\nseverity = \"{}\"\nthreshold = {}\ntechnique = {}\nmuted = {}\n",
                            toml_text(model.classes[i]), detect::to_string(each.severity), each.threshold,
                            toml_text(each.technique), each.is_muted);
    }
    for (const detect::Allowance& each : policy.allowances)
        text += fmt::format("\n# allowed: {}\n", each.note.empty() ? "(no note)" : base::printable(each.note));
    return text;
}

base::Result<int> run_config(const ConfigOptions& options) {
    CLI::App watch;
    const Runner owner = configure_watch(watch);  // Of what the options are set in.
    if (options.action == "help") return print_to_stdout(settings_help(watch) + "\n" + detect::policy_help());
    if (options.file.empty()) return base::Error{"name a configuration file", base::ErrorKind::kUsage};
    const auto configuration = read_configuration(options.file);
    if (!configuration) return configuration.error();
    if (const auto applied = apply_configuration(*configuration, watch); !applied) return applied.error();
    const auto model = model_of(watch, options.file);
    if (!model) return model.error();
    const auto policy = detect::parse_policy(configuration->alerts(), options.file, *model);
    if (!policy) return policy.error();
    if (options.action == "show")
        return print_to_stdout("version = 1\n\n" + list_settings(watch) + policy_lines(*policy, *model));
    return print_to_stdout(fmt::format("{} is right: a model of {} classes, {} allowances\n", options.file,
                                       model->classes.size(), policy->allowances.size()));
}

}  // namespace

Runner configure_config(CLI::App& app) {
    auto options = std::make_shared<ConfigOptions>();
    app.add_option("ACTION", options->action,
                   "check: is it right, model and policy included; show: with all defaults; help: every key")
        ->required()
        ->check(CLI::IsMember({"check", "show", "help"}).description(""));
    app.add_option("FILE", options->file, "Configuration file (TOML), as `watch --config` reads it");
    return [options] { return run_config(*options); };
}

}  // namespace flowsift::app
