// smote: time and memory of balancing 750,000 rows of the natural class mix, two threads; smote.sh puts
// imbalanced-learn beside it.
//
// usage: smote LABELLED.csv plain|borderline full|CAP [FOLDER], the folder for the rows that smote.py wants
#include "dataset/smote.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <string>

#include "bench/corrected_rows.h"
#include "bench/natural_mix.h"
#include "bench/npy.h"

namespace flowsift::bench {
namespace {

constexpr std::size_t kRows = 750'000;
constexpr std::uint64_t kSeed = 1;

/// A line "NAME: N kB" of Linux's /proc/self/status, in GB.
double status_gigabytes(const std::string& name) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name + ":")) return 1024e-9 * std::stod(line.substr(name.size() + 1));
    return 0;
}

void write_for_python(const std::string& folder, const dataset::Table& table, double seconds) {
    write_npy(folder + "/labels.npy", "<u2", table.labels);
    write_npy(folder + "/matrix.npy", "<f4", row_major(table), table.columns.size());
    std::ofstream(folder + "/ours.tsv") << fmt::format("{:.3f}\n", seconds);
}

base::Result<void> run(const std::string& csv, const dataset::SmoteOptions& options, const std::string& folder) {
    const auto rows = load_corrected_rows(csv);
    if (!rows) return rows.error();
    const dataset::Table table = natural_mix(*rows, kRows, kSeed);
    std::vector<std::uint32_t> train(table.rows());
    std::iota(train.begin(), train.end(), 0U);
    const auto start = std::chrono::steady_clock::now();
    const auto balanced = dataset::smote(table, train, options);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (!balanced) return balanced.error();
    for (const dataset::ClassGrowth& growth : balanced->classes)
        fmt::print("{:32}{:>10} -> {:>10}\n", growth.name, growth.before, growth.after);
    fmt::print("{} rows of {} features to {}: {:.2f} s, peak {:.2f} GB\n", table.rows(), table.columns.size(),
               balanced->table.rows(), seconds.count(), status_gigabytes("VmHWM"));
    if (!folder.empty()) write_for_python(folder, table, seconds.count());
    return {};
}

}  // namespace
}  // namespace flowsift::bench

int main(int count, char** arguments) {
    const auto argument = [&](int i) { return std::string(i < count ? arguments[i] : ""); };
    if (count < 4 || count > 5 || (argument(2) != "plain" && argument(2) != "borderline")) {
        std::fputs("usage: smote LABELLED.csv plain|borderline full|CAP [FOLDER]\n", stderr);
        return 2;
    }
    flowsift::dataset::SmoteOptions options;
    options.threads = 2;
    if (argument(2) == "borderline") options.variant = flowsift::dataset::SmoteVariant::kBorderline;
    if (argument(3) != "full") options.cap = std::strtoull(arguments[3], nullptr, 10);
    const auto done = flowsift::bench::run(argument(1), options, argument(4));
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
