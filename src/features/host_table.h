// HostTable: the context of the hosts seen last, fed by the events of all flows in their one order, so that what it
// says does not depend on how many threads have found them.
//
// Bounded: at most so many contexts, some 92 MB of them; the one that was seen longest ago makes place, and is counted.
// Hosts are told apart by address, VLAN and tunnel. Owned by the thread of the EventSequence; allocates while the
// number of hosts reaches a new high.
#pragma once

#include <cstdint>

#include "base/hash.h"
#include "features/flow_event.h"
#include "features/host_context.h"
#include "flow/flow_table.h"
#include "flow/slab.h"

namespace flowsift::features {

class HostTable {
  public:
    struct Options {
        std::size_t most_contexts = 16'384;  ///< At least two.
        /// Of what is counted as distinct. Rows depend on it, within the stated error: docs/decisions/0014.
        base::HashKey sketch_key = {0x666c6f7773696674, 0x686f737420636e74};
    };

    /// `table_key`: a secret of the run; nothing that is told depends on it.
    HostTable(const Options& options, const base::HashKey& table_key);

    /// Takes in an event; it is not before the one before. The context of its two hosts at that moment, itself
    /// included.
    const HostPair& observe(const FlowEvent& event);

    /// Contexts that had to go.
    std::uint64_t forgotten() const { return forgotten_; }
    std::size_t bytes() const { return contexts_.bytes() + table_.bytes(); }

  private:
    using Handle = flow::FlowTable::Handle;
    static constexpr Handle kNone = flow::FlowTable::kNone;

    struct Key {
        base::IpAddress address;
        std::uint32_t vlan = 0;
        std::uint32_t tunnel_id = 0;
        std::uint64_t role = 0;

        bool operator==(const Key&) const = default;
    };
    struct Place {
        Key key;
        std::uint32_t hash = 0;
        Handle newer = kNone;
        Handle older = kNone;
        HostContext context;
    };

    void observe(const FlowEvent& event, HostPair::Role role);
    /// The context of that key, which is now the one seen last.
    HostContext& touch(const Key& key);
    Handle add(const Key& key, std::uint32_t hash);
    void link(Handle handle);
    void unlink(Handle handle);

    Options options_;
    base::HashKey table_key_;
    flow::FlowTable table_;
    flow::Slab<Place> contexts_;
    Handle newest_ = kNone;
    Handle oldest_ = kNone;
    HalfSecond now_ = INT64_MIN;
    std::uint64_t forgotten_ = 0;
    HostPair pair_;
};

}  // namespace flowsift::features
