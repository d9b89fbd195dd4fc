#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "app/assessment_run.h"
#include "app/command.h"
#include "app/inputs.h"
#include "app/stop_signal.h"
#include "app/text.h"
#include "app/version.h"
#include "base/duration.h"
#include "base/progress_bar.h"
#include "base/terminal.h"
#include "features/checkpoint.h"
#include "learn/comparison.h"
#include "learn/cross_validation.h"
#include "learn/stump.h"
#include "learn/training.h"
#include "learn/tuning.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

constexpr std::size_t kTextColumns = 100;

struct TrainOptions {
    InputOptions inputs;
    std::string schema;
    std::vector<std::string> merges;
    std::string model;
    std::string split = "five-tuple";
    std::string checkpoints = "end";
    std::string algorithm = "forest";
    std::string tune;
    std::string smote;
    std::uint64_t smote_cap = 0;
    std::size_t folds = 0;
    bool compares = false;
    learn::TrainingOptions training;
    AssessmentRun assessment;
};

std::string stages_text(const learn::Training& training) {
    std::string text;
    for (const learn::StageTraining& stage : training.stages) {
        if (stage.packets == 0) continue;
        text += fmt::format("flows after {} packets: {} rows learnt from, {} held out", stage.packets,
                            base::grouped(stage.rows_trained), base::grouped(stage.rows_held_out));
        if (stage.judgement)
            text += fmt::format(", accuracy {:.4f}, macro-F1 {:.4f}", stage.judgement->forest.accuracy,
                                stage.judgement->forest.macro_f1);
        text += '\n';
    }
    return text;
}

std::string training_text(const learn::Training& training, const TrainOptions& options) {
    const model::Model& model = training.model;
    const learn::StageTraining& whole = training.whole_flows();
    std::string text = fmt::format("{} rows learnt from, {} held out ({} split), {} features, {} classes\n",
                                   base::grouped(whole.rows_trained), base::grouped(whole.rows_held_out), options.split,
                                   model.schema.size(), model.classes.size());
    if (whole.rows_shared > 0)
        text += fmt::format("{} rows chosen to be held out equal a row learnt from and judge nothing\n",
                            base::grouped(whole.rows_shared));
    if (!whole.constant_columns.empty())
        text += fmt::format("{} columns hold one value in all rows learnt from: {}\n", whole.constant_columns.size(),
                            wrapped(fmt::format("{}", fmt::join(whole.constant_columns, ", ")), 2, kTextColumns));
    text += stages_text(training);
    if (whole.judgement) {
        const learn::Judgement& judgement = *whole.judgement;
        text += '\n' + learn::to_text(judgement.forest);
        text += fmt::format("baseline, {}: accuracy {:.4f}, macro-F1 {:.4f}\n",
                            learn::describe(model.baseline, model.schema), judgement.baseline.accuracy,
                            judgement.baseline.macro_f1);
    }
    return text + fmt::format("\nmodel {} ({})\n", options.model, model.hash.substr(0, 12));
}

/// Rows without addresses cannot be split by five-tuple: said, not guessed.
void fall_back_to_stratified(const dataset::Table& table, TrainOptions& options, std::vector<std::string>& notes) {
    const bool is_known = std::find(table.five_tuples.begin(), table.five_tuples.end(), 0U) == table.five_tuples.end();
    if (options.split != "five-tuple" || is_known) return;
    options.split = "stratified";
    notes.push_back(
        "some rows have no addresses and ports, so the split is random within each class (stratified), which "
        "flatters: rows of one attack are on both sides");
}

