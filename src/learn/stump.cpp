#include "learn/stump.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "learn/binned_table.h"
#include "learn/split_search.h"

namespace flowsift::learn {
namespace {

class Majority {
  public:
    explicit Majority(std::size_t classes) : counts_(classes) {}
    void add(dataset::ClassIndex label) { ++counts_[label]; }
    dataset::ClassIndex winner() const {
        return static_cast<dataset::ClassIndex>(std::max_element(counts_.begin(), counts_.end()) - counts_.begin());
    }

  private:
    std::vector<std::uint64_t> counts_;
};

}  // namespace

model::Stump train_stump(const dataset::Table& table, const std::vector<std::uint32_t>& rows, std::size_t threads) {
    const BinnedTable binned(table, rows, threads);
    std::vector<Sample> samples;
    samples.reserve(rows.size());
    for (std::uint32_t i = 0; i < rows.size(); ++i) samples.push_back({i, binned.label(i), 1});
    const std::vector<double> weights(table.classes.size(), 1.0);
    NodeCounts counts;
    counts.count(samples, weights);

    SplitSearch search(binned, weights, 1, 0);
    Split best;
    std::vector<std::uint32_t> features(binned.features());
    std::iota(features.begin(), features.end(), 0U);
    search.improve(best, features, samples, counts);

    Majority at_most(table.classes.size()), above(table.classes.size());
    for (const std::uint32_t row : rows) {
        const bool is_above = best.exists() && table.columns[best.feature][row] > best.threshold;
        (is_above ? above : at_most).add(table.labels[row]);
    }
    return {.feature = static_cast<std::uint16_t>(best.feature),
            .threshold = best.threshold,
            .at_most = at_most.winner(),
            .above = best.exists() ? above.winner() : at_most.winner()};
}

std::string describe(const model::Stump& stump, const features::Schema& schema) {
    return fmt::format("one split: {} at {:g}", schema.feature(stump.feature).name, stump.threshold);
}

}  // namespace flowsift::learn
