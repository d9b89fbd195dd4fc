#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "app/assessment_run.h"
#include "app/command.h"
#include "app/cross_evaluation.h"
#include "app/inputs.h"
#include "app/text.h"
#include "base/json.h"
#include "base/terminal.h"
#include "learn/prediction.h"
#include "learn/report.h"
#include "learn/stump.h"

namespace flowsift::app {
namespace {

struct EvaluateOptions {
    std::string model;
    InputOptions inputs;
    std::vector<std::string> merges;
    std::uint64_t minimum_support = 1;
    double benign_flows_per_day = 1'000'000;
    std::string report;
    std::string json;
};

std::string names_of(const std::vector<model::Provenance::Input>& files) {
    std::string names;
    for (const auto& file : files) names += (names.empty() ? "" : ", ") + file.name;
    return names;
}

/// Training data judges nothing: the same bytes on both sides are told before any figure.
std::vector<std::string> warnings(const model::Model& model, const Inputs& inputs) {
    std::vector<std::string> found;
    for (const std::string& name : learnt_files(model, inputs.files))
        found.push_back(fmt::format("the model has learnt from {}: these figures say nothing about new traffic", name));
    if (inputs.table.profile != model.profile)
        found.push_back(fmt::format("the rows were cut by the assembly profile \"{}\", the model's by \"{}\"",
                                    inputs.table.profile, model.profile));
    return found;
}

std::string json_text(const model::Model& model, const Inputs& inputs, const learn::ThoroughJudgement& judgement,
                      double benign_flows_per_day) {
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().member("model", model.hash).key("data").begin_array();
    for (const auto& file : inputs.files)
        json.begin_object()
            .member("name", file.name)
            .member("sha256", file.sha256)
            .member("rows", file.rows)
            .end_object();
    json.end_array().member("accuracy", judgement.forest.accuracy).member("macro_f1", judgement.forest.macro_f1);
    json.key("baseline").begin_object();
    json.member("description", learn::describe(model.baseline, model.schema));
    json.member("accuracy", judgement.baseline.accuracy).member("macro_f1", judgement.baseline.macro_f1).end_object();
    json.key("evaluation");
    learn::write_json(judgement.forest, json);
    learn::write_json_members(judgement, benign_flows_per_day, json);
    json.end_object();
    return text + '\n';
}

learn::Report report_of(const model::Model& model, const Inputs& inputs, const learn::ThoroughJudgement& judgement,
                        const EvaluateOptions& options, const std::vector<std::string>& remarks) {
    const std::string model_name = std::filesystem::path(options.model).filename().string();
    return {
        .title = fmt::format("{} on {}", model_name, names_of(inputs.files)),
        .subject = fmt::format("A forest of {} trees, judged on {} flows of {}.", model.end_stage().forest.trees.size(),
                               base::grouped(inputs.table.rows()), names_of(inputs.files)),
        .judgement = judgement,
        .baseline = learn::Baseline{learn::describe(model.baseline, model.schema), judgement.baseline.accuracy,
                                    judgement.baseline.macro_f1},
        .remarks = remarks,
        .data = inputs.files,
        .provenance = model.provenance,
        .model_hash = model.hash,
        .profile = model.profile,
        .benign_flows_per_day = options.benign_flows_per_day};
}

/// The files of a model with several data files as lines of a cross table; nothing for a single one.
std::string sources_text(const EvaluateOptions& options, const learn::ThoroughJudgement& judgement) {
    if (judgement.sources.size() < 2) return {};
    learn::CrossTable table;
    table.models = {std::filesystem::path(options.model).filename().string()};
    for (const learn::SourceFigures& source : judgement.sources) {
        table.data.push_back(std::filesystem::path(source.name).filename().string());
        table.cells.push_back({.evaluation = source.evaluation, .missing = {}});
    }
    return '\n' + learn::to_text(table);
}

std::string alarms_text(const learn::ThoroughJudgement& judgement, double benign_flows_per_day) {
    if (!judgement.alarms || judgement.alarms->benign == 0) return {};
    const learn::DailyAlerts daily = learn::daily_false_alerts(*judgement.alarms, benign_flows_per_day);
    return fmt::format("{:.2f} % of the attacks noticed; of {} benign flows a day {} false alerts (95 %: {} to {})\n",
                       100 * judgement.alarms->recall(), learn::whole_number(benign_flows_per_day),
                       learn::whole_number(daily.expected), learn::whole_number(daily.interval.low),
                       learn::whole_number(daily.interval.high));
}

base::Result<void> write_results(const EvaluateOptions& options, const std::string& page, const std::string& json) {
    if (!options.report.empty())
        if (const auto written = write_text(options.report, page); !written) return written.error();
    if (!options.json.empty())
        if (const auto written = write_text(options.json, json); !written) return written.error();
    return {};
}

base::Result<int> evaluate_one(const EvaluateOptions& options) {
    const auto model = open_servable(options.model);
    if (!model) return model.error();
    const auto inputs = load_for(*model, options.inputs);
    if (!inputs) return inputs.error();
    print_notes(inputs->notes);
    std::vector<std::string> remarks = warnings(*model, *inputs);
    for (const std::string& remark : remarks) fmt::print(stderr, "warning: {}\n", base::printable(remark));
    remarks.insert(remarks.end(), inputs->notes.begin(), inputs->notes.end());

    const learn::ThoroughJudgement judgement =
        learn::judge_thoroughly(*model, inputs->table, learn::all_rows(inputs->table), options.minimum_support, 0);
    const auto written =
        write_results(options, learn::html_report(report_of(*model, *inputs, judgement, options, remarks)),
                      json_text(*model, *inputs, judgement, options.benign_flows_per_day));
    if (!written) return written.error();
    std::string text = learn::to_text(judgement.forest);
    text +=
        fmt::format("baseline, {}: accuracy {:.4f}, macro-F1 {:.4f}\n", learn::describe(model->baseline, model->schema),
                    judgement.baseline.accuracy, judgement.baseline.macro_f1);
    text += alarms_text(judgement, options.benign_flows_per_day) + sources_text(options, judgement);
    if (!options.report.empty()) text += fmt::format("report {}\n", options.report);
    const auto printed = print_to_stdout(text);
    if (!printed) return printed.error();
    return inputs->was_damaged ? 1 : 0;
}

base::Result<int> evaluate_several(const std::vector<std::string>& models, const EvaluateOptions& options) {
    auto crossed = cross_evaluate(models, options.inputs, options.minimum_support);
    if (!crossed) return crossed.error();
    print_notes(crossed->notes);
    crossed->table.benign_flows_per_day = options.benign_flows_per_day;
    std::string json_text;
    base::JsonWriter json(json_text);
    learn::write_json(crossed->table, json);
    const auto written = write_results(options, learn::html_report(crossed->table, crossed->notes), json_text + '\n');
    if (!written) return written.error();
    const auto printed = print_to_stdout(learn::to_text(crossed->table));
    if (!printed) return printed.error();
    return crossed->was_damaged ? 1 : 0;
}

/// Takes the models among the data files out of them; the first model is named by itself.
base::Result<std::vector<std::string>> take_models(EvaluateOptions& options) {
    std::vector<std::string> models = {options.model}, data;
    for (const std::string& path : options.inputs.paths) {
        const auto kind = kind_of_input(path);
        if (!kind) return kind.error();
        (*kind == InputKind::kModel ? models : data).push_back(path);
    }
    if (data.empty())
        return base::Error{"these are all models: name labelled data to judge them by", base::ErrorKind::kUsage};
    options.inputs.paths = std::move(data);
    return models;
}

base::Result<int> run_evaluate(EvaluateOptions options) {
    auto merges = parse_merges(options.merges);
    if (!merges) return merges.error();
    options.inputs.load.merges = std::move(*merges);
    const auto models = take_models(options);
    if (!models) return models.error();
    return models->size() == 1 ? evaluate_one(options) : evaluate_several(*models, options);
}

}  // namespace

Runner configure_evaluate(CLI::App& app) {
    auto options = std::make_shared<EvaluateOptions>();
    app.add_option("MODEL", options->model, "Model file, as `flowsift train` writes it; more of them may follow")
        ->required();
    add_input_options(app, options->inputs);
    app.add_option("--merge", options->merges, "Rename a class of the data: \"Infiltration - Portscan=Portscan\"")
        ->allow_extra_args(false);
    app.add_option("--depth", options->inputs.depth, "Judge flows as they stood after so many packets, by that stage")
        ->expected(1)
        ->check(CLI::PositiveNumber);
    app.add_option("--min-support", options->minimum_support, "Classes with fewer rows are printed, not averaged in")
        ->capture_default_str();
    app.add_option("--report", options->report, "One self-contained HTML page with figures");
    app.add_option("--json", options->json, "Every figure as JSON");
    add_flows_per_day_option(app, options->benign_flows_per_day);
    return [options] { return run_evaluate(*options); };
}

}  // namespace flowsift::app
