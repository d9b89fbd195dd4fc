// The surrogate tree of the assessment as inline SVG: boxes from left to right, each as tall as the leaves behind it.
//
// Pure function.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "learn/audit_surrogate.h"

namespace flowsift::learn {

/// Names: of the features, and of the classes (the first of each pair). A box tells the answer that leads to it, the
/// share of the flows that come to it, and its question or its class.
std::string surrogate_svg(const Surrogate& surrogate, std::span<const std::string> feature_names,
                          std::span<const std::pair<std::string, std::uint64_t>> classes);

}  // namespace flowsift::learn
