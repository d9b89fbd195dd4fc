// Several models judged on several data sets, for `flowsift evaluate`: each model reads each data set with its own
// features and assembly profile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/inputs.h"
#include "base/result.h"
#include "learn/cross_table.h"
#include "model/model.h"

namespace flowsift::app {

struct CrossEvaluation {
    learn::CrossTable table;
    std::vector<std::string> notes;  ///< Of loading, each once.
    bool was_damaged = false;
};

/// Of `inputs` every path is a data set of its own. Data that a model cannot read is told in its cell. Errors: a model
/// that cannot be opened or served.
base::Result<CrossEvaluation> cross_evaluate(const std::vector<std::string>& models, const InputOptions& inputs,
                                             std::uint64_t minimum_support);

/// The labelled rows of `inputs` as `model` wants them: its features, its assembly profile. Of whole flows, or, where
/// `inputs.depth` names a number of packets, of flows as they stood after it.
base::Result<Inputs> load_for(const model::Model& model, InputOptions inputs);

/// An Error where it cannot be opened, or must not be used with this program.
base::Result<model::Model> open_servable(const std::string& path);

/// Names of files that the model has learnt from and that are among these.
std::vector<std::string> learnt_files(const model::Model& model, const std::vector<model::Provenance::Input>& files);

}  // namespace flowsift::app
