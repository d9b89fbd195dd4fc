#include "learn/out_of_bag.h"

#include <algorithm>
#include <limits>

#include "base/parallel.h"

namespace flowsift::learn {
namespace {

constexpr std::size_t kBlock = 1'024;  // Rows whose values stay in a core's cache from tree to tree.

/// Values of some rows, row by row.
std::vector<float> values_of(const BinnedTable& rows, std::size_t begin, std::size_t end) {
    std::vector<float> values((end - begin) * rows.features());
    for (std::size_t f = 0; f < rows.features(); ++f)
        for (std::size_t i = begin; i < end; ++i) values[(i - begin) * rows.features() + f] = rows.value(f, i);
    return values;
}

void judge_block(const model::Forest& forest, const BinnedTable& rows, std::span<const Bag> bags, std::size_t begin,
                 std::size_t end, float* probabilities) {
    const std::vector<float> values = values_of(rows, begin, end);
    std::vector<std::uint32_t> judges(end - begin, 0);
    for (std::size_t tree = 0; tree < forest.trees.size(); ++tree)
        for (std::size_t i = begin; i < end; ++i) {
            if (bags[tree].holds(i)) continue;
            const float* leaf = forest.leaf_of(tree, {&values[(i - begin) * rows.features()], rows.features()});
            float* sums = probabilities + i * forest.class_count;
            for (std::size_t c = 0; c < forest.class_count; ++c) sums[c] += leaf[c];
            ++judges[i - begin];
        }
    for (std::size_t i = begin; i < end; ++i) {
        const std::span<float> sums(probabilities + i * forest.class_count, forest.class_count);
        if (judges[i - begin] == 0) std::fill(sums.begin(), sums.end(), std::numeric_limits<float>::quiet_NaN());
        for (float& sum : sums) sum /= static_cast<float>(judges[i - begin]);
    }
}

}  // namespace

std::vector<float> out_of_bag_probabilities(const model::Forest& forest, const BinnedTable& rows,
                                            std::span<const Bag> bags, std::size_t threads) {
    std::vector<float> probabilities(rows.rows() * forest.class_count, 0.0F);
    base::parallel_for((rows.rows() + kBlock - 1) / kBlock, threads, [&](std::size_t block, std::size_t) {
        judge_block(forest, rows, bags, block * kBlock, std::min(rows.rows(), (block + 1) * kBlock),
                    probabilities.data());
    });
    return probabilities;
}

}  // namespace flowsift::learn
