#include "learn/adaptation.h"

#include <fmt/format.h>

#include <algorithm>

#include "dataset/join.h"
#include "dataset/splits.h"
#include "learn/alarms.h"
#include "learn/kept_table.h"
#include "learn/prediction.h"
#include "learn/suspicion.h"

namespace flowsift::learn {
namespace {

using Rows = std::vector<std::uint32_t>;
constexpr std::size_t kFolds = 3;

/// What one of the two said of the rows of one stage, over all folds.
struct Said {
    std::vector<ClassIndex> truth, predicted;  ///< Of the model's rows.
    std::uint64_t benign_rows = 0, alarms = 0, heeded = 0;
};

class Comparing {
  public:
    Comparing(const AdaptationRows& rows, const TrainingOptions& training, const std::vector<float>& thresholds)
        : joined_(rows.joined()),
          known_(rows.known.rows()),
          benign_end_(rows.known.rows() + rows.benign.rows()),
          training_(for_asking(training)),
          thresholds_(thresholds),
          before_(training.depths.size() + 1),
          after_(before_) {}

    base::Result<AdaptationComparison> run(const base::Progress& progress);

  private:
    base::Result<std::vector<dataset::Split>> fold(bool& is_by_five_tuple) const;
    base::Result<void> judge(const Rows& learnt, const Rows& asked, std::vector<Said>& said,
                             const base::Progress& progress) const;
    void note(const model::Model& model, const Answers& answers, const Rows& asked, std::vector<Said>& said) const;
    Evaluation evaluate(const Said& said) const;
    AdaptationComparison result() const;

