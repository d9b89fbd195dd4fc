// Whether two extractors found the same flows.
#pragma once

#include <string>
#include <vector>

#include "collected_flows.h"

namespace flowsift::features {

/// Empty if `fast` and `plain` hold the same flows; else what differs first. Whole numbers must be equal, others to
/// 1e-9 relative: the plain extractor sums squared differences in floating point, ours is the exact one. Where `fast`
/// has the `cic` schema only, that is compared.
std::string first_difference(std::vector<CollectedFlow> fast, std::vector<CollectedFlow> plain);

/// The same, and the order counts as well.
std::string first_difference_in_order(const std::vector<CollectedFlow>& fast, const std::vector<CollectedFlow>& plain);

}  // namespace flowsift::features
