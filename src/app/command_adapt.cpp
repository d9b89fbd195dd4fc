#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <memory>
#include <set>

#include "app/adapt_inputs.h"
#include "app/adapt_text.h"
#include "app/command.h"
#include "app/configuration.h"
#include "app/cross_evaluation.h"
#include "app/stop_signal.h"
#include "app/text.h"
#include "app/version.h"
#include "base/progress_bar.h"
#include "learn/kept_table.h"
#include "learn/training_record.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

struct AdaptOptions {
    std::string model;
    std::vector<std::string> benign;
    std::string filter;
    std::string store;
    std::string output;
    std::string configuration;
    std::optional<float> threshold;
    std::vector<std::string> trusted;
    bool keeps_suspicious = false;
    std::size_t shown = 20;
    std::size_t threads = 0;
};

/// All that the steps work on.
struct Adapting {
    model::Model model;
    learn::TrainingOptions training;
    std::vector<float> thresholds;  ///< By class; beyond 1 where the policy mutes it.
    dataset::Table known;
    BenignInputs benign;
    FeedbackInputs feedback;
    std::size_t left_out = 0;
};

base::Result<std::vector<float>> thresholds_of(const AdaptOptions& options, const model::Model& model) {
    const auto policy = read_policy(options.configuration, model, options.threshold);
    if (!policy) return policy.error();
    std::vector<float> thresholds;
    for (const detect::ClassPolicy& each : policy->classes)
        thresholds.push_back(each.is_muted ? std::numeric_limits<float>::infinity() : each.threshold);
    return thresholds;
}

base::Result<std::vector<base::IpPrefix>> prefixes_of(const std::vector<std::string>& texts) {
    std::vector<base::IpPrefix> prefixes;
    for (const std::string& text : texts) {
        const auto prefix = base::parse_ip_prefix(text);
        if (!prefix)
            return base::Error{fmt::format("--trust wants an address or a range such as 10.0.0.0/24, not \"{}\"", text),
                               base::ErrorKind::kUsage};
        prefixes.push_back(*prefix);
    }
    return prefixes;
}

base::Result<Adapting> load_all(const AdaptOptions& options) {
    auto model = open_servable(options.model);
    if (!model) return model.error();
    auto known = learn::kept_table(*model);
    if (!known) return base::Error{fmt::format("{}: {}", options.model, known.error().message)};
    auto training = learn::options_of(*model);
    if (!training) return base::Error{fmt::format("{}: {}", options.model, training.error().message)};
    training->learner.forest.threads = training->learner.boosting.threads = options.threads;
    auto thresholds = thresholds_of(options, *model);
    if (!thresholds) return thresholds.error();
    auto feedback = load_feedback(*model, options.store);
    if (!feedback) return feedback.error();
    auto benign = load_benign(*model, options.benign, options.filter);
    if (!benign) return benign.error();
    print_notes(benign->notes);
    print_notes(feedback->notes);
    return Adapting{std::move(*model), std::move(*training), std::move(*thresholds),
                    std::move(*known), std::move(*benign),   std::move(*feedback)};
}

void keep_benign(const std::vector<bool>& leaves, Adapting& adapting) {
    std::vector<std::uint32_t> kept;
    std::vector<features::FlowIdentity> flows;
    for (std::uint32_t row = 0; row < leaves.size(); ++row) {
        if (leaves[row]) continue;
        kept.push_back(row);
        flows.push_back(adapting.benign.flows[row]);
    }
    adapting.left_out += leaves.size() - kept.size();
    adapting.benign.table = dataset::select_rows(adapting.benign.table, kept);
    adapting.benign.flows = std::move(flows);
}

/// What an analyst called an attack is not benign, whatever file it stands in.
void leave_out_attacks(Adapting& adapting) {
    const std::set<std::uint64_t> attacks(adapting.feedback.right_five_tuples.begin(),
                                          adapting.feedback.right_five_tuples.end());
    std::vector<bool> leaves;
    for (const std::uint64_t five_tuple : adapting.benign.table.five_tuples)
        leaves.push_back(five_tuple != 0 && attacks.contains(five_tuple));
    keep_benign(leaves, adapting);
}

/// Shows and leaves out what looks like an attack. The text to be printed.
base::Result<std::string> leave_out_suspects(const AdaptOptions& options, Adapting& adapting) {
    const auto trusted = prefixes_of(options.trusted);
    if (!trusted) return trusted.error();
    std::vector<bool> vouched = vouched_rows(adapting.benign.flows, adapting.feedback, *trusted);
    if (options.keeps_suspicious) vouched.assign(vouched.size(), true);
    base::Result<learn::Suspicion> suspicion = base::Error{""};
    {
        base::ProgressBar bar({.label = "looking for attacks", .unit = "trees"}, stop_requested());
        suspicion = learn::find_suspicious_rows(adapting.model, adapting.known, adapting.benign.table,
                                                responders_of(adapting.benign), vouched, adapting.training,
                                                {.thresholds = adapting.thresholds}, bar.progress());
    }
    if (!suspicion) return suspicion.error();
    std::string text = fmt::format("{} benign rows; the model raises an alarm for {} of them\n",
                                   base::grouped(adapting.benign.table.rows()), base::grouped(suspicion->alarms));
    text += suspects_text(*suspicion, adapting.benign.flows, adapting.model.classes, options.shown,
                          base::Style::of(STDOUT_FILENO));
    std::vector<bool> leaves(adapting.benign.table.rows());
    for (const learn::SuspiciousRow& suspect : suspicion->suspects) leaves[suspect.row] = true;
    for (const std::uint32_t row : suspicion->companions) leaves[row] = true;
    keep_benign(leaves, adapting);
    return text;
}

