// Parts that every report page is made of: the frame of the page, tiles, lists, and the sections that show one
// judgement: classes, confusion, curves, reliability, sources.
//
// Each appends HTML to a string; all text from outside is escaped here. Pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "learn/metrics.h"
#include "learn/prediction.h"
#include "model/model.h"

namespace flowsift::learn {

/// What the least that learns anything reaches on the same rows: a tree of one split. The yardstick beside each figure.
struct Baseline {
    std::string description;  ///< "one split on Flow Duration".
    double accuracy = 0;
    double macro_f1 = 0;  ///< Over the same classes as the model's.
};

struct PageHead {
    std::string_view kind;  ///< "flowsift evaluation".
    std::string_view title;
    std::string_view subject;
    std::string_view lead;  ///< The first sentence; may be empty.
};

/// Up to the first section, with the content policy that forbids scripts and outside resources.
void append_page_begin(std::string& html, const PageHead& head);
void append_page_end(std::string& html, std::string_view closing_words);

void append_tile(std::string& html, std::string_view name, std::string_view figure, std::string_view beside);

/// Attacks noticed, and false alerts per day.
void append_alarm_tiles(std::string& html, const Alarms& alarms, double benign_flows_per_day);

/// A list on a coloured edge, for what must be read first. Nothing where there are no sentences.
void append_sentences(std::string& html, std::string_view title, const std::vector<std::string>& sentences);

/// A heading and the words below it.
void append_heading(std::string& html, std::string_view title, std::string_view caption);

/// "<td>0.9123</td>" and a bar beside it, two cells.
void append_measure(std::string& html, double value, std::string_view css_class, std::optional<Interval> interval = {});

/// Precision, recall and F1 of every class with intervals, and the mean; the baseline where there is one.
void append_classes(std::string& html, const Evaluation& evaluation, const std::optional<Baseline>& baseline);

void append_confusion(std::string& html, const Evaluation& evaluation);

/// Two curves per class, best average precision last: what is weak comes first.
void append_rankings(std::string& html, std::span<const Ranking> rankings);

void append_reliability(std::string& html, const Reliability& reliability);

/// Nothing for a single source.
void append_sources(std::string& html, std::span<const SourceFigures> sources);

void append_importance(std::string& html, std::span<const std::pair<std::string, double>> importance);

/// Loss of macro-F1 per feature, each in [0, 1].
void append_permutation(std::string& html, std::span<const std::pair<std::string, double>> drops);

void append_inputs(std::string& html, std::string_view title, const std::vector<model::Provenance::Input>& inputs);

/// A count that need not be whole, rounded: "1,480".
std::string whole_number(double count);

/// The largest class, at least 1.
std::uint64_t largest_support(const Evaluation& evaluation);

}  // namespace flowsift::learn
