#include "app/parallel_meter.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

#include "app/overlapped_meter.h"
#include "base/bounded_queue.h"
#include "base/byte_arena.h"
#include "base/pool.h"
#include "features/flow_shard.h"
#include "flow/flow_key.h"
#include "flow/time_keeper.h"

namespace flowsift::app {
namespace {

using features::EventBatch;
using features::EventOrder;

constexpr std::size_t kEpochPackets = 1024;
constexpr std::size_t kQueuedEpochs = 8;
constexpr std::size_t kQueuedEvents = 16;

/// What one worker gets of an epoch.
struct Share {
    std::vector<features::TimedPacket> packets;
    base::ByteArena payloads;  ///< What their payload views look at, where payload is read at all.
    base::Nanoseconds now = 0;
    bool has_time = false;  ///< `now` is meaningful: the capture has begun.
    bool is_last = false;   ///< All flows end.
};

/// What a worker tells: some events, and with the last ones of an epoch where it stands.
struct Report {
    std::unique_ptr<EventBatch> batch;
    EventOrder watermark;
    bool ends_epoch = false;
    bool is_last = false;
    features::ShardCounters counters;  ///< With ends_epoch, like memory_bytes.
    std::size_t memory_bytes = 0;
};

/// One thread with a shard of the flows.
class Worker final : public features::EventSink {
  public:
    Worker(const features::FlowShard::Options& options, const features::Schema& schema, base::Pool<Share>& shares,
           base::Pool<EventBatch>& batches)
        : values_per_row_(schema.size()), shares_(shares), batches_(batches), shard_(options, schema, *this) {
        thread_ = std::jthread([this] { run(); });
    }

    void give(std::unique_ptr<Share> share) { work_.push(std::move(share)); }
    Report next_report() { return reports_.pop(); }

  private:
    void run() {
        for (bool is_last = false; !is_last;) {
            std::unique_ptr<Share> share = work_.pop();
            shard_.add(share->packets);
            if (share->has_time) shard_.advance(share->now);
            is_last = share->is_last;
            if (is_last)
                shard_.finish();
            else
                shard_.flush();
            shares_.put(std::move(share));
            reports_.push({nullptr, {}, true, is_last, shard_.counters(), shard_.memory_bytes()});
        }
    }

    std::unique_ptr<EventBatch> take(std::unique_ptr<EventBatch> batch, const EventOrder& watermark) override {
        reports_.push({std::move(batch), watermark});
        std::unique_ptr<EventBatch> spare = batches_.take();
        return spare ? std::move(spare) : std::make_unique<EventBatch>(values_per_row_);
    }

    std::size_t values_per_row_;
    base::Pool<Share>& shares_;
    base::Pool<EventBatch>& batches_;
    base::BoundedQueue<std::unique_ptr<Share>> work_{kQueuedEpochs};
    base::BoundedQueue<Report> reports_{kQueuedEvents};
    features::FlowShard shard_;
    std::jthread thread_;
};

}  // namespace

struct ParallelMeter::Implementation {
    Implementation(const features::FlowMeter::Options& options, const features::Schema& schema, std::size_t count,
                   features::FlowListener& listener)
        : hash_key(options.hash_key),
          sequence(schema, count, listener, options.hosts, options.hash_key),
          shares(count) {
        const features::FlowShard::Options shard_options{options.profile, options.memory_cap_bytes / count,
                                                         options.with_attributes, options.checkpoints};
        is_payload_read = features::FlowShard::is_payload_read(shard_options, schema);
        for (std::size_t i = 0; i < count; ++i) {
            workers.push_back(std::make_unique<Worker>(shard_options, schema, share_pool, batch_pool));
            shares[i] = empty_share();
        }
        published.resize(count);
        writer = std::jthread([this] { write(); });
    }

    std::unique_ptr<Share> empty_share() {
        std::unique_ptr<Share> share = share_pool.take();
        if (!share) share = std::make_unique<Share>();
        share->packets.clear();
        share->payloads.clear();
        return share;
    }

    /// What the time keeper calls: the high bits of the hash choose a worker, the low ones a bucket of its table.
    auto to_share() {
        return [this](const decode::Packet& packet, std::uint32_t hash, base::Nanoseconds time) {
            const auto worker = static_cast<std::size_t>((std::uint64_t{hash} * shares.size()) >> 32);
            Share& share = *shares[worker];
            share.packets.push_back({packet, hash, time});
            share.packets.back().packet.payload = kept_payload(packet, share);
            ++gathered;
        };
    }

    /// The reader's buffer moves on before a worker sees the packet.
    base::Bytes kept_payload(const decode::Packet& packet, Share& share) const {
        if (!is_payload_read) return {};
        const std::size_t count = std::min(packet.payload.size(), features::FlowShard::kPayloadRead);
        return share.payloads.keep(packet.payload.first(count));
    }

    void send_epoch(bool is_last) {
        for (std::size_t i = 0; i < workers.size(); ++i) {
            shares[i]->has_time = keeper.has_started();
            if (keeper.has_started()) shares[i]->now = keeper.now();
            shares[i]->is_last = is_last;
            workers[i]->give(std::move(shares[i]));
            shares[i] = empty_share();
        }
        gathered = 0;
        ++epochs_sent;
    }

