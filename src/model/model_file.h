// The model file: versioned, checksummed, refused with a reason when it is truncated, altered or foreign.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "model/model.h"

namespace flowsift::model {

/// Writes to a temporary file beside `path` and renames it, so that a reader never sees half a model. Sets model.hash.
base::Result<void> save_model(Model& model, const std::string& path);

base::Result<Model> open_model(const std::string& path);

/// Safe on any bytes: sizes are checked before allocation. `name` is used in messages.
base::Result<Model> parse_model(base::Bytes file, const std::string& name);

}  // namespace flowsift::model
