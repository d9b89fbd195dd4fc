// label_csv: sets the Label column of a flows CSV by rules.
//
// Streams; the result is written beside the output and renamed, so that the input may be the output and a failure
// leaves it as it was. Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/label_rules.h"

namespace flowsift::dataset {

struct LabelSummary {
    std::uint64_t rows = 0;
    std::vector<std::pair<std::string, std::uint64_t>> labelled;  ///< Rows per label of the rules, in their order.
    std::uint64_t unlabelled = 0;       ///< Met no rule; their label is kUnlabelled afterwards.
    std::vector<std::string> examples;  ///< The first five of those: "line 7: 10.0.0.1:53 -> 10.0.0.2:53 udp, …".
};

/// Errors: a file that cannot be read or written; a file without address, port, protocol, Timestamp or Label columns,
/// or without Capture where a rule wants it; a row that cannot be read (nothing may get lost, so nothing is written).
base::Result<LabelSummary> label_csv(const LabelRules& rules, const std::string& input_path,
                                     const std::string& output_path, const base::Progress& progress = {});

}  // namespace flowsift::dataset
