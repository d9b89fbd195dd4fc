// FlowEvent: what happened to a flow, and when by the capture's clock. EventBatch: many of them with their rows, as one
// shard hands them over; reused, so that nothing is allocated after warm-up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "features/flow_attributes.h"
#include "flow/flow_identity.h"

namespace flowsift::features {

enum class EventKind : std::uint8_t { kEnded };

struct FlowEvent {
    base::Nanoseconds time = 0;
    EventKind kind = EventKind::kEnded;
    flow::FlowIdentity identity;
};

/// Where an event stands among all of a capture. Ties are broken by the flow's ends.
struct EventOrder {
    base::Nanoseconds time = 0;
    base::Nanoseconds first = 0;

    auto operator<=>(const EventOrder&) const = default;
};

class EventBatch {
  public:
    /// So few that the rows of a batch stay in a core's cache.
    static constexpr std::size_t kCapacity = 64;

    explicit EventBatch(std::size_t values_per_row)
        : width_(values_per_row),
          events_(kCapacity),
          values_(kCapacity * values_per_row),
          places_(kCapacity, kNoAttributes) {}

    /// Both to be filled.
    struct Place {
        FlowEvent& event;
        std::span<double> values;
    };
    /// `attributes` are copied; nullptr: there are none. Precondition: not full.
    Place add(const FlowAttributes* attributes) {
        const std::size_t i = size_++;
        places_[i] = attributes ? static_cast<std::uint16_t>(attributes_.size()) : kNoAttributes;
        if (attributes) attributes_.push_back(*attributes);
        return {events_[i], values(i)};
    }

    void clear() {
        size_ = 0;
        attributes_.clear();
    }
    bool is_full() const { return size_ == kCapacity; }
    std::size_t size() const { return size_; }
    const FlowEvent& event(std::size_t i) const { return events_[i]; }
    std::span<double> values(std::size_t i) { return std::span(values_).subspan(i * width_, width_); }
    const FlowAttributes* attributes(std::size_t i) const {
        return places_[i] == kNoAttributes ? nullptr : &attributes_[places_[i]];
    }

  private:
    static constexpr std::uint16_t kNoAttributes = 0xffff;

    std::size_t width_;
    std::size_t size_ = 0;
    std::vector<FlowEvent> events_;  ///< Those below size_ are meant.
    std::vector<double> values_;
    std::vector<std::uint16_t> places_;       ///< By event: its attributes in attributes_.
    std::vector<FlowAttributes> attributes_;  ///< Of the events that have any.
};

}  // namespace flowsift::features
