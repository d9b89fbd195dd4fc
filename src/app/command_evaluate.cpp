#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "app/command.h"
#include "app/inputs.h"
#include "app/text.h"
#include "base/json.h"
#include "base/terminal.h"
#include "learn/prediction.h"
#include "learn/report.h"
#include "learn/stump.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

struct EvaluateOptions {
    std::string model;
    InputOptions inputs;
    std::vector<std::string> merges;
    std::uint64_t minimum_support = 1;
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
    for (const auto& file : inputs.files)
        for (const auto& learnt : model.provenance.inputs)
            if (!file.sha256.empty() && file.sha256 == learnt.sha256)
                found.push_back(fmt::format("the model has learnt from {}: these figures say nothing about new traffic",
                                            file.name));
    if (inputs.table.profile != model.profile)
        found.push_back(fmt::format("the rows were cut by the assembly profile \"{}\", the model's by \"{}\"",
                                    inputs.table.profile, model.profile));
    return found;
}

std::string json_text(const model::Model& model, const Inputs& inputs, const learn::ThoroughJudgement& judgement) {
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
    json.end_object();
    return text + '\n';
}

learn::Report report_of(const model::Model& model, const Inputs& inputs, const learn::ThoroughJudgement& judgement,
                        const std::string& model_path, const std::vector<std::string>& remarks) {
    const std::string model_name = std::filesystem::path(model_path).filename().string();
    return {.title = fmt::format("{} on {}", model_name, names_of(inputs.files)),
            .subject = fmt::format("A forest of {} trees, judged on {} flows of {}.", model.end_stage().forest.trees.size(),
                                   base::grouped(inputs.table.rows()), names_of(inputs.files)),
            .judgement = judgement,
            .baseline = learn::Baseline{learn::describe(model.baseline, model.schema), judgement.baseline.accuracy,
                                        judgement.baseline.macro_f1},
            .remarks = remarks,
            .data = inputs.files,
            .provenance = model.provenance,
            .model_hash = model.hash,
            .profile = model.profile};
}

base::Result<Inputs> load_for(const model::Model& model, EvaluateOptions& options) {
    auto merges = parse_merges(options.merges);
    if (!merges) return merges.error();
    dataset::LoadOptions& load = options.inputs.load;
    load.merges = *merges;
    load.schema = model.schema;
    load.may_mix_profiles = true;
    load.needs_two_classes = false;
    options.inputs.profile = model.profile;
    auto inputs = load_inputs(options.inputs);
    if (inputs && inputs->table.rows() == 0) return base::Error{"there is no labelled flow in the data to judge by"};
    return inputs;
}

base::Result<int> run_evaluate(EvaluateOptions options) {
    const auto model = model::open_model(options.model);
    if (!model) return model.error();
    if (const auto servable = model->check_servable(); !servable) return servable.error();
    const auto inputs = load_for(*model, options);
    if (!inputs) return inputs.error();
    print_notes(inputs->notes);
    std::vector<std::string> remarks = warnings(*model, *inputs);
    for (const std::string& remark : remarks) fmt::print(stderr, "warning: {}\n", base::printable(remark));
    remarks.insert(remarks.end(), inputs->notes.begin(), inputs->notes.end());

    const learn::ThoroughJudgement judgement =
        learn::judge_thoroughly(*model, inputs->table, learn::all_rows(inputs->table), options.minimum_support, 0);
    std::string text = learn::to_text(judgement.forest);
    text +=
        fmt::format("baseline, {}: accuracy {:.4f}, macro-F1 {:.4f}\n", learn::describe(model->baseline, model->schema),
                    judgement.baseline.accuracy, judgement.baseline.macro_f1);
    if (!options.report.empty()) {
        const auto written = write_text(
            options.report, learn::html_report(report_of(*model, *inputs, judgement, options.model, remarks)));
        if (!written) return written.error();
        text += fmt::format("report {}\n", options.report);
    }
    if (!options.json.empty()) {
        const auto written = write_text(options.json, json_text(*model, *inputs, judgement));
        if (!written) return written.error();
    }
    const auto printed = print_to_stdout(text);
    if (!printed) return printed.error();
    return inputs->was_damaged ? 1 : 0;
}

}  // namespace

Runner configure_evaluate(CLI::App& app) {
    auto options = std::make_shared<EvaluateOptions>();
    app.add_option("MODEL", options->model, "Model file, as `flowsift train` writes it")->required();
    add_input_options(app, options->inputs);
    app.add_option("--merge", options->merges, "Rename a class of the data: \"Infiltration - Portscan=Portscan\"")
        ->allow_extra_args(false);
    app.add_option("--min-support", options->minimum_support, "Classes with fewer rows are printed, not averaged in")
        ->capture_default_str();
    app.add_option("--report", options->report, "One self-contained HTML page with figures");
    app.add_option("--json", options->json, "Every figure as JSON");
    return [options] { return run_evaluate(*options); };
}

}  // namespace flowsift::app
