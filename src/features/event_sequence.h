// EventSequence: puts the events of all shards into one order, that of the capture's clock, and hands their rows to the
// listener. So rows do not depend on the number of shards.
//
// Whatever a shard has still to tell is later than its watermark; what lies before all watermarks is final. One thread.
#pragma once

#include <memory>
#include <vector>

#include "features/flow_event.h"
#include "features/host_table.h"
#include "features/row_former.h"
#include "features/schema.h"

namespace flowsift::features {

/// Receives what the meter finds. Called on one thread.
class FlowListener {
  public:
    virtual ~FlowListener() = default;
    virtual void on_flow_ended(const FlowRow& row) = 0;
    /// A live flow as it stands at row.checkpoint; see features/checkpoint.h.
    virtual void on_checkpoint(const FlowRow&) {}
};

/// What was done to keep within bounds.
struct HostCounters {
    std::uint64_t forgotten_hosts = 0;  ///< Contexts of hosts that had to make place for others.
};

class EventSequence {
  public:
    /// `listener` must outlive the sequence.
    /// `hosts`: used where the schema asks for the context of hosts; `table_key`: a secret of the run.
    EventSequence(const Schema& schema, std::size_t shards, FlowListener& listener, const HostTable::Options& hosts,
                  const base::HashKey& table_key);

    /// A batch to be filled by a shard.
    std::unique_ptr<EventBatch> spare();

    /// `watermark`: what this shard will tell from now on is not before it.
    void take(std::size_t shard, std::unique_ptr<EventBatch> batch, const EventOrder& watermark);

    /// What take() was told last.
    const EventOrder& watermark(std::size_t shard) const { return watermarks_[shard]; }

    HostCounters host_counters() const { return {hosts_ ? hosts_->forgotten() : 0}; }

    /// The shard has told everything.
    void close(std::size_t shard);

  private:
    struct Held {
        std::unique_ptr<EventBatch> batch;
        std::size_t left = 0;  ///< Events not yet handed over.
    };
    struct Pending {
        EventOrder order;
        std::uint32_t held = 0;   ///< Index of the batch in held_.
        std::uint32_t event = 0;  ///< In that batch.
    };

    std::uint32_t hold(std::unique_ptr<EventBatch> batch);
    void add_pending(std::uint32_t place);
    bool is_before(const Pending& a, const Pending& b) const;
    void release();
    void hand_over(const Pending& pending);

    std::size_t values_per_row_;
    FlowListener& listener_;
    RowFormer former_;                     ///< Of what only the order of events can tell.
    std::unique_ptr<HostTable> hosts_;     ///< Where the schema wants it.
    std::vector<EventOrder> watermarks_;   ///< By shard.
    std::vector<Pending> pending_;         ///< In order.
    std::vector<Pending> fresh_, merged_;  ///< While some are added.
    std::vector<Held> held_;
    std::vector<std::uint32_t> free_;  ///< Places of held_ that hold nothing.
    std::vector<std::unique_ptr<EventBatch>> spares_;
};

}  // namespace flowsift::features
