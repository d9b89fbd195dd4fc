#include "learn/permutation_importance.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <span>

#include "base/parallel.h"
#include "base/random.h"
#include "learn/metrics.h"

namespace flowsift::learn {
namespace {

using base::Error;
using base::Result;

Result<void> check(const model::Forest& forest, const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                   const PermutationOptions& options) {
    if (rows.empty()) return Error{"There are no rows to measure importance on."};
    if (options.repeats == 0) return Error{"Importance was to be measured by 0 shuffles; it needs at least 1."};
    if (forest.feature_count != table.columns.size() || forest.class_count != table.classes.size())
        return Error{fmt::format("The forest has {} features and {} classes, the rows have {} and {}.",
                                 forest.feature_count, forest.class_count, table.columns.size(), table.classes.size())};
    return {};
}

/// The features that some tree asks for.
std::vector<std::size_t> used_features(const model::Forest& forest) {
    std::vector<bool> is_used(forest.feature_count, false);
    for (const model::Tree& tree : forest.trees)
        for (const model::Node& node : tree.nodes)
            if (!node.is_leaf) is_used[node.feature] = true;
    std::vector<std::size_t> used;
    for (std::size_t f = 0; f < is_used.size(); ++f)
        if (is_used[f]) used.push_back(f);
    return used;
}

class Judge {
  public:
    Judge(const model::Forest& forest, const dataset::Table& table, const std::vector<std::uint32_t>& rows, Score score)
        : forest_(forest), table_(table), score_(score) {
        for (const std::uint32_t row : rows) {
            truth_.push_back(table.labels[row]);
            for (const auto& column : table.columns) values_.push_back(column[row]);
        }
    }

    std::size_t rows() const { return truth_.size(); }

    /// Row i with the value that row order[i] has for `feature`.
    double score(std::size_t feature, std::span<const std::uint32_t> order) const {
        const std::size_t width = forest_.feature_count;
        std::vector<float> row(width), probabilities(forest_.class_count);
        std::vector<ClassIndex> predicted(rows());
        for (std::size_t i = 0; i < rows(); ++i) {
            std::copy_n(&values_[i * width], width, row.begin());
            row[feature] = values_[order[i] * width + feature];
            forest_.predict(row, probabilities);
            predicted[i] = static_cast<ClassIndex>(model::most_probable(probabilities));
        }
        const Evaluation judged = evaluate_predictions(
            {.data_classes = table_.classes, .truth = truth_, .model_classes = table_.classes, .predicted = predicted});
        return score_ == Score::kAccuracy ? judged.accuracy : judged.macro_f1;
    }

  private:
    const model::Forest& forest_;
    const dataset::Table& table_;
    Score score_;
    std::vector<float> values_;  ///< Row by row.
    std::vector<ClassIndex> truth_;
};

double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation_of(std::span<const double> values) {
    if (values.size() < 2) return 0;
    const double mean = mean_of(values);
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace

Result<PermutationImportance> permutation_importance(const model::Forest& forest, const dataset::Table& table,
                                                     const std::vector<std::uint32_t>& rows,
                                                     const PermutationOptions& options,
                                                     const base::Progress& progress) {
    if (auto checked = check(forest, table, rows, options); !checked) return checked.error();
    const Judge judge(forest, table, rows, options.score);
    std::vector<std::uint32_t> as_they_are(rows.size());
    std::iota(as_they_are.begin(), as_they_are.end(), 0U);

    const std::vector<std::size_t> used = used_features(forest);
    const std::size_t shuffles = used.size() * options.repeats;
    std::vector<double> scores(shuffles);
    std::atomic<std::uint64_t> done{0};
    std::atomic<bool> is_stopped{!progress.advance(0, shuffles)};
    base::parallel_for(shuffles, options.threads, [&](std::size_t task, std::size_t) {
        if (is_stopped) return;
        const std::size_t feature = used[task / options.repeats];
        std::vector<std::uint32_t> order = as_they_are;
        base::Random(options.seed, feature * options.repeats + task % options.repeats).shuffle(order);
        scores[task] = judge.score(feature, order);
        if (!progress.advance(++done, shuffles)) is_stopped = true;
    });
    if (done < shuffles)
        return Error{fmt::format("Measuring importance was stopped after {} of {} shuffles.", done.load(), shuffles)};

    PermutationImportance importance{.score = judge.score(0, as_they_are),
                                     .mean_drop = std::vector<double>(forest.feature_count, 0.0),
                                     .deviation = std::vector<double>(forest.feature_count, 0.0)};
    for (std::size_t i = 0; i < used.size(); ++i) {
        const auto of_feature = std::span<const double>(scores).subspan(i * options.repeats, options.repeats);
        importance.mean_drop[used[i]] = importance.score - mean_of(of_feature);
        importance.deviation[used[i]] = deviation_of(of_feature);
    }
    return importance;
}

}  // namespace flowsift::learn
