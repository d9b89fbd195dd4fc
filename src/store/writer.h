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
#include "store/database.h"
#include "store/file_lock.h"
#include "store/row_kind.h"

namespace flowsift::store {

/// Flows older or beyond this size of the whole store are deleted, the oldest first. Alerts stay.
struct Retention {
    std::chrono::seconds most_age = std::chrono::hours(7 * 24);  ///< Since they were stored, by the wall clock.
    std::uint64_t most_bytes = 10'000'000'000;                   ///< Pages in use; without the write-ahead log.
};

class Writer {
  public:
    /// Creates or migrates the store. `classes`: of the model, by class index. `kind`: of the rows that alerts bring;
    /// without one they are not kept. Error: not a store, or another flowsift is writing to it.
    static base::Result<std::unique_ptr<Writer>> open(const std::string& path, std::span<const std::string> classes,
                                                      const Retention& retention = {},
                                                      const std::optional<RowKind>& kind = {});

    /// The largest number of an alert that is kept; 0: none is.
    std::uint64_t last_alert() const { return last_alert_; }

    /// `verdict`: nullptr where there is no model.
    void add_flow(const flow::FlowIdentity& flow, const features::FlowAttributes* attributes,
                  const detect::Verdict* verdict);
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
    struct FlowRecord;
    struct AlertRecord;
    struct EpisodeRecord;
    using Clock = std::chrono::steady_clock;

    Writer(Database database, FileLock lock, const Retention& retention);
    base::Result<void> prepare(std::span<const std::string> classes, const std::optional<RowKind>& kind);
    base::Result<void> prepare_statements();
    base::Result<std::int64_t> row_with(const char* table, const char* column, const std::string& text);
    void write_out();
    base::Result<void> write_all();
    base::Result<void> write_flow(const FlowRecord& record);
    base::Result<void> write_alert(const AlertRecord& record);
    base::Result<void> write_values(const AlertRecord& record);
    base::Result<void> write_episode(const EpisodeRecord& record);
    void lose(const base::Error& reason);
    base::Result<void> expire();
    base::Result<bool> has_expired(std::int64_t& oldest);

    friend class std::default_delete<Writer>;
    ~Writer();

    Database database_;
    FileLock lock_;
    Retention retention_;
    Statement insert_flow_, insert_alert_, insert_values_, update_alert_;
    std::vector<std::int64_t> label_rows_;  ///< By class index.
    std::int64_t kind_row_ = 0;             ///< 0: rows are not kept.
    std::vector<FlowRecord> flows_;         ///< Wait to be written, as do …
    std::vector<AlertRecord> alerts_;
    std::vector<EpisodeRecord> episodes_;
    std::uint64_t last_alert_ = 0;
    Clock::time_point written_ = Clock::now();
    std::string first_failure_;
    std::atomic<std::uint64_t> lost_flows_{0}, lost_alerts_{0}, settled_alert_{0};
};

}  // namespace flowsift::store
