// SpaceSaving: the heaviest of many addresses, in bounded memory (Metwally, Agrawal, El Abbadi 2005, weighted).
//
// With no more addresses than places all sums are exact. Beyond that the lightest gives its place, and its sum, to a
// newcomer, which carries that sum as its error. Then with W the sum of all weights and K places: an address of more
// than W / K is among them, and `weight - error` <= its true weight <= `weight`, error <= W / K. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/ip_address.h"
#include "base/siphash.h"

namespace flowsift::store {

class SpaceSaving {
  public:
    struct Entry {
        base::IpAddress address;
        std::uint64_t weight = 0;
        std::uint64_t error = 0;
        std::uint64_t flows = 0;  ///< Since it has its place.
        bool is_changed = false;  ///< For whoever writes entries out.

        /// What is certain.
        std::uint64_t least() const { return weight - error; }
    };

    explicit SpaceSaving(std::size_t places) : places_(places), place_of_(0, Hash{base::HashKey::random()}) {}

    /// The address that lost its place, or nullptr; valid until the next call.
    const base::IpAddress* add(const base::IpAddress& address, std::uint64_t weight, std::uint64_t flows = 1);

    /// As it was kept elsewhere. Precondition: no such address yet, fewer entries than places.
    void restore(const Entry& entry);

    /// nullptr: it has no place.
    const Entry* find(const base::IpAddress& address) const {
        const auto known = place_of_.find(address);
        return known == place_of_.end() ? nullptr : &heap_[known->second];
    }

    /// The lightest first, the others in no order.
    std::span<Entry> entries() { return heap_; }
    std::span<const Entry> entries() const { return heap_; }

  private:
    struct Hash {
        base::HashKey key;
        std::size_t operator()(const base::IpAddress& address) const {
            return siphash13(key, std::bit_cast<std::array<std::uint64_t, 2>>(address.bytes));
        }
    };

    void sink(std::size_t place);
    void rise(std::size_t place);
    void exchange(std::size_t a, std::size_t b);

    std::size_t places_;
    std::vector<Entry> heap_;  ///< The lightest first.
    std::unordered_map<base::IpAddress, std::size_t, Hash> place_of_;
    base::IpAddress evicted_;
};

}  // namespace flowsift::store
