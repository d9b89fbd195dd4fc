#include "learn/tuning.h"

#include <algorithm>
#include <optional>

#include "base/random.h"
#include "learn/prediction.h"
#include "learn/preparation.h"

namespace flowsift::learn {
namespace {

using Clock = std::chrono::steady_clock;
using Rows = std::vector<std::uint32_t>;

constexpr std::size_t kCandidates = 9;  // Of a round: thinned to a third twice.
constexpr std::size_t kThinning = 3;

class Search {
  public:
    Search(const dataset::Table& table, const TuningOptions& options, const base::Progress& progress)
        : table_(table), options_(options), progress_(progress) {}

    base::Result<Tuning> run();

  private:
    struct Candidate {
        LearnerOptions learner;
        double macro_f1 = 0;
    };

    bool goes_on();
    base::Result<double> judge(const LearnerOptions& learner, double share);
    void search_round(std::uint64_t round);

    const dataset::Table& table_;
    const TuningOptions& options_;
    const base::Progress& progress_;
    const Clock::time_point start_ = Clock::now();
    dataset::Split split_;
    Tuning tuning_;
};

bool Search::goes_on() {
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_);
    const auto shown = std::min(spent, options_.budget);
    if (!progress_.advance(static_cast<std::uint64_t>(shown.count()),
                           static_cast<std::uint64_t>(options_.budget.count())))
        tuning_.was_stopped = true;
    return !tuning_.was_stopped && spent < options_.budget;
}

/// Macro-F1 on the rows held out. An Error also where time is up: the learner is stopped then.
base::Result<double> Search::judge(const LearnerOptions& learner, double share) {
    const Rows rows =
        share < 1 ? dataset::sample_stratified(table_, split_.train, share, options_.training.seed) : split_.train;
    auto learnt = learn(table_, rows, split_.test, learner, {[&](std::uint64_t, std::uint64_t) { return goes_on(); }});
    if (!learnt) return learnt.error();
    model::Model model{.schema = table_.schema, .classes = table_.classes};
    model.stages.push_back({.packets = 0, .forest = std::move(learnt->forest)});
    return judge_rows(model, table_, split_.test, options_.training.minimum_support, learner.forest.threads)
        .forest.macro_f1;
}

void Search::search_round(std::uint64_t round) {
    base::Random random(options_.training.seed, round);
    std::vector<Candidate> candidates(kCandidates, {tuning_.trials.front().learner, 0});
    for (Candidate& candidate : candidates) candidate.learner.algorithm.draw(random, candidate.learner);
    tuning_.candidates += candidates.size();
    for (double share = 1.0 / static_cast<double>(kCandidates);; share *= kThinning) {
        for (Candidate& candidate : candidates) {
            const auto judged = judge(candidate.learner, share);
            if (!goes_on() && !judged) return;
            candidate.macro_f1 = judged ? *judged : -1;  // Options that cannot be learnt with lose.
        }
        std::stable_sort(candidates.begin(), candidates.end(),
                         [](const Candidate& a, const Candidate& b) { return a.macro_f1 > b.macro_f1; });
        if (candidates.size() == 1) break;
        candidates.resize(candidates.size() / kThinning);
    }
    tuning_.trials.push_back({candidates[0].learner, candidates[0].macro_f1});
}

base::Result<Tuning> Search::run() {
    if (!options_.training.split.split)
        return base::Error{"tuning wants rows to judge by: choose a split that holds some out",
                           base::ErrorKind::kUsage};
    auto split = options_.training.split.split(table_, options_.training.test_share, options_.training.seed);
    if (!split) return split.error();
    split_ = std::move(*split);
    LearnerOptions learner = options_.training.learner;
    learner.set_seed(options_.training.seed);
    const auto first = judge(learner, 1);
    if (!first) return first.error();
    tuning_.trials.push_back({learner, *first});
    for (std::uint64_t round = 0; goes_on(); ++round) search_round(round);
    const auto best = std::max_element(tuning_.trials.begin(), tuning_.trials.end(),
                                       [](const Trial& a, const Trial& b) { return a.macro_f1 < b.macro_f1; });
    tuning_.best = static_cast<std::size_t>(best - tuning_.trials.begin());
    return std::move(tuning_);
}

}  // namespace

base::Result<Tuning> tune(const dataset::Table& table, const TuningOptions& options, const base::Progress& progress) {
    std::optional<dataset::Table> whole;
    if (!table.depths.empty()) whole = dataset::select_rows(table, dataset::rows_of_depth(table, 0));
    return Search(whole ? *whole : table, options, progress).run();
}

}  // namespace flowsift::learn
