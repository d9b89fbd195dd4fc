#include "store/space_saving.h"

#include <utility>

namespace flowsift::store {

const base::IpAddress* SpaceSaving::add(const base::IpAddress& address, std::uint64_t weight, std::uint64_t flows) {
    if (const auto known = place_of_.find(address); known != place_of_.end()) {
        Entry& entry = heap_[known->second];
        entry.weight += weight;
        entry.flows += flows;
        entry.is_changed = true;
        sink(known->second);
        return nullptr;
    }
    if (heap_.size() < places_) {
        restore({address, weight, 0, flows, true});
        return nullptr;
    }
    Entry& lightest = heap_[0];
    evicted_ = lightest.address;
    place_of_.erase(evicted_);
    lightest = {address, lightest.weight + weight, lightest.weight, flows, true};
    place_of_.emplace(address, 0);
    sink(0);
    return &evicted_;
}

void SpaceSaving::restore(const Entry& entry) {
    place_of_.emplace(entry.address, heap_.size());
    heap_.push_back(entry);
    rise(heap_.size() - 1);
}

void SpaceSaving::sink(std::size_t place) {
    for (;;) {
        std::size_t lightest = place;
        for (const std::size_t child : {2 * place + 1, 2 * place + 2})
            if (child < heap_.size() && heap_[child].weight < heap_[lightest].weight) lightest = child;
        if (lightest == place) return;
        exchange(place, lightest);
        place = lightest;
    }
}

void SpaceSaving::rise(std::size_t place) {
    for (; place > 0 && heap_[place].weight < heap_[(place - 1) / 2].weight; place = (place - 1) / 2)
        exchange(place, (place - 1) / 2);
}

void SpaceSaving::exchange(std::size_t a, std::size_t b) {
    std::swap(heap_[a], heap_[b]);
    place_of_[heap_[a].address] = a;
    place_of_[heap_[b].address] = b;
}

}  // namespace flowsift::store
