// Writer: puts flows, alerts and the growth of their episodes into the store, many in one transaction. Owned and called
// by one thread, the store sink's; lost() and settled_alert() by any.
//
// What it is given waits in memory until tend() writes it: at most a second, an alert 50 ms. A write that fails (disk
// full) loses its flows and counts them; alerts are kept and tried again with the next, as long as they are not too
// many. The database is locked only while a transaction is written, so that readers and `feedback` find their moment.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detect/episode.h"
#include "features/schema.h"
#include "store/alert_tracks.h"
#include "store/database.h"
#include "store/file_lock.h"
#include "store/record_rows.h"
#include "store/rollups.h"

namespace flowsift::store {

/// Flows, with their feature values, older or beyond this size of the whole store are deleted, the oldest first. Alerts
/// stay.
struct Retention {
    std::chrono::seconds most_age = std::chrono::hours(7 * 24);  ///< Since they were stored, by the wall clock.
    std::uint64_t most_bytes = 10'000'000'000;                   ///< Pages in use; without the write-ahead log.
};

class Writer {
  public:
    /// Creates or migrates the store. `classes`: of the model, by class index. `kept`: values that every add_flow() and
    /// add_alert() will bring, to be kept. Error: not a store, or another flowsift is writing to it.
    static base::Result<std::unique_ptr<Writer>> open(const std::string& path, std::span<const std::string> classes,
                                                      const Retention& retention = {}, const KeptRows& kept = {});

    /// The largest number of an alert that is kept; 0: none is.
    std::uint64_t last_alert() const { return last_alert_; }

    /// `verdict`: nullptr where there is no model.
    void add_flow(const flow::FlowIdentity& flow, const features::FlowAttributes* attributes,
                  const detect::Verdict* verdict, std::span<const double> values = {});
    void add_alert(const detect::Alert& alert);
    void add_episode(const detect::Episode& episode);

    /// Writes what is due and deletes what is too old; to be called at least every 50 ms.
    void tend();

    /// Writes all. Error: the first failure of the writer's life, with what was lost.
    base::Result<void> finish();

    std::uint64_t lost() const { return lost_flows_.load(std::memory_order_relaxed) + lost_alerts(); }
    std::uint64_t lost_alerts() const { return lost_alerts_.load(std::memory_order_relaxed); }

    /// Alerts up to this number are on disk, or nobody should wait for them: writing fails.
    std::uint64_t settled_alert() const { return settled_alert_.load(std::memory_order_acquire); }

  private:
    struct EpisodeRecord;
    using Clock = std::chrono::steady_clock;

    Writer(Database database, FileLock lock, const Retention& retention);
    base::Result<void> prepare(std::span<const std::string> classes, const KeptRows& kept);
    void write_out();
    base::Result<void> write_all();
    base::Result<void> write_flows(std::int64_t now);
    void lose(const base::Error& reason);
    base::Result<void> expire();
    base::Result<bool> has_expired(std::int64_t& oldest);

    friend class std::default_delete<Writer>;
    ~Writer();

    Database database_;
    FileLock lock_;
    Retention retention_;
    RecordRows rows_{database_};
    Rollups rollups_{database_};
    AlertTracks tracks_{database_};
    std::size_t row_size_ = 0;       ///< Values of a flow; 0: none are kept.
    std::vector<FlowRecord> flows_;  ///< Wait to be written, as do …
    std::vector<float> values_;      ///< (row_size_ of each flow)
    bool keeps_alert_values_ = false;
    std::vector<AlertRecord> alerts_;
    std::vector<EpisodeRecord> episodes_;
    std::uint64_t last_alert_ = 0;
    Clock::time_point written_ = Clock::now();
    std::int64_t rollups_expired_ = 0;  ///< Wall clock, seconds.
    std::string first_failure_;
    std::atomic<std::uint64_t> lost_flows_{0}, lost_alerts_{0}, settled_alert_{0};
};

}  // namespace flowsift::store
