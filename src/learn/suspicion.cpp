#include "learn/suspicion.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/random.h"
#include "dataset/join.h"
#include "learn/kept_table.h"
#include "learn/prediction.h"

namespace flowsift::learn {
namespace {

using Rows = std::vector<std::uint32_t>;

/// One search: the two tables as one, and which rows are in question.
class Search {
  public:
    Search(const model::Model& model, const dataset::Table& known, const dataset::Table& benign,
           const std::vector<bool>& trusted, const TrainingOptions& training, const SuspicionOptions& options)
        : model_(model),
          benign_(benign),
          training_(for_asking(training)),
          options_(options),
          joined_(known),
          known_rows_(known.rows()) {
        dataset::append_rows(benign, joined_);
        training_.reliability_share = 0;  // Only the class is asked for.
        ask_model(trusted);
        choose_witnesses();
        assign_folds();
    }

    base::Result<Suspicion> run(const base::Progress& progress);

  private:
    void ask_model(const std::vector<bool>& trusted);
    void choose_witnesses();
    void assign_folds();
    base::Result<void> judge_fold(std::size_t fold, const base::Progress& progress);
    std::vector<std::uint64_t> groups() const;

    const model::Model& model_;
    const dataset::Table& benign_;
    TrainingOptions training_;
    const SuspicionOptions& options_;
    dataset::Table joined_;
    std::size_t known_rows_;
    Suspicion found_;
    std::vector<Suspect> in_question_;  ///< Alarms that nobody has vouched for.
    std::vector<bool> is_witness_;      ///< Per benign row: may speak for being benign.
    std::vector<std::size_t> fold_of_;  ///< Per benign row.
};

void Search::ask_model(const std::vector<bool>& trusted) {
    const Answers answers = ask(model_, benign_, all_rows(benign_), training_.learner.forest.threads);
    is_witness_.assign(benign_.rows(), true);
    for (std::uint32_t row = 0; row < benign_.rows(); ++row) {
        const dataset::ClassIndex said = answers.by_forest[row];
        if (!is_alarm(said, answers.confidences[row], model_.benign_class(), options_.thresholds)) continue;
        ++found_.alarms;
        if (!trusted[row]) in_question_.push_back({row, said, answers.confidences[row], 0});
    }
}

/// Of the rows in question, a random few of each class and stage.
void Search::choose_witnesses() {
    using Kind = std::pair<std::size_t, dataset::ClassIndex>;
    std::map<Kind, double> room;
    const std::vector<std::uint64_t> depths = model_.depths();
    for (std::size_t row = 0; row < known_rows_; ++row)
        if (const auto stage = stage_index(depths, joined_.depth(row)))
            room[{*stage, joined_.labels[row]}] += options_.lookalike_share;
    std::vector<const Suspect*> order;
    for (const Suspect& each : in_question_) order.push_back(&each);
    base::Random random(training_.seed);
    random.shuffle(order);
    for (const Suspect* each : order) {
        double& left = room[{*stage_index(depths, benign_.depth(each->row)), each->class_index}];
        is_witness_[each->row] = left >= 1;
        left -= 1;
    }
}

/// What must not stand on both sides: the initiator, or, where that cannot be kept apart, the five-tuple, or the row.
std::vector<std::uint64_t> Search::groups() const {
    std::vector<std::uint64_t> groups = found_.is_by_host ? benign_.hosts : benign_.five_tuples;
    groups.resize(benign_.rows());
    for (std::size_t row = 0; row < groups.size(); ++row)
        if (groups[row] == 0) groups[row] = row + 1;
    return groups;
}

void Search::assign_folds() {
    const std::set<std::uint64_t> hosts(benign_.hosts.begin(), benign_.hosts.end());
    found_.is_by_host = hosts.size() > 1 && !hosts.contains(0);
    const std::vector<std::uint64_t> group_of = groups();
    std::map<std::uint64_t, std::size_t> folds;
    for (const std::uint64_t group : group_of) folds.emplace(group, 0);
    std::vector<std::size_t> order(folds.size());
    std::iota(order.begin(), order.end(), 0U);
    base::Random random(training_.seed, 1);
    random.shuffle(order);
    std::size_t next = 0;
    for (auto& [group, fold] : folds) fold = order[next++] % options_.folds;
    for (const std::uint64_t group : group_of) fold_of_.push_back(folds[group]);
}

base::Result<void> Search::judge_fold(std::size_t fold, const base::Progress& progress) {
    Rows learnt, asked;
    std::vector<Suspect*> suspects;
    for (std::uint32_t row = 0; row < known_rows_; ++row) learnt.push_back(row);
    for (std::uint32_t row = 0; row < benign_.rows(); ++row)
        if (fold_of_[row] != fold && is_witness_[row]) learnt.push_back(static_cast<std::uint32_t>(known_rows_) + row);
    for (Suspect& each : in_question_) {
        if (fold_of_[each.row] != fold) continue;
        asked.push_back(each.row);
        suspects.push_back(&each);
    }
    if (asked.empty()) return {};
    const auto trained = train_model(dataset::select_rows(joined_, learnt), training_, progress);
    if (!trained) return trained.error();
    const Answers answers = ask(trained->model, benign_, asked, training_.learner.forest.threads);
    const auto benign_class = static_cast<std::size_t>(model_.benign_class());
    for (std::size_t i = 0; i < asked.size(); ++i)
        suspects[i]->cross_probability = 1 - answers.probabilities[i * model_.classes.size() + benign_class];
    return {};
}

base::Result<Suspicion> Search::run(const base::Progress& progress) {
    for (std::size_t fold = 0; fold < options_.folds; ++fold) {
        const base::Progress part{[&](std::uint64_t done, std::uint64_t total) {
            return progress.advance(fold * total + done, options_.folds * total);
        }};
        if (const auto judged = judge_fold(fold, part); !judged) return judged.error();
    }
    for (const Suspect& each : in_question_)
        if (each.cross_probability >= 0.5F) found_.suspects.push_back(each);
    return std::move(found_);
}

}  // namespace

base::Result<Suspicion> find_suspects(const model::Model& model, const dataset::Table& known,
                                      const dataset::Table& benign, const std::vector<bool>& trusted,
                                      const TrainingOptions& training, const SuspicionOptions& options,
                                      const base::Progress& progress) {
    return Search(model, known, benign, trusted, training, options).run(progress);
}

TrainingOptions for_asking(TrainingOptions training) {
    training.split = *find_split("none");
    training.kept_rows = 0;
    return training;
}

}  // namespace flowsift::learn
