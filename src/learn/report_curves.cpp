#include "learn/report_curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/terminal.h"
#include "learn/report_charts.h"

namespace flowsift::learn {
namespace {

constexpr double kLeastFalseAlarms = 1e-4;

/// A rectangle of a figure in px, whose content lies between 0 and 1 on either axis.
struct Plot {
    double left, top, width, height;

    double x(double share) const { return left + std::clamp(share, 0.0, 1.0) * width; }
    double y(double share) const { return top + (1 - std::clamp(share, 0.0, 1.0)) * height; }
};

/// Where a rate stands on the logarithmic axis: 0 at kLeastFalseAlarms and below, 1 at 1.
double on_log_axis(double rate) {
    return 1 - std::log10(std::max(rate, kLeastFalseAlarms)) / std::log10(kLeastFalseAlarms);
}

void append_text(std::string& svg, double x, double y, std::string_view anchor, std::string_view text,
                 std::string_view css_class = "tick") {
    svg += fmt::format(R"(<text class="{}" text-anchor="{}" x="{:.1f}" y="{:.1f}">{}</text>)", css_class, anchor, x, y,
                       escape_html(text));
}

void append_frame(std::string& svg, const Plot& plot) {
    svg += fmt::format(R"(<rect class="frame" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)", plot.left,
                       plot.top, plot.width, plot.height);
}

void append_vertical(std::string& svg, const Plot& plot, double share, std::string_view label) {
    svg += fmt::format(R"(<path class="grid" d="M{:.1f} {:.1f}V{:.1f}"/>)", plot.x(share), plot.top,
                       plot.top + plot.height);
    if (!label.empty()) append_text(svg, plot.x(share), plot.top + plot.height + 12, "middle", label);
}

void append_horizontal(std::string& svg, const Plot& plot, double share, std::string_view label) {
    svg += fmt::format(R"(<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/>)", plot.left, plot.y(share),
                       plot.left + plot.width);
    if (!label.empty()) append_text(svg, plot.left - 5, plot.y(share) + 3.5, "end", label);
}

/// A line through the points, and the faint area below it.
void append_curve(std::string& svg, const Plot& plot, std::span<const CurvePoint> points, std::string_view css_class) {
    if (points.empty()) return;
    std::string line;
    for (const CurvePoint& point : points)
        line += fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : "L", plot.x(point.x), plot.y(point.y));
    svg += fmt::format(R"(<path class="area {0}" d="{1}V{2:.1f}H{3:.1f}Z"/><path class="curve {0}" d="{1}"/>)",
                       css_class, line, plot.y(0), plot.x(points.front().x));
}

void append_precision_recall(std::string& svg, const Ranking& ranking, const Plot& plot) {
    append_frame(svg, plot);
    append_horizontal(svg, plot, 0, "0");
    append_horizontal(svg, plot, 0.5, "½");
    append_horizontal(svg, plot, 1, "1");
    append_vertical(svg, plot, 0.5, "");
    append_text(svg, plot.x(0.5), plot.y(0) + 13, "middle", "recall →");
    std::vector<CurvePoint> points = ranking.precision_recall;
    if (!points.empty()) points.insert(points.begin(), {0, points.front().y});
    append_curve(svg, plot, points, "blue");
    const double rows = static_cast<double>(ranking.positives + ranking.negatives);
    svg += fmt::format(R"(<path class="chance" d="M{:.1f} {:.1f}H{:.1f}"/>)", plot.x(0),
                       plot.y(rows > 0 ? static_cast<double>(ranking.positives) / rows : 0), plot.x(1));
}

void append_roc(std::string& svg, const Ranking& ranking, const Plot& plot) {
    append_frame(svg, plot);
    append_horizontal(svg, plot, 0.5, "");
    append_vertical(svg, plot, on_log_axis(0.001), "");
    append_vertical(svg, plot, on_log_axis(0.01), "");
    append_vertical(svg, plot, on_log_axis(0.1), "");
    append_text(svg, plot.x(0), plot.y(0) + 13, "start", ".01 %");
    append_text(svg, plot.x(0.5), plot.y(0) + 13, "middle", "1 %");
    append_text(svg, plot.x(1), plot.y(0) + 13, "end", "100 %");
    std::vector<CurvePoint> points;
    for (const CurvePoint& point : ranking.roc) points.push_back({on_log_axis(point.x), point.y});
    append_curve(svg, plot, points, "orange");
    std::string chance;  // Recall equal to the rate of false alarms: a curve on this axis.
    for (int step = 0; step <= 20; ++step) {
        const double rate = std::pow(kLeastFalseAlarms, 1 - step / 20.0);
        chance += fmt::format("{}{:.1f} {:.1f}", step ? "L" : "M", plot.x(step / 20.0), plot.y(rate));
    }
    svg += fmt::format(R"(<path class="chance" d="{}"/>)", chance);
}

std::string begin_svg(double width, double height, std::string_view css_class, std::string_view label) {
    return fmt::format(R"(<svg class="{2}" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}" role="img" )"
                       R"(aria-label="{3}">)",
                       width, height, css_class, escape_html(label));
}

std::string short_count(std::uint64_t count) {
    return count < 1'000 ? base::grouped(count)
                         : fmt::format("{:.{}f}k", static_cast<double>(count) / 1'000, count < 10'000 ? 1 : 0);
}

