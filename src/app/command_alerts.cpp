#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/command.h"
#include "app/text.h"
#include "base/terminal.h"
#include "detect/class_info.h"
#include "output/flow_text.h"
#include "store/alert_list.h"

namespace flowsift::app {
namespace {

struct AlertsOptions {
    std::string store;
    std::uint64_t most = 50;
};

struct FeedbackOptions {
    std::string store;
    std::uint64_t alert = 0;
    std::string word;
    std::string label;
};

std::string word_of(const store::StoredAlert& alert) {
    if (!alert.is_right) return "";
    const std::string word = *alert.is_right ? "right" : "wrong";
    return alert.right_label.empty() ? word : word + ": " + base::printable(alert.right_label);
}

std::string line_of(const store::StoredAlert& alert, const base::Style& style) {
    return fmt::format("{:>8}  {}  {}  {}  {:.2f}  {:>8}  {} {} {}  {}\n", alert.number,
                       base::format_cic_time(alert.first).substr(0, 19), style.fit(to_string(alert.severity), 8),
                       style.fit(base::printable(alert.label), 20), alert.probability, base::grouped(alert.flows),
                       output::endpoint(alert.source, alert.source_port, alert.protocol), style.choose("→", ">"),
                       output::endpoint(alert.destination, alert.destination_port, alert.protocol), word_of(alert));
}

base::Result<int> run_alerts(const AlertsOptions& options) {
    auto store = store::open_store(options.store);
    if (!store) return store.error();
    const auto alerts = store::list_alerts(*store, options.most);
    if (!alerts) return alerts.error();
    const base::Style style = base::Style::of(STDOUT_FILENO);
    std::string text =
        style.paint(base::Tone::kBold, fmt::format("{:>8}  {:19}  {:8}  {:20}  {}  {:>8}  FLOW", "ALERT",
                                                   "FIRST SEEN (UTC)", "SEVERITY", "CLASS", "PROB", "FLOWS")) +
        "\n";
    for (const store::StoredAlert& alert : *alerts) text += line_of(alert, style);
    return print_to_stdout(text);
}

base::Result<int> run_feedback(const FeedbackOptions& options) {
    auto store = store::open_store(options.store);
    if (!store) return store.error();
    const bool is_right = options.word == "right";
    const auto added = store::add_feedback(*store, options.alert, is_right, options.label);
    if (!added) return added.error();
    return print_to_stdout(fmt::format("alert {} is kept as {}\n", options.alert, options.word));
}

void add_store_option(CLI::App& app, std::string& store) {
    app.add_option("--store", store, "The store of `watch --store`")->required()->check(CLI::ExistingFile);
}

}  // namespace

Runner configure_alerts(CLI::App& app) {
    auto options = std::make_shared<AlertsOptions>();
    add_store_option(app, options->store);
    app.add_option("--most", options->most, "So many, the newest first")->capture_default_str();
    return [options] { return run_alerts(*options); };
}

Runner configure_feedback(CLI::App& app) {
    auto options = std::make_shared<FeedbackOptions>();
    app.add_option("ALERT", options->alert, "Number of the alert")->required();
    app.add_option("WORD", options->word, "right: it was what the alert says; wrong: it was not")
        ->required()
        ->check(CLI::IsMember({"right", "wrong"}));
    app.add_option("--class", options->label, "What it really was, e.g. BENIGN");
    add_store_option(app, options->store);
    return [options] { return run_feedback(*options); };
}

}  // namespace flowsift::app
