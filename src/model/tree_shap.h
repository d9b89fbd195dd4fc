// TreeShap: how much each feature of a row adds to the probability or margin of one class: exact Shapley values of the
// path-dependent game (Lundberg et al. 2020), the same as XGBoost's pred_contribs.
//
// The Shapley weight of a set of k of m features is an integral, of t^k (1 - t)^(m-1-k), so that the sum over all sets
// becomes one integral of a product with a factor per feature, a polynomial that a few Gauss-Legendre points integrate
// exactly. A tree is walked once, with all points in a vector, whatever the depth. (The idea to sum below a node, not
// per leaf, is Linear TreeSHAP's, Yu et al. 2022; the points make all terms positive, so nothing cancels.) Made once,
// then read-only and shared by all threads; each thread has its own Scratch, and nothing is allocated after that.
#pragma once

#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/forest.h"
#include "model/shap_walk.h"

namespace flowsift::model {

struct Contribution {
    std::uint16_t feature = 0;  ///< Index into the model's schema.
    float value = 0;            ///< In probability (mean) or margin (boosting); negative: speaks against the class.
};

class TreeShap {
  public:
    /// One thread's memory.
    class Scratch {
      public:
        explicit Scratch(const TreeShap& shap);

      private:
        friend class TreeShap;
        hwy::AlignedFreeUniquePtr<double[]> products_;
        hwy::AlignedFreeUniquePtr<double[]> sums_;
        hwy::AlignedFreeUniquePtr<double[]> inverses_;
        hwy::AlignedFreeUniquePtr<double[]> per_feature_;
        std::vector<const ShapWay*> ways_;
        std::unique_ptr<bool[]> is_open_;
        std::vector<double> contributions_;
    };

    /// Precondition: the forest passes check_forest(). Error: covers are absent (a model file of format 1), or an inner
    /// node's is 0.
    static base::Result<TreeShap> of(const Forest& forest);

    /// What the class gets from a row of which nothing is known: mean probability, or margin with its base.
    float expected(std::size_t class_index) const { return expected_[class_index]; }

    /// `contributions`: one per feature. With expected() they sum to the class's probability (mean) or margin (softmax,
    /// logistic; class 0 of a logistic output has the margin of class 1 with the other sign).
    void explain(std::span<const float> row, std::size_t class_index, std::span<float> contributions,
                 Scratch& scratch) const;

    std::size_t feature_count() const { return feature_count_; }
    std::size_t bytes() const;

  private:
    class Builder;

    /// Ways of trees that need the same number of points.
    struct Group {
        std::size_t points = 0;
        std::vector<ShapWay> ways;
    };

    /// Points and weights; four aligned arrays in one.
    struct Rule {
        std::size_t points = 0;
        hwy::AlignedFreeUniquePtr<double[]> arrays;
        ShapPoints view() const;
    };

    static Rule make_rule(std::size_t points);
    void add(std::size_t output, std::vector<ShapWay> ways, std::size_t features);
    const Rule& rule_of(std::size_t points) const { return rules_[points / kShapPointStep - 1]; }

    std::size_t feature_count_ = 0;
    std::size_t levels_ = 1;  ///< Of the deepest tree, the root's included.
    double scale_ = 1;        ///< What a tree's values are multiplied with.
    bool is_logistic_ = false;
    std::vector<std::vector<Group>> groups_;  ///< Per class (logistic: one).
    std::vector<Rule> rules_;                 ///< Of kShapPointStep points, twice that …
    std::vector<float> expected_;
};

/// The `top.size()` largest by absolute value, largest first, equal ones in the order of features. Returns how many
/// there are: no more than features with a contribution.
std::size_t largest_contributions(std::span<const float> contributions, std::span<Contribution> top);

}  // namespace flowsift::model
