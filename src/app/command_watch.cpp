#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "app/account.h"
#include "app/command.h"
#include "app/configuration.h"
#include "app/confinement.h"
#include "app/dashboard.h"
#include "app/decode_options.h"
#include "app/extraction.h"
#include "app/live_capture.h"
#include "app/ring_workers.h"
#include "app/stop_signal.h"
#include "app/watch_control.h"
#include "app/watch_outputs.h"
#include "base/progress_bar.h"
#include "base/terminal.h"
#include "capture/capture_file.h"
#include "capture/paced_source.h"
#include "detect/detector.h"
#include "model/model_file.h"
#include "serve/listener.h"
#include "serve/metrics.h"

namespace flowsift::app {
namespace {

/// Packets wait in the kernel's ring for at most a tenth of a second; the clock of a silent link runs behind by more.
constexpr base::Nanoseconds kTickDelay = 500 * base::kMillisecond;
constexpr std::chrono::seconds kStatisticsInterval{10};
constexpr std::chrono::seconds kBoardInterval{1};
constexpr std::chrono::milliseconds kServeAtMost{100};  // Until the clocks are looked at again.

struct WatchOptions {
    std::string configuration;
    std::string model;
    LiveOptions live;
    std::string user;
    std::string capture;
    double speed = 0;
    decode::Options decoding;
    OutputOptions outputs;
    DashboardOptions dashboard;
    std::string record;
    std::optional<float> threshold;  ///< Of the command line; else the policy's.
    std::uint64_t memory = ExtractionOptions{}.memory_cap_bytes;
    base::HashKey hash_key = base::HashKey::random();

    bool is_live() const { return !live.interface.empty(); }
};

/// Everything of one run of `watch`. The rooms' objects refer to each other, so it stays where it was made.
class Watch {
  public:
    Watch(const WatchOptions& options, std::optional<LiveCapture> live, model::Model model, detect::Policy policy)
        : options_(options),
          live_(std::move(live)),
          model_(std::move(model)),
          policy_(std::move(policy)),
          schema_(features::covering_schema(model_.schema)) {}

    base::Result<int> run();

  private:
    base::Result<void> open_source();
    base::Result<void> open_rings(std::size_t count);
    base::Result<void> open_sinks();
    base::Result<void> open_dashboard();
    base::Result<void> open_listener();
    void start();
    void run_workers();
    void run_pipeline();
    void reload();
    base::Result<void> read_again();
    void report_statistics();
    base::Result<int> finish();
    Account account() const;
    capture::SourceStatistics seen() const;
    const base::Error* damage() const;
    output::RunSummary summary() const;
    double uptime_seconds() const;

