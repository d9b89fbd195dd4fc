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
using Groups = std::vector<std::uint64_t>;  ///< Per benign row: rows of one number belong together.

/// Whether all are known, and more than one.
bool can_be_kept_apart(const Groups& groups) {
    const std::set<std::uint64_t> distinct(groups.begin(), groups.end());
    return distinct.size() > 1 && !distinct.contains(0);
}

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
    }

    base::Result<Suspicion> run(const Groups& responders, const std::vector<bool>& trusted,
                                const base::Progress& progress);

  private:
    void ask_model(const std::vector<bool>& trusted);
    void choose_witnesses();
    void add_companions(const Groups& responders, const std::vector<bool>& trusted);
    std::vector<Groups> groupings(const Groups& responders) const;
    std::vector<std::size_t> folds_of(Groups group_of) const;
    base::Result<void> judge_fold(const std::vector<std::size_t>& fold_of, std::size_t fold,
                                  const base::Progress& progress);

    const model::Model& model_;
    const dataset::Table& benign_;
    TrainingOptions training_;
    const SuspicionOptions& options_;
    dataset::Table joined_;
    std::size_t known_rows_;
    Suspicion found_;
    std::vector<SuspiciousRow> in_question_;  ///< Alarms that nobody has vouched for.
    std::vector<bool> is_witness_;            ///< Per benign row: may speak for being benign.
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
    std::vector<const SuspiciousRow*> order;
    for (const SuspiciousRow& each : in_question_) order.push_back(&each);
    base::Random random(training_.seed);
    random.shuffle(order);
    for (const SuspiciousRow* each : order) {
        double& left = room[{*stage_index(depths, benign_.depth(each->row)), each->class_index}];
        is_witness_[each->row] = left >= 1;
        left -= 1;
    }
}

/// What must not stand on both sides: the initiator, then the responder; where there is no more than one of either, the
/// five-tuple.
std::vector<Groups> Search::groupings(const Groups& responders) const {
    std::vector<Groups> groupings;
    for (const Groups* hosts : {&benign_.hosts, &responders})
        if (can_be_kept_apart(*hosts)) groupings.push_back(*hosts);
    if (groupings.empty()) groupings.push_back(benign_.five_tuples);
    return groupings;
}

std::vector<std::size_t> Search::folds_of(Groups group_of) const {
    for (std::size_t row = 0; row < group_of.size(); ++row)
        if (group_of[row] == 0) group_of[row] = row + 1;
    std::map<std::uint64_t, std::size_t> folds;
    for (const std::uint64_t group : group_of) folds.emplace(group, 0);
    std::vector<std::size_t> order(folds.size());
    std::iota(order.begin(), order.end(), 0U);
    base::Random random(training_.seed, 1);
    random.shuffle(order);
    std::size_t next = 0;
    for (auto& [group, fold] : folds) fold = order[next++] % options_.folds;
    std::vector<std::size_t> fold_of;
    for (const std::uint64_t group : group_of) fold_of.push_back(folds[group]);
    return fold_of;
}

base::Result<void> Search::judge_fold(const std::vector<std::size_t>& fold_of, std::size_t fold,
                                      const base::Progress& progress) {
    Rows learnt, asked;
    std::vector<SuspiciousRow*> suspects;
    for (std::uint32_t row = 0; row < known_rows_; ++row) learnt.push_back(row);
    for (std::uint32_t row = 0; row < benign_.rows(); ++row)
        if (fold_of[row] != fold && is_witness_[row]) learnt.push_back(static_cast<std::uint32_t>(known_rows_) + row);
    for (SuspiciousRow& each : in_question_) {
        if (fold_of[each.row] != fold) continue;
        asked.push_back(each.row);
        suspects.push_back(&each);
    }
    if (asked.empty()) return {};
    const auto trained = train_model(dataset::select_rows(joined_, learnt), training_, progress);
    if (!trained) return trained.error();
    const Answers answers = ask(trained->model, benign_, asked, training_.learner.forest.threads);
    const auto benign_class = static_cast<std::size_t>(model_.benign_class());
    for (std::size_t i = 0; i < asked.size(); ++i)
        suspects[i]->cross_probability = std::max(suspects[i]->cross_probability,
                                                  1 - answers.probabilities[i * model_.classes.size() + benign_class]);
    return {};
}

void Search::add_companions(const Groups& responders, const std::vector<bool>& trusted) {
    if (!can_be_kept_apart(benign_.hosts) || responders.empty()) return;
    struct Pair {
        double rows = 0, suspects = 0;
    };
    std::map<std::pair<std::uint64_t, std::uint64_t>, Pair> pairs;
    const auto pair_of = [&](std::uint32_t row) -> Pair& { return pairs[{benign_.hosts[row], responders[row]}]; };
    std::vector<bool> is_suspect(benign_.rows());
    for (const SuspiciousRow& each : found_.suspects) is_suspect[each.row] = true;
    for (std::uint32_t row = 0; row < benign_.rows(); ++row) {
        pair_of(row).rows += 1;
        pair_of(row).suspects += is_suspect[row] ? 1 : 0;
    }
    for (std::uint32_t row = 0; row < benign_.rows(); ++row) {
        const Pair& pair = pair_of(row);
        const bool is_companion = pair.suspects > 0 && pair.suspects >= options_.companion_share * pair.rows;
        if (is_companion && !is_suspect[row] && !trusted[row]) found_.companions.push_back(row);
    }
}

base::Result<Suspicion> Search::run(const Groups& responders, const std::vector<bool>& trusted,
                                    const base::Progress& progress) {
    const std::vector<Groups> apart = groupings(responders);
    found_.is_by_host = apart.front() != benign_.five_tuples;
    std::size_t done_folds = 0;
    for (const Groups& groups : apart) {
        const std::vector<std::size_t> fold_of = folds_of(groups);
        for (std::size_t fold = 0; fold < options_.folds; ++fold, ++done_folds) {
            const base::Progress part{[&](std::uint64_t done, std::uint64_t total) {
                return progress.advance(done_folds * total + done, apart.size() * options_.folds * total);
            }};
            if (const auto judged = judge_fold(fold_of, fold, part); !judged) return judged.error();
        }
    }
    for (const SuspiciousRow& each : in_question_)
        if (each.cross_probability >= 0.5F) found_.suspects.push_back(each);
    add_companions(responders, trusted);
    return std::move(found_);
}

}  // namespace

base::Result<Suspicion> find_suspicious_rows(const model::Model& model, const dataset::Table& known,
                                             const dataset::Table& benign, const std::vector<std::uint64_t>& responders,
                                             const std::vector<bool>& trusted, const TrainingOptions& training,
                                             const SuspicionOptions& options, const base::Progress& progress) {
    return Search(model, known, benign, trusted, training, options).run(responders, trusted, progress);
}

TrainingOptions for_asking(TrainingOptions training) {
    training.split = *find_split("none");
    training.kept_rows = 0;
    return training;
}

}  // namespace flowsift::learn
