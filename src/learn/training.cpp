#include "learn/training.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "learn/stump.h"

namespace flowsift::learn {
namespace {

constexpr SplitKind kSplits[] = {
    {"five-tuple", "no address-and-port pair on both sides: fairer than random", dataset::split_by_group},
    {"stratified", "random within each class: flatters where flows of one attack resemble each other",
     dataset::split_stratified},
    {"time", "the later part of each class is held out: nearest to a detector that is installed",
     [](const dataset::Table& table, double share, std::uint64_t) {
         return dataset::split_by_time(table, share, dataset::TimeOrder::kPerClass);
     }},
    {"time-global", "the later part of all rows is held out, classes never seen before included",
     [](const dataset::Table& table, double share, std::uint64_t) {
         return dataset::split_by_time(table, share, dataset::TimeOrder::kGlobal);
     }},
    {"none", "nothing is held out: all rows are learnt from, and none can judge", nullptr},
};

/// Provenance alone may look at the wall clock.
std::string now_utc() {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

void describe_options(const TrainingOptions& options, model::Provenance& provenance) {
    const ForestOptions& forest = options.forest;
    constexpr std::string_view kWeights[] = {"none", "balanced", "balanced_subsample", "explicit"};
    provenance.options = {{"algorithm", "random forest"},
                          {"split", std::string(options.split.name)},
                          {"held_out_share", options.split.split ? fmt::format("{}", options.test_share) : "0"},
                          {"seed", fmt::format("{}", options.seed)},
                          {"trees", fmt::format("{}", forest.trees)},
                          {"draws_per_row", fmt::format("{}", forest.draws_per_row)},
                          {"min_samples_leaf", fmt::format("{}", forest.min_samples_leaf)},
                          {"max_depth", forest.max_depth ? fmt::format("{}", forest.max_depth) : "unlimited"},
                          {"class_weights", std::string(kWeights[static_cast<std::size_t>(forest.class_weights)])}};
}

void describe_rows(const dataset::Table& table, const std::vector<std::uint32_t>& rows, model::Provenance& provenance) {
    std::vector<std::uint64_t> counts(table.classes.size());
    for (const std::uint32_t row : rows) ++counts[table.labels[row]];
    for (std::size_t i = 0; i < counts.size(); ++i) provenance.class_rows.emplace_back(table.classes[i], counts[i]);
}

void describe_judgement(const Judgement& judgement, model::Provenance& provenance) {
    provenance.metrics = {{"accuracy", judgement.forest.accuracy},
                          {"macro_f1", judgement.forest.macro_f1},
                          {"baseline_accuracy", judgement.baseline.accuracy},
                          {"baseline_macro_f1", judgement.baseline.macro_f1}};
}

}  // namespace

std::span<const SplitKind> split_kinds() {
    return kSplits;
}

base::Result<SplitKind> find_split(std::string_view name) {
    std::string known;
    for (const SplitKind& kind : kSplits) {
        if (kind.name == name) return kind;
        known += (known.empty() ? "" : ", ") + std::string(kind.name);
    }
    return base::Error{fmt::format("there is no split named \"{}\"; choose one of: {}", name, known),
                       base::ErrorKind::kUsage};
}

base::Result<Training> train_model(const dataset::Table& table, const TrainingOptions& options,
                                   const base::Progress& progress) {
    dataset::Split split{all_rows(table), {}};
    if (options.split.split) {
        auto made = options.split.split(table, options.test_share, options.seed);
        if (!made) return made.error();
        split = std::move(*made);
    }
    ForestOptions forest_options = options.forest;
    forest_options.seed = options.seed;
    auto trained = train_forest(table, split.train, forest_options, progress);
    if (!trained) return trained.error();

    Training training{.rows_trained = split.train.size(), .rows_held_out = split.test.size()};
    model::Model& model = training.model;
    model.schema = table.schema;
    model.profile = table.profile;
    model.classes = table.classes;
    model.stages.push_back({0, std::move(trained->forest)});
    model.baseline = train_stump(table, split.train, forest_options.threads);
    model.provenance.created = now_utc();
    describe_options(options, model.provenance);
    describe_rows(table, split.train, model.provenance);
    for (std::size_t i = 0; i < table.schema.size(); ++i)
        model.provenance.importance.emplace_back(std::string(table.schema.feature(i).name), trained->importance[i]);
    if (trained->out_of_bag_accuracy)
        model.provenance.metrics.emplace_back("out_of_bag_accuracy", *trained->out_of_bag_accuracy);
    if (!split.test.empty()) {
        training.judgement = judge_rows(model, table, split.test, options.minimum_support, forest_options.threads);
        describe_judgement(*training.judgement, model.provenance);
    }
    return training;
}

}  // namespace flowsift::learn
