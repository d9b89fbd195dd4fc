#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/stop_signal.h"
#include "app/text.h"
#include "base/progress_bar.h"
#include "base/terminal.h"
#include "dataset/label_csv.h"
#include "dataset/label_rules.h"
#include "dataset/table_builder.h"

namespace flowsift::app {
namespace {

struct LabelOptions {
    std::string rules, input, output;
};

std::string summary_text(const dataset::LabelSummary& summary) {
    std::string text = base::grouped(summary.rows) + " rows\n";
    for (const auto& [label, rows] : summary.labelled)
        text += fmt::format("  {} {:>10}\n", padded(base::printable(label), 28), base::grouped(rows));
    if (summary.unlabelled == 0) return text;
    text += fmt::format("  {} {:>10}  met no rule; they stay \"{}\" and are not learnt from. The first:\n",
                        padded("(no label)", 28), base::grouped(summary.unlabelled), dataset::kUnlabelled);
    for (const std::string& example : summary.examples) text += "    " + base::printable(example) + '\n';
    return text;
}

base::Result<int> run_label(const LabelOptions& options) {
    const auto rules = dataset::LabelRules::open(options.rules);
    if (!rules) return rules.error();
    base::ProgressBar bar({.label = "labelling " + options.input, .unit = "bytes"}, stop_requested());
    const auto summary = dataset::label_csv(*rules, options.input, options.output, bar.progress());
    if (!summary) return summary.error();
    return print_to_stdout(summary_text(*summary));
}

}  // namespace

Runner configure_label(CLI::App& app) {
    auto options = std::make_shared<LabelOptions>();
    app.add_option("RULES", options->rules, "Label rules (TOML), as below")->required();
    app.add_option("FLOWS", options->input, "CSV as `flowsift flows` writes it")->required();
    app.add_option("-o,--output", options->output, "Where to write (default: FLOWS itself, replaced when done)");
    app.footer("\n\n" + dataset::label_rules_help());
    return [options]() -> base::Result<int> {
        if (options->output.empty()) options->output = options->input;
        return run_label(*options);
    };
}

}  // namespace flowsift::app