/// "1s,8,64,end": when flows that go on are told, and at each doubling; and a stage for each number of packets, one
/// more for flows of fewer packets where there is a period. The end is always among the stages.
base::Result<void> take_checkpoints(TrainOptions& options) {
    std::string_view list = options.checkpoints;
    if (list == "end" || list.empty()) return {};
    if (list.ends_with(",end")) list.remove_suffix(4);
    const auto checkpoints = features::parse_checkpoints(list);
    if (!checkpoints) return checkpoints.error();
    std::vector<std::uint64_t>& depths = options.training.depths;
    for (const features::Checkpoint& checkpoint : *checkpoints)
        if (checkpoint.packets > 0) depths.push_back(checkpoint.packets);
    const bool has_period = depths.size() < checkpoints->size();
    if (has_period && (depths.empty() || depths.front() > 1)) depths.insert(depths.begin(), 1);
    if (depths.size() >= model::kMaxStages)
        return base::Error{
            fmt::format("a model has at most {} stages, that of whole flows among them", model::kMaxStages),
            base::ErrorKind::kUsage};
    options.training.schedule = options.inputs.checkpoints = features::doubled(*checkpoints);
    options.inputs.load.keeps_live = true;
    return {};
}

/// Options that both algorithms have are given once.
void take_common_options(learn::LearnerOptions& learner, const learn::Algorithm& algorithm) {
    learner.algorithm = algorithm;
    learner.boosting.threads = learner.forest.threads;
    learner.boosting.class_weights = learner.forest.class_weights;
}

void take_smote_options(TrainOptions& options) {
    if (options.smote.empty()) return;
    dataset::SmoteOptions& smote = options.training.learner.smote.emplace();
    if (options.smote == "borderline") smote.variant = dataset::SmoteVariant::kBorderline;
    if (options.smote_cap > 0) smote.cap = options.smote_cap;
}

/// Searches for better options; where Ctrl-C ends that, the best so far are used.
base::Result<std::string> tune_options(const dataset::Table& table, TrainOptions& options) {
    const auto budget = base::parse_duration(options.tune);
    if (!budget) return budget.error();
    base::Result<learn::Tuning> tuning = base::Error{""};
    {
        base::ProgressBar bar({.label = "tuning", .unit = "ms"}, stop_requested());
        tuning = learn::tune(table, {options.training, *budget}, bar.progress());
    }
    if (!tuning) return tuning.error();
    if (tuning->was_stopped) stop_requested() = false;
    const learn::Trial &first = tuning->trials.front(), &best = tuning->trials[tuning->best];
    options.training.learner = best.learner;
    std::string text =
        fmt::format("tuned: {} candidates, macro-F1 {:.4f} with the options to begin with, {:.4f} with\n",
                    tuning->candidates, first.macro_f1, best.macro_f1);
    for (const auto& [name, value] : best.learner.algorithm.describe(best.learner))
        text += fmt::format("  {} {}\n", padded(name, 20), value);
    return text;
}

/// --compare writes no model: it answers a question.
base::Result<int> run_comparison(const Inputs& inputs, const TrainOptions& options) {
    base::ProgressBar bar({.label = "comparing", .unit = "‰"}, stop_requested());
    const auto variants = learn::compare(inputs.table, options.training, bar.progress());
    if (!variants) return variants.error();
    return print_to_stdout(learn::to_text(*variants));
}

base::Result<std::string> cross_validated(const dataset::Table& table, const TrainOptions& options) {
    base::ProgressBar bar({.label = "folds", .unit = "trees"}, stop_requested());
    const auto validation = learn::cross_validate(table, options.training, options.folds, bar.progress());
    if (!validation) return validation.error();
    return learn::to_text(*validation) + '\n';
}

