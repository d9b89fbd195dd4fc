// Curves of the reports as inline SVG: precision over recall and ROC of each class, reliability, learning curve.
//
// Colours are CSS classes of the page (report_style.h). Pure functions.
#pragma once

#include <span>
#include <string>

#include "learn/assessment.h"
#include "learn/curves.h"

namespace flowsift::learn {

/// One class's two curves, with its name, average precision and area. The axis of false alarms is logarithmic, from
/// 0.01 %: the rest of it no one can afford.
std::string ranking_svg(const Ranking& ranking);

/// Share that is right over the probability that was given, with its 95 % interval, and the rows of each tenth.
std::string reliability_svg(const Reliability& reliability);

/// Macro-F1 over the rows learnt from, a logarithmic axis.
std::string learning_svg(std::span<const LearningPoint> points);

}  // namespace flowsift::learn
