// The figures of the report as inline SVG: bars, the confusion matrix as a heat map, feature importance.
//
// Colours are CSS variables of the page (report_style.h), so that one figure serves light and dark. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "learn/metrics.h"

namespace flowsift::learn {

/// Harmless in HTML text and attributes: markup escaped, bytes that are not UTF-8 converted, control characters
/// replaced.
std::string escape_html(std::string_view text);

/// The first `most` characters of a name, made valid UTF-8, with an ellipsis where there are more. Not escaped.
std::string cut_name(std::string_view name, std::size_t most);

struct Bar {
    double value = 0;                  ///< 0 to 1, the length.
    std::string_view css_class;        ///< Its colour.
    std::optional<Interval> interval;  ///< Drawn as a thin line over the end.
    std::optional<double> mark;        ///< Drawn as a tick: the baseline.
};

/// A bar on a faint track, as wide as a table cell's.
std::string bar_svg(const Bar& bar);

/// Rows: truth, normalised; counts on the cells. A sentence instead where there are too many classes to see anything.
std::string confusion_svg(const Evaluation& evaluation);

/// The largest 20 shares, and the rest as one bar. Precondition: shares in [0, 1].
std::string importance_svg(std::span<const std::pair<std::string, double>> importance);

}  // namespace flowsift::learn
