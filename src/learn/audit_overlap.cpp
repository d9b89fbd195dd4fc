#include "learn/audit_overlap.h"

#include <algorithm>
#include <bit>

namespace flowsift::learn {
namespace {

using dataset::ClassIndex;
using Rows = std::vector<std::uint32_t>;

/// A number per row of the table, equal for rows of equal values.
std::vector<std::uint64_t> hash_rows(const dataset::Table& table) {
    std::vector<std::uint64_t> hashes(table.rows(), 0x9e3779b97f4a7c15);
    for (const auto& column : table.columns)
        for (std::size_t row = 0; row < column.size(); ++row) {
            const float value = column[row] + 0.0F;  // -0 becomes 0.
            hashes[row] = std::rotl((hashes[row] ^ std::bit_cast<std::uint32_t>(value)) * 0xff51afd7ed558ccd, 31);
        }
    return hashes;
}

bool are_equal(const dataset::Table& table, std::uint32_t a, std::uint32_t b) {
    return std::all_of(table.columns.begin(), table.columns.end(),
                       [&](const auto& column) { return column[a] == column[b]; });
}

/// The training rows by their hash, of equal rows of one class only the first.
class SeenRows {
  public:
    enum class Kind { kUnseen, kTwin, kContradiction };

    SeenRows(const dataset::Table& table, const Rows& train) : table_(table), hashes_(hash_rows(table)), seen_(train) {
        std::stable_sort(seen_.begin(), seen_.end(), [&](std::uint32_t a, std::uint32_t b) {
            return hashes_[a] != hashes_[b] ? hashes_[a] < hashes_[b] : table.labels[a] < table.labels[b];
        });
        const auto is_same = [&](std::uint32_t a, std::uint32_t b) {
            return hashes_[a] == hashes_[b] && table.labels[a] == table.labels[b] && are_equal(table, a, b);
        };
        seen_.erase(std::unique(seen_.begin(), seen_.end(), is_same), seen_.end());
    }

    Kind kind_of(std::uint32_t row) const {
        auto at = std::lower_bound(seen_.begin(), seen_.end(), hashes_[row],
                                   [&](std::uint32_t seen, std::uint64_t hash) { return hashes_[seen] < hash; });
        Kind kind = Kind::kUnseen;
        for (; at != seen_.end() && hashes_[*at] == hashes_[row]; ++at) {
            if (!are_equal(table_, *at, row)) continue;
            if (table_.labels[*at] == table_.labels[row]) return Kind::kTwin;
            kind = Kind::kContradiction;
        }
        return kind;
    }

  private:
    const dataset::Table& table_;
    std::vector<std::uint64_t> hashes_;
    Rows seen_;
};

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

Overlap find_overlap(const dataset::Table& table, const dataset::Split& split) {
    Overlap overlap{.tested = split.test.size()};
    const SeenRows seen(table, split.train);
    for (const std::uint32_t row : split.test) {
        const SeenRows::Kind kind = seen.kind_of(row);
        overlap.twins += kind == SeenRows::Kind::kTwin;
        overlap.contradictions += kind == SeenRows::Kind::kContradiction;
        if (kind == SeenRows::Kind::kUnseen) overlap.unseen.push_back(row);
    }
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
