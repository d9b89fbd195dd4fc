#include "learn/audit_surrogate.h"

#include <algorithm>

#include "base/progress.h"
#include "learn/forest_trainer.h"
#include "learn/prediction.h"

namespace flowsift::learn {
namespace {

constexpr std::size_t kMostFitted = 50'000;

std::vector<std::uint32_t> spread_evenly(const std::vector<std::uint32_t>& rows, std::size_t most) {
    if (rows.size() <= most) return rows;
    std::vector<std::uint32_t> chosen;
    for (std::size_t i = 0; i < most; ++i) chosen.push_back(rows[i * rows.size() / most]);
    return chosen;
}

/// Class of every node if it were a leaf: equal below means that the question above them is idle.
class Pruned {
  public:
    Pruned(const model::Tree& tree, std::size_t classes) : tree_(tree), labels_(tree.nodes.size()) {
        for (std::size_t i = tree.nodes.size(); i-- > 0;) {  // Children stand behind their parents.
            const model::Node& node = tree.nodes[i];
            if (node.is_leaf) {
                const auto values = std::span(tree.values).subspan(node.leaf * classes, classes);
                labels_[i] = static_cast<int>(model::most_probable(values));
            } else {
                labels_[i] = labels_[node.left] == labels_[node.left + 1] ? labels_[node.left] : kMixed;
            }
        }
    }

    std::vector<Surrogate::Node> nodes() const {
        std::vector<std::uint32_t> origin = {0};  // Of each node that is kept, in the order of the new tree.
        std::vector<Surrogate::Node> kept;
        for (std::size_t i = 0; i < origin.size(); ++i) {
            const model::Node& node = tree_.nodes[origin[i]];
            Surrogate::Node& made = kept.emplace_back();
            made.is_leaf = labels_[origin[i]] != kMixed;
            if (made.is_leaf) {
                made.label = static_cast<std::uint16_t>(labels_[origin[i]]);
                continue;
            }
            made.feature = node.feature;
            made.threshold = node.threshold;
            made.left = static_cast<std::uint32_t>(origin.size());
            origin.push_back(node.left);
            origin.push_back(node.left + 1);
        }
        return kept;
    }

  private:
    static constexpr int kMixed = -1;
    const model::Tree& tree_;
    std::vector<int> labels_;
};

/// Walks one row down and counts it at every node that it passes.
void count_row(Surrogate& surrogate, const dataset::Table& table, std::uint32_t row, ClassIndex said) {
    std::vector<std::uint32_t> path = {0};
    while (!surrogate.nodes[path.back()].is_leaf) {
        const Surrogate::Node& node = surrogate.nodes[path.back()];
        path.push_back(node.left + (table.columns[node.feature][row] <= node.threshold ? 0 : 1));
    }
    const bool agrees = surrogate.nodes[path.back()].label == said;
    for (const std::uint32_t at : path) {
        ++surrogate.nodes[at].rows;
        surrogate.nodes[at].agreeing += agrees;
    }
    ++surrogate.rows;
    surrogate.agreeing += agrees;
}

}  // namespace

std::optional<Surrogate> fit_surrogate(const model::Model& model, const dataset::Table& table,
                                       const std::vector<std::uint32_t>& fit, const std::vector<std::uint32_t>& judged,
                                       std::size_t threads) {
    dataset::Table imitated = dataset::select_rows(table, spread_evenly(fit, kMostFitted));
    imitated.labels = ask(model, imitated, all_rows(imitated), threads).by_forest;
    const ForestOptions one_tree{.trees = 1,
                                 .threads = threads,
                                 .max_depth = kSurrogateDepth,
                                 .features_per_split = static_cast<std::uint32_t>(table.columns.size()),
                                 .bootstrap = false};
    const auto trained = train_forest(imitated, all_rows(imitated), one_tree, {});
    if (!trained) return {};

    Surrogate surrogate{.nodes = Pruned(trained->forest.trees[0], table.classes.size()).nodes()};
    const std::vector<ClassIndex> said = ask(model, table, judged, threads).by_forest;
    std::vector<std::uint64_t> counts(model.classes.size());
    for (std::size_t i = 0; i < judged.size(); ++i) {
        count_row(surrogate, table, judged[i], said[i]);
        ++counts[said[i]];
    }
    surrogate.most_frequent = *std::max_element(counts.begin(), counts.end());
    return surrogate;
}

}  // namespace flowsift::learn
