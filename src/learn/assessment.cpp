#include "learn/assessment.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "learn/permutation_importance.h"

namespace flowsift::learn {
namespace {

using Rows = std::vector<std::uint32_t>;

struct Way {
    std::string_view split;  ///< Name of the SplitKind.
    std::string_view title;
};

/// From the one that flatters most to the one nearest to use.
constexpr Way kWays[] = {
    {"stratified", "Random"}, {"five-tuple", "By five-tuple"}, {"time", "By time"}, {"time-global", "New attacks"}};
constexpr std::size_t kWaysToTrust = 3;
constexpr std::size_t kMostShuffled = 3'000;                              // Rows of the permutation importance, about.
constexpr double kCurveShares[] = {1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2};  // And all of the rows.

/// One bar over several trainings, in thousandths of the whole.
class Stages {
  public:
    Stages(const base::Progress& outer, double total) : outer_(outer), total_(total) {}

    /// Of the next training, which is `weight` of the total. Valid until the one after it begins.
    base::Progress begin(double weight) {
        const double from = begun_;
        begun_ += weight;
        return {[this, from, weight](std::uint64_t done, std::uint64_t of) {
            const double part = of ? std::min(1.0, static_cast<double>(done) / static_cast<double>(of)) : 0;
            const double whole = std::min(1.0, (from + weight * part) / total_);
            if (!outer_.advance(static_cast<std::uint64_t>(whole * 1'000), 1'000)) is_stopped_ = true;
            return !is_stopped_;
        }};
    }

    bool is_stopped() const { return is_stopped_; }

  private:
    const base::Progress& outer_;
    double total_;
    double begun_ = 0;
    std::atomic<bool> is_stopped_{false};
};

/// A way of holding rows out, while it is assessed.
struct Held {
    SplitKind kind;
    dataset::Split rows;
    model::Model model;
};

class Assessor {
  public:
    Assessor(const dataset::Table& table, const AssessmentOptions& options) : table_(table), options_(options) {
        threads_ = options.training.learner.forest.threads;
    }

    base::Result<Assessment> run(const base::Progress& progress);

  private:
    void split_rows();
    void audit_columns();
    void describe_table();
    double work() const;
    void assess_split(SplitAssessment& made, Held& held, const dataset::Table& restrained, Stages& stages);
    void count_new_classes(SplitAssessment& made, const dataset::Split& rows) const;
    base::Result<void> draw_learning_curve(Stages& stages);
    void examine_trusted_model();
    base::Result<model::Model> train_on(const dataset::Table& table, const SplitKind& kind,
                                        const base::Progress& progress) const;
    /// Index of the split that the learning curve is of: by five-tuple, else random.
    std::size_t curve_split() const { return assessment_.splits[1].is_made() ? 1 : 0; }

