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
#include "dataset/load.h"
#include "dataset/splits.h"
#include "learn/forest_trainer.h"

namespace flowsift {
namespace {

constexpr std::uint64_t kSeeds = 10;
constexpr std::size_t kThreads = 2;  // As many as scikit-learn gets.
constexpr double kTestShare = 0.25;

/// NumPy's format 1.0. `type`: "<f4", "<u2", "<u4"; little-endian machines only.
template <class T>
void write_npy(const std::string& path, const char* type, const std::vector<T>& values, std::size_t columns = 0) {
    const std::string shape =
        columns ? fmt::format("({}, {})", values.size() / columns, columns) : fmt::format("({},)", values.size());
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", type, shape);
    header.resize((10 + header.size() + 64) / 64 * 64 - 11, ' ');
    header += '\n';
    std::ofstream out(path, std::ios::binary);
    out << "\x93NUMPY\x01" << '\0' << static_cast<char>(header.size() & 0xff) << static_cast<char>(header.size() >> 8);
    out << header;
    out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

/// Every feature that is learnt from by default, those included that the public files compute in another way: a
/// comparison of trainers wants all columns, whoever computed them.
dataset::LoadOptions load_options() {
    dataset::LoadOptions options;
    for (const features::FeatureId id : features::cic_schema().features) {
        const features::Feature& feature = features::catalogue()[id];
        if (feature.use == features::FeatureUse::kDefault) options.features.only.emplace_back(feature.name);
    }
    return options;
}

std::vector<float> row_major(const dataset::Table& table) {
    std::vector<float> matrix;
    matrix.reserve(table.rows() * table.columns.size());
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (const auto& column : table.columns) matrix.push_back(column[row]);
    return matrix;
}

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
    const auto loaded = dataset::load_csv_files({csv}, load_options());
    if (!loaded) return loaded.error();
    const dataset::Table& table = loaded->table;
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
}  // namespace flowsift

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("usage: forest_vs_sklearn LABELLED.csv FOLDER\n", stderr);
        return 2;
    }
    const auto done = flowsift::run(arguments[1], arguments[2]);
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
