// Watch: one run of watching: packets of an interface or a file, through flows and verdicts, to every output. For
// `watch`, and for the captures that are started from a dashboard.
//
// run() works on the caller's thread until the source ends; the public functions below it are for other threads. The
// rooms' objects refer to each other, so it stays where it was made.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/account.h"
#include "app/dashboard.h"
#include "app/extraction.h"
#include "app/live_capture.h"
#include "app/ring_workers.h"
#include "app/watch_outputs.h"
#include "detect/detector.h"
#include "model/model.h"
#include "serve/listener.h"
#include "serve/metrics.h"
#include "store/database.h"
#include "store/mutes.h"

namespace flowsift::app {

inline constexpr std::chrono::seconds kStatisticsInterval{10};

struct WatchOptions {
    std::string configuration;
    std::string model;
    LiveOptions live;
    std::string user;
    std::string capture;
    double speed = 0;
    decode::Options decoding;
    OutputOptions outputs;
    std::string record;
    std::optional<float> threshold;  ///< Of the command line; else the policy's.
    std::uint64_t memory = ExtractionOptions{}.memory_cap_bytes;
    base::HashKey hash_key = base::HashKey::random();

    bool is_live() const { return !live.interface.empty(); }
};

class Watch {
  public:
    /// `options` and `dashboard`, which may be none, must outlive it. `policy`: of the model's classes.
    Watch(const WatchOptions& options, std::optional<LiveCapture> live, model::Model model, detect::Policy policy,
          Dashboard* dashboard);

    /// The exit code of a command that does this alone. Once.
    base::Result<int> run();

    /// What was received is still worked on, then run() returns.
    void stop();
    /// The model in this file takes the place of the one in use before the next packets, as at SIGHUP.
    void judge_by(const std::string& model);
    /// As of the latest second.
    output::RunSummary latest_summary() const;
    /// Share of a file that was read; nullopt: an interface, or its size is not known.
    std::optional<double> progress() const;

  private:
    base::Result<void> open_source();
    base::Result<void> open_rings(std::size_t count);
    base::Result<void> open_sinks();
    base::Result<void> open_listener();
    void start();
    void show_on_dashboard();
    void run_workers();
    void run_pipeline();
    void reload();
    base::Result<void> read_again();
    void look_at_requests();
    void look_at_mutes();
    void report_statistics();
    void publish(const output::RunSummary& summary);
    bool is_stopped() const;
    std::string model_path() const;
    base::Result<int> finish();
    Account account() const;
    capture::SourceStatistics seen() const;
    const base::Error* damage() const;
    output::RunSummary summary() const;
    double uptime_seconds() const;

    const WatchOptions& options_;
    std::optional<LiveCapture> live_;
    std::unique_ptr<model::Model> model_;
    detect::Policy policy_;           ///< As configured …
    std::vector<store::Mute> mutes_;  ///< … and what analysts do not want to see beside that.
    std::optional<store::Database> mutes_store_;
    features::Schema schema_;  ///< Of the rows: all that the model wants, and `cic` for whoever reads them.
    std::string source_name_;
    std::unique_ptr<capture::PacketSource> source_;              ///< Of one thread …
    std::vector<std::unique_ptr<capture::PacketSource>> rings_;  ///< … or those of workers, until they take them.
    std::optional<capture::CaptureWriter> recorder_;
    Dashboard* dashboard_;
    Sinks sinks_;
    serve::MetricsBoard board_;
    std::unique_ptr<serve::Listener> listener_;
    std::optional<detect::Detector> detector_;
    std::optional<features::FlowMeter> meter_;  ///< With pipeline_, of one thread.
    std::optional<Pipeline> pipeline_;
    std::unique_ptr<RingWorkers> workers_;
    std::atomic<capture::PacketSource*> stoppable_ = nullptr;  ///< source_, once it is open.
    std::atomic<bool> is_stopping_ = false, wants_reading_ = false;
    std::atomic<std::uint64_t> bytes_read_ = 0, bytes_total_ = 0;
    mutable std::mutex mutex_;  ///< Of the following two.
    output::RunSummary latest_summary_;
    std::string model_path_;
    unsigned seen_hangups_ = 0;
    std::uint64_t first_alert_ = 1;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point next_statistics_ = started_ + kStatisticsInterval;
    std::chrono::steady_clock::time_point next_board_ = started_;
};

}  // namespace flowsift::app
