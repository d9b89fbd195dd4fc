#include "model/engine.h"

#include <algorithm>

namespace flowsift::model {
namespace {

constexpr std::size_t kRowsWorthAScan = 6;  ///< A scan of a block costs as much as so many walked rows.

}  // namespace

Engine::Scratch::Scratch(const Engine& engine) : probabilities_(kBlockRows * engine.class_count_) {
    if (engine.compact_) compact_.emplace(*engine.compact_);
    if (engine.bitvector_) bitvector_.emplace(*engine.bitvector_);
}

Engine Engine::of(const Forest& forest) {
    Engine engine;
    engine.feature_count_ = forest.feature_count;
    engine.class_count_ = forest.class_count;
    engine.is_mean_ = forest.combination == Combination::kMean;
    auto compact = CompactForest::of(forest);
    if (compact)
        engine.compact_ = std::move(compact).value();
    else
        engine.plain_ = forest;
    if (engine.is_mean_) return engine;
    if (auto bitvector = BitvectorForest::of(forest)) engine.bitvector_ = std::move(bitvector).value();
    return engine;
}

Engine::Part Engine::next_part(std::size_t rows) const {
    const std::size_t block = std::min(rows, kBlockRows);
    if (!bitvector_ || scan_rows() <= kRowsWorthAScan) return {block, false};
    const std::size_t scanned = std::min(rows, scan_rows());
    return {scanned, scanned >= kRowsWorthAScan};
}

void Engine::predict_part(Part part, std::span<const float> rows, std::span<float> probabilities,
                          Scratch& scratch) const {
    if (part.is_scan) {
        bitvector_->predict(rows, probabilities, *scratch.bitvector_);
    } else if (compact_) {
        compact_->predict(rows, probabilities, *scratch.compact_);
    } else {
        for (std::size_t i = 0; i < part.rows; ++i)
            plain_->predict(rows.subspan(i * feature_count_, feature_count_),
                            probabilities.subspan(i * class_count_, class_count_));
    }
}

void Engine::predict(std::span<const float> rows, std::span<float> probabilities, Scratch& scratch) const {
    const std::size_t count = rows.size() / feature_count_;
    for (std::size_t i = 0; i < count;) {
        const Part part = next_part(count - i);
        predict_part(part, rows.subspan(i * feature_count_, part.rows * feature_count_),
                     probabilities.subspan(i * class_count_, part.rows * class_count_), scratch);
        i += part.rows;
    }
}

void Engine::decide(std::span<const float> rows, const DecisionRule& rule, std::span<Decision> decisions,
                    Scratch& scratch) const {
    if (is_mean_ && compact_) {
        compact_->decide(rows, rule, decisions, *scratch.compact_);
        return;
    }
    const std::size_t count = rows.size() / feature_count_;
    for (std::size_t i = 0; i < count;) {
        const Part part = next_part(count - i);
        predict_part(part, rows.subspan(i * feature_count_, part.rows * feature_count_), scratch.probabilities_,
                     scratch);
        for (std::size_t k = 0; k < part.rows; ++k)
            decisions[i + k] =
                decide_by(std::span(scratch.probabilities_).subspan(k * class_count_, class_count_), rule);
        i += part.rows;
    }
}

}  // namespace flowsift::model
