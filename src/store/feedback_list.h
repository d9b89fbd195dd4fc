// What analysts said of alerts, with the flows that these told of as rows of features: what a model can learn from.
// Any thread, one database each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flow/flow_identity.h"
#include "store/database.h"

namespace flowsift::store {

/// The latest word on one alert.
struct JudgedAlert {
    std::uint64_t alert = 0;
    bool is_right = false;
    std::string alert_label;  ///< The class that the alert named.
    std::string label;        ///< The class that the analyst named; empty: none.
    flow::FlowIdentity flow;  ///< Its ends, protocol and first packet.
    std::string kind;         ///< Of the values, see row_kind.h; empty: the row was not kept.
    std::uint64_t depth = 0;  ///< Packets that the flow had had while it went on; 0: it had ended.
    std::vector<float> values;
};

/// By number of the alert. Error: a store that cannot be read.
base::Result<std::vector<JudgedAlert>> list_feedback(Database& store);

}  // namespace flowsift::store
