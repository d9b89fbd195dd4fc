#include "app/overlapped_meter.h"

#include <algorithm>
#include <utility>

namespace flowsift::app {
namespace {

constexpr std::size_t kBatches = 16;

}  // namespace

OverlappedMeter::OverlappedMeter(const features::FlowMeter::Options& options, const features::Schema& schema,
                                 features::FlowListener& listener)
    : listener_(listener),
      batch_(std::make_unique<features::EventBatch>(schema.size())),
      filled_(kBatches + 1),
      spares_(kBatches),
      meter_(options, schema, *this) {
    for (std::size_t i = 0; i < kBatches; ++i) spares_.push(std::make_unique<features::EventBatch>(schema.size()));
    thread_ = std::jthread([this] { serve(); });
}

OverlappedMeter::~OverlappedMeter() {
    finish();
}

void OverlappedMeter::tick(base::Nanoseconds now) {
    meter_.tick(now);
    hand_over();
}

void OverlappedMeter::drain() {
    hand_over();
    std::unique_lock lock(mutex_);
    has_served_.wait(lock, [this] { return served_ == given_; });
}

void OverlappedMeter::finish() {
    if (is_finished_) return;
    is_finished_ = true;
    meter_.finish();
    drain();
    filled_.push(nullptr);
}

void OverlappedMeter::keep(const features::FlowRow& row, features::EventKind kind) {
    if (batch_->is_full()) hand_over();
    const auto [event, values] = batch_->add(row.attributes);
    event = {.kind = kind, .identity = row.identity, .checkpoint = row.checkpoint};
    std::ranges::copy(row.values, values.begin());
}

void OverlappedMeter::hand_over() {
    if (batch_->size() == 0) return;
    ++given_;
    filled_.push(std::exchange(batch_, spares_.pop()));
}

void OverlappedMeter::serve() {
    while (Batch batch = filled_.pop()) {
        for (std::size_t i = 0; i < batch->size(); ++i) {
            const features::FlowEvent& event = batch->event(i);
            const features::FlowRow row{event.identity, batch->values(i), batch->attributes(i), event.checkpoint};
            if (event.kind == features::EventKind::kEnded)
                listener_.on_flow_ended(row);
            else
                listener_.on_checkpoint(row);
        }
        batch->clear();
        spares_.push(std::move(batch));
        const std::lock_guard lock(mutex_);
        ++served_;
        has_served_.notify_one();
    }
}

}  // namespace flowsift::app
