// RecentTable: a value for each of the keys seen last; whoever was seen longest ago makes place, and is counted.
//
// Bounded by a number of keys. Owned by one thread; allocates while that number reaches a new high.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "base/siphash.h"
#include "flow/flow_table.h"
#include "flow/slab.h"

namespace flowsift::features {

template <class Key, class Value>
class RecentTable {
    static_assert(std::has_unique_object_representations_v<Key>, "keys are hashed and compared as bytes");

  public:
    /// `secret`: of the run; nothing that is told depends on it.
    RecentTable(std::size_t most, const base::HashKey& secret) : most_(most), secret_(secret), places_(most) {}

    /// The value of that key, which is now the one seen last.
    Value& touch(const Key& key) {
        const auto hash = static_cast<std::uint32_t>(
            base::siphash13(secret_, std::bit_cast<std::array<std::uint8_t, sizeof(Key)>>(key)));
        Handle handle = table_.find(hash, [&](Handle candidate) { return places_[candidate].key == key; });
        if (handle == kNone)
            handle = add(key, hash);
        else
            unlink(handle);
        link(handle);
        return places_[handle].value;
    }

    /// Keys that had to go.
    std::uint64_t forgotten() const { return forgotten_; }
    std::size_t bytes() const { return places_.bytes() + table_.bytes(); }

  private:
    using Handle = flow::FlowTable::Handle;
    static constexpr Handle kNone = flow::FlowTable::kNone;

    struct Place {
        Key key;
        std::uint32_t hash = 0;
        Handle newer = kNone;
        Handle older = kNone;
        Value value;
    };

    Handle add(const Key& key, std::uint32_t hash) {
        if (places_.size() >= most_) {
            const Handle oldest = oldest_;
            unlink(oldest);
            table_.erase(places_[oldest].hash, oldest);
            places_.release(oldest);
            ++forgotten_;
        }
        const Handle handle = places_.acquire();
        places_[handle].key = key;
        places_[handle].hash = hash;
        table_.insert(hash, handle);
        return handle;
    }

    void link(Handle handle) {
        places_[handle].newer = kNone;
        places_[handle].older = newest_;
        (newest_ == kNone ? oldest_ : places_[newest_].newer) = handle;
        newest_ = handle;
    }

    void unlink(Handle handle) {
        const Handle newer = places_[handle].newer, older = places_[handle].older;
        (newer == kNone ? newest_ : places_[newer].older) = older;
        (older == kNone ? oldest_ : places_[older].newer) = newer;
    }

    std::size_t most_;
    base::HashKey secret_;
    flow::FlowTable table_;
    flow::Slab<Place> places_;
    Handle newest_ = kNone;
    Handle oldest_ = kNone;
    std::uint64_t forgotten_ = 0;
};

}  // namespace flowsift::features