    void wait_for_writer() {
        std::unique_lock lock(mutex);
        epoch_written.wait(lock, [this] { return epochs_written == epochs_sent; });
    }

    /// The writer's thread: epoch by epoch, always the worker that holds the others up first, so that little waits.
    void write() {
        std::vector<bool> is_done(workers.size());
        for (bool is_last = false; !is_last;) {
            std::fill(is_done.begin(), is_done.end(), false);
            for (std::size_t left = workers.size(); left > 0;) {
                const std::size_t worker = slowest(is_done);
                Report report = workers[worker]->next_report();
                if (report.batch) {
                    sequence.take(worker, std::move(report.batch), report.watermark);
                    batch_pool.put(sequence.spare());
                    continue;
                }
                is_done[worker] = true;
                --left;
                is_last = report.is_last;
                if (is_last) sequence.close(worker);
                publish(worker, report);
            }
            const std::lock_guard lock(mutex);
            host_counters = sequence.host_counters();
            ++epochs_written;
            epoch_written.notify_all();
        }
    }

    std::size_t slowest(const std::vector<bool>& is_done) const {
        std::size_t slowest = workers.size();
        for (std::size_t i = 0; i < workers.size(); ++i)
            if (!is_done[i] && (slowest == workers.size() || sequence.watermark(i) < sequence.watermark(slowest)))
                slowest = i;
        return slowest;
    }

    void publish(std::size_t worker, const Report& report) {
        const std::lock_guard lock(mutex);
        published[worker] = {report.counters, report.memory_bytes};
    }

    struct Published {
        features::ShardCounters counters;
        std::size_t memory_bytes = 0;
    };

    base::HashKey hash_key;
    bool is_payload_read = false;
    flow::TimeCounters time_counters;
    flow::TimeKeeper keeper{time_counters};
    features::EventSequence sequence;  ///< The writer's alone.
    base::Pool<Share> share_pool;
    base::Pool<EventBatch> batch_pool;
    std::vector<std::unique_ptr<Share>> shares;  ///< Of the epoch that is being gathered, by worker.
    std::size_t gathered = 0;                    ///< Packets in them.
    std::uint64_t epochs_sent = 0;

    mutable std::mutex mutex;  ///< Of the four below.
    std::condition_variable epoch_written;
    std::uint64_t epochs_written = 0;
    features::HostCounters host_counters;  ///< Of all epochs written.
    std::vector<Published> published;      ///< By worker, of the latest epoch.

    std::vector<std::unique_ptr<Worker>> workers;
    std::jthread writer;
    bool is_finished = false;
};

ParallelMeter::ParallelMeter(const features::FlowMeter::Options& options, const features::Schema& schema,
                             std::size_t workers, features::FlowListener& listener)
    : implementation_(std::make_unique<Implementation>(options, schema, workers, listener)) {}

ParallelMeter::~ParallelMeter() {
    finish();
}

void ParallelMeter::add(std::span<const decode::Packet> packets) {
    Implementation& meter = *implementation_;
    for (const decode::Packet& packet : packets) {
        const std::uint32_t hash = flow::hash_of(flow::oriented_key(packet).key, meter.hash_key);
        meter.keeper.add(packet, hash, meter.to_share());
    }
    if (meter.gathered >= kEpochPackets) meter.send_epoch(false);
}

void ParallelMeter::tick(base::Nanoseconds now) {
    implementation_->keeper.tick(now, implementation_->to_share());
    implementation_->send_epoch(false);
}

void ParallelMeter::drain() {
    implementation_->send_epoch(false);
    implementation_->wait_for_writer();
}

void ParallelMeter::finish() {
    Implementation& meter = *implementation_;
    if (meter.is_finished) return;
    meter.is_finished = true;
    meter.keeper.finish(meter.to_share());
    meter.send_epoch(true);
    meter.wait_for_writer();
}

features::MeterCounters ParallelMeter::counters() const {
    features::MeterCounters sum;
    static_cast<flow::TimeCounters&>(sum) = implementation_->time_counters;
    const std::lock_guard lock(implementation_->mutex);
    static_cast<features::HostCounters&>(sum) = implementation_->host_counters;
    for (const auto& worker : implementation_->published) sum += worker.counters;
    return sum;
}

std::size_t ParallelMeter::memory_bytes() const {
    std::size_t bytes = 0;
    const std::lock_guard lock(implementation_->mutex);
    for (const auto& worker : implementation_->published) bytes += worker.memory_bytes;
    return bytes;
}

std::unique_ptr<features::PacketMeter> make_meter(const features::FlowMeter::Options& options,
                                                  const features::Schema& schema, std::size_t workers,
                                                  features::FlowListener& listener) {
    if (workers == 0) return std::make_unique<features::FlowMeter>(options, schema, listener);
    if (workers == 1) return std::make_unique<OverlappedMeter>(options, schema, listener);
    return std::make_unique<ParallelMeter>(options, schema, workers, listener);
}

std::size_t default_workers() {
    const std::size_t cores = std::thread::hardware_concurrency();
    return cores < 2 ? 0 : std::max<std::size_t>(1, cores - 2);
}

}  // namespace flowsift::app
