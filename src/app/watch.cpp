#include "app/watch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "app/configuration.h"
#include "app/stop_signal.h"
#include "app/watch_health.h"
#include "base/progress_bar.h"
#include "base/terminal.h"
#include "capture/capture_file.h"
#include "capture/paced_source.h"
#include "model/model_file.h"
#include "store/open_store.h"

namespace flowsift::app {
namespace {

/// Packets wait in the kernel's ring for at most a tenth of a second; the clock of a silent link runs behind by more.
constexpr base::Nanoseconds kTickDelay = 500 * base::kMillisecond;
constexpr std::chrono::seconds kBoardInterval{1};
constexpr std::chrono::milliseconds kServeAtMost{100};  // Until the clocks are looked at again.

}  // namespace

Watch::Watch(const WatchOptions& options, std::optional<LiveCapture> live, model::Model model, detect::Policy policy,
             Dashboard* dashboard)
    : options_(options),
      live_(std::move(live)),
      model_(std::make_unique<model::Model>(std::move(model))),
      policy_(std::move(policy)),
      schema_(features::covering_schema(model_->schema)),
      dashboard_(dashboard),
      model_path_(options.model) {}

void Watch::stop() {
    is_stopping_ = true;
    if (capture::PacketSource* source = stoppable_) source->stop();
}

bool Watch::is_stopped() const {
    return is_stopping_ || stop_requested();
}

base::Result<int> Watch::run() {
    if (const auto servable = model_->check_servable(); !servable) return servable.error();
    install_hangup_signal();
    if (const auto opened = open_source(); !opened) return opened.error();
    if (const auto opened = open_sinks(); !opened) return opened.error();
    if (const auto opened = open_listener(); !opened) return opened.error();
    show_on_dashboard();
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
        if (is_stopped()) workers_->stop();
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
    stoppable_ = source_.get();
    if (is_stopping_) source_->stop();
    return {};
}

base::Result<void> Watch::open_sinks() {
    const output::SinkContext context{.capture = source_name_,
                                      .is_live = options_.is_live(),
                                      .schema = schema_,
                                      .profile = model_->profile,
                                      .classes = model_->classes};
    if (auto opened = open_store(options_.outputs, context, sinks_, first_alert_); !opened) return opened;
    return open_outputs(options_.outputs, context, sinks_);
}

void Watch::show_on_dashboard() {
    if (dashboard_ == nullptr) return;
    dashboard_->board().begin(model_->classes, model_name(options_.model), model_->hash);
    sinks_.add("dashboard", dashboard_->make_sink(model_->classes), !options_.is_live());
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
    detector_.emplace(*model_, schema_, policy_,
                      detect::Detector::Options{.capture = source_name_, .first_number = first_alert_}, sinks_);
    look_at_mutes();
    const features::AssemblyProfile* profile = features::find_profile(model_->profile);
    const features::FlowMeter::Options metering{.profile = *profile,
                                                .hash_key = options_.hash_key,
                                                .memory_cap_bytes = options_.memory,
                                                .with_attributes = true,
                                                .checkpoints = model_->schedule};
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
                   options_.model, model_->classes.size());
}

/// At SIGHUP. What is wrong with the new files is told, and the old model and policy stay.
void Watch::reload() {
    const auto done = read_again();
    if (done)
        fmt::print(stderr, "flowsift watch: model and policy were read again: {}\n", model_->hash.substr(0, 12));
    else
        fmt::print(stderr, "flowsift watch: the model and policy in use stay: {}\n", done.error().message);
}

