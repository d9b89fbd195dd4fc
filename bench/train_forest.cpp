// train_forest: our half of the comparison of training speed with scikit-learn and XGBoost; train_forest.sh runs all.
//
// Makes 1,000,000 rows of the natural class mix from the corrected CSV, trains 100 trees on 750,000 of them with two
// threads, and prints seconds and memory. Given a folder, writes rows, split, predictions and figures there for
// train_forest.py.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

#include "bench/corrected_rows.h"
#include "bench/natural_mix.h"
#include "bench/npy.h"
#include "dataset/splits.h"
#include "learn/forest_trainer.h"

namespace flowsift::bench {
namespace {

constexpr std::size_t kRows = 1'000'000;
constexpr double kTestShare = 0.25;
constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kThreads = 2;  // As many as the others get.

/// A line "NAME: N kB" of Linux's /proc/self/status, in bytes.
double status_bytes(const std::string& name) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name + ":")) return 1024.0 * std::stod(line.substr(name.size() + 1));
    return 0;
}

void forget_peak() {
    std::ofstream("/proc/self/clear_refs") << "5";
}

std::vector<dataset::ClassIndex> predict(const model::Forest& forest, const dataset::Table& table,
                                         const std::vector<std::uint32_t>& rows) {
    std::vector<dataset::ClassIndex> predicted;
    std::vector<float> row(forest.feature_count);
    std::vector<float> probabilities(forest.class_count);
    for (const std::uint32_t index : rows) {
        for (std::size_t f = 0; f < row.size(); ++f) row[f] = table.columns[f][index];
        forest.predict(row, probabilities);
        predicted.push_back(static_cast<dataset::ClassIndex>(model::most_probable(probabilities)));
    }
    return predicted;
}

struct Timed {
    learn::TrainedForest trained;
    double seconds;
    double bytes_per_cell;
};

base::Result<Timed> train(const dataset::Table& table, const std::vector<std::uint32_t>& rows) {
    forget_peak();
    const double before = status_bytes("VmRSS");
    const auto start = std::chrono::steady_clock::now();
    auto trained = learn::train_forest(table, rows, {.seed = kSeed, .threads = kThreads}, {});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (!trained) return trained.error();
    const double cells = static_cast<double>(rows.size()) * static_cast<double>(table.columns.size());
    return Timed{std::move(trained).value(), seconds.count(), (status_bytes("VmHWM") - before) / cells};
}

void write_for_python(const std::string& folder, const dataset::Table& table, const dataset::Split& split,
                      const Timed& timed) {
    write_npy(folder + "/train.npy", "<u4", split.train);
    write_npy(folder + "/test.npy", "<u4", split.test);
    write_npy(folder + "/labels.npy", "<u2", table.labels);
    write_npy(folder + "/ours.npy", "<u2", predict(timed.trained.forest, table, split.test));
    write_npy(folder + "/matrix.npy", "<f4", row_major(table), table.columns.size());
    std::ofstream(folder + "/ours.tsv") << fmt::format("{:.3f}\t{:.3f}\n", timed.seconds, timed.bytes_per_cell);
}

base::Result<void> run(const std::string& csv, const std::string& folder) {
    const auto rows = load_corrected_rows(csv);
    if (!rows) return rows.error();
    const dataset::Table table = natural_mix(*rows, kRows, kSeed);
    const auto split = dataset::split_stratified(table, kTestShare, kSeed);
    if (!split) return split.error();
    const auto timed = train(table, split->train);
    if (!timed) return timed.error();
    std::size_t nodes = 0;
    for (const model::Tree& tree : timed->trained.forest.trees) nodes += tree.nodes.size();
    fmt::print("{} rows, {} features: {:.2f} s, {:.2f} bytes per cell, {} nodes\n", split->train.size(),
               table.columns.size(), timed->seconds, timed->bytes_per_cell, nodes);
    if (!folder.empty()) write_for_python(folder, table, *split, *timed);
    return {};
}

}  // namespace
}  // namespace flowsift::bench

int main(int count, char** arguments) {
    if (count != 2 && count != 3) {
        std::fputs("usage: train_forest LABELLED.csv [FOLDER]\n", stderr);
        return 2;
    }
    const auto done = flowsift::bench::run(arguments[1], count == 3 ? arguments[2] : "");
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
