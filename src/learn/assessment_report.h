// The assessment as one self-contained HTML page: verdict first, three splits side by side, then the audit, then each
// split in full. Same look and rules as report.h: no script, no outside resource, all outside text escaped.
#pragma once

#include <string>
#include <vector>

#include "learn/assessment.h"
#include "model/model.h"

namespace flowsift::learn {

/// What the page says besides the assessment.
struct AssessmentPage {
    std::string title;                           ///< The data: "monday.csv, tuesday.csv".
    std::string subject;                         ///< What was trained on what, in a sentence.
    std::vector<std::string> remarks;            ///< Notes of loading.
    std::vector<model::Provenance::Input> data;  ///< Files with their hashes.
    std::string program_version;
};

/// The whole page, UTF-8.
std::string html_report(const Assessment& assessment, const AssessmentPage& page);

}  // namespace flowsift::learn