    dataset::Table joined_;
    std::size_t known_, benign_end_;
    TrainingOptions training_;
    const std::vector<float>& thresholds_;
    std::vector<Said> before_, after_;
};

base::Result<std::vector<dataset::Split>> Comparing::fold(bool& is_by_five_tuple) const {
    constexpr auto kGrouping = dataset::Grouping::kFiveTuple;
    is_by_five_tuple = dataset::has_groups(joined_, kGrouping);
    if (is_by_five_tuple) return dataset::fold_by_group(joined_, kGrouping, kFolds, training_.seed);
    return dataset::fold_stratified(joined_, kFolds, training_.seed);
}

base::Result<void> Comparing::judge(const Rows& learnt, const Rows& asked, std::vector<Said>& said,
                                    const base::Progress& progress) const {
    const auto trained = train_model(dataset::select_rows(joined_, learnt), training_, progress);
    if (!trained) return trained.error();
    note(trained->model, ask(trained->model, joined_, asked, training_.learner.forest.threads), asked, said);
    return {};
}

void Comparing::note(const model::Model& model, const Answers& answers, const Rows& asked,
                     std::vector<Said>& said) const {
    for (std::size_t i = 0; i < asked.size(); ++i) {
        Said& stage = said[*stage_index(training_.depths, joined_.depth(asked[i]))];
        const ClassIndex predicted = answers.by_forest[i];
        if (asked[i] < known_) {
            stage.truth.push_back(answers.truth[i]);
            stage.predicted.push_back(predicted);
        } else if (asked[i] < benign_end_) {
            ++stage.benign_rows;
            stage.alarms += is_alarm(predicted, answers.confidences[i], model.benign_class(), thresholds_) ? 1 : 0;
        } else {
            stage.heeded += predicted == answers.truth[i] ? 1 : 0;
        }
    }
}

Evaluation Comparing::evaluate(const Said& said) const {
    return evaluate_predictions({.data_classes = joined_.classes,
                                 .truth = said.truth,
                                 .model_classes = joined_.classes,
                                 .predicted = said.predicted});
}

AdaptationComparison Comparing::result() const {
    AdaptationComparison comparison{.folds = kFolds, .feedback_rows = joined_.rows() - benign_end_};
    for (std::size_t stage = 0; stage < before_.size(); ++stage) {
        const bool is_whole = stage == training_.depths.size();
        comparison.stages.push_back({.packets = is_whole ? 0 : training_.depths[stage],
                                     .before = evaluate(before_[stage]),
                                     .after = evaluate(after_[stage]),
                                     .benign_rows = before_[stage].benign_rows,
                                     .alarms_before = before_[stage].alarms,
                                     .alarms_after = after_[stage].alarms});
        comparison.heeded_before += before_[stage].heeded;
        comparison.heeded_after += after_[stage].heeded;
    }
    return comparison;
}

base::Result<AdaptationComparison> Comparing::run(const base::Progress& progress) {
    bool is_by_five_tuple = true;
    const auto splits = fold(is_by_five_tuple);
    if (!splits) return splits.error();
    std::uint64_t models = 0;
    for (const dataset::Split& split : *splits) {
        Rows of_known;
        std::copy_if(split.train.begin(), split.train.end(), std::back_inserter(of_known),
                     [&](std::uint32_t row) { return row < known_; });
        for (const bool is_new : {false, true}) {
            const base::Progress part{[&](std::uint64_t done, std::uint64_t total) {
                return progress.advance(models * total + done, 2 * kFolds * total);
            }};
            const auto judged = judge(is_new ? split.train : of_known, split.test, is_new ? after_ : before_, part);
            if (!judged) return judged.error();
            ++models;
        }
    }
    AdaptationComparison comparison = result();
    comparison.is_by_five_tuple = is_by_five_tuple;
    comparison.objections = objections_to(comparison);
    return comparison;
}

std::string stage_text(std::uint64_t packets) {
    return packets == 0 ? "" : fmt::format(" (flows after {} packets)", packets);
}

const ClassFigures* figures_of(const Evaluation& evaluation, const std::string& name) {
    const auto found = std::find_if(evaluation.classes.begin(), evaluation.classes.end(),
                                    [&](const ClassFigures& each) { return each.name == name; });
    return found == evaluation.classes.end() ? nullptr : &*found;
}

void object_to_recall(const StageComparison& stage, std::vector<std::string>& objections) {
    for (const ClassFigures& before : stage.before.classes) {
        if (before.support == 0 || is_benign(before.name)) continue;
        const ClassFigures* after = figures_of(stage.after, before.name);
        const std::uint64_t still = after ? after->correct : 0;
        const double lost = static_cast<double>(before.correct) - static_cast<double>(still);
        if (lost <= std::max(1.0, kRecallTolerance * static_cast<double>(before.support))) continue;
        objections.push_back(fmt::format("of {} rows of class {} it finds {}, and {} were found before{}",
                                         before.support, before.name, still, before.correct,
                                         stage_text(stage.packets)));
    }
}

}  // namespace

dataset::Table AdaptationRows::joined() const {
    dataset::Table all = known;
    dataset::append_rows(benign, all);
    dataset::append_rows(feedback, all);
    return all;
}

base::Result<AdaptationComparison> compare_adapted(const AdaptationRows& rows, const TrainingOptions& training,
                                                   const std::vector<float>& thresholds,
                                                   const base::Progress& progress) {
    return Comparing(rows, training, thresholds).run(progress);
}

std::vector<std::string> objections_to(const AdaptationComparison& comparison) {
    std::vector<std::string> objections;
    for (const StageComparison& stage : comparison.stages) {
        object_to_recall(stage, objections);
        if (stage.before.macro_f1 - stage.after.macro_f1 > kMacroF1Tolerance)
            objections.push_back(fmt::format("macro-F1 falls from {:.4f} to {:.4f}{}", stage.before.macro_f1,
                                             stage.after.macro_f1, stage_text(stage.packets)));
        if (stage.alarms_after > stage.alarms_before)
            objections.push_back(fmt::format("false alarms rise from {} to {}{}", stage.alarms_before,
                                             stage.alarms_after, stage_text(stage.packets)));
    }
    return objections;
}

}  // namespace flowsift::learn