void append_reliability_bin(std::string& svg, const ReliabilityBin& bin, const Plot& plot, const Plot& below,
                            std::size_t number, std::uint64_t most) {
    if (bin.rows == 0) return;
    const double width = below.width / static_cast<double>(kReliabilityBins);
    const double height =
        below.height * std::log1p(static_cast<double>(bin.rows)) / std::log1p(static_cast<double>(most));
    const double left = below.left + width * static_cast<double>(number);
    svg += fmt::format(R"(<rect class="rest" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)", left + 2,
                       below.top + below.height - height, width - 4, height);
    append_text(svg, left + width / 2, below.top + below.height - height - 3, "middle", short_count(bin.rows));
    const double right = static_cast<double>(bin.correct) / static_cast<double>(bin.rows);
    const Interval interval = wilson_interval(bin.correct, bin.rows);
    svg += fmt::format(
        R"(<g><title>{} rows, {:.3f} probable on average, {:.3f} right</title>)"
        R"(<path class="interval" d="M{:.1f} {:.1f}V{:.1f}"/><circle class="dot blue" cx="{:.1f}" cy="{:.1f}" r="4"/></g>)",
        base::grouped(bin.rows), bin.mean_confidence, right, plot.x(bin.mean_confidence), plot.y(interval.low),
        plot.y(interval.high), plot.x(bin.mean_confidence), plot.y(right));
}

}  // namespace

std::string ranking_svg(const Ranking& ranking) {
    const auto number = [](const std::optional<double>& figure) {
        return figure ? fmt::format("{:.4f}", *figure) : std::string("–");
    };
    std::string svg = begin_svg(244, 154, "ranking", "Precision over recall, and ROC, of " + ranking.name);
    append_text(svg, 14, 12, "start", cut_name(ranking.name, 32), "label");
    append_text(svg, 14, 27, "start", fmt::format("AP {}", number(ranking.average_precision)), "tick strong-tick");
    append_text(svg, 134, 27, "start", fmt::format("AUC {}", number(ranking.area)), "tick strong-tick");
    append_precision_recall(svg, ranking, {14, 34, 102, 100});
    append_roc(svg, ranking, {134, 34, 102, 100});
    return svg + "</svg>";
}

std::string reliability_svg(const Reliability& reliability) {
    const Plot plot{44, 10, 380, 230}, below{44, 262, 380, 44};
    std::string svg = begin_svg(440, 340, "reliability", "Reliability: share that is right over probability given");
    append_frame(svg, plot);
    for (const double share : {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}) {
        append_horizontal(svg, plot, share, fmt::format("{:.0f} %", 100 * share));
        append_vertical(svg, plot, share, "");
        append_text(svg, below.x(share), 319, "middle", fmt::format("{:.0f} %", 100 * share));
    }
    append_text(svg, plot.x(0.5), 335, "middle", "probability given to the answer", "tick");
    append_text(svg, plot.x(0) + 8, plot.y(1) + 16, "start", "share that is right", "tick");
    svg += fmt::format(R"(<path class="chance" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>)", plot.x(0), plot.y(0), plot.x(1),
                       plot.y(1));
    std::uint64_t most = 1;
    for (const ReliabilityBin& bin : reliability.bins) most = std::max(most, bin.rows);
    for (std::size_t b = 0; b < reliability.bins.size(); ++b)
        append_reliability_bin(svg, reliability.bins[b], plot, below, b, most);
    return svg + "</svg>";
}

std::string learning_svg(std::span<const LearningPoint> points) {
    if (points.empty()) return "<p>No curve: too few rows.</p>";
    double lowest = 1;
    for (const LearningPoint& point : points) lowest = std::min(lowest, point.macro_f1);
    const double bottom = std::max(0.0, std::floor((lowest - 0.02) * 10) / 10);
    const auto first = static_cast<double>(points.front().rows), last = static_cast<double>(points.back().rows);
    const double octaves = std::max(std::log2(last / first), 1e-9);
    const Plot plot{44, 10, 380, 230};
    std::string svg = begin_svg(460, 290, "learning", "Learning curve: macro-F1 over training rows");
    append_frame(svg, plot);
    for (int step = 0; step <= 5; ++step)
        append_horizontal(svg, plot, step / 5.0, fmt::format("{:.2f}", bottom + (1 - bottom) * step / 5));
    std::vector<CurvePoint> curve;
    for (const LearningPoint& point : points)
        curve.push_back({0.04 + 0.92 * std::log2(static_cast<double>(point.rows) / first) / octaves,
                         (point.macro_f1 - bottom) / (1 - bottom)});
    append_curve(svg, plot, curve, "blue");
    for (std::size_t i = 0; i < points.size(); ++i) {
        svg += fmt::format(R"(<circle class="dot blue" cx="{:.1f}" cy="{:.1f}" r="4"/>)", plot.x(curve[i].x),
                           plot.y(curve[i].y));
        const double above = plot.y(curve[i].y) < plot.top + 20 ? 18 : -9;
        append_text(svg, plot.x(curve[i].x), plot.y(curve[i].y) + above, "middle",
                    fmt::format("{:.3f}", points[i].macro_f1), "count");
        append_text(svg, plot.x(curve[i].x), plot.y(0) + 14, "middle", short_count(points[i].rows));
    }
    append_text(svg, plot.x(0.5), plot.y(0) + 32, "middle", "rows learnt from");
    return svg + "</svg>";
}

}  // namespace flowsift::learn
