// A small model for tests: two trees over two features of the catalogue and three classes.
#pragma once

#include "model/model.h"

namespace flowsift::model {

inline Node split(std::uint16_t feature, float threshold, std::uint32_t left) {
    return {.threshold = threshold, .feature = feature, .is_leaf = false, .left = left, .cover = 4};
}

inline Node leaf(std::uint32_t index) {
    return {.leaf = index, .cover = 1};
}

/// Tree 0 asks feature 0 for <= 1.5, then feature 1 for <= -2; tree 1 asks feature 1 for <= 10.
inline Forest sample_forest() {
    Tree first;
    first.nodes = {split(0, 1.5F, 1), leaf(0), split(1, -2.0F, 3), leaf(1), leaf(2)};
    first.values = {1, 0, 0, 0, 1, 0, 0.25F, 0.25F, 0.5F};
    Tree second;
    second.nodes = {split(1, 10.0F, 1), leaf(0), leaf(1)};
    second.values = {0.5F, 0.5F, 0, 0, 0, 1};
    return {.feature_count = 2, .class_count = 3, .trees = {first, second}};
}

inline Model sample_model() {
    Model model;
    model.schema = {"custom", {*features::find_feature("Flow Duration"), *features::find_feature("Total Fwd Packet")}};
    model.profile = "default";
    model.classes = {"Attack, \"quoted\"", "Benign", "Zürich"};
    model.stages = {{0, sample_forest()}};
    model.baseline = {1, 0.1F, 2, 0};
    model.provenance.created = "2026-11-23T10:00:00Z";
    model.provenance.program_version = "0.1.0";
    model.provenance.inputs = {{"train.csv", "00ff", 42}};
    model.provenance.options = {{"trees", "2"}, {"seed", "1"}, {"a later name first", "kept"}};
    model.provenance.metrics = {{"accuracy", 0.1}, {"macro_f1", 1.0 / 3}};
    model.provenance.class_rows = {{"Benign", 40}, {"Zürich", 2}};
    model.provenance.importance = {{"Flow Duration", 0.75}, {"Total Fwd Packet", 0.25}};
    return model;
}

}  // namespace flowsift::model
