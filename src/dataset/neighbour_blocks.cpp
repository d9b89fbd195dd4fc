#include "dataset/neighbour_blocks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace flowsift::dataset {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::size_t kSample = 128;  // Points that tell where a set of them is widest: it need not be exact.
constexpr std::size_t kStep = 8;      // Dimensions between two looks at whether a block can still matter.
constexpr std::size_t kLanes = NeighbourBlocks::kLanes;

using Sums = std::array<float, kLanes>;

/// Squared distances of a block's lanes to `query`; false as soon as all exceed `limit`.
bool measure(const float* block, std::span<const float> query, float limit, Sums& sums) {
    sums.fill(0);
    for (std::size_t begin = 0; begin < query.size(); begin += kStep) {
        const std::size_t end = std::min(begin + kStep, query.size());
        Sums local = sums;
        for (std::size_t d = begin; d < end; ++d) {
            const float* const values = block + d * kLanes;
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                const float difference = values[lane] - query[d];
                local[lane] += difference * difference;
            }
        }
        sums = local;
        int is_near = 0;
        for (std::size_t lane = 0; lane < kLanes; ++lane) is_near |= sums[lane] <= limit ? 1 : 0;
        if (is_near == 0) return false;
    }
    return true;
}

double variance(const std::vector<float>& column, std::span<const std::uint32_t> points) {
    const std::size_t step = std::max<std::size_t>(1, points.size() / kSample);
    double count = 0, sum = 0, squares = 0;
    const double first = column[points.front()];
    for (std::size_t i = 0; i < points.size(); i += step) {
        const double difference = column[points[i]] - first;
        sum += difference;
        squares += difference * difference;
        count += 1;
    }
    return squares - sum * sum / count;
}

}  // namespace

NeighbourBlocks::NeighbourBlocks(Columns columns) {
    order_.resize(columns.empty() ? 1 : columns.front().size());
    std::iota(order_.begin(), order_.end(), 0U);
    choose_dimensions(columns);
    divide(columns, 0, order_.size());
    starts_.push_back(static_cast<std::uint32_t>(order_.size()));
    blocks_ = starts_.size() - 1;
    values_.assign(blocks_ * dimensions_.size() * kLanes, kInfinity);
    low_.resize(blocks_ * dimensions_.size());
    high_.resize(low_.size());
    for (std::size_t block = 0; block < blocks_; ++block) fill_block(columns, block);
    // Each of the sum's terms is rounded three times and each partial sum once, by 2^-24 at most: twice of that is
    // safe.
    slack_ = 1 + static_cast<double>(dimensions_.size() + 8) * 0x1p-23;
}

void NeighbourBlocks::choose_dimensions(Columns columns) {
    std::vector<double> spread(columns.size());
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto [low, high] = std::minmax_element(columns[c].begin(), columns[c].end());
        if (*low == *high) continue;
        spread[c] = variance(columns[c], order_);
        dimensions_.push_back(c);
    }
    std::stable_sort(dimensions_.begin(), dimensions_.end(),
                     [&](std::size_t a, std::size_t b) { return spread[a] > spread[b]; });
    by_column_.resize(dimensions_.size());
    std::iota(by_column_.begin(), by_column_.end(), std::size_t{0});
    std::sort(by_column_.begin(), by_column_.end(),
              [&](std::size_t a, std::size_t b) { return dimensions_[a] < dimensions_[b]; });
}

/// Halves [begin, end) of order_ where it is widest, until what is left fits a block.
void NeighbourBlocks::divide(Columns columns, std::size_t begin, std::size_t end) {
    if (end - begin <= kLanes || dimensions_.empty()) {
        starts_.push_back(static_cast<std::uint32_t>(begin));
        return;
    }
    const auto& column = columns[widest(columns, begin, end)];
    // A whole number of full blocks on the left: only the last block has empty lanes.
    const std::size_t middle = begin + (end - begin + kLanes - 1) / kLanes / 2 * kLanes;
    const auto at = [&](std::size_t i) { return order_.begin() + static_cast<std::ptrdiff_t>(i); };
    std::nth_element(at(begin), at(middle), at(end), [&](std::uint32_t a, std::uint32_t b) {
        return column[a] != column[b] ? column[a] < column[b] : a < b;
    });
    divide(columns, begin, middle);
    divide(columns, middle, end);
}

std::size_t NeighbourBlocks::widest(Columns columns, std::size_t begin, std::size_t end) const {
    std::size_t best = dimensions_.front();
    double most = -1;
    for (const std::size_t c : dimensions_) {
        const double spread = variance(columns[c], {order_.data() + begin, end - begin});
        if (spread > most) {
            most = spread;
            best = c;
        }
    }
    return best;
}

