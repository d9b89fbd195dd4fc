// forest_vs_sklearn: our half of the comparison with scikit-learn's RandomForestClassifier; run forest_vs_sklearn.sh.
//
// Writes a labelled CSV as matrix.npy, labels.npy and classes.txt, and the rows of ten stratified 75/25 splits as
// train-SEED.npy and test-SEED.npy; trains and times our forest on each; writes its predictions as ours-SEED.npy and the
// seconds to ours.tsv. sklearn_forest.py reads all this, trains on the very same splits, and judges both sides.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/random.h"
#include "learn/forest_trainer.h"

namespace {

using flowsift::dataset::Table;

template <class T>
void write_npy(const std::string& path, const char* type, const std::string& shape, const std::vector<T>& values) {
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", type, shape);
    header.resize((10 + header.size() + 64) / 64 * 64 - 11, ' ');
    header += '\n';
    std::ofstream out(path, std::ios::binary);
    const auto size = static_cast<unsigned>(header.size());
    out << "\x93NUMPY" << '\x01' << '\0' << static_cast<char>(size & 0xff) << static_cast<char>(size >> 8) << header;
    out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

Table load(const std::string& path) {
    std::ifstream in(path);
    std::string line, cell;
    std::getline(in, line);
    std::vector<std::string> names;
    for (std::stringstream s(line); std::getline(s, cell, ',');) names.push_back(cell);
    std::size_t first = 0, last = 0, label = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == "Flow Duration") first = i;
        if (names[i] == "Idle Min") last = i;
        if (names[i] == "Label") label = i;
    }
    Table table;
    table.columns.resize(last - first + 1);
    std::vector<std::string> labels;
    while (std::getline(in, line)) {
        std::stringstream s(line);
        for (std::size_t i = 0; std::getline(s, cell, ','); ++i) {
            if (i >= first && i <= last) table.columns[i - first].push_back(static_cast<float>(std::strtod(cell.c_str(), nullptr)));
            if (i == label) labels.push_back(cell);
        }
    }
    std::map<std::string, unsigned> classes;
    for (auto& l : labels) classes[l] = 0;
    unsigned n = 0;
    for (auto& [l, i] : classes) { i = n++; table.classes.push_back(l); }
    for (auto& l : labels) table.labels.push_back(static_cast<std::uint16_t>(classes[l]));
    return table;
}

void split(const Table& t, std::uint64_t seed, std::vector<std::uint32_t>& train, std::vector<std::uint32_t>& test) {
    flowsift::base::Random random(seed);
    for (std::size_t c = 0; c < t.classes.size(); ++c) {
        std::vector<std::uint32_t> rows;
        for (std::size_t i = 0; i < t.rows(); ++i) if (t.labels[i] == c) rows.push_back(static_cast<std::uint32_t>(i));
        random.shuffle(rows);
        const std::size_t n = (rows.size() + 2) / 4;
        test.insert(test.end(), rows.begin(), rows.begin() + static_cast<long>(n));
        train.insert(train.end(), rows.begin() + static_cast<long>(n), rows.end());
    }
    std::sort(train.begin(), train.end());
    std::sort(test.begin(), test.end());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const Table t = load(argv[1]);
    const std::string dir = argv[2];
    flowsift::learn::ForestOptions o;
    o.threads = 2;
    if (argc > 3) o.exact_rows = std::strtoul(argv[3], nullptr, 10);
    std::vector<float> m(t.rows() * t.columns.size());
    for (std::size_t f = 0; f < t.columns.size(); ++f)
        for (std::size_t i = 0; i < t.rows(); ++i) m[i * t.columns.size() + f] = t.columns[f][i];
    write_npy(dir + "/matrix.npy", "<f4", fmt::format("({}, {})", t.rows(), t.columns.size()), m);
    write_npy(dir + "/labels.npy", "<u2", fmt::format("({},)", t.rows()), t.labels);
    std::ofstream cl(dir + "/classes.txt");
    for (auto& c : t.classes) cl << c << "\n";
    std::ofstream tsv(dir + "/ours.tsv");
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        std::vector<std::uint32_t> train, test;
        split(t, seed, train, test);
        write_npy(fmt::format("{}/train-{}.npy", dir, seed), "<u4", fmt::format("({},)", train.size()), train);
        write_npy(fmt::format("{}/test-{}.npy", dir, seed), "<u4", fmt::format("({},)", test.size()), test);
        o.seed = seed;
        auto start = std::chrono::steady_clock::now();
        auto f = flowsift::learn::train_forest(t, train, o, {});
        double secs = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (!f) { std::puts(f.error().message.c_str()); return 1; }
        std::vector<std::uint16_t> pred;
        std::vector<float> p(t.classes.size());
        std::size_t right = 0, nodes = 0;
        for (auto& tree : f->forest.trees) nodes += tree.nodes.size();
        for (auto r : test) {
            f->forest.predict({&m[r * t.columns.size()], t.columns.size()}, p);
            pred.push_back(static_cast<std::uint16_t>(flowsift::model::most_probable(p)));
            right += pred.back() == t.labels[r];
        }
        write_npy(fmt::format("{}/ours-{}.npy", dir, seed), "<u2", fmt::format("({},)", pred.size()), pred);
        tsv << seed << "\t" << secs << "\n";
        fmt::print("seed {} rows {} acc {:.5f} secs {:.3f} nodes {}\n", seed, train.size(), double(right) / double(test.size()), secs, nodes);
    }
}
