// Command: one subcommand of the program, and the one table of them. Help, `flowsift --help` and dispatch read the
// table.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace CLI {
class App;
}

namespace flowsift::app {

/// Does the work after the command line was read. The value is the exit code: 0, or 1 where the work was done but its
/// input was damaged.
using Runner = std::function<base::Result<int>()>;

/// What a command's process gives up before it does its work; see confinement.h.
enum class Confinement : std::uint8_t {
    kWork,      ///< All but work on files, before the command begins.
    kByItself,  ///< The command has to open something first.
};

struct Command {
    std::string_view name;
    std::string_view summary;
    std::string_view examples;           ///< Shown at the end of its --help.
    Runner (*configure)(CLI::App& app);  ///< Declares options and arguments; the Runner reads what they were set to.
    Confinement confinement = Confinement::kWork;
};

std::span<const Command> commands();

Runner configure_flows(CLI::App& app);
Runner configure_label(CLI::App& app);
Runner configure_train(CLI::App& app);
Runner configure_adapt(CLI::App& app);
Runner configure_evaluate(CLI::App& app);
Runner configure_classify(CLI::App& app);
Runner configure_watch(CLI::App& app);
Runner configure_serve(CLI::App& app);
Runner configure_interfaces(CLI::App& app);
Runner configure_model(CLI::App& app);
Runner configure_features(CLI::App& app);
Runner configure_bench(CLI::App& app);
Runner configure_bench_detect(CLI::App& app);  ///< `bench detect`.
Runner configure_config(CLI::App& app);
Runner configure_alerts(CLI::App& app);
Runner configure_feedback(CLI::App& app);

}  // namespace flowsift::app
