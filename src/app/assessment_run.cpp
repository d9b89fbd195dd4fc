#include "app/assessment_run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/stop_signal.h"
#include "app/text.h"
#include "app/version.h"
#include "base/progress_bar.h"
#include "base/terminal.h"
#include "learn/assessment.h"
#include "learn/assessment_report.h"

namespace flowsift::app {
namespace {

learn::AssessmentPage page_of(const Inputs& inputs, const learn::TrainingOptions& training) {
    learn::AssessmentPage page{.title = {}, .subject = {}, .remarks = inputs.notes, .data = inputs.files};
    for (const auto& file : inputs.files) page.title += (page.title.empty() ? "" : ", ") + file.name;
    page.subject =
        fmt::format("{} flows, {} features, {} classes; learnt by {}, {:.0f} % of the rows held out.",
                    base::grouped(inputs.table.rows()), inputs.table.schema.size(), inputs.table.classes.size(),
                    training.learner.algorithm.title, 100 * training.test_share);
    page.program_version = version();
    return page;
}

std::string json_text(const learn::Assessment& assessment) {
    std::string text;
    base::JsonWriter json(text);
    learn::write_json(assessment, json);
    return text + '\n';
}

std::string verdict_text(const learn::Assessment& assessment) {
    constexpr std::size_t kColumns = 100;
    std::string text = "\nWhat may be trusted\n";
    for (const std::string& sentence : assessment.verdict)
        text += "  · " + wrapped(base::printable(sentence), 4, kColumns) + '\n';
    return text;
}

}  // namespace

void add_assessment_options(CLI::App& app, AssessmentRun& run) {
    app.add_option("--report", run.report,
                   "Judge this way of training by several splits, audit the data, and write one HTML page");
    app.add_option("--report-json", run.json, "The same as JSON");
    add_flows_per_day_option(app, run.benign_flows_per_day);
}

void add_flows_per_day_option(CLI::App& app, double& benign_flows_per_day) {
    app.add_option("--flows-per-day", benign_flows_per_day, "Benign flows of your network, for false alerts per day")
        ->check(CLI::Range(1.0, 1e15))
        ->capture_default_str();
}

base::Result<std::string> run_assessment(const Inputs& inputs, const learn::TrainingOptions& training,
                                         const AssessmentRun& run) {
    if (!run.is_wanted()) return std::string();
    base::ProgressBar bar({.label = "judging", .unit = "‰"}, stop_requested());
    const auto assessment = learn::assess(
        inputs.table, {.training = training, .benign_flows_per_day = run.benign_flows_per_day}, bar.progress());
    if (!assessment) return assessment.error();
    std::string text = verdict_text(*assessment);
    if (!run.report.empty()) {
        const auto written = write_text(run.report, learn::html_report(*assessment, page_of(inputs, training)));
        if (!written) return written.error();
        text += fmt::format("\nreport {}\n", run.report);
    }
    if (!run.json.empty()) {
        const auto written = write_text(run.json, json_text(*assessment));
        if (!written) return written.error();
    }
    return text;
}

}  // namespace flowsift::app
