// FlowView: all that a feature's formula may look at: the accumulators of one flow, and the context of its hosts.
//
// Made for the moment in which a row is formed. A part that the schema does not ask for is not there.
#pragma once

#include "features/early_packets.h"
#include "features/flow_attributes.h"
#include "features/flow_state.h"
#include "features/flow_summary.h"
#include "features/host_context.h"
#include "features/payload_meter.h"
#include "features/tcp_meter.h"

namespace flowsift::features {

struct FlowView {
    const FlowState* flow = nullptr;
    const EarlyPackets* early = nullptr;
    const TcpMeter* tcp = nullptr;
    const PayloadMeter* payload = nullptr;
    const FlowAttributes* attributes = nullptr;  ///< nullptr: none were found.
    const HostPair* hosts = nullptr;
    const FlowSummary* summary = nullptr;  ///< Of the flow; while the `cic` group is formed.

    /// Most formulas ask the flow itself.
    const FlowState* operator->() const { return flow; }
};

}  // namespace flowsift::features
