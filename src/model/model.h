// Model: forests and everything that a verdict needs to be honest: schema, classes, assembly profile, provenance.
//
// The file is data, never code: nothing in it is executed. model_file.h reads and writes it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "features/checkpoint.h"
#include "features/schema.h"
#include "model/benign_reference.h"
#include "model/calibration.h"
#include "model/forest.h"
#include "model/novelty.h"

namespace flowsift::model {

/// Where a model comes from: enough to repeat the training and to judge it.
struct Provenance {
    struct Input {
        std::string name;  ///< Base name of the file.
        std::string sha256;
        std::uint64_t rows = 0;
    };
    std::string created;  ///< UTC, "2026-11-23T10:00:00Z".
    std::string program_version;
    std::string parent;  ///< Hash of the model that this one was adapted from; empty: it was trained anew.
    std::vector<Input> inputs;
    std::vector<std::pair<std::string, std::string>> options;  ///< As given or defaulted: seed, trees, split …
    std::vector<std::pair<std::string, double>> metrics;       ///< "accuracy", "macro_f1", … on the held-out split.
    std::vector<std::pair<std::string, std::uint64_t>> class_rows;  ///< Training rows per class.
    std::vector<std::pair<std::string, double>> importance;         ///< Mean decrease in Gini per feature, sum 1.
};

/// The least that learns anything: one split of one feature. Learnt from the same rows as the forest, it is the
/// yardstick beside every figure.
struct Stump {
    std::uint16_t feature = 0;  ///< Index into the model's schema.
    float threshold = 0;
    std::uint16_t at_most = 0;  ///< Class where row[feature] <= threshold …
    std::uint16_t above = 0;    ///< … and elsewhere.

    std::uint16_t predict(std::span<const float> row) const { return row[feature] <= threshold ? at_most : above; }
};

inline constexpr std::size_t kMaxStages = 16;

/// The forest for rows of one depth: a row of a flow that is still going on is never judged by a forest that learnt
/// from whole flows.
struct Stage {
    std::uint64_t packets = 0;  ///< Learnt from rows of so many packets up to the next stage's; 0: of whole flows.
    Forest forest;
    Calibration calibration;    ///< Of the class that is chosen.
    ConformalScores conformal;  ///< For sets of classes.
    LeafPairs pairs;            ///< For novelty.
    BenignReference reference;  ///< For reasons and drift.
};

struct Model {
    features::Schema schema;
    /// Features of the file that this program does not compute (it was written by another version); the schema lacks
    /// them. Such a model can be inspected, not served.
    std::vector<std::string> unknown_features;
    int definitions_version = features::kDefinitionsVersion;
    std::string profile;  ///< Assembly profile of the training rows.
    std::vector<std::string> classes;
    /// When a flow that goes on is told, in training as when watched. Empty where there is only the stage of whole
    /// flows.
    std::vector<features::Checkpoint> schedule;
    std::vector<Stage> stages;  ///< Ascending by packets, that of whole flows last. At least that one.
    Stump baseline;
    Provenance provenance;
    std::vector<std::uint8_t> kept_rows;  ///< What it was trained from, packed (kept_rows.h); empty: not kept.
    std::string hash;                     ///< SHA-256 (hex) of the model file; set by save and open.

    /// Of whole flows. Precondition: there is a stage.
    Stage& end_stage() { return stages.back(); }
    const Stage& end_stage() const { return stages.back(); }

    /// Which judges a row of a flow that goes on and has had so many packets: the deepest that is not deeper. Null:
    /// none does. Ended flows are judged by end_stage().
    const Stage* stage_of_live(std::uint64_t packets) const;

    /// Packets of the stages for flows that go on, ascending.
    std::vector<std::uint64_t> depths() const;

    /// Which judges a row of such a Table::depths: 0 is a whole flow. Null: none does.
    const Stage* stage_of(std::uint64_t depth) const { return depth == 0 ? &end_stage() : stage_of_live(depth); }

    /// Index of "BENIGN" (any case), or -1.
    int benign_class() const;

    /// Stages in their order, each forest of this schema and these classes.
    base::Result<void> check_stages() const;

    /// Why rows of this program must not be judged by this model (other definitions, other schema); ok if they may.
    base::Result<void> check_servable() const;
};

}  // namespace flowsift::model
