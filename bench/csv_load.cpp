// csv_load: how fast a labelled CSV file becomes a table, on one core; csv_load.sh puts pandas beside it.
//
// Writes the rows of the given file ten times over into a scratch file (the page cache then holds it) and prints MB/s,
// of processor time, the best of five, of a plain search for line ends, of the default columns and of every column.
// usage: csv_load LABELLED.csv [FOLDER], the folder for the scratch file, which is kept if the folder is given
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "bench/corrected_rows.h"
#include "dataset/load.h"

namespace flowsift::bench {
namespace {

constexpr int kCopies = 10;
constexpr int kRuns = 5;

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Empty where `source` cannot be read.
std::string write_copies(const std::string& source, const std::string& target) {
    const std::string text = read_file(source);
    const std::size_t header = text.find('\n') + 1;
    if (text.empty() || header == 0) return {};
    std::ofstream file(target, std::ios::binary);
    file << text;
    for (int copy = 1; copy < kCopies; ++copy) file.write(text.data() + header, text.size() - header);
    return target;
}

/// Of processor time: what a core can do, whatever else the machine is doing.
template <class Work>
double best_seconds(Work&& work) {
    double best = 1e9;
    for (int run = 0; run < kRuns; ++run) {
        const std::clock_t start = std::clock();
        work();
        best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    }
    return best;
}

/// Reads the file block by block, as a loader must, and counts its lines.
std::size_t count_lines(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    std::vector<char> block(256 * 1'024);
    std::size_t lines = 0;
    for (std::size_t got = 1; got > 0;) {
        got = std::fread(block.data(), 1, block.size(), file);
        for (const char* at = block.data();
             (at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(block.data() + got - at))));
             ++at)
            ++lines;
    }
    std::fclose(file);
    return lines;
}

int run(const std::string& csv, const std::string& folder) {
    const std::string scratch = folder.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(folder);
    const std::string path =
        write_copies(csv, fmt::format("{}/csv_load_{}.csv", scratch, folder.empty() ? getpid() : 0));
    if (path.empty()) {
        fmt::print(stderr, "cannot read {}\n", csv);
        return 1;
    }
    const double megabytes = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
    std::size_t lines = 0;
    const double scan = best_seconds([&] { lines = count_lines(path); });
    bool is_loaded = true;
    const double chosen = best_seconds([&] { is_loaded = dataset::load_csv_files({path}, {}).ok() && is_loaded; });
    const double all = best_seconds([&] { is_loaded = load_corrected_rows(path).ok() && is_loaded; });
    if (folder.empty()) std::filesystem::remove(path);
    fmt::print("{:.0f} MB, {} lines, one core, best of {}\n", megabytes, lines, kRuns);
    fmt::print("{:32}{:8.0f} MB/s\n", "line ends alone", megabytes / scan);
    fmt::print("{:32}{:8.0f} MB/s\n", "flowsift, default columns", megabytes / chosen);
    fmt::print("{:32}{:8.0f} MB/s\n", "flowsift, all 78 columns", megabytes / all);
    return is_loaded ? 0 : 1;
}

}  // namespace
}  // namespace flowsift::bench

int main(int count, char** arguments) {
    if (count != 2 && count != 3) {
        std::fputs("usage: csv_load LABELLED.csv [FOLDER]\n", stderr);
        return 2;
    }
    return flowsift::bench::run(arguments[1], count == 3 ? arguments[2] : "");
}