base::Result<int> run_train(TrainOptions options, bool is_split_given) {
    auto merges = parse_merges(options.merges);
    if (!merges) return merges.error();
    options.inputs.load.merges = *merges;
    if (!options.schema.empty()) {
        auto schema = features::find_schema(options.schema);
        if (!schema) return schema.error();
        options.inputs.load.features.among = std::move(*schema);
    }
    if (const auto taken = take_checkpoints(options); !taken) return taken.error();
    auto algorithm = learn::find_algorithm(options.algorithm);
    if (!algorithm) return algorithm.error();
    take_common_options(options.training.learner, *algorithm);
    take_smote_options(options);
    auto split = learn::find_split(options.split);
    if (!split) return split.error();
    auto inputs = load_inputs(options.inputs);
    if (!inputs) return inputs.error();
    if (!is_split_given) fall_back_to_stratified(inputs->table, options, inputs->notes);
    print_notes(inputs->notes);
    options.training.split = *learn::find_split(options.split);

    if (options.compares) return run_comparison(*inputs, options);
    if (options.model.empty()) return base::Error{"name the model file to write with -o", base::ErrorKind::kUsage};
    std::string before;
    if (!options.tune.empty()) {
        const auto tuned = tune_options(inputs->table, options);
        if (!tuned) return tuned.error();
        before += *tuned;
    }
    if (options.folds > 0) {
        const auto validated = cross_validated(inputs->table, options);
        if (!validated) return validated.error();
        before += *validated;
    }
    base::ProgressBar bar({.label = "growing trees", .unit = options.algorithm == "forest" ? "trees" : "rounds"},
                          stop_requested());
    auto training = learn::train_model(inputs->table, options.training, bar.progress());
    if (!training) return training.error();
    training->model.provenance.inputs = inputs->files;
    training->model.provenance.program_version = version();
    if (const auto saved = model::save_model(training->model, options.model); !saved) return saved.error();
    const auto assessed = run_assessment(*inputs, options.training, options.assessment);
    if (!assessed) return assessed.error();
    const auto printed = print_to_stdout(before + training_text(*training, options) + *assessed);
    if (!printed) return printed.error();
    return inputs->was_damaged ? 1 : 0;
}

void add_feature_options(CLI::App& app, TrainOptions& options) {
    dataset::LoadOptions& load = options.inputs.load;
    app.add_option("--schema", options.schema,
                   "Learn from the features of this schema: " + features::schema_names() +
                       "; several joined by +. Default: cic of captures, all features of CSVs");
    app.add_option("--features", load.features.only, "Learn from exactly these features (a,b,c)")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--with", load.features.also, "Besides the default features, these")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--without", load.features.excluded, "None of these features")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--merge", options.merges, "Rename a class: \"Infiltration - Portscan=Portscan\" (repeatable)")
        ->allow_extra_args(false);
    static const std::map<std::string, dataset::MissingPolicy> kPolicies = {{"drop", dataset::MissingPolicy::kDrop},
                                                                            {"median", dataset::MissingPolicy::kMedian},
                                                                            {"zero", dataset::MissingPolicy::kZero}};
    app.add_option("--missing", load.missing, "Rows with missing or infinite cells: drop, or fill by median or zero")
        ->transform(CLI::CheckedTransformer(kPolicies).description(""))
        ->default_str("drop");
    app.add_option("--profile", options.inputs.profile, "Timeouts that cut captures into flows: default, cicflowmeter");
    app.add_flag("--mix-profiles", load.may_mix_profiles, "Rows cut by different timeouts in one model (not servable)");
}