    const WatchOptions& options_;
    std::optional<LiveCapture> live_;
    model::Model model_;
    std::vector<std::unique_ptr<model::Model>> newer_;  ///< That took its place; queues may hold verdicts of any.
    detect::Policy policy_;
    features::Schema schema_;  ///< Of the rows: all that the model wants, and `cic` for whoever reads them.
    std::string source_name_;
    std::unique_ptr<capture::PacketSource> source_;              ///< Of one thread …
    std::vector<std::unique_ptr<capture::PacketSource>> rings_;  ///< … or those of workers, until they take them.
    std::optional<capture::CaptureWriter> recorder_;
    WatchControl control_;
    std::unique_ptr<Dashboard> dashboard_;  ///< Before the sinks, of which one is its own.
    Sinks sinks_;
    serve::MetricsBoard board_;
    std::unique_ptr<serve::Listener> listener_;
    std::optional<detect::Detector> detector_;
    std::optional<features::FlowMeter> meter_;  ///< With pipeline_, of one thread.
    std::optional<Pipeline> pipeline_;
    std::unique_ptr<RingWorkers> workers_;
    unsigned seen_hangups_ = 0;
    std::uint64_t first_alert_ = 1;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point next_statistics_ = started_ + kStatisticsInterval;
    std::chrono::steady_clock::time_point next_board_ = started_;
};

base::Result<int> Watch::run() {
    if (const auto servable = model_.check_servable(); !servable) return servable.error();
    install_hangup_signal();
    if (const auto opened = open_source(); !opened) return opened.error();
    if (const auto opened = open_sinks(); !opened) return opened.error();
    if (const auto opened = open_dashboard(); !opened) return opened.error();
    if (const auto opened = open_listener(); !opened) return opened.error();
    start();
    if (workers_)
        run_workers();
    else
        run_pipeline();
    return finish();
}

/// Rows are judged on this thread.
void Watch::run_workers() {
    while (workers_->serve(kServeAtMost)) {
        if (stop_requested()) workers_->stop();
        report_statistics();
    }
}

void Watch::run_pipeline() {
    std::optional<base::ProgressBar> bar;
    if (!options_.is_live() && options_.outputs.quiet)
        bar.emplace(base::ProgressBar::Options{"replaying", "bytes"}, stop_requested());
    pipeline_->run(*source_, {.tick_delay = options_.is_live() ? kTickDelay : 0,
                              .recorder = recorder_ ? &*recorder_ : nullptr,
                              .progress = bar ? bar->progress() : base::Progress{},
                              .after_batch = [this] { report_statistics(); }});
    meter_->finish();
}

base::Result<void> Watch::open_rings(std::size_t count) {
    if (count > 1) {
        auto rings = live_->open_group(count, capture::HostSpread(options_.hash_key));
        if (!rings) return rings.error();
        rings_ = std::move(*rings);
    } else {
        auto ring = live_->open();
        if (!ring) return ring.error();
        rings_.push_back(std::move(*ring));
    }
    source_name_ = rings_.front()->name();
    return {};
}

base::Result<void> Watch::open_source() {
    if (!options_.record.empty()) {
        auto recorder = capture::CaptureWriter::create(options_.record);
        if (!recorder) return recorder.error();
        recorder_.emplace(std::move(*recorder));
    }
    const std::size_t rings = live_ && live_->is_ring() ? ring_count(options_.live, recorder_.has_value()) : 0;
    if (rings > 0) return open_rings(rings);
    auto source = live_ ? live_->open() : capture::open_capture(options_.capture, options_.live.filter);
    if (!source) return source.error();
    source_ = options_.is_live() ? std::move(*source) : capture::paced(std::move(*source), options_.speed);
    source_name_ = source_->name();
    return {};
}

base::Result<void> Watch::open_sinks() {
    const output::SinkContext context{.capture = source_name_,
                                      .is_live = options_.is_live(),
                                      .schema = schema_,
                                      .profile = model_.profile,
                                      .classes = model_.classes};
    if (auto opened = open_store(options_.outputs, context, sinks_, first_alert_); !opened) return opened;
    return open_outputs(options_.outputs, context, sinks_);
}

base::Result<void> Watch::open_dashboard() {
    if (options_.dashboard.address.empty()) return {};
    auto dashboard = Dashboard::open(options_.dashboard, control_, options_.outputs.store);
    if (!dashboard) return dashboard.error();
    dashboard_ = std::move(*dashboard);
    dashboard_->board().begin(model_.classes, options_.model, model_.hash);
    sinks_.add("dashboard", dashboard_->make_sink(model_.classes), !options_.is_live());
    control_.begin({.kind = options_.is_live() ? "interface" : "file",
                    .source = source_->name(),
                    .filter = options_.live.filter,
                    .model = options_.model,
                    .speed = options_.speed});
    dashboard_->start();
    return {};
}

base::Result<void> Watch::open_listener() {
    if (options_.outputs.metrics.empty()) return {};
    auto listener =
        serve::Listener::open(options_.outputs.metrics, [this] { return serve::render_metrics(board_.latest()); });
    if (!listener) return listener.error();
    listener_ = std::move(*listener);
    return {};
}

void Watch::start() {
    detector_.emplace(model_, schema_, policy_,
                      detect::Detector::Options{.capture = source_name_, .first_number = first_alert_}, sinks_);
    const features::AssemblyProfile* profile = features::find_profile(model_.profile);
    const features::FlowMeter::Options metering{.profile = *profile,
                                                .hash_key = options_.hash_key,
                                                .memory_cap_bytes = options_.memory,
                                                .with_attributes = true,
                                                .checkpoints = model_.schedule};
    decode::Options decoding = options_.decoding;
    decoding.reassemble = true;  // Names may come in fragments.
    if (rings_.empty()) {
        meter_.emplace(metering, schema_, *detector_);
        pipeline_.emplace(*meter_, options_.hash_key, decoding);
    } else {
        const RingWorkers::Options working{metering, decoding, capture::HostSpread(options_.hash_key),
                                           recorder_ ? &*recorder_ : nullptr};
        workers_ = std::make_unique<RingWorkers>(std::move(rings_), working, schema_, *detector_);
    }
    if (!options_.outputs.quiet)
        fmt::print(stderr, "watching {} with {} ({} classes); Ctrl-C stops\n", base::printable(source_name_),
                   options_.model, model_.classes.size());
}

/// At SIGHUP. What is wrong with the new files is told, and the old model and policy stay.
void Watch::reload() {
    const auto done = read_again();
    if (done)
        fmt::print(stderr, "flowsift watch: model and policy were read again: {}\n", newer_.back()->hash.substr(0, 12));
    else
        fmt::print(stderr, "flowsift watch: the model and policy in use stay: {}\n", done.error().message);
}

base::Result<void> Watch::read_again() {
    auto model = model::open_model(options_.model);
    if (!model) return model.error();
    if (const auto servable = model->check_servable(); !servable) return servable.error();
    const bool is_alike = model->schema.features == model_.schema.features && model->classes == model_.classes &&
                          model->profile == model_.profile &&
                          features::to_string(model->schedule) == features::to_string(model_.schedule);
    if (!is_alike)
        return base::Error{"the new model has other features, classes, timeouts or checkpoints; that takes a restart"};
    auto policy = read_policy(options_.configuration, *model, options_.threshold);
    if (!policy) return policy.error();
    newer_.push_back(std::make_unique<model::Model>(std::move(*model)));
    policy_ = std::move(*policy);
    detector_->replace(*newer_.back(), policy_);
    if (dashboard_) dashboard_->board().set_model(options_.model, newer_.back()->hash);
    return {};
}

void Watch::report_statistics() {
    const base::Nanoseconds clock =
        workers_ ? std::max<base::Nanoseconds>(0, workers_->told_until()) : pipeline_->ticked();
    if (options_.is_live()) detector_->advance(clock);  // Where no rows come, episodes end all the same.
    const capture::SourceStatistics seen = this->seen();
    detector_->tell_capture({seen.received, seen.kernel_dropped + seen.interface_dropped});
    if (const unsigned hangups = app::hangups(); hangups != seen_hangups_) {
        seen_hangups_ = hangups;
        sinks_.reopen();
        reload();
    }
    sinks_.flush();
    if (recorder_ && pipeline_) recorder_->flush();  // A worker's own else.
    const auto now = std::chrono::steady_clock::now();
    if ((listener_ || dashboard_) && now >= next_board_) {
        next_board_ = now + kBoardInterval;
        board_.put(summary().totals);
        if (dashboard_) dashboard_->board().put_statistics(board_.latest());
    }
    if (now < next_statistics_) return;
    next_statistics_ = now + kStatisticsInterval;
    sinks_.on_statistics(summary().totals);
}

base::Result<int> Watch::finish() {
    detector_->finish();
    output::RunSummary summary = this->summary();
    sinks_.on_statistics(summary.totals);
    const base::Result<void> written = sinks_.finish();
    summary.totals.sinks = sinks_.counters();
    const base::Result<void> recorded = recorder_ ? recorder_->finish() : base::Result<void>();
    fmt::print("{}", render_run_summary(summary, base::Style::of(STDOUT_FILENO)));
    std::fflush(stdout);
    for (const std::string& warning : account().warnings(options_.live.interface))
        fmt::print(stderr, "flowsift: warning: {}\n", warning);
    if (!written) return written.error();
    if (!recorded) return recorded.error();
    if (const base::Error* damage = this->damage()) {
        fmt::print(stderr, "flowsift: warning: {}\n", damage->message);
        return 1;
    }
    return 0;
}

Account Watch::account() const {
    Account account;
    if (workers_)
        workers_->add_to(account);
    else
        account.add(*pipeline_, source_->statistics());
    return account;
}

capture::SourceStatistics Watch::seen() const {
    return workers_ ? workers_->statistics() : source_->statistics();
}

const base::Error* Watch::damage() const {
    return workers_ ? workers_->damage() : source_->damage();
}

output::RunSummary Watch::summary() const {
    output::RunSummary summary = account().summary();
    const detect::DetectorCounters& verdicts = detector_->counters();
    summary.totals.alerts = verdicts.alerts;
    summary.totals.alerts_held_back = verdicts.held_back;
    summary.totals.uptime_seconds = uptime_seconds();
    summary.totals.sinks = sinks_.counters();
    for (std::size_t i = 0; i < model_.classes.size(); ++i)
        summary.classes.push_back({model_.classes[i], verdicts.flows_by_class[i], verdicts.alerts_by_class[i]});
    if (policy_.alerts_on_unknown)
        summary.classes.push_back({std::string(detect::kUnknownLabel), 0, verdicts.alerts_by_class.back()});
    summary.notes.push_back({"flows_unlike_training", verdicts.novel});
    summary.notes.push_back({"alerts_held_back_by_budget", verdicts.held_back});
    summary.notes.push_back({"of_them_told_later", verdicts.told_late});
    summary.notes.push_back({"episodes_ended_early", detector_->episode_counters().ended_early});
    summary.notes.push_back({"uncounted_peers", detector_->episode_counters().uncounted_peers});
    return summary;
}

double Watch::uptime_seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

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

base::Result<int> run_watch(WatchOptions& options, CLI::App& command) {
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
    Watch watch(options, std::move(*live), std::move(*model), std::move(*policy));
    return watch.run();
}

}  // namespace

Runner configure_watch(CLI::App& app) {
    auto options = std::make_shared<WatchOptions>();
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
    add_dashboard_options(app, options->dashboard);
    app.add_option("--record", options->record, "Every received packet to this capture (pcap, nanoseconds)");
    app.add_option("--memory", options->memory,
                   "Most memory for live flows, e.g. 256M; at it half-open and idle ones go")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(std::uint64_t{flow::kLeastMemoryCap}, std::uint64_t{flow::kMostMemoryCap}))
        ->default_str("1G");
    return [options, &app] { return run_watch(*options, app); };
}

}  // namespace flowsift::app
