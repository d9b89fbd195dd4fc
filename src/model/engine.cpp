#include "model/engine.h"

#include <algorithm>

namespace flowsift::model {

Engine::Scratch::Scratch(const Engine& engine) {
    if (engine.compact_) compact_.emplace(*engine.compact_);
    if (engine.bitvector_) bitvector_.emplace(*engine.bitvector_);
    if (!engine.compact_) probabilities_.resize(kBlockRows * engine.class_count_);
}

Engine Engine::of(const Forest& forest) {
    Engine engine;
    engine.feature_count_ = forest.feature_count;
    engine.class_count_ = forest.class_count;
    engine.combination_ = forest.combination;
    if (auto bitvector = BitvectorForest::of(forest))
        engine.bitvector_ = std::move(bitvector).value();
    else if (auto compact = CompactForest::of(forest))
        engine.compact_ = std::move(compact).value();
    else
        engine.plain_ = forest;
    if (engine.tells_novelty_apart()) {
        engine.first_ = {.feature_count = forest.feature_count, .class_count = forest.class_count};
        engine.first_.trees.assign(forest.trees.begin(),
                                   forest.trees.begin() + static_cast<std::ptrdiff_t>(novelty_trees(forest)));
    }
    return engine;
}

std::uint32_t Engine::count_unseen(const LeafPairs& pairs, std::span<const float> row) const {
    return pairs.bits.empty() ? 0 : unseen_pairs(first_, pairs, row);
}

void Engine::predict(std::span<const float> rows, std::span<float> probabilities, Scratch& scratch,
                     const UnseenPairs& unseen) const {
    if (!tells_novelty_apart()) return compact_->predict(rows, probabilities, *scratch.compact_, unseen);
    for (std::size_t i = 0; unseen.pairs && i < rows.size() / feature_count_; ++i)
        unseen.counts[i] = count_unseen(*unseen.pairs, rows.subspan(i * feature_count_, feature_count_));
    if (bitvector_) return bitvector_->predict(rows, probabilities, *scratch.bitvector_);
    if (compact_) return compact_->predict(rows, probabilities, *scratch.compact_);
    for (std::size_t i = 0; i < rows.size() / feature_count_; ++i)
        plain_->predict(rows.subspan(i * feature_count_, feature_count_),
                        probabilities.subspan(i * class_count_, class_count_));
}

void Engine::decide(std::span<const float> rows, const DecisionRule& rule, std::span<Decision> decisions,
                    Scratch& scratch) const {
    if (!tells_novelty_apart()) return compact_->decide(rows, rule, decisions, *scratch.compact_);
    decide_all(rows, rule, decisions, scratch);
    for (std::size_t i = 0; rule.pairs && i < decisions.size(); ++i)
        decisions[i].is_novel =
            count_unseen(*rule.pairs, rows.subspan(i * feature_count_, feature_count_)) > rule.pairs->limit;
}

/// All but novelty.
void Engine::decide_all(std::span<const float> rows, const DecisionRule& rule, std::span<Decision> decisions,
                        Scratch& scratch) const {
    if (compact_) return compact_->decide(rows, rule, decisions, *scratch.compact_);
    const std::size_t count = rows.size() / feature_count_;
    for (std::size_t i = 0; i < count; i += kBlockRows) {
        const std::size_t part = std::min(kBlockRows, count - i);
        predict(rows.subspan(i * feature_count_, part * feature_count_), scratch.probabilities_, scratch);
        for (std::size_t k = 0; k < part; ++k)
            decisions[i + k] =
                decide_by(std::span(scratch.probabilities_).subspan(k * class_count_, class_count_), rule);
    }
}

}  // namespace flowsift::model
