#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/alert_text.h"
#include "app/command.h"
#include "app/text.h"
#include "store/open_store.h"
#include "store/triage.h"

namespace flowsift::app {
namespace {

struct AlertsOptions {
    std::string store, filter, state = "all", sort = "-number";
    std::uint64_t most = 50;
    std::uint64_t number = 0;  ///< 0: a list.
    bool wants_filter_help = false;
};

struct FeedbackOptions {
    std::string store;
    std::uint64_t alert = 0;
    std::string word;
    std::string label;
};

base::Error no_alert(const std::string& store, std::uint64_t number) {
    return {fmt::format("{0} has no alert {1}; `flowsift alerts --store {0}` lists them", store, number)};
}

base::Result<int> list(store::Database& store, const AlertsOptions& options) {
    const auto filter = store::parse_filter(options.filter, store::Records::kAlerts);
    if (!filter) return base::Error{"--filter: " + filter.error().message, filter.error().kind};
    const auto order = store::parse_order(options.sort, store::alert_sort_keys());
    if (!order) return base::Error{"--sort: " + order.error().message, order.error().kind};
    const auto state = options.state == "open"       ? store::AlertState::kOpen
                       : options.state == "archived" ? store::AlertState::kArchived
                                                     : store::AlertState::kAll;
    const auto page =
        store::query_alerts(store, {.state = state, .filter = &*filter, .order = *order, .limit = options.most});
    if (!page) return page.error();
    std::string text = alert_lines(page->alerts, base::Style::of(STDOUT_FILENO));
    if (page->total > page->alerts.size())
        text += fmt::format("{} of {} alerts; --most shows more\n", page->alerts.size(), page->total);
    return print_to_stdout(text);
}

base::Result<int> run_alerts(const AlertsOptions& options) {
    if (options.wants_filter_help) return print_to_stdout(store::filter_markdown());
    if (options.store.empty())
        return base::Error{"--store is missing: the store of `watch --store`", base::ErrorKind::kUsage};
    auto store = store::open_store(options.store);
    if (!store) return store.error();
    if (options.number == 0) return list(*store, options);
    const auto detail = store::alert_detail(*store, options.number);
    if (!detail) return detail.error();
    if (!*detail) return no_alert(options.store, options.number);
    return print_to_stdout(alert_text(**detail, base::Style::of(STDOUT_FILENO)));
}

base::Result<int> run_feedback(const FeedbackOptions& options) {
    auto store = store::open_store(options.store);
    if (!store) return store.error();
    const auto changed = store::triage(*store, std::span(&options.alert, 1),
                                       {.action = store::TriageAction::kFeedback,
                                        .user = "command line",
                                        .is_right = options.word == "right",
                                        .label = options.label});
    if (!changed) return changed.error();
    if (*changed == 0) return no_alert(options.store, options.alert);
    return print_to_stdout(fmt::format("alert {} is kept as {}\n", options.alert, options.word));
}

CLI::Option* add_store_option(CLI::App& app, std::string& store) {
    return app.add_option("--store", store, "The store of `watch --store`")->check(CLI::ExistingFile);
}

}  // namespace

Runner configure_alerts(CLI::App& app) {
    auto options = std::make_shared<AlertsOptions>();
    app.add_option("NUMBER", options->number, "All that is known of this alert, instead of a list");
    add_store_option(app, options->store);
    app.add_option("--filter", options->filter, "Those that pass, e.g. 'class:PortScan not src:10.0.0.0/8'");
    app.add_flag("--filter-help", options->wants_filter_help, "The filter language (docs/filter.md)");
    app.add_option("--state", options->state, "open, archived or all")
        ->check(CLI::IsMember({"open", "archived", "all"}))
        ->capture_default_str();
    app.add_option("--sort", options->sort,
                   "By this, '-' for the greatest first: number, time, severity, flows, bytes …")
        ->capture_default_str();
    app.add_option("--most", options->most, "So many")->capture_default_str();
    return [options] { return run_alerts(*options); };
}

Runner configure_feedback(CLI::App& app) {
    auto options = std::make_shared<FeedbackOptions>();
    app.add_option("ALERT", options->alert, "Number of the alert")->required();
    app.add_option("WORD", options->word, "right: it was what the alert says; wrong: it was not")
        ->required()
        ->check(CLI::IsMember({"right", "wrong"}));
    app.add_option("--class", options->label, "What it really was, e.g. BENIGN");
    add_store_option(app, options->store)->required();
    return [options] { return run_feedback(*options); };
}

}  // namespace flowsift::app
