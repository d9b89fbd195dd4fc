// What `flowsift adapt` shows: the rows that were left out and why, old and new side by side, and the decision. Pure
// functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/terminal.h"
#include "base/time.h"
#include "dataset/table.h"
#include "features/schema.h"
#include "learn/adaptation.h"
#include "learn/suspicion.h"

namespace flowsift::app {

/// More left out than this share of the benign rows is told as a warning: then it is no stray attack.
inline constexpr double kSuspiciousShare = 0.05;

/// The suspects, surest first, at most `most` of them; how many of each class and of each host; what to do. Empty where
/// there are none. `classes`: of the model. With a final newline.
std::string suspects_text(const learn::Suspicion& suspicion, const std::vector<features::FlowIdentity>& flows,
                          const std::vector<std::string>& classes, std::size_t most, const base::Style& style);

/// From the first to the last of the times of each source that are known, all sources together. 0: none are.
base::Nanoseconds covered_time(const dataset::Table& table);

/// Recall of each class, macro-F1 and false alarms, before and after; `covered`: of the benign input, for alarms per
/// hour; 0: unknown. With a final newline.
std::string comparison_text(const learn::AdaptationComparison& comparison, base::Nanoseconds covered);

}  // namespace flowsift::app