/// The kind of split that the model was judged by, where the user's rows allow it.
void choose_split(const dataset::Table& table, learn::TrainingOptions& training) {
    if (!training.split.split) return;
    const dataset::Table whole = dataset::select_rows(table, dataset::rows_of_depth(table, 0));
    if (training.split.split(whole, training.test_share, training.seed)) return;
    training.split = *learn::find_split("stratified");
    print_notes({"the rows cannot be split as those of the model were, so the split is random (stratified)"});
}

base::Result<model::Model> train_new(Adapting& adapting, const dataset::Table& rows) {
    choose_split(rows, adapting.training);
    base::ProgressBar bar({.label = "growing trees", .unit = "trees"}, stop_requested());
    auto trained = learn::train_model(rows, adapting.training, bar.progress());
    if (!trained) return trained.error();
    model::Provenance& origin = trained->model.provenance;
    origin.parent = adapting.model.hash;
    origin.program_version = version();
    origin.inputs = adapting.model.provenance.inputs;
    origin.inputs.insert(origin.inputs.end(), adapting.benign.files.begin(), adapting.benign.files.end());
    origin.options.emplace_back("benign_rows_added", fmt::format("{}", adapting.benign.table.rows()));
    origin.options.emplace_back("benign_rows_left_out", fmt::format("{}", adapting.left_out));
    origin.options.emplace_back("feedback_rows_added", fmt::format("{}", adapting.feedback.table.rows()));
    return std::move(trained->model);
}

base::Error refusal(const learn::AdaptationComparison& comparison, const std::string& output) {
    std::string text = fmt::format("the new model would be worse, and {} was not written:", output);
    for (const std::string& objection : comparison.objections) text += "\n  " + objection;
    return base::Error{text};
}

base::Result<int> run_adapt(const AdaptOptions& options) {
    auto loaded = load_all(options);
    if (!loaded) return loaded.error();
    Adapting& adapting = *loaded;
    leave_out_attacks(adapting);
    const auto suspects = leave_out_suspects(options, adapting);
    if (!suspects) return suspects.error();
    if (const auto printed = print_to_stdout(*suspects + '\n'); !printed) return printed.error();
    if (adapting.benign.table.rows() == 0)
        return base::Error{"every row of the benign input was left out, so there is nothing to learn from"};

    const learn::AdaptationRows rows{std::move(adapting.known), adapting.benign.table, adapting.feedback.table};
    base::Result<learn::AdaptationComparison> comparison = base::Error{""};
    {
        base::ProgressBar bar({.label = "comparing old and new", .unit = "trees"}, stop_requested());
        comparison = learn::compare_adapted(rows, adapting.training, adapting.thresholds, bar.progress());
    }
    if (!comparison) return comparison.error();
    const std::string text = comparison_text(*comparison, covered_time(adapting.benign.table));
    if (const auto printed = print_to_stdout(text); !printed) return printed.error();
    if (!comparison->objections.empty()) return refusal(*comparison, options.output);

    auto model = train_new(adapting, rows.joined());
    if (!model) return model.error();
    if (const auto saved = model::save_model(*model, options.output); !saved) return saved.error();
    const auto printed = print_to_stdout(fmt::format("\nmodel {} ({}), adapted from {}\n", options.output,
                                                     model->hash.substr(0, 12), adapting.model.hash.substr(0, 12)));
    if (!printed) return printed.error();
    return adapting.benign.was_damaged ? 1 : 0;
}

}  // namespace

Runner configure_adapt(CLI::App& app) {
    auto options = std::make_shared<AdaptOptions>();
    app.add_option("MODEL", options->model,
                   "Model file with the rows that it learnt from, as `flowsift train` writes it")
        ->required();
    app.add_option("--benign", options->benign, "Traffic of your own that is benign: captures, or CSVs of flows")
        ->required();
    app.add_option("--filter", options->filter, "BPF expression for captures: only packets that match");
    app.add_option("--store", options->store, "Learn from what `flowsift feedback` put into this store as well");
    app.add_option("-o,--output", options->output, "Model file to write; MODEL itself is replaced in one step")
        ->required();
    app.add_option("--config", options->configuration, "Policy of alerts (TOML), as of `watch`: what an alarm is");
    app.add_option("--threshold", options->threshold, "An alarm is a verdict from this probability on")
        ->check(CLI::Range(0.0, 1.0))
        ->default_str("0.5");
    app.add_option("--trust", options->trusted,
                   "Rows of this host or range are benign even where they look like attacks (repeatable)")
        ->allow_extra_args(false);
    app.add_flag("--keep-suspicious", options->keeps_suspicious,
                 "Learn that all of the input is benign, whatever it looks like");
    app.add_option("--show", options->shown, "So many of the rows that look like attacks are shown")
        ->capture_default_str();
    app.add_option("--threads", options->threads, "0: all")->capture_default_str();
    return [options] { return run_adapt(*options); };
}

}  // namespace flowsift::app