    const dataset::Table& table_;
    const AssessmentOptions& options_;
    std::size_t threads_ = 0;
    std::uint64_t support_ = 1;
    std::vector<Held> held_;  ///< One per split of the assessment.
    Assessment assessment_;
};

void Assessor::split_rows() {
    for (const Way& way : kWays) {
        Held held{.kind = *find_split(way.split), .rows = {}, .model = {}};
        SplitAssessment made{
            .name = std::string(way.split), .title = std::string(way.title), .help = std::string(held.kind.help)};
        auto split = held.kind.split(table_, options_.training.test_share, options_.training.seed);
        if (!split)
            made.missing = split.error().message;
        else if (split->train.empty() || split->test.empty())
            made.missing = "there are too few rows to hold some out";
        else
            held.rows = std::move(*split);
        assessment_.splits.push_back(std::move(made));
        held_.push_back(std::move(held));
    }
}

void Assessor::audit_columns() {
    assessment_.lone = find_lone_features(table_, all_rows(table_), options_.lone, threads_);
    assessment_.suspects = find_suspects(table_, assessment_.lone);
    if (assessment_.suspects.size() == table_.columns.size()) assessment_.suspects.clear();
}

void Assessor::describe_table() {
    for (std::size_t f = 0; f < table_.columns.size(); ++f)
        assessment_.feature_names.emplace_back(table_.schema.feature(f).name);
    for (const std::string& name : table_.classes) assessment_.class_rows.emplace_back(name, 0);
    for (const ClassIndex label : table_.labels) ++assessment_.class_rows[label].second;
    assessment_.benign_flows_per_day = options_.benign_flows_per_day;
    const auto is_large = [&](const auto& of_class) {
        return options_.training.test_share * static_cast<double>(of_class.second) >= static_cast<double>(kFewRows);
    };
    support_ = std::max<std::uint64_t>(options_.training.minimum_support, 1);
    if (std::count_if(assessment_.class_rows.begin(), assessment_.class_rows.end(), is_large) > 1)
        support_ = std::max(support_, kFewRows);
    assessment_.minimum_support = support_;
}

/// In trainings on all the rows of a split.
double Assessor::work() const {
    const auto made = std::count_if(assessment_.splits.begin(), assessment_.splits.end(),
                                    [](const SplitAssessment& s) { return s.is_made(); });
    const double per_split = assessment_.suspects.empty() ? 1 : 2;
    return static_cast<double>(made) * per_split +
           std::accumulate(std::begin(kCurveShares), std::end(kCurveShares), 0.0);
}

base::Result<model::Model> Assessor::train_on(const dataset::Table& table, const SplitKind& kind,
                                              const base::Progress& progress) const {
    TrainingOptions options = options_.training;
    options.split = kind;
    options.depths.clear();
    auto trained = train_model(table, options, progress);
    if (!trained) return trained.error();
    return std::move(trained->model);
}

void Assessor::assess_split(SplitAssessment& made, Held& held, const dataset::Table& restrained, Stages& stages) {
    auto model = train_on(table_, held.kind, stages.begin(1));
    if (!model) {
        made.missing = model.error().message;
        return;
    }
    held.model = std::move(*model);
    made.rows_trained = held.rows.train.size();
    made.judgement = judge_thoroughly(held.model, table_, held.rows.test, support_, threads_);
    made.overlap = audit_overlap(table_, held.rows);
    made.unseen = judge_rows(held.model, table_, made.overlap.unseen, support_, threads_).forest;
    count_new_classes(made, held.rows);
    if (assessment_.suspects.empty()) return;
    const auto without = train_on(restrained, held.kind, stages.begin(1));
    if (without) made.restrained = judge_thoroughly(*without, restrained, held.rows.test, support_, threads_);
}

/// Classes that training had no row of: nothing can be named as one of them, but it can be noticed.
void Assessor::count_new_classes(SplitAssessment& made, const dataset::Split& rows) const {
    std::vector<bool> is_learnt(table_.classes.size());
    for (const std::uint32_t row : rows.train) is_learnt[table_.labels[row]] = true;
    const Evaluation& e = made.judgement.forest;
    for (std::size_t c = 0; c < e.classes.size(); ++c) {
        const auto place = std::lower_bound(table_.classes.begin(), table_.classes.end(), e.classes[c].name);
        if (is_learnt[static_cast<std::size_t>(place - table_.classes.begin())] || is_benign(e.classes[c].name))
            continue;
        made.new_classes.push_back(e.classes[c].name);
        made.new_rows += e.classes[c].support;
        for (std::size_t said = 0; said < e.classes.size(); ++said)
            if (!is_benign(e.classes[said].name)) made.new_found += e.confused(c, said);
    }
}

base::Result<void> Assessor::draw_learning_curve(Stages& stages) {
    const SplitAssessment& of = assessment_.splits[curve_split()];
    if (!of.is_made()) return {};
    const dataset::Split& rows = held_[curve_split()].rows;
    assessment_.learning_split = of.title;
    for (const double share : kCurveShares) {
        const Rows chosen = dataset::sample_stratified(table_, rows.train, share, options_.training.seed);
        const auto model = train_on(dataset::select_rows(table_, chosen), *find_split("none"), stages.begin(share));
        if (stages.is_stopped()) return model.error();
        if (!model) continue;  // So few rows of two classes that nothing can be learnt: no point of the curve.
        const Judgement judgement = judge_rows(*model, table_, rows.test, support_, threads_);
        assessment_.learning_curve.push_back({chosen.size(), judgement.forest.macro_f1});
    }
    assessment_.learning_curve.push_back({rows.train.size(), of.judgement.forest.macro_f1});
    return {};
}

void Assessor::examine_trusted_model() {
    const Held& held = held_[assessment_.trusted];
    assessment_.importance = held.model.provenance.importance;
    const std::size_t stride = std::max<std::size_t>(1, held.rows.test.size() / kMostShuffled);
    Rows rows;
    for (std::size_t i = 0; i < held.rows.test.size(); i += stride) rows.push_back(held.rows.test[i]);
    const auto permuted =
        permutation_importance(held.model.end_stage().forest, table_, rows,
                               {.repeats = 2, .seed = options_.training.seed, .threads = threads_}, {});
    for (std::size_t f = 0; permuted && f < permuted->mean_drop.size(); ++f)
        assessment_.permutation.emplace_back(assessment_.feature_names[f], std::max(0.0, permuted->mean_drop[f]));
    assessment_.surrogate = fit_surrogate(held.model, table_, held.rows.train, held.rows.test, threads_);
}

base::Result<Assessment> Assessor::run(const base::Progress& progress) {
    describe_table();
    split_rows();
    audit_columns();
    const dataset::Table restrained =
        assessment_.suspects.empty() ? dataset::Table{} : without_columns(table_, assessment_.suspects);
    Stages stages(progress, work());
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < held_.size(); ++i) {
        SplitAssessment& made = assessment_.splits[i];
        if (made.is_made()) assess_split(made, held_[i], restrained, stages);
        if (stages.is_stopped()) return base::Error{"stopped before the assessment was finished"};
        if (made.is_made() && (i < kWaysToTrust || !best)) best = i;
    }
    if (!best) return base::Error{"no split of these rows can be judged: " + assessment_.splits[0].missing};
    assessment_.trusted = *best;
    if (auto drawn = draw_learning_curve(stages); !drawn) return drawn.error();
    examine_trusted_model();
    assessment_.verdict = verdict_of(assessment_);
    progress.advance(1'000, 1'000);
    return std::move(assessment_);
}

}  // namespace

base::Result<Assessment> assess(const dataset::Table& table, const AssessmentOptions& options,
                                const base::Progress& progress) {
    if (table.depths.empty()) return Assessor(table, options).run(progress);
    return Assessor(dataset::select_rows(table, dataset::rows_of_depth(table, 0)), options).run(progress);
}

}  // namespace flowsift::learn
