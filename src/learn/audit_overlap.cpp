#include "learn/audit_overlap.h"

#include <algorithm>
#include <iterator>

#include "dataset/cleaning.h"

namespace flowsift::learn {
namespace {

std::optional<std::uint64_t> count_shared_pairs(const dataset::Table& table, const dataset::Split& split) {
    const auto& pairs = table.five_tuples;
    if (pairs.empty() || std::find(pairs.begin(), pairs.end(), 0U) != pairs.end()) return {};
    std::vector<std::uint64_t> known;
    known.reserve(split.train.size());
    for (const std::uint32_t row : split.train) known.push_back(pairs[row]);
    std::sort(known.begin(), known.end());
    return static_cast<std::uint64_t>(std::count_if(split.test.begin(), split.test.end(), [&](std::uint32_t row) {
        return std::binary_search(known.begin(), known.end(), pairs[row]);
    }));
}

std::optional<std::uint64_t> count_neighbours(const dataset::Table& table, const dataset::Split& split) {
    const auto& times = table.times;
    if (times.empty() || std::find(times.begin(), times.end(), base::Nanoseconds{0}) != times.end()) return {};
    std::vector<std::vector<base::Nanoseconds>> per_class(table.classes.size());
    for (const std::uint32_t row : split.train) per_class[table.labels[row]].push_back(times[row]);
    for (auto& of_class : per_class) std::sort(of_class.begin(), of_class.end());
    return static_cast<std::uint64_t>(std::count_if(split.test.begin(), split.test.end(), [&](std::uint32_t row) {
        const auto& of_class = per_class[table.labels[row]];
        const auto next = std::lower_bound(of_class.begin(), of_class.end(), times[row]);
        return (next != of_class.end() && *next - times[row] <= kNeighbourhood) ||
               (next != of_class.begin() && times[row] - *std::prev(next) <= kNeighbourhood);
    }));
}

}  // namespace

Overlap audit_overlap(const dataset::Table& table, const dataset::Split& split) {
    const dataset::Overlap equal = dataset::find_overlap(table, split);
    Overlap overlap{.tested = split.test.size(), .twins = equal.shared.size()};
    std::vector<std::uint32_t> contradicted;
    std::set_difference(equal.contradictory.begin(), equal.contradictory.end(), equal.shared.begin(),
                        equal.shared.end(), std::back_inserter(contradicted));
    overlap.contradictions = contradicted.size();
    std::vector<std::uint32_t> without_twin;
    std::set_difference(split.test.begin(), split.test.end(), equal.shared.begin(), equal.shared.end(),
                        std::back_inserter(without_twin));
    std::set_difference(without_twin.begin(), without_twin.end(), contradicted.begin(), contradicted.end(),
                        std::back_inserter(overlap.unseen));
    overlap.shared_pairs = count_shared_pairs(table, split);
    overlap.neighbours = count_neighbours(table, split);
    return overlap;
}

void write_json(const Overlap& overlap, base::JsonWriter& json) {
    json.begin_object().member("tested", overlap.tested).member("twins_in_training", overlap.twins);
    json.member("contradicted_by_training", overlap.contradictions);
    if (overlap.shared_pairs) json.member("five_tuple_in_training", *overlap.shared_pairs);
    if (overlap.neighbours) json.member("within_a_second_of_training", *overlap.neighbours);
    json.end_object();
}

}  // namespace flowsift::learn
