// What a training is remembered by: its options as the model keeps them, for people to read and for `flowsift adapt`
// to train by again. Pure functions.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "learn/training.h"
#include "model/model.h"

namespace flowsift::learn {

/// In the order in which they are shown.
std::vector<std::pair<std::string, std::string>> record_of(const TrainingOptions& options);

/// The options by which `model` was trained: record_of() of them is what the model keeps. Threads are not kept.
/// Error: a model that was trained by something else than this program, or by an earlier version that kept less.
base::Result<TrainingOptions> options_of(const model::Model& model);

}  // namespace flowsift::learn
