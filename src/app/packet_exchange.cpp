#include "app/packet_exchange.h"

#include <algorithm>
#include <utility>

namespace flowsift::app {

std::unique_ptr<PacketBundle> PacketExchange::empty_bundle() {
    auto bundle = spares_.take();
    return bundle ? std::move(bundle) : std::make_unique<PacketBundle>();
}

void PacketExchange::hand_over(std::size_t to, std::unique_ptr<PacketBundle> bundle) {
    const std::lock_guard lock(mutex_);
    desks_[to].inbox.push_back(std::move(bundle));
}

void PacketExchange::settle(std::size_t worker, base::Nanoseconds time) {
    {
        const std::lock_guard lock(mutex_);
        settled_[worker] = std::max(settled_[worker], time);
        if (time != INT64_MAX) farthest_ = std::max(farthest_, time);
    }
    if (settled_.size() > 1) has_settled_.notify_all();
}

base::Nanoseconds PacketExchange::settled() const {
    const std::lock_guard lock(mutex_);
    return *std::min_element(settled_.begin(), settled_.end());
}

base::Nanoseconds PacketExchange::farthest() const {
    const std::lock_guard lock(mutex_);
    return farthest_;
}

base::Nanoseconds PacketExchange::wait_until_settled(base::Nanoseconds time) {
    std::unique_lock lock(mutex_);
    base::Nanoseconds all = 0;
    has_settled_.wait(lock, [&] {
        all = *std::min_element(settled_.begin(), settled_.end());
        return all >= time;
    });
    return all;
}

void PacketExchange::collect(std::size_t worker, base::Nanoseconds limit, std::vector<features::TimedPacket>& packets) {
    Desk& desk = desks_[worker];
    for (auto& bundle : desk.done) {
        bundle->packets.clear();
        bundle->payloads.clear();
        bundle->taken = 0;
        spares_.put(std::move(bundle));
    }
    desk.done.clear();
    {
        const std::lock_guard lock(mutex_);
        std::move(desk.inbox.begin(), desk.inbox.end(), std::back_inserter(desk.open));
        desk.inbox.clear();
    }
    for (auto& bundle : desk.open) {
        while (bundle->taken < bundle->packets.size() && bundle->packets[bundle->taken].time <= limit)
            packets.push_back(bundle->packets[bundle->taken++]);
        if (bundle->taken == bundle->packets.size()) desk.done.push_back(std::move(bundle));
    }
    std::erase(desk.open, nullptr);
}

}  // namespace flowsift::app
