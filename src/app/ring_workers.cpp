#include "app/ring_workers.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

#include "app/packet_exchange.h"
#include "base/blocked_signals.h"
#include "base/bounded_queue.h"
#include "base/pool.h"
#include "flow/flow_key.h"
#include "flow/time_keeper.h"

namespace flowsift::app {
namespace {

using features::EventBatch;
using features::EventOrder;
using features::TimedPacket;

constexpr std::size_t kQueuedReports = 64;  // For each worker: some four thousand rows.
constexpr base::Nanoseconds kNever = std::numeric_limits<base::Nanoseconds>::max();
constexpr base::Nanoseconds kUnknown = std::numeric_limits<base::Nanoseconds>::min();

/// What a worker tells.
struct Report {
    std::size_t worker = 0;
    std::unique_ptr<EventBatch> batch;  ///< nullptr: it has ended.
    EventOrder watermark;
};

/// What all threads know. Made before them.
struct Shared {
    Shared(const RingWorkers::Options& all, const features::Schema& row_schema, std::size_t workers)
        : options(all),
          schema(row_schema),
          shard{all.meter.profile, all.meter.memory_cap_bytes / workers, all.meter.with_attributes,
                all.meter.checkpoints},
          exchange(workers),
          reports(kQueuedReports * workers) {}

    RingWorkers::Options options;
    const features::Schema& schema;
    features::FlowShard::Options shard;
    PacketExchange exchange;
    base::BoundedQueue<Report> reports;
    base::Pool<EventBatch> spares;
};

/// One thread with a ring and a shard of the flows.
class Worker final : public features::EventSink {
  public:
    Worker(std::size_t number, std::size_t workers, std::unique_ptr<capture::PacketSource> ring, Shared& shared)
        : number_(number),
          shared_(shared),
          ring_(std::move(ring)),
          decoder_(shared.options.meter.hash_key, shared.options.decoding),
          is_payload_read_(features::FlowShard::is_payload_read(shared.shard, shared.schema)),
          outgoing_(workers),
          shard_(shared.shard, shared.schema, *this) {}

    void start() {
        thread_ = std::jthread([this] { run(); });
    }
    void stop() { ring_->stop(); }

    const capture::PacketSource& ring() const { return *ring_; }
    FrameTally tally() const {
        const std::lock_guard lock(mutex_);
        return tally_;
    }
    capture::SourceStatistics statistics() const {
        const std::lock_guard lock(mutex_);
        return statistics_;
    }

  private:
    void run() {
        std::span<const capture::RawPacket> batch;
        for (;;) {
            const capture::ReadStatus status = ring_->read(batch);
            if (status == capture::ReadStatus::kEnd) break;
            own_.clear();
            sort_out(batch);
            shared_.exchange.settle(number_, std::max(latest_, ring_->settled()));
            assemble(batch.empty() ? shared_.exchange.settled() : shared_.exchange.wait_until_settled(latest_));
            publish();
            if (shared_.options.recorder && batch.empty()) shared_.options.recorder->flush();
        }
        finish();
    }

    /// Decodes, and hands over what is another worker's.
    void sort_out(std::span<const capture::RawPacket> batch) {
        decoder_.begin_batch();
        frames_ += batch.size();
        for (const capture::RawPacket& raw : batch) {
            if (shared_.options.recorder) shared_.options.recorder->write(raw);
            latest_ = std::max(latest_, raw.timestamp);
            wire_bytes_ += raw.original_length;
            TimedPacket& timed = own_.emplace_back();
            if (!decode::is_for_flows(decoder_.decode(raw, timed.packet))) {
                own_.pop_back();
                continue;
            }
            timed.hash = flow::hash_of(flow::oriented_key(timed.packet).key, shared_.options.meter.hash_key);
            timed.time = raw.timestamp;
            if (const std::size_t owner = owner_of(timed.packet); owner != number_) {
                put_out(owner, timed);
                own_.pop_back();
            }
        }
        for (std::size_t to = 0; to < outgoing_.size(); ++to)
            if (outgoing_[to]) shared_.exchange.hand_over(to, std::move(outgoing_[to]));
    }

