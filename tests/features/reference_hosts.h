// The `host` group of the plain extractor: from the list of all that happened, counted with std::set.
#pragma once

#include <map>
#include <span>
#include <string>

#include "features/flow_event.h"

namespace flowsift::features::reference {

/// Of the last of the events, which are in their order. Numbers of distinct things are exact, however many there are.
std::map<std::string, double> host_features_of(std::span<const FlowEvent> events);

}  // namespace flowsift::features::reference
