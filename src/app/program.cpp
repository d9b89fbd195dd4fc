#include "app/program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "app/command.h"
#include "app/confinement.h"
#include "app/stop_signal.h"
#include "app/version.h"

namespace flowsift::app {
namespace {

struct Subcommand {
    CLI::App* app;
    Runner runner;
    Confinement confinement;
};

std::string indented(std::string_view lines) {
    std::string text = "\nExamples:\n  ";
    for (const char letter : lines) text += letter == '\n' ? std::string("\n  ") : std::string(1, letter);
    return text;
}

std::vector<Subcommand> add_commands(CLI::App& app) {
    std::vector<Subcommand> subcommands;
    for (const Command& command : commands()) {
        CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
        subcommands.push_back({sub, command.configure(*sub), command.confinement});
        sub->footer(indented(command.examples) + sub->get_footer());
    }
    return subcommands;
}

int report_usage(const CLI::App& app, const CLI::ParseError& error) {
    std::string command = "flowsift";
    for (const CLI::App* sub : app.get_subcommands()) command += " " + sub->get_name();
    fmt::print(stderr, "{}: {}\nTry '{} --help'.\n", command, error.what(), command);
    return static_cast<int>(base::ErrorKind::kUsage);
}

base::Result<int> run_confined(const Subcommand& subcommand) {
    if (subcommand.confinement == Confinement::kWork)
        if (const auto confined = confine_work(); !confined) return confined.error();
    return subcommand.runner();
}

int run_command(const Subcommand& subcommand) {
    const base::Result<int> outcome = run_confined(subcommand);
    if (outcome) return *outcome;
    fmt::print(stderr, "flowsift {}: {}\n", subcommand.app->get_name(), outcome.error().message);
    if (outcome.error().kind == base::ErrorKind::kPermission && subcommand.confinement == Confinement::kWork &&
        geteuid() == 0)
        fmt::print(stderr,
                   "root's rights are given up before a file is read: work as the owner of the files, or copy them\n");
    return static_cast<int>(outcome.error().kind);
}

int run_checked(int argc, char** argv) {
    CLI::App app{"flowsift watches network traffic and says, with reasons, which flows do not belong."};
    app.name("flowsift");
    app.set_version_flag("--version", std::string("flowsift ") + version());
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    const std::vector<Subcommand> subcommands = add_commands(app);
    app.footer("\n'flowsift COMMAND --help' shows its options and examples.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool is_wanted_text = error.get_exit_code() == 0;  // --help, --version
        return is_wanted_text ? app.exit(error) : report_usage(app, error);
    }
    for (const Subcommand& subcommand : subcommands)
        if (subcommand.app->parsed()) return run_command(subcommand);
    return 0;
}

}  // namespace

int run_program(int argc, char** argv) {
    install_stop_signals();
    try {
        return run_checked(argc, argv);
    } catch (const std::bad_alloc&) {
        fmt::print(stderr, "flowsift: not enough memory for this input\n");
    } catch (const std::exception& error) {
        fmt::print(stderr, "flowsift: unexpected fault, please report it: {}\n", error.what());
    }
    return static_cast<int>(base::ErrorKind::kFailed);
}

}  // namespace flowsift::app
