// FlowView: all that a feature's formula may look at: the accumulators of one flow, and the context of its hosts.
//
// Made for the moment in which a row is formed. A part that the schema does not ask for is not there.
#pragma once

#include "features/flow_attributes.h"
#include "features/flow_state.h"
#include "features/flow_summary.h"
#include "features/payload_meter.h"

namespace flowsift::features {

struct FlowView {
    const FlowState* flow = nullptr;
    const FlowSummary* summary = nullptr;        ///< Of the flow; while the `cic` group is formed.
    const PayloadMeter* payload = nullptr;
    const FlowAttributes* attributes = nullptr;  ///< nullptr: none were found.

    /// Most formulas ask the flow itself.
    const FlowState* operator->() const { return flow; }
};

}  // namespace flowsift::features
