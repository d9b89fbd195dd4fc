// shap_walk: the loop of TreeShap, compiled for every instruction set and chosen at run time.
//
// Apart from tree_shap.h because only this loop is compiled several times. Any thread; allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace flowsift::model {

/// The way from a node to one of its children, with that child. Ways stand depth-first. (Words as in tree_shap.cpp.)
struct ShapWay {
    float threshold = 0;
    std::uint16_t feature = 0;
    std::uint16_t level = 0;     ///< Of the child; the root's is 0.
    std::uint16_t previous = 0;  ///< Level of the last way above that asks the same feature; 0: none does.
    bool is_right = false;
    bool is_leaf = false;
    std::uint32_t after = 0;   ///< Index of the first way that is not below this one.
    float value = 0;           ///< Of a leaf.
    double share = 0;          ///< The child's cover in its parent's.
    double feature_share = 0;  ///< Product of the shares of this and all ways above that ask the same feature.
};

/// Gauss-Legendre points on [0, 1] and what each is needed as.
struct ShapPoints {
    std::size_t count = 0;  ///< A multiple of kShapPointStep.
    const double* at = nullptr;
    const double* rest = nullptr;          ///< 1 - at
    const double* inverse_rest = nullptr;  ///< 1 / rest
    const double* weights = nullptr;
};

inline constexpr std::size_t kShapPointStep = 8;  ///< Doubles of the widest vector.

/// One thread's memory of a walk, aligned for vectors. All but the last hold ShapPoints::count values per level.
struct ShapBuffers {
    double* products = nullptr;  ///< Level 0 is set by the walk.
    double* sums = nullptr;
    double* inverses = nullptr;  ///< 1 / factor, of ways that the row goes.
    const ShapWay** ways = nullptr;
    bool* is_open = nullptr;        ///< The row goes this way and every way above that asks the same feature.
    double* per_feature = nullptr;  ///< ShapPoints::count values per feature.
};

/// Adds to contributions[feature] what each feature contributes through all `ways`.
void add_contributions(std::span<const ShapWay> ways, const ShapPoints& points, std::span<const float> row,
                       std::span<double> contributions, const ShapBuffers& buffers);

}  // namespace flowsift::model
