#include "app/watch_outputs.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/configuration.h"
#include "app/store_sink.h"
#include "base/duration.h"
#include "base/terminal.h"

namespace flowsift::app {

void add_output_options(CLI::App& app, OutputOptions& options) {
    app.add_option("--eve", options.eve, "Alerts and statistics as EVE JSON to this file (- for standard output)");
    app.add_flag("--eve-flows", options.has_flow_events, "EVE: an event for every flow as well");
    app.add_option("--eve-size", options.eve_bytes, "EVE: put the file aside at this size, e.g. 100M; 0: never")
        ->transform(CLI::AsSizeValue(false))
        ->default_str("0");
    app.add_option("--eve-age", options.eve_age, "EVE: put the file aside at this age, e.g. 24h");
    app.add_option("--eve-keep", options.eve_kept, "EVE: how many files that were put aside are kept")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app.add_option("--flows", options.flows, "Every flow's row to this CSV");
    app.add_option("--store", options.store, "Alerts and flows into this database (SQLite); numbers of alerts go on");
    app.add_option("--store-age", options.store_age, "Store: delete flows after this time")->capture_default_str();
    app.add_option("--store-size", options.store_bytes, "Store: delete the oldest flows beyond this size")
        ->transform(CLI::AsSizeValue(true))
        ->default_str("10G");
    app.add_flag("--no-store-features", options.drops_features,
                 "Store: keep no feature values of flows: a quarter of the space");
    app.add_option("--metrics", options.metrics,
                   "Counters for Prometheus at http://ADDRESS/metrics, e.g. 127.0.0.1:9464");
    app.add_option("--syslog", options.syslog, "Alerts to this syslog server: tcp://HOST[:601] or tls://HOST[:6514]");
    app.add_option("--syslog-ca", options.syslog_ca,
                   "Syslog: trust the certificates of this file (PEM), and no others");
    app.add_option("--webhook", options.webhook,
                   "Alerts by HTTP POST to this URL: https://HOST[:PORT]/PATH or http://…")
        ->type_name(std::string(kUrlType));
    app.add_option("--webhook-ca", options.webhook_ca,
                   "Webhook: trust the certificates of this file (PEM), and no others");
    app.add_option("--webhook-header-file", options.webhook_headers,
                   "Webhook: headers of every request, one a line, e.g. Authorization: Bearer TOKEN");
    app.add_flag("-q,--quiet", options.quiet, "No alerts on the terminal, only the summary");
}

namespace {

std::vector<std::string> names_of(const features::Schema& schema) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < schema.size(); ++i) names.emplace_back(schema.feature(i).name);
    return names;
}

base::Result<output::Rotation> rotation_of(const OutputOptions& options, bool is_live) {
    output::Rotation rotation{.most_bytes = options.eve_bytes, .kept = options.eve_kept, .appends = is_live};
    if (options.eve_age.empty()) return rotation;
    const auto age = base::parse_duration(options.eve_age);
    if (!age) return base::Error{"--eve-age: " + age.error().message, base::ErrorKind::kUsage};
    rotation.most_age = *age;
    return rotation;
}

}  // namespace

base::Result<void> open_store(const OutputOptions& options, const output::SinkContext& context, Sinks& sinks,
                              std::uint64_t& first_alert) {
    if (options.store.empty()) return {};
    const auto age = base::parse_duration(options.store_age);
    if (!age) return base::Error{"--store-age: " + age.error().message, base::ErrorKind::kUsage};
    auto writer = store::Writer::open(
        options.store, context.classes,
        {.most_age = std::chrono::duration_cast<std::chrono::seconds>(*age), .most_bytes = options.store_bytes},
        {.flows = options.drops_features ? nullptr : &context.schema,
         .alerts = store::RowKind{context.profile, features::kDefinitionsVersion, names_of(context.schema)}});
    if (!writer) return writer.error();
    first_alert = (*writer)->last_alert() + 1;
    sinks.add_store(std::move(*writer), !options.drops_features, !context.is_live);
    return {};
}

base::Result<void> open_outputs(const OutputOptions& options, const output::SinkContext& context, Sinks& sinks) {
    const auto rotation = rotation_of(options, context.is_live);
    if (!rotation) return rotation.error();
    output::SinkContext own = context;
    own.with_flows = options.has_flow_events;
    own.rotation = *rotation;
    own.header_file = options.webhook_headers;
    own.tell = [](std::string_view sentence) {
        fmt::print(stderr, "flowsift: warning: {}\n", base::printable(sentence));
    };
    const auto add = [&](std::string_view kind, const std::string& path,
                         const std::string& ca_file = {}) -> base::Result<void> {
        if (path.empty()) return {};
        own.path = path;
        own.ca_file = ca_file;
        return sinks.add(kind, own);
    };
    if (auto added = add("eve", options.eve); !added) return added;
    if (auto added = add("csv", options.flows); !added) return added;
    if (auto added = add("syslog", options.syslog, options.syslog_ca); !added) return added;
    if (auto added = add("webhook", options.webhook, options.webhook_ca); !added) return added;
    return add("terminal", options.quiet ? "" : "-");
}

}  // namespace flowsift::app
