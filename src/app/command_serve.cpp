#include <fmt/format.h>
#include <linux/capability.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "app/command.h"
#include "app/confinement.h"
#include "app/live_capture.h"
#include "app/steering.h"
#include "app/stop_signal.h"
#include "capture/interface.h"

namespace flowsift::app {
namespace {

constexpr std::uint64_t kLeastTrainingMemory = 256U << 20;
constexpr std::chrono::milliseconds kLookEvery{100};

struct ServeOptions {
    Steering::Options steering;
    DashboardOptions dashboard;
    std::string user, interface, replay, activate;
    double speed = 1;
    bool repeats = false;
    bool is_without_accounts = false;
};

/// What is forked off before the process gives up its rights.
struct Companions {
    std::shared_ptr<capture::CaptureBroker> broker;  ///< None without the right to capture.
    std::unique_ptr<JobHost> jobs;
};

base::Result<Companions> give_up_rights(ServeOptions& options) {
    const auto user = user_to_become(options.user);
    if (!user) return user.error();
    Companions companions;
    if (base::has_capability(CAP_NET_RAW)) {
        auto broker = capture::CaptureBroker::start(*user);
        if (!broker) return broker.error();
        companions.broker = std::make_shared<capture::CaptureBroker>(std::move(*broker));
    } else {
        options.steering.why_no_capture = capture::no_capture_permission("any").message;
    }
    auto jobs = JobHost::start(*user);
    if (!jobs) return jobs.error();
    companions.jobs = std::make_unique<JobHost>(std::move(*jobs));
    if (const auto confined = confine_sensor(*user); !confined) return confined.error();
    return companions;
}

base::Result<void> begin(const ServeOptions& options, Steering& steering) {
    if (!options.activate.empty())
        if (auto activated = steering.activate(options.activate); !activated) return activated;
    base::Result<serve::CaptureState> begun = serve::CaptureState();
    if (!options.replay.empty())
        begun = steering.replay(options.replay, options.speed, options.repeats);
    else if (!options.interface.empty())
        begun = steering.start_capture({.interface = options.interface, .filter = options.steering.watch.live.filter});
    return begun ? base::Result<void>() : base::Result<void>(begun.error());
}

base::Result<int> run_serve(ServeOptions& options) {
    if (!options.replay.empty() && !options.interface.empty())
        return base::Error{"begin with either an interface (-i) or a file (-r)", base::ErrorKind::kUsage};
    auto companions = give_up_rights(options);
    if (!companions) return companions.error();
    if (const auto prepared = Steering::prepare(options.steering); !prepared) return prepared.error();
    Steering steering(options.steering, companions->broker, *companions->jobs);
    if (!options.is_without_accounts) options.dashboard.accounts = Steering::accounts_of(options.steering.folder);
    auto dashboard = Dashboard::open(options.dashboard, steering, Steering::store_of(options.steering.folder));
    if (!dashboard) return dashboard.error();
    steering.show_on(**dashboard);
    if (const auto begun = begin(options, steering); !begun) {
        steering.finish();
        return begun.error();
    }
    (*dashboard)->start();
    while (!stop_requested()) std::this_thread::sleep_for(kLookEvery);
    (*dashboard)->stop();
    steering.finish();
    return 0;
}

}  // namespace

Runner configure_serve(CLI::App& app) {
    auto options = std::make_shared<ServeOptions>();
    WatchOptions& watch = options->steering.watch;
    watch.outputs.quiet = true;
    options->dashboard.address = "127.0.0.1:8080";
    app.add_option("FOLDER", options->steering.folder, "Where models, uploads, store and accounts are kept")
        ->required();
    app.add_option("-i,--interface", options->interface, "Begin by capturing from this interface");
    app.add_option("-r,--read", options->replay, "Begin by replaying this capture");
    app.add_option("--speed", options->speed, "Replay N times as fast as recorded; 0: as fast as possible")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_flag("--repeat", options->repeats, "Replay again and again");
    app.add_option("--activate", options->activate, "The model of this name judges from now on");
    app.add_option("--filter", watch.live.filter, "BPF expression: only packets that match, e.g. 'not port 22'");
    app.add_option("--config", watch.configuration, "Policy of alerts from this file (TOML)");
    app.add_option("--user", options->user,
                   "Started as root: become this user; files are written as that user. Without it: who called sudo");
    app.add_option("--memory", watch.memory, "Most memory for live flows, e.g. 256M; at it half-open and idle ones go")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(std::uint64_t{flow::kLeastMemoryCap}, std::uint64_t{flow::kMostMemoryCap}))
        ->default_str("1G");
    options->steering.training_memory = 8ULL << 30;
    app.add_option("--training-memory", options->steering.training_memory, "Most memory of a training")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(kLeastTrainingMemory, std::uint64_t{1} << 44))
        ->default_str("8G");
    app.add_flag("--no-accounts", options->is_without_accounts, "A one-time link opens the dashboard, for a look");
    add_live_options(app, watch.live);
    add_dashboard_options(app, options->dashboard);
    return [options] { return run_serve(*options); };
}

}  // namespace flowsift::app