base::Result<void> Watch::read_again() {
    auto model = model::open_model(model_path());
    if (!model) return model.error();
    if (const auto servable = model->check_servable(); !servable) return servable.error();
    const bool is_alike = model->schema.features == model_->schema.features && model->classes == model_->classes &&
                          model->profile == model_->profile &&
                          features::to_string(model->schedule) == features::to_string(model_->schedule);
    if (!is_alike)
        return base::Error{"the new model has other features, classes, timeouts or checkpoints; that takes a restart"};
    auto policy = read_policy(options_.configuration, *model, options_.threshold);
    if (!policy) return policy.error();
    auto newer = std::make_unique<model::Model>(std::move(*model));
    policy_ = std::move(*policy);
    detector_->replace(*newer, store::with_mutes(policy_, mutes_, newer->classes));
    model_ = std::move(newer);  // The one before may go: nothing refers to it any more.
    if (dashboard_ != nullptr) dashboard_->board().set_model(model_name(model_path()), model_->hash);
    return {};
}

void Watch::report_statistics() {
    const base::Nanoseconds clock =
        workers_ ? std::max<base::Nanoseconds>(0, workers_->told_until()) : pipeline_->ticked();
    if (options_.is_live()) detector_->advance(clock);  // Where no rows come, episodes end all the same.
    const capture::SourceStatistics seen = this->seen();
    bytes_read_ = seen.bytes_read;
    bytes_total_ = seen.bytes_total;
    detector_->tell_capture({seen.received, seen.kernel_dropped + seen.interface_dropped});
    look_at_requests();
    sinks_.flush();
    if (recorder_ && pipeline_) recorder_->flush();  // A worker's own else.
    const auto now = std::chrono::steady_clock::now();
    if (now >= next_board_) {
        next_board_ = now + kBoardInterval;
        look_at_mutes();
        publish(summary());
    }
    if (now < next_statistics_) return;
    next_statistics_ = now + kStatisticsInterval;
    sinks_.on_statistics(summary().totals);
}

void Watch::publish(const output::RunSummary& summary) {
    board_.put(summary.totals);
    if (dashboard_ != nullptr) dashboard_->board().put_statistics(summary.totals);
    const std::lock_guard lock(mutex_);
    latest_summary_ = summary;
}

void Watch::look_at_requests() {
    if (const unsigned hangups = app::hangups(); hangups != seen_hangups_) {
        seen_hangups_ = hangups;
        sinks_.reopen();
        wants_reading_ = true;
    }
    if (wants_reading_.exchange(false)) reload();
}

/// What analysts muted and what expired counts from the next second on.
void Watch::look_at_mutes() {
    if (options_.outputs.store.empty()) return;
    if (!mutes_store_) {
        auto store = store::open_store(options_.outputs.store);
        if (!store || !store->execute("PRAGMA busy_timeout = 0")) return;  // As an output it tells what is wrong.
        mutes_store_.emplace(std::move(*store));
    }
    auto mutes = store::list_mutes(*mutes_store_, store::wall_clock_seconds());
    if (!mutes || std::ranges::equal(*mutes, mutes_, {}, &store::Mute::id, &store::Mute::id)) return;
    mutes_ = std::move(*mutes);
    detector_->set_policy(store::with_mutes(policy_, mutes_, model_->classes));
}

void Watch::judge_by(const std::string& model) {
    const std::lock_guard lock(mutex_);
    model_path_ = model;
    wants_reading_ = true;
}

std::string Watch::model_path() const {
    const std::lock_guard lock(mutex_);
    return model_path_;
}

output::RunSummary Watch::latest_summary() const {
    const std::lock_guard lock(mutex_);
    return latest_summary_;
}

std::optional<double> Watch::progress() const {
    const std::uint64_t total = bytes_total_;
    if (options_.is_live() || total == 0) return std::nullopt;
    return static_cast<double>(bytes_read_) / static_cast<double>(total);
}

base::Result<int> Watch::finish() {
    detector_->finish();
    output::RunSummary summary = this->summary();
    publish(summary);
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
    for (std::size_t i = 0; i < model_->classes.size(); ++i)
        summary.classes.push_back({model_->classes[i], verdicts.flows_by_class[i], verdicts.alerts_by_class[i]});
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

}  // namespace flowsift::app
