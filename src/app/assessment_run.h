// The assessment of a training run (learn/assessment.h) as `flowsift train --report` makes it: options, a bar while it
// runs, the page and the JSON, and its verdict for the terminal.
#pragma once

#include <string>

#include "app/inputs.h"
#include "base/result.h"
#include "learn/training.h"

namespace CLI {
class App;
}

namespace flowsift::app {

struct AssessmentRun {
    std::string report;  ///< HTML file to write; empty: none.
    std::string json;    ///< JSON file to write; empty: none.
    double benign_flows_per_day = 1'000'000;

    bool is_wanted() const { return !report.empty() || !json.empty(); }
};

/// --report, --report-json.
void add_assessment_options(CLI::App& app, AssessmentRun& run);

/// --flows-per-day, of every command that tells alerts per day.
void add_flows_per_day_option(CLI::App& app, double& benign_flows_per_day);

/// Assesses that way of training on these rows and writes what is wanted. Returns lines for the terminal; without a
/// wish for a report it does nothing. Errors: those of learn::assess(), files that cannot be written.
base::Result<std::string> run_assessment(const Inputs& inputs, const learn::TrainingOptions& training,
                                         const AssessmentRun& run);

}  // namespace flowsift::app
