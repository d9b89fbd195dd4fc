// What flows tell in clear, as text: the one table of attributes for CSV, and the one name that a person wants to see.
//
// Names come from the wire: what these functions return is printable (base/terminal.h), not yet a cell of CSV.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "features/flow_attributes.h"

namespace flowsift::output {

struct AttributeColumn {
    std::string_view name;                                 ///< As in a CSV header.
    std::string (*text)(const features::FlowAttributes&);  ///< Empty where the flow has no such attribute.
};

std::span<const AttributeColumn> attribute_columns();

/// The server name, the name that is asked for, or the host; empty where there is none.
std::string peer_name(const features::FlowAttributes& attributes);

std::string ja3_text(const features::FlowAttributes& attributes);
std::string_view ja4_text(const features::FlowAttributes& attributes);

}  // namespace flowsift::output
