#include "bench/natural_mix.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include "base/random.h"

namespace flowsift::bench {
namespace {

struct Share {
    std::string_view name;
    double rows;  ///< Of CIC-IDS2017's 2,830,743.
};

// The corrected labels part port scans in two; the published count is given to them half and half.
constexpr Share kMix[] = {{"BENIGN", 2'273'097},
                          {"DoS Hulk", 231'073},
                          {"Portscan", 79'465},
                          {"Infiltration - Portscan", 79'465},
                          {"DDoS", 128'027},
                          {"DoS GoldenEye", 10'293},
                          {"FTP-Patator", 7'938},
                          {"SSH-Patator", 5'897},
                          {"DoS Slowloris", 5'796},
                          {"DoS Slowhttptest", 5'499},
                          {"Botnet", 1'966},
                          {"Web Attack - Brute Force", 1'507},
                          {"Web Attack - XSS", 652},
                          {"Infiltration", 36},
                          {"Web Attack - SQL Injection", 21},
                          {"Heartbleed", 11}};
constexpr double kMixRows = 2'830'743;
constexpr double kJitter = 0.01;

std::size_t wanted_rows(std::string_view name, std::size_t total) {
    const auto* share = std::find_if(std::begin(kMix), std::end(kMix), [&](const Share& s) { return s.name == name; });
    if (share == std::end(kMix)) return 0;
    const double wanted = std::round(share->rows / kMixRows * static_cast<double>(total));
    return std::max<std::size_t>(4, static_cast<std::size_t>(wanted));
}

void add_jitter(dataset::Table& table, base::Random& random) {
    for (std::size_t f = 0; f < table.columns.size(); ++f) {
        const bool is_integer = table.schema.feature(f).is_integer;
        for (float& value : table.columns[f]) {
            const double moved = value * (1 + kJitter * (2 * random.uniform() - 1));
            value = static_cast<float>(is_integer ? std::round(moved) : moved);
        }
    }
}

}  // namespace

dataset::Table natural_mix(const dataset::Table& rows, std::size_t total_rows, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<std::vector<std::uint32_t>> of_class(rows.classes.size());
    for (std::uint32_t row = 0; row < rows.rows(); ++row) of_class[rows.labels[row]].push_back(row);
    std::vector<std::uint32_t> drawn;
    for (std::size_t c = 0; c < of_class.size(); ++c) {
        const std::size_t wanted = of_class[c].empty() ? 0 : wanted_rows(rows.classes[c], total_rows);
        for (std::size_t i = 0; i < wanted; ++i)
            drawn.push_back(of_class[c][random.below(static_cast<std::uint32_t>(of_class[c].size()))]);
    }
    random.shuffle(drawn);
    dataset::Table mixed = select_rows(rows, drawn);
    add_jitter(mixed, random);
    return mixed;
}

}  // namespace flowsift::bench