    std::size_t owner_of(const decode::Packet& packet) const {
        if (outgoing_.size() == 1) return 0;
        return shared_.options.spread(packet.source, packet.destination) % outgoing_.size();
    }

    /// The ring's block goes back to the kernel before the owner sees the packet.
    void put_out(std::size_t owner, const TimedPacket& timed) {
        --frames_;  // It counts where its flow is, so that the sums close at any moment.
        auto& bundle = outgoing_[owner];
        if (!bundle) bundle = shared_.exchange.empty_bundle();
        const base::Bytes payload = timed.packet.payload;
        const std::size_t kept = is_payload_read_ ? std::min(payload.size(), features::FlowShard::kPayloadRead) : 0;
        bundle->packets.push_back(timed);
        bundle->packets.back().packet.payload = bundle->payloads.keep(payload.first(kept));
    }

    /// `limit`: every packet up to then is here or in the exchange.
    void assemble(base::Nanoseconds limit) {
        const std::size_t own = own_.size();
        shared_.exchange.collect(number_, limit, own_);
        frames_ += own_.size() - own;
        if (own_.size() > own)
            std::stable_sort(own_.begin(), own_.end(),
                             [](const TimedPacket& a, const TimedPacket& b) { return a.time < b.time; });
        feed();
        if (limit != kUnknown && limit != kNever) advance(limit);
        shard_.flush();
    }

    auto to_shard() {
        return [this](const decode::Packet& packet, std::uint32_t hash, base::Nanoseconds time) {
            shard_.add(packet, hash, time);
        };
    }

    /// As in features/flow_meter.cpp: memory is fetched ahead.
    void feed() {
        constexpr std::size_t kGroup = 64, kAhead = 8;
        const std::span<const TimedPacket> packets(own_);
        for (std::size_t begin = 0; begin < packets.size(); begin += kGroup) {
            const auto group = packets.subspan(begin, std::min(kGroup, packets.size() - begin));
            for (const TimedPacket& each : group) shard_.prefetch_slot(each.hash);
            for (const TimedPacket& each : group.first(std::min(kAhead, group.size())))
                shard_.prefetch_record(each.hash);
            for (std::size_t i = 0; i < group.size(); ++i) {
                if (i + kAhead < group.size()) shard_.prefetch_record(group[i + kAhead].hash);
                keeper_.add(group[i].packet, group[i].hash, to_shard());
            }
        }
    }

    void advance(base::Nanoseconds now) {
        if (!keeper_.has_started())
            shard_.advance(flow::CaptureClock::bounded(now));
        else if (keeper_.tick(now, to_shard()))
            shard_.advance(keeper_.now());
    }

    void finish() {
        shared_.exchange.settle(number_, kNever);
        shared_.exchange.wait_until_settled(kNever);
        own_.clear();
        assemble(kNever);
        const base::Nanoseconds end = shared_.exchange.farthest();
        for (int twice = 0; twice < 2 && end != kUnknown; ++twice) advance(end);  // A jump wants a confirmation.
        keeper_.finish(to_shard());
        shard_.finish();
        publish();
        shared_.reports.push({number_, nullptr, {}});
    }

    std::unique_ptr<EventBatch> take(std::unique_ptr<EventBatch> batch, const EventOrder& watermark) override {
        if (batch->size() == 0 && watermark <= told_) return batch;
        told_ = watermark;
        shared_.reports.push({number_, std::move(batch), watermark});
        auto spare = shared_.spares.take();
        return spare ? std::move(spare) : std::make_unique<EventBatch>(shared_.schema.size());
    }

    void publish() {
        const std::lock_guard lock(mutex_);
        tally_ = {decoder_.counters(),
                  {shard_.counters(), time_counters_, {}},
                  frames_,
                  wire_bytes_,
                  latest_ == kUnknown ? 0 : latest_,
                  shard_.memory_bytes()};
        statistics_ = ring_->statistics();
    }

