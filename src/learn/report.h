// Report: one self-contained HTML page that says how good a model is, on what, and what of it may be trusted.
//
// Figures are inline SVG; no script, no outside resource (a content policy in the page forbids them). Light and dark by
// the reader's preference, colours that colour-blind people can tell apart. All text from outside is escaped.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "learn/prediction.h"
#include "learn/report_page.h"
#include "model/model.h"

namespace flowsift::learn {

struct Report {
    std::string title;    ///< "lab.model on heldout.csv".
    std::string subject;  ///< What was evaluated on what, in a sentence: "A forest of 100 trees, judged on …".
    ThoroughJudgement judgement;
    std::optional<Baseline> baseline;
    std::vector<std::string> remarks;  ///< What the reader should know before trusting: split, notes of loading.
    std::vector<model::Provenance::Input> data;  ///< What it was judged on.
    model::Provenance provenance;                ///< Of the model.
    std::string model_hash;
    std::string profile;  ///< Assembly profile of the model.
    double benign_flows_per_day = 1'000'000;
};

/// The whole page, UTF-8.
std::string html_report(const Report& report);

}  // namespace flowsift::learn
