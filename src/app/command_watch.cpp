#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "app/command.h"
#include "app/configuration.h"
#include "app/confinement.h"
#include "app/decode_options.h"
#include "app/live_capture.h"
#include "app/watch.h"
#include "app/watch_control.h"
#include "app/watch_outputs.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

/// Before a model or a packet is read: what takes a right is done, and the process keeps none.
base::Result<std::optional<LiveCapture>> give_up_rights(const WatchOptions& options) {
    const auto user = user_to_become(options.user);
    if (!user) return user.error();
    std::optional<LiveCapture> live;
    if (options.is_live()) {
        auto prepared = LiveCapture::prepare(options.live, *user);
        if (!prepared) return prepared.error();
        live.emplace(std::move(*prepared));
    }
    if (const auto confined = confine_sensor(*user); !confined) return confined.error();
    if (*user && !options.outputs.quiet)
        fmt::print(stderr, "working as {}, with no rights beyond that user's\n", (*user)->name);
    return live;
}

/// Nothing where none is asked for.
base::Result<std::unique_ptr<Dashboard>> open_dashboard(const DashboardOptions& options, serve::Control& control,
                                                        const std::string& store) {
    if (options.address.empty()) return std::unique_ptr<Dashboard>();
    return Dashboard::open(options, control, store);
}

base::Result<int> run_watch(WatchOptions& options, const DashboardOptions& dashboard_options, CLI::App& command) {
    if (!options.configuration.empty()) {
        const auto read = read_configuration(options.configuration);
        if (!read) return read.error();
        if (const auto applied = apply_configuration(*read, command); !applied) return applied.error();
    }
    if (options.model.empty())
        return base::Error{"name a model file, here or in a configuration file", base::ErrorKind::kUsage};
    if (options.live.interface.empty() == options.capture.empty())
        return base::Error{"name either an interface (-i) or a capture to replay (-r)", base::ErrorKind::kUsage};
    if (options.live.workers.value_or(0) > 1 && !options.record.empty())
        return base::Error{"--record takes --workers 1: frames of several rings have no order",
                           base::ErrorKind::kUsage};
    auto live = give_up_rights(options);
    if (!live) return live.error();
    auto model = model::open_model(options.model);
    if (!model) return model.error();
    auto policy = read_policy(options.configuration, *model, options.threshold);
    if (!policy) return policy.error();
    WatchControl control(options);
    auto dashboard = open_dashboard(dashboard_options, control, options.outputs.store);
    if (!dashboard) return dashboard.error();
    Watch watch(options, std::move(*live), std::move(*model), std::move(*policy), dashboard->get());
    control.begin(watch);
    if (*dashboard) (*dashboard)->start();
    auto outcome = watch.run();
    control.end();
    return outcome;
}

}  // namespace

Runner configure_watch(CLI::App& app) {
    auto options = std::make_shared<WatchOptions>();
    auto dashboard = std::make_shared<DashboardOptions>();
    app.add_option("MODEL", options->model, "Model file, as `flowsift train` writes it");
    app.add_option("--config", options->configuration, "Options and policy of alerts from this file (TOML)")
        ->configurable(false);
    app.add_option("-i,--interface", options->live.interface, "Interface to capture from");
    add_live_options(app, options->live);
    app.add_option("--user", options->user,
                   "Started as root: become this user; outputs are written as that user. Without it: who called sudo");
    app.add_option("-r,--read", options->capture, "Capture to replay; - for standard input");
    app.add_option("--speed", options->speed, "Replay N times as fast as recorded; 0: as fast as possible")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--filter", options->live.filter, "BPF expression: only packets that match, e.g. 'not port 22'");
    add_decode_options(app, options->decoding);
    app.add_option("--threshold", options->threshold, "Alert from this probability on")
        ->check(CLI::Range(0.0, 1.0))
        ->default_str("0.5")
        ->configurable(false);
    add_output_options(app, options->outputs);
    add_dashboard_options(app, *dashboard);
    app.add_option("--record", options->record, "Every received packet to this capture (pcap, nanoseconds)");
    app.add_option("--memory", options->memory,
                   "Most memory for live flows, e.g. 256M; at it half-open and idle ones go")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(std::uint64_t{flow::kLeastMemoryCap}, std::uint64_t{flow::kMostMemoryCap}))
        ->default_str("1G");
    add_hash_key_option(app, options->hash_key);
    return [=, &app] { return run_watch(*options, *dashboard, app); };
}

}  // namespace flowsift::app
