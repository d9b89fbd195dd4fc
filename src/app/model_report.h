// What the dashboard shows of a model's worth, out of the assessment that `train --report-json` wrote and of what the
// model itself keeps of its training.
#pragma once

#include <string>
#include <string_view>

#include "model/model.h"

namespace flowsift::app {

/// The member "report" of docs/openapi.yaml's ModelDetails, as JSON. `assessment`: the file's text; empty or no
/// assessment: only what the model keeps.
std::string report_for_dashboard(std::string_view assessment, const model::Model& model);

}  // namespace flowsift::app
