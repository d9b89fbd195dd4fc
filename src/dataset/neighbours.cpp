#include "dataset/neighbours.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <span>

#include "base/parallel.h"
#include "dataset/neighbour_blocks.h"

namespace flowsift::dataset {
namespace {

using Rows = std::vector<std::uint32_t>;

/// Rows without their repetitions, and the rows that each stands for.
struct Points {
    Rows of_row;     ///< Point of every row.
    Rows first_row;  ///< Of every point; ascending, so that a lower point is a lower row.
    Rows starts;     ///< Of every point in rows, and the end of the last.
    Rows rows;       ///< Point by point, ascending within one.

    std::span<const std::uint32_t> rows_of(std::uint32_t point) const {
        return {rows.data() + starts[point], starts[point + 1] - starts[point]};
    }
};

/// For every row the lowest one that equals it.
Rows first_equal_rows(Columns columns, std::size_t count) {
    Rows rows(count), firsts(count), firsts_of_hash;
    std::iota(rows.begin(), rows.end(), 0U);
    std::uint64_t hash = 0;
    for (const HashedRow& entry : hash_rows(columns, rows)) {
        if (entry.hash != hash) firsts_of_hash.clear();
        hash = entry.hash;
        const auto equal = std::find_if(firsts_of_hash.begin(), firsts_of_hash.end(),
                                        [&](std::uint32_t other) { return are_equal_rows(columns, other, entry.row); });
        firsts[entry.row] = equal == firsts_of_hash.end() ? entry.row : *equal;
        if (equal == firsts_of_hash.end()) firsts_of_hash.push_back(entry.row);
    }
    return firsts;
}

Points points_of(Columns columns) {
    const std::size_t count = columns.front().size();
    const Rows firsts = first_equal_rows(columns, count);
    Points points;
    points.of_row.resize(count);
    for (std::uint32_t row = 0; row < count; ++row) {
        if (firsts[row] == row) {
            points.of_row[row] = static_cast<std::uint32_t>(points.first_row.size());
            points.first_row.push_back(row);
        } else {
            points.of_row[row] = points.of_row[firsts[row]];
        }
    }
    points.starts.assign(points.first_row.size() + 1, 0);
    for (const std::uint32_t point : points.of_row) ++points.starts[point + 1];
    std::partial_sum(points.starts.begin(), points.starts.end(), points.starts.begin());
    points.rows.resize(count);
    Rows next = points.starts;
    for (std::uint32_t row = 0; row < count; ++row) points.rows[next[points.of_row[row]]++] = row;
    return points;
}

std::vector<std::vector<float>> pick_rows(Columns columns, const Rows& rows) {
    std::vector<std::vector<float>> picked;
    for (const auto& column : columns) {
        picked.emplace_back();
        picked.back().reserve(rows.size());
        for (const std::uint32_t row : rows) picked.back().push_back(column[row]);
    }
    return picked;
}

/// Queries of each point, as places in the list of queries.
std::vector<Rows> queries_of_points(const Points& points, const Rows& queries) {
    std::vector<Rows> places(points.first_row.size());
    for (std::uint32_t i = 0; i < queries.size(); ++i) places[points.of_row[queries[i]]].push_back(i);
    return places;
}

/// The k nearest rows of `row`: of its own point and of the nearest others. No more than k + 1 rows of each can matter.
void expand(const Points& points, std::uint32_t row, std::span<const NearPoint> nearest, std::size_t k,
            std::vector<NearPoint>& scratch, std::uint32_t* out) {
    scratch.clear();
    const auto add = [&](double distance, std::uint32_t point) {
        const auto rows = points.rows_of(point);
        for (const std::uint32_t other : rows.first(std::min(rows.size(), k + 1)))
            if (other != row) scratch.push_back({distance, other});
    };
    add(0, points.of_row[row]);
    for (const NearPoint& near : nearest) add(near.squared_distance, near.point);
    std::partial_sort(scratch.begin(), scratch.begin() + static_cast<std::ptrdiff_t>(k), scratch.end());
    for (std::size_t i = 0; i < k; ++i) out[i] = scratch[i].point;
}

}  // namespace

base::Result<Rows> nearest_neighbours(Columns columns, const Rows& queries, std::size_t k, std::size_t threads,
                                      const base::Progress& progress) {
    Rows result(queries.size() * k);
    if (result.empty()) return result;
    const Points points = points_of(columns);
    const std::vector<Rows> places = queries_of_points(points, queries);
    const NeighbourBlocks blocks(pick_rows(columns, points.first_row));
    threads = base::resolve_threads(threads);
    std::vector<NeighbourBlocks::Search> searches(threads, NeighbourBlocks::Search(blocks, k));
    std::vector<std::vector<NearPoint>> scratch(threads);
    std::atomic<std::uint64_t> done{0};
    std::atomic<bool> is_stopped{false};
    base::parallel_for(blocks.blocks(), threads, [&](std::size_t block, std::size_t thread) {
        const auto members = blocks.points(block);
        std::uint32_t lanes = 0;
        std::uint64_t answered = 0;
        for (std::size_t lane = 0; lane < members.size(); ++lane) {
            answered += places[members[lane]].size();
            if (!places[members[lane]].empty()) lanes |= 1U << lane;
        }
        if (answered == 0 || is_stopped) return;
        NeighbourBlocks::Search& search = searches[thread];
        search.run(block, lanes);
        for (std::size_t lane = 0; lane < members.size(); ++lane)
            for (const std::uint32_t place : places[members[lane]])
                expand(points, queries[place], search.nearest(lane), k, scratch[thread], &result[place * k]);
        if (!progress.advance(done += answered, queries.size())) is_stopped = true;
    });
    if (is_stopped) return base::Error{"stopped while looking for nearest neighbours"};
    return result;
}

}  // namespace flowsift::dataset
