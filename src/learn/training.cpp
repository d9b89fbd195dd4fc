#include "learn/training.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "dataset/cleaning.h"
#include "learn/benign_reference.h"
#include "learn/kept_table.h"
#include "learn/preparation.h"
#include "learn/reliability.h"
#include "learn/stump.h"
#include "learn/training_record.h"

namespace flowsift::learn {
namespace {

template <dataset::Grouping kGrouping>
base::Result<dataset::Split> by_group(const dataset::Table& table, double share, std::uint64_t seed) {
    return dataset::split_by_group(table, kGrouping, share, seed);
}

template <dataset::Grouping kGrouping>
base::Result<std::vector<dataset::Split>> fold_by(const dataset::Table& table, std::size_t folds, std::uint64_t seed) {
    return dataset::fold_by_group(table, kGrouping, folds, seed);
}

template <dataset::TimeOrder kOrder>
base::Result<dataset::Split> by_time(const dataset::Table& table, double share, std::uint64_t) {
    return dataset::split_by_time(table, share, kOrder);
}

using dataset::Grouping, dataset::TimeOrder;

constexpr SplitKind kSplits[] = {
    {"five-tuple", "no address-and-port pair on both sides: fairer than random", by_group<Grouping::kFiveTuple>,
     fold_by<Grouping::kFiveTuple>},
    {"host", "no initiator on both sides", by_group<Grouping::kHost>, fold_by<Grouping::kHost>},
    {"capture", "no file on both sides: what another day or network would give", by_group<Grouping::kCapture>,
     fold_by<Grouping::kCapture>},
    {"stratified", "random within each class: flatters where flows of one attack resemble each other",
     dataset::split_stratified, dataset::fold_stratified},
    {"time", "the later part of each class is held out: nearest to a detector that is installed",
     by_time<TimeOrder::kPerClass>, nullptr},
    {"time-global", "the later part of all rows is held out, classes never seen before included",
     by_time<TimeOrder::kGlobal>, nullptr},
    {"none", "nothing is held out: all rows are learnt from, and none can judge", nullptr, nullptr},
};

/// Provenance alone may look at the wall clock.
std::string now_utc() {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

void describe_rows(const dataset::Table& table, const std::vector<std::uint32_t>& rows, model::Provenance& provenance) {
    std::vector<std::uint64_t> counts(table.classes.size());
    for (const std::uint32_t row : rows) ++counts[table.labels[row]];
    for (std::size_t i = 0; i < counts.size(); ++i) provenance.class_rows.emplace_back(table.classes[i], counts[i]);
}

void describe_judgement(const Judgement& judgement, std::uint64_t packets, model::Provenance& provenance) {
    const std::string depth = packets > 0 ? fmt::format("_after_{}_packets", packets) : "";
    provenance.metrics.emplace_back("accuracy" + depth, judgement.forest.accuracy);
    provenance.metrics.emplace_back("macro_f1" + depth, judgement.forest.macro_f1);
    if (packets > 0) return;
    provenance.metrics.emplace_back("baseline_accuracy", judgement.baseline.accuracy);
    provenance.metrics.emplace_back("baseline_macro_f1", judgement.baseline.macro_f1);
}

/// What the stages of one training share.
class StageTrainer {
  public:
    StageTrainer(const dataset::Table& table, const TrainingOptions& options, const base::Progress& progress)
        : table_(table), options_(options), learner_(options.learner), progress_(progress) {
        learner_.set_seed(options.seed);
        training_.model.schema = table.schema;
        training_.model.profile = table.profile;
        training_.model.classes = table.classes;
        training_.model.schedule = options.schedule;
        training_.model.provenance.created = now_utc();
        training_.model.provenance.options = record_of(options);
    }

    base::Result<void> add(std::uint64_t packets);
    Training finish() { return std::move(training_); }

  private:
    std::vector<std::uint32_t> rows_of_stage(std::uint64_t packets) const;
    base::Result<void> fit_reliability(const dataset::Table& table, model::Stage& stage);
    base::Result<Learnt> learn(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                               const std::vector<std::uint32_t>& validation);
    void describe(const dataset::Table& table, const std::vector<std::uint32_t>& rows, const Learnt& trained);

    const dataset::Table& table_;
    const TrainingOptions& options_;
    LearnerOptions learner_;
    const base::Progress& progress_;
    std::uint64_t forests_ = 0;  ///< Trained so far.
    Training training_;
};

std::vector<std::uint32_t> StageTrainer::rows_of_stage(std::uint64_t packets) const {
    if (packets == 0) return dataset::rows_of_depth(table_, 0);
    const auto next = std::ranges::upper_bound(options_.depths, packets);
    const std::uint64_t last = next == options_.depths.end() ? UINT64_MAX : *next - 1;
    return dataset::rows_of_depths(table_, packets, last);
}

base::Result<void> StageTrainer::add(std::uint64_t packets) {
    std::optional<dataset::Table> of_depth;  // Only where there are rows of other depths.
    if (!table_.depths.empty()) of_depth = dataset::select_rows(table_, rows_of_stage(packets));
    const dataset::Table& table = of_depth ? *of_depth : table_;
    if (table.rows() == 0 && packets > 0)
        return base::Error{
            fmt::format("no flow of the data has {} packets, so nothing can be learnt of flows of that "
                        "depth; leave this checkpoint out",
                        packets)};
    dataset::Split split{all_rows(table), {}};
    if (options_.split.split) {
        auto made = options_.split.split(table, options_.test_share, options_.seed);
        if (!made) return made.error();
        split = std::move(*made);
    }
    StageTraining stage{.packets = packets};
    if (options_.drops_shared && !split.test.empty()) {
        const dataset::Overlap overlap = dataset::find_overlap(table, split);
        stage.rows_shared = overlap.shared.size();
        if (overlap.shared.size() < split.test.size()) split = dataset::without_shared(split, overlap);
    }
    stage.constant_columns = dataset::constant_columns(table, split.train);
    model::Stage trained_stage{.packets = packets};
    learner_.boosting.rounds = options_.learner.boosting.rounds;
    if (options_.reliability_share > 0)
        if (auto fitted = fit_reliability(dataset::select_rows(table, split.train), trained_stage); !fitted)
            return fitted.error();
    auto trained = learn(table, split.train, {});
    if (!trained) return trained.error();
    trained_stage.forest = std::move(trained->forest);
    if (options_.reliability_share > 0) {
        const std::uint32_t limit = trained_stage.pairs.limit;
        trained_stage.pairs = collect_pairs(trained_stage.forest, table, split.train);
        trained_stage.pairs.limit = limit;
    }
    trained_stage.reference = benign_reference(table, split.train, training_.model.benign_class());
    training_.model.stages.push_back(std::move(trained_stage));
    if (packets == 0) describe(table, split.train, *trained);

    stage.rows_trained = split.train.size();
    stage.rows_held_out = split.test.size();
    if (!split.test.empty())
        stage.judgement =
            judge_rows(training_.model, table, split.test, options_.minimum_support, learner_.forest.threads);
    if (stage.judgement) describe_judgement(*stage.judgement, packets, training_.model.provenance);
    training_.stages.push_back(std::move(stage));
    return {};
}

/// By a forest that learns from a part of `table` and judges the rest: all of the stage but its forest.
base::Result<void> StageTrainer::fit_reliability(const dataset::Table& table, model::Stage& stage) {
    constexpr auto kGrouping = dataset::Grouping::kFiveTuple;
    const auto split = dataset::has_groups(table, kGrouping)
                           ? dataset::split_by_group(table, kGrouping, options_.reliability_share, options_.seed)
                           : dataset::split_stratified(table, options_.reliability_share, options_.seed);
    if (!split) return split.error();
    if (split->train.empty() || split->test.empty()) return {};
    auto trained = learn(table, split->train, split->test);
    if (!trained) return trained.error();
    if (trained->rounds > 0) learner_.boosting.rounds = trained->rounds;  // Where the rows left out gained no more.
    const model::Forest& forest = trained->forest;
    std::vector<JudgedRow> judged;
    std::vector<ClassIndex> truth;
    std::vector<float> probabilities(split->test.size() * forest.class_count), row(forest.feature_count);
    for (std::size_t i = 0; i < split->test.size(); ++i) {
        for (std::size_t f = 0; f < row.size(); ++f) row[f] = table.columns[f][split->test[i]];
        const std::span<float> said = std::span(probabilities).subspan(i * forest.class_count, forest.class_count);
        forest.predict(row, said);
        const auto chosen = static_cast<ClassIndex>(model::most_probable(said));
        truth.push_back(table.labels[split->test[i]]);
        judged.push_back({chosen, said[chosen], chosen == truth.back()});
    }
    stage.calibration = fit_calibration(judged, forest.class_count);
    stage.conformal = fit_conformal(truth, probabilities, forest.class_count);
    const model::LeafPairs pairs = collect_pairs(forest, table, split->train);
    stage.pairs.limit = fit_novelty_limit(forest, pairs, table, split->test);
    return {};
}

base::Result<Learnt> StageTrainer::learn(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                                         const std::vector<std::uint32_t>& validation) {
    const std::uint64_t steps = learner_.algorithm.steps(options_.learner);
    const std::uint64_t before = forests_++ * steps;
    const std::uint64_t per_stage = options_.reliability_share > 0 ? 2 : 1;
    const std::uint64_t total = (options_.depths.size() + 1) * per_stage * steps;
    return learn::learn(table, rows, validation, learner_, {[&](std::uint64_t done, std::uint64_t) {
                            return progress_.advance(std::min(before + done, total), total);
                        }});
}

void StageTrainer::describe(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                            const Learnt& trained) {
    model::Model& model = training_.model;
    model.baseline = train_stump(table, rows, learner_.forest.threads);
    describe_rows(table, rows, model.provenance);
    for (std::size_t i = 0; i < table.schema.size(); ++i)
        model.provenance.importance.emplace_back(std::string(table.schema.feature(i).name), trained.importance[i]);
    if (trained.rounds > 0) model.provenance.options.emplace_back("rounds", fmt::format("{}", trained.rounds));
    if (trained.out_of_bag_accuracy)
        model.provenance.metrics.emplace_back("out_of_bag_accuracy", *trained.out_of_bag_accuracy);
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
    StageTrainer trainer(table, options, progress);
    for (const std::uint64_t packets : options.depths)
        if (auto added = trainer.add(packets); !added) return added.error();
    if (auto added = trainer.add(0); !added) return added.error();
    Training training = trainer.finish();
    if (options.kept_rows > 0) {
        auto packed = pack_table(table, rows_to_keep(table, options.depths, options.kept_rows, options.seed));
        if (!packed) return packed.error();
        training.model.kept_rows = std::move(*packed);
    }
    return training;
}

}  // namespace flowsift::learn
