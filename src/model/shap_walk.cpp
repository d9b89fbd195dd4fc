#include "model/shap_walk.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "model/shap_walk.cpp"
#include <hwy/foreach_target.h>  // Includes this file once more per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace flowsift::model::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, kShapPointStep>;

/// `Points`: how many, where that is known while compiling; 0: as many as the points say.
template <std::size_t Points>
class ShapWalk {
  public:
    ShapWalk(const ShapPoints& points, std::span<const float> row, const ShapBuffers& buffers)
        : points_(points), row_(row), buffers_(buffers) {
        std::fill_n(buffers_.products, count(), 1.0);
        std::fill_n(buffers_.per_feature, count() * row_.size(), 0.0);
    }

    void run(std::span<const ShapWay> ways) {
        std::size_t deepest = 0;  // Level of the last way; it and those above it are still open.
        for (std::size_t i = 0; i < ways.size();) {
            const ShapWay& way = ways[i];
            for (; deepest >= way.level; --deepest) close(deepest);
            const bool goes = (row_[way.feature] <= way.threshold) != way.is_right;
            const bool is_open = goes && (way.previous == 0 || buffers_.is_open[way.previous]);
            if (!is_open && way.share <= 0) {
                i = way.after;  // Nobody comes here, with or without the features known.
                continue;
            }
            deepest = way.level;
            buffers_.ways[deepest] = &way;
            buffers_.is_open[deepest] = is_open;
            if (is_open)
                enter_open(way);
            else
                enter_closed(way);
            ++i;
        }
        for (; deepest >= 1; --deepest) close(deepest);
    }

    void finish(std::span<double> contributions) const {
        const Doubles d;
        for (std::size_t f = 0; f < contributions.size(); ++f) {
            auto sum = hn::Zero(d);
            for (std::size_t q = 0; q < count(); q += hn::Lanes(d))
                sum = hn::Add(sum, hn::Mul(load(points_.weights, 0, q), load(buffers_.per_feature, f, q)));
            contributions[f] += hn::GetLane(hn::SumOfLanes(d, sum));
        }
    }

  private:
    std::size_t count() const { return Points != 0 ? Points : points_.count; }

    HWY_INLINE hn::Vec<Doubles> load(const double* of, std::size_t level, std::size_t q) const {
        return hn::Load(Doubles(), of + level * count() + q);
    }
    HWY_INLINE void store(hn::Vec<Doubles> value, double* of, std::size_t level, std::size_t q) const {
        hn::Store(value, Doubles(), of + level * count() + q);
    }

    HWY_INLINE void start_sums(const ShapWay& way, hn::Vec<Doubles> product, std::size_t q) {
        const auto value = hn::Set(Doubles(), static_cast<double>(way.value));
        store(way.is_leaf ? hn::Mul(product, value) : hn::Zero(Doubles()), buffers_.sums, way.level, q);
    }

    /// Its factor is t + (1 - t) share. The factor of the way above of the same feature, open too, is taken out.
    HWY_INLINE void enter_open(const ShapWay& way) {
        const Doubles d;
        for (std::size_t q = 0; q < count(); q += hn::Lanes(d)) {
            const auto factor =
                hn::MulAdd(load(points_.rest, 0, q), hn::Set(d, way.feature_share), load(points_.at, 0, q));
            store(hn::Div(hn::Set(d, 1.0), factor), buffers_.inverses, way.level, q);
            auto product = hn::Mul(load(buffers_.products, way.level - 1U, q), factor);
            if (way.previous != 0) product = hn::Mul(product, load(buffers_.inverses, way.previous, q));
            store(product, buffers_.products, way.level, q);
            start_sums(way, product, q);
        }
    }

    /// Its factor is (1 - t) share.
    HWY_INLINE void enter_closed(const ShapWay& way) {
        const Doubles d;
        const bool was_open = way.previous != 0 && buffers_.is_open[way.previous];
        const auto share = hn::Set(d, was_open ? way.feature_share : way.share);
        for (std::size_t q = 0; q < count(); q += hn::Lanes(d)) {
            auto product = hn::Mul(load(buffers_.products, way.level - 1U, q), share);
            if (way.previous == 0 || was_open) product = hn::Mul(product, load(points_.rest, 0, q));
            if (was_open) product = hn::Mul(product, load(buffers_.inverses, way.previous, q));
            store(product, buffers_.products, way.level, q);
            start_sums(way, product, q);
        }
    }

    /// Hands the sums up, and adds (open - share) / factor of them to the feature, less the same of the way above that
    /// asks it: for the leaves below, this way replaces that one.
    HWY_INLINE void close(std::size_t level) {
        const Doubles d;
        const ShapWay& way = *buffers_.ways[level];
        const bool is_open = buffers_.is_open[level];
        const bool was_open = way.previous != 0 && buffers_.is_open[way.previous];
        const bool adds = is_open || way.previous == 0 || was_open;  // Closed twice is the same as closed once.
        const auto gain = hn::Set(d, 1 - way.feature_share);
        const auto lost = hn::Set(d, was_open ? 1 - buffers_.ways[way.previous]->feature_share : 0.0);
        for (std::size_t q = 0; q < count(); q += hn::Lanes(d)) {
            const auto sums = load(buffers_.sums, level, q);
            if (level > 1) store(hn::Add(load(buffers_.sums, level - 1, q), sums), buffers_.sums, level - 1, q);
            if (!adds) continue;
            auto per_sum =
                is_open ? hn::Mul(gain, load(buffers_.inverses, level, q)) : hn::Neg(load(points_.inverse_rest, 0, q));
            if (was_open) per_sum = hn::NegMulAdd(lost, load(buffers_.inverses, way.previous, q), per_sum);
            store(hn::MulAdd(sums, per_sum, load(buffers_.per_feature, way.feature, q)), buffers_.per_feature,
                  way.feature, q);
        }
    }

    const ShapPoints& points_;
    std::span<const float> row_;
    const ShapBuffers& buffers_;
};

template <std::size_t Points>
void walk(std::span<const ShapWay> ways, const ShapPoints& points, std::span<const float> row,
          std::span<double> contributions, const ShapBuffers& buffers) {
    ShapWalk<Points> walk(points, row, buffers);
    walk.run(ways);
    walk.finish(contributions);
}

void contribute(std::span<const ShapWay> ways, const ShapPoints& points, std::span<const float> row,
                std::span<double> contributions, const ShapBuffers& buffers) {
    if (points.count == kShapPointStep)
        walk<kShapPointStep>(ways, points, row, contributions, buffers);
    else if (points.count == 2 * kShapPointStep)
        walk<2 * kShapPointStep>(ways, points, row, contributions, buffers);
    else
        walk<0>(ways, points, row, contributions, buffers);
}

}  // namespace
}  // namespace flowsift::model::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace flowsift::model {

HWY_EXPORT(contribute);

void add_contributions(std::span<const ShapWay> ways, const ShapPoints& points, std::span<const float> row,
                       std::span<double> contributions, const ShapBuffers& buffers) {
    HWY_DYNAMIC_DISPATCH(contribute)(ways, points, row, contributions, buffers);
}

}  // namespace flowsift::model
#endif
