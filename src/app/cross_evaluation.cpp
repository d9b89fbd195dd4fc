#include "app/cross_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "learn/prediction.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

std::string name_of(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

void add_notes(std::vector<std::string>& notes, const std::vector<std::string>& more) {
    for (const std::string& note : more)
        if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
}

learn::CrossCell judge(const model::Model& model, const InputOptions& inputs, std::uint64_t minimum_support,
                       CrossEvaluation& all) {
    const auto loaded = load_for(model, inputs);
    if (!loaded) return {.evaluation = {}, .missing = loaded.error().message};
    add_notes(all.notes, loaded->notes);
    all.was_damaged = all.was_damaged || loaded->was_damaged;
    const auto judged = learn::judge_rows(model, loaded->table, learn::all_rows(loaded->table), minimum_support, 0);
    return {.evaluation = judged.forest, .missing = {}, .is_learnt = !learnt_files(model, loaded->files).empty()};
}

}  // namespace

base::Result<model::Model> open_servable(const std::string& path) {
    auto model = model::open_model(path);
    if (!model) return model.error();
    if (const auto servable = model->check_servable(); !servable) return servable.error();
    return model;
}

base::Result<Inputs> load_for(const model::Model& model, InputOptions inputs) {
    inputs.load.schema = model.schema;
    inputs.load.may_mix_profiles = true;
    inputs.load.needs_two_classes = false;
    inputs.profile = model.profile;
    const std::uint64_t depth = inputs.depth;
    inputs.load.keeps_live = depth > 0;
    if (depth > 0) inputs.checkpoints = features::checkpoints_after({depth});
    if (model.stage_of(depth) == nullptr)
        return base::Error{
            fmt::format("the model judges no flow of {} packets; train it with --checkpoints {},end", depth, depth)};
    auto loaded = load_inputs(inputs);
    if (loaded && !loaded->table.depths.empty())
        loaded->table = dataset::select_rows(loaded->table, dataset::rows_of_depth(loaded->table, depth));
    if (loaded && loaded->table.rows() == 0) return base::Error{"there is no labelled flow in the data to judge by"};
    return loaded;
}

std::vector<std::string> learnt_files(const model::Model& model, const std::vector<model::Provenance::Input>& files) {
    std::vector<std::string> names;
    for (const auto& file : files)
        for (const auto& learnt : model.provenance.inputs)
            if (!file.sha256.empty() && file.sha256 == learnt.sha256) names.push_back(file.name);
    return names;
}

base::Result<CrossEvaluation> cross_evaluate(const std::vector<std::string>& models, const InputOptions& inputs,
                                             std::uint64_t minimum_support) {
    CrossEvaluation all;
    for (const std::string& path : models) all.table.models.push_back(name_of(path));
    for (const std::string& path : inputs.paths) all.table.data.push_back(name_of(path));
    for (const std::string& path : models) {
        const auto model = open_servable(path);
        if (!model) return model.error();
        for (const std::string& data : inputs.paths) {
            InputOptions one = inputs;
            one.paths = {data};
            all.table.cells.push_back(judge(*model, one, minimum_support, all));
        }
    }
    return all;
}

}  // namespace flowsift::app