void add_forest_options(CLI::App& app, TrainOptions& options) {
    learn::LearnerOptions& learner = options.training.learner;
    learn::ForestOptions& forest = learner.forest;
    app.add_option("--trees", forest.trees, "Trees of the forest")->check(CLI::Range(1, 10'000))->capture_default_str();
    app.add_option("--min-leaf", forest.min_samples_leaf, "Rows on each side of a split")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    const auto set_depth = [&learner](const std::uint32_t& depth) {
        learner.forest.max_depth = depth;
        if (depth > 0) learner.boosting.max_depth = depth;
    };
    app.add_option_function<std::uint32_t>("--max-depth", set_depth, "Splits on the way to a leaf; 0: no limit")
        ->default_str(fmt::format("{}, of xgboost {}", forest.max_depth, learner.boosting.max_depth));
    static const std::map<std::string, learn::ClassWeights> kWeights = {
        {"none", learn::ClassWeights::kNone},
        {"balanced", learn::ClassWeights::kBalanced},
        {"subsample", learn::ClassWeights::kBalancedSubsample}};
    app.add_option("--class-weights", forest.class_weights,
                   "none, balanced (rare classes weigh more), subsample (balanced per tree)")
        ->transform(CLI::CheckedTransformer(kWeights).description(""))
        ->default_str("none");
    app.add_option("--keep-rows", options.training.kept_rows,
                   "So many rows of each class and stage stay in the model, for `flowsift adapt`; 0: none")
        ->default_val(learn::kKeptRows);
    app.add_option("--threads", forest.threads, "0: all. A Random Forest is the same on any number")
        ->capture_default_str();
    app.add_option("--seed", options.training.seed, "Same seed, same model")->capture_default_str();
}

void add_boosting_options(CLI::App& app, TrainOptions& options) {
    learn::BoostingOptions& boosting = options.training.learner.boosting;
    app.add_option("--rounds", boosting.rounds, "xgboost: most rounds; fewer where held-out rows gain no more")
        ->capture_default_str();
    app.add_option("--learning-rate", boosting.learning_rate, "xgboost: share of each tree that is added")
        ->capture_default_str();
    app.add_option("--min-child-weight", boosting.min_child_weight, "xgboost: least sum of Hessians of a leaf, from 1")
        ->capture_default_str();
    app.add_option("--l2", boosting.l2, "xgboost: L2 weight on leaves, above 0")->capture_default_str();
}

void add_preparation_options(CLI::App& app, TrainOptions& options) {
    app.add_option("--smote", options.smote,
                   "Balance the rows to learn from by synthetic ones: plain or borderline. Rarely helps these learners")
        ->check(CLI::IsMember({"plain", "borderline"}));
    app.add_option("--smote-cap", options.smote_cap, "Classes grow to so many rows; without it, to the largest class")
        ->check(CLI::PositiveNumber);
    app.add_flag("--scale", options.training.learner.scales,
                 "Standardise columns to learn; the model's thresholds are scaled back. Changes nothing for trees");
    app.add_flag("!--keep-shared", options.training.drops_shared,
                 "Judge by held-out rows that equal a row learnt from as well");
}

std::string algorithm_help() {
    std::string help = "What learns:";
    for (const learn::Algorithm& each : learn::algorithms()) help += fmt::format("\n{}: {}", each.name, each.help);
    return help;
}

std::string split_help() {
    std::string help = "How rows are held out to judge by:";
    for (const learn::SplitKind& kind : learn::split_kinds()) help += fmt::format("\n{}: {}", kind.name, kind.help);
    return help;
}

}  // namespace

Runner configure_train(CLI::App& app) {
    auto options = std::make_shared<TrainOptions>();
    add_input_options(app, options->inputs);
    app.add_option("-o,--output", options->model, "Model file to write");
    app.add_flag("--compare", options->compares,
                 "Write no model, but compare Random Forest and XGBoost, with SMOTE and without, on the same rows");
    app.add_option("--algorithm", options->algorithm, algorithm_help())->capture_default_str();
    CLI::Option* split = app.add_option("--split", options->split, split_help())->capture_default_str();
    app.add_option(
           "--checkpoints", options->checkpoints,
           "Stages of the model: of live flows after so many packets, and at each doubling; a period (1s), too, judges "
           "those of fewer packets; and at their end (1s,8,64,end)")
        ->capture_default_str();
    app.add_option("--test-share", options->training.test_share, "Share of the rows held out")
        ->check(CLI::Range(0.01, 0.9))
        ->capture_default_str();
    app.add_option("--min-support", options->training.minimum_support,
                   "Classes with fewer held-out rows are printed, not averaged in")
        ->capture_default_str();
    app.add_option("--tune", options->tune, "Search better options for so long (10m, 90s, 1h); Ctrl-C keeps the best");
    app.add_option("--folds", options->folds,
                   "Cross-validate first: every row is judged by a model that did not see it")
        ->check(CLI::Range(2, 100));
    add_feature_options(app, *options);
    add_forest_options(app, *options);
    add_boosting_options(app, *options);
    add_preparation_options(app, *options);
    add_assessment_options(app, options->assessment);
    return [options, split] { return run_train(*options, split->count() > 0); };
}

}  // namespace flowsift::app
