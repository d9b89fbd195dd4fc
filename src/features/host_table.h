// HostTable: the context of the hosts seen last, and how often which opened flows to which, fed by the events of all
// flows in their one order, so that what it says does not depend on how many threads have found them.
//
// Bounded: at most so many contexts, some 92 MB of them, and pairs, 19 MB; the one that was seen longest ago makes
// place, and is counted. Hosts are told apart by address, VLAN and tunnel. Owned by the thread of the EventSequence;
// allocates while the number of hosts reaches a new high.
#pragma once

#include <array>
#include <cstdint>

#include "base/hash.h"
#include "features/flow_event.h"
#include "features/host_context.h"
#include "features/recent_starts.h"
#include "features/recent_table.h"

namespace flowsift::features {

class HostTable {
  public:
    struct Options {
        std::size_t most_contexts = 16'384;  ///< At least two.
        std::size_t most_pairs = 65'536;     ///< Of hosts, and of hosts and services. At least two.
        /// Of what is counted as distinct. Rows depend on it, within the stated error: docs/decisions/0014.
        base::HashKey sketch_key = {0x666c6f7773696674, 0x686f737420636e74};
    };

    /// `table_key`: a secret of the run; nothing that is told depends on it.
    HostTable(const Options& options, const base::HashKey& table_key);

    /// Takes in an event; it is not before the one before. The context of its two hosts at that moment, itself
    /// included.
    const HostPair& observe(const FlowEvent& event);

    /// Contexts and pairs that had to go.
    std::uint64_t forgotten() const { return hosts_.forgotten() + pairs_.forgotten(); }
    std::size_t bytes() const { return hosts_.bytes() + pairs_.bytes(); }

  private:
    struct HostKey {
        base::IpAddress address;
        std::uint32_t vlan = 0;
        std::uint32_t tunnel_id = 0;
        std::uint64_t role = 0;

        bool operator==(const HostKey&) const = default;
    };
    /// Who opens flows to whom, and there to which service, or to any.
    struct PairKey {
        base::IpAddress source;
        base::IpAddress destination;
        std::uint32_t vlan = 0;
        std::uint32_t tunnel_id = 0;
        std::uint32_t service = 0;  ///< Protocol and port.
        std::uint32_t is_service = 0;

        bool operator==(const PairKey&) const = default;
    };

    void observe(const FlowEvent& event, HostPair::Role role);
    void observe(const FlowEvent& event, bool is_service, std::array<double, 2>& counts);

    Options options_;
    RecentTable<HostKey, HostContext> hosts_;
    RecentTable<PairKey, RecentStarts> pairs_;
    HalfSecond now_ = INT64_MIN;
    HostPair pair_;
};

}  // namespace flowsift::features
