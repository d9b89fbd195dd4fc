// Report: one self-contained HTML page that says how good a model is, on what, and what of it may be trusted.
//
// Figures are inline SVG; no script, no outside resource (a content policy in the page forbids them). Light and dark by
// the reader's preference, colours that colour-blind people can tell apart. All text from outside is escaped.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "learn/metrics.h"
#include "model/model.h"

namespace flowsift::learn {

/// What the least that learns anything reaches on the same rows: a tree of one split. The yardstick beside each figure.
struct Baseline {
    std::string description;  ///< "one split on Flow Duration".
    double accuracy = 0;
    double macro_f1 = 0;  ///< Over the same classes as the model's.
};

struct Report {
    std::string title;    ///< "lab.model on heldout.csv".
    std::string subject;  ///< What was evaluated on what, in a sentence: "A forest of 100 trees, judged on …".
    Evaluation evaluation;
    std::optional<Baseline> baseline;
    std::vector<std::string> remarks;  ///< What the reader should know before trusting: split, notes of loading.
    std::vector<model::Provenance::Input> data;  ///< What it was judged on.
    model::Provenance provenance;                ///< Of the model.
    std::string model_hash;
    std::string profile;  ///< Assembly profile of the model.
};

/// The whole page, UTF-8.
std::string html_report(const Report& report);

}  // namespace flowsift::learn
