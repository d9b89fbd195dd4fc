// forest_vs_sklearn: our half of the comparison with scikit-learn's RandomForestClassifier; forest_vs_sklearn.sh runs
// both.
//
// Writes a labelled CSV as matrix.npy, labels.npy and classes.txt, and the rows of ten stratified 75/25 splits as
// train-SEED.npy and test-SEED.npy; trains and times our forest on each; writes its predictions as ours-SEED.npy and
// the seconds to ours.tsv. sklearn_forest.py reads all this, trains on the very same splits, and judges both sides.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/corrected_rows.h"
#include "bench/npy.h"
#include "dataset/splits.h"
#include "learn/forest_trainer.h"

namespace flowsift::bench {
namespace {

constexpr std::uint64_t kSeeds = 10;
constexpr std::size_t kThreads = 2;  // As many as scikit-learn gets.
constexpr double kTestShare = 0.25;

void write_table(const dataset::Table& table, const std::vector<float>& matrix, const std::string& folder) {
    write_npy(folder + "/matrix.npy", "<f4", matrix, table.columns.size());
    write_npy(folder + "/labels.npy", "<u2", table.labels);
    std::ofstream classes(folder + "/classes.txt");
    for (const std::string& name : table.classes) classes << name << '\n';
}

std::vector<dataset::ClassIndex> predict(const model::Forest& forest, const std::vector<float>& matrix,
                                         const std::vector<std::uint32_t>& rows) {
    std::vector<dataset::ClassIndex> predicted;
    std::vector<float> probabilities(forest.class_count);
    for (const std::uint32_t row : rows) {
        forest.predict({&matrix[row * forest.feature_count], forest.feature_count}, probabilities);
        predicted.push_back(static_cast<dataset::ClassIndex>(model::most_probable(probabilities)));
    }
    return predicted;
}

base::Result<void> run(const std::string& csv, const std::string& folder) {
    const auto loaded = load_corrected_rows(csv);
    if (!loaded) return loaded.error();
    const dataset::Table& table = *loaded;
    const std::vector<float> matrix = row_major(table);
    write_table(table, matrix, folder);
    std::ofstream times(folder + "/ours.tsv");
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const auto split = dataset::split_stratified(table, kTestShare, seed);
        if (!split) return split.error();
        const auto start = std::chrono::steady_clock::now();
        const auto trained = learn::train_forest(table, split->train, {.seed = seed, .threads = kThreads}, {});
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        if (!trained) return trained.error();
        write_npy(fmt::format("{}/train-{}.npy", folder, seed), "<u4", split->train);
        write_npy(fmt::format("{}/test-{}.npy", folder, seed), "<u4", split->test);
        write_npy(fmt::format("{}/ours-{}.npy", folder, seed), "<u2", predict(trained->forest, matrix, split->test));
        times << fmt::format("{}\t{:.4f}\n", seed, seconds.count());
    }
    if (!times.flush()) return base::Error{fmt::format("{}: cannot be written; is the disk full?", folder)};
    return {};
}

}  // namespace
}  // namespace flowsift::bench

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("usage: forest_vs_sklearn LABELLED.csv FOLDER\n", stderr);
        return 2;
    }
    const auto done = flowsift::bench::run(arguments[1], arguments[2]);
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