void NeighbourBlocks::fill_block(Columns columns, std::size_t block) {
    const auto members = points(block);
    float* const values = values_.data() + block * dimensions_.size() * kLanes;
    for (std::size_t d = 0; d < dimensions_.size(); ++d) {
        const auto& column = columns[dimensions_[d]];
        float low = kInfinity, high = -kInfinity;
        for (std::size_t lane = 0; lane < members.size(); ++lane) {
            const float value = column[members[lane]];
            values[d * kLanes + lane] = value;
            low = std::min(low, value);
            high = std::max(high, value);
        }
        low_[block * dimensions_.size() + d] = low;
        high_[block * dimensions_.size() + d] = high;
    }
}

/// No point of one block is nearer to one of the other than this, in measure()'s own arithmetic: rounding never turns
/// the order of two numbers round, and the sums run over the dimensions in the same order. May stop beyond `limit`.
float NeighbourBlocks::bound(std::size_t a, std::size_t b, float limit) const {
    const std::size_t width = dimensions_.size();
    const float *low_a = &low_[a * width], *high_a = &high_[a * width], *low_b = &low_[b * width],
                *high_b = &high_[b * width];
    float sum = 0;
    for (std::size_t begin = 0; begin < width && sum <= limit; begin += kStep)
        for (std::size_t d = begin; d < std::min(begin + kStep, width); ++d) {
            const float gap = std::max(std::max(low_a[d] - high_b[d], low_b[d] - high_a[d]), 0.0F);
            sum += gap * gap;
        }
    return sum;
}

double NeighbourBlocks::squared_distance(const std::vector<float>& coordinates, std::size_t block,
                                         std::size_t lane) const {
    double sum = 0;
    for (const std::size_t d : by_column_) {
        const double difference =
            static_cast<double>(values(block)[d * kLanes + lane]) - static_cast<double>(coordinates[d]);
        sum += difference * difference;
    }
    return sum;
}

void NeighbourBlocks::Search::run(std::size_t block, std::uint32_t lanes) {
    begin(block, lanes);
    for (const std::size_t lane : lanes_) scan(queries_[lane], block);
    gather_candidates(block);
    for (const Candidate& candidate : candidates_) {
        if (candidate.bound > worst_limit()) break;
        for (const std::size_t lane : lanes_)
            if (candidate.bound <= queries_[lane].limit) scan(queries_[lane], candidate.block);
    }
}

void NeighbourBlocks::Search::begin(std::size_t block, std::uint32_t lanes) {
    lanes_.clear();
    for (std::size_t lane = 0; lane < all_.points(block).size(); ++lane) {
        if ((lanes >> lane & 1) == 0) continue;
        lanes_.push_back(lane);
        Query& query = queries_[lane];
        query.point = all_.points(block)[lane];
        query.limit = kInfinity;
        query.nearest.clear();
        query.coordinates.resize(all_.dimensions_.size());
        for (std::size_t d = 0; d < query.coordinates.size(); ++d)
            query.coordinates[d] = all_.values(block)[d * kLanes + lane];
    }
}

/// Other blocks near enough to matter, the nearest first.
void NeighbourBlocks::Search::gather_candidates(std::size_t block) {
    candidates_.clear();
    const float limit = worst_limit();
    for (std::uint32_t other = 0; other < all_.blocks(); ++other) {
        if (other == block) continue;
        const float bound = all_.bound(block, other, limit);
        if (bound <= limit) candidates_.push_back({bound, other});
    }
    std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
        return a.bound != b.bound ? a.bound < b.bound : a.block < b.block;
    });
}

void NeighbourBlocks::Search::scan(Query& query, std::size_t block) {
    Sums sums;
    if (!measure(all_.values(block), query.coordinates, query.limit, sums)) return;
    const auto members = all_.points(block);
    for (std::size_t lane = 0; lane < members.size(); ++lane)
        if (sums[lane] <= query.limit && members[lane] != query.point)
            offer(query, {all_.squared_distance(query.coordinates, block, lane), members[lane]});
}

void NeighbourBlocks::Search::offer(Query& query, NearPoint found) {
    auto& nearest = query.nearest;
    if (nearest.size() == k_ && !(found < nearest.back())) return;
    if (nearest.size() == k_) nearest.pop_back();
    nearest.insert(std::upper_bound(nearest.begin(), nearest.end(), found), found);
    if (nearest.size() < k_) return;
    // Never below the float32 sum of a point that is as near, also where squares are too small for a float32.
    const double limit = nearest.back().squared_distance * all_.slack_ + 1e-30;
    query.limit = std::nextafter(static_cast<float>(limit), kInfinity);
}

float NeighbourBlocks::Search::worst_limit() const {
    float worst = -1;
    for (const std::size_t lane : lanes_) worst = std::max(worst, queries_[lane].limit);
    return worst;
}

}  // namespace flowsift::dataset