    std::size_t number_;
    Shared& shared_;
    std::unique_ptr<capture::PacketSource> ring_;
    decode::Decoder decoder_;
    bool is_payload_read_;
    std::vector<TimedPacket> own_;                         ///< Of the batch at hand; then the others' for us as well.
    std::vector<std::unique_ptr<PacketBundle>> outgoing_;  ///< By owner; nullptr: nothing for it.
    flow::TimeCounters time_counters_;
    flow::TimeKeeper keeper_{time_counters_};
    features::FlowShard shard_;
    EventOrder told_{kUnknown, kUnknown};
    base::Nanoseconds latest_ = kUnknown;
    std::uint64_t frames_ = 0;  ///< Read here or handed over to us, and not handed on.
    std::uint64_t wire_bytes_ = 0;
    mutable std::mutex mutex_;  ///< Of the two below.
    FrameTally tally_;
    capture::SourceStatistics statistics_;
    std::jthread thread_;
};

}  // namespace

struct RingWorkers::Implementation {
    Implementation(std::vector<std::unique_ptr<capture::PacketSource>> rings, const Options& options,
                   const features::Schema& schema, features::FlowListener& listener)
        : shared(options, schema, rings.size()),
          sequence(schema, rings.size(), listener, options.meter.hosts, options.meter.hash_key) {
        for (std::size_t i = 0; i < rings.size(); ++i)
            workers.push_back(std::make_unique<Worker>(i, rings.size(), std::move(rings[i]), shared));
        const base::BlockedSignals blocked;
        for (const auto& worker : workers) worker->start();
    }

    Shared shared;
    features::EventSequence sequence;
    std::size_t ended = 0;
    std::vector<std::unique_ptr<Worker>> workers;
};

RingWorkers::RingWorkers(std::vector<std::unique_ptr<capture::PacketSource>> rings, const Options& options,
                         const features::Schema& schema, features::FlowListener& listener)
    : implementation_(std::make_unique<Implementation>(std::move(rings), options, schema, listener)) {}

RingWorkers::~RingWorkers() {
    stop();
    while (serve(std::chrono::milliseconds(100))) {
    }
}

bool RingWorkers::serve(std::chrono::milliseconds longest) {
    Implementation& all = *implementation_;
    if (all.ended == all.workers.size()) return false;
    std::optional<Report> report = all.shared.reports.pop_for(longest);
    if (!report) return true;
    if (report->batch) {
        all.sequence.take(report->worker, std::move(report->batch), report->watermark);
        all.shared.spares.put(all.sequence.spare());
        return true;
    }
    all.sequence.close(report->worker);
    return ++all.ended < all.workers.size();
}

void RingWorkers::stop() {
    for (const auto& worker : implementation_->workers) worker->stop();
}

base::Nanoseconds RingWorkers::told_until() const {
    base::Nanoseconds all = kNever;
    for (std::size_t i = 0; i < implementation_->workers.size(); ++i)
        all = std::min(all, implementation_->sequence.watermark(i).time);
    return all;
}

void RingWorkers::add_to(Account& account) const {
    features::HostCounters hosts = implementation_->sequence.host_counters();
    for (const auto& worker : implementation_->workers) {
        FrameTally tally = worker->tally();
        static_cast<features::HostCounters&>(tally.metered) = std::exchange(hosts, {});
        account.add(tally, worker->statistics());
    }
}

capture::SourceStatistics RingWorkers::statistics() const {
    capture::SourceStatistics sum;
    for (const auto& worker : implementation_->workers) {
        const capture::SourceStatistics one = worker->statistics();
        sum.received += one.received;
        sum.kernel_dropped += one.kernel_dropped;
        sum.interface_dropped += one.interface_dropped;
    }
    return sum;
}

const base::Error* RingWorkers::damage() const {
    for (const auto& worker : implementation_->workers)
        if (const base::Error* damage = worker->ring().damage()) return damage;
    return nullptr;
}

}  // namespace flowsift::app
