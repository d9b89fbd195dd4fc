#include "learn/report_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/terminal.h"
#include "dataset/cell.h"

namespace flowsift::learn {
namespace {

constexpr std::size_t kMostMatrixClasses = 48;
constexpr std::size_t kMostFeatures = 20;
constexpr std::size_t kLongestLabel = 27;
constexpr double kPageWidth = 1'024;
constexpr double kDigitWidth = 6.4;  // Of a 10.5 px tabular digit, with room for fallback fonts.

/// Where the cells of a matrix are, in px: as large as the page allows, never so large that two classes look silly.
struct MatrixGrid {
    explicit MatrixGrid(const Evaluation& evaluation) : count(static_cast<double>(evaluation.classes.size())) {
        double longest = 6;
        for (const ClassFigures& figures : evaluation.classes)
            longest = std::max(longest, static_cast<double>(std::min(figures.name.size(), kLongestLabel)));
        left = 16 + 7 * longest;
        top = 16 + 4.3 * longest;  // The slanted names rise by the sine of their angle and lean out by the cosine.
        right = 5.5 * longest;
        width = std::clamp((kPageWidth - left - right) / count, 15.0, 96.0);
        height = std::clamp(width * 0.62, 15.0, 44.0);
    }

    double count, width = 0, height = 0;
    double left = 0, top = 0, right = 0;
    double total_width() const { return left + count * width + right; }
    double total_height() const { return top + count * height + 8; }
    double x(std::size_t column) const { return left + static_cast<double>(column) * width; }
    double y(std::size_t row) const { return top + static_cast<double>(row) * height; }
};

/// The count, or thousands, or nothing: whatever fits into the cell.
std::string cell_text(std::uint64_t count, double width) {
    const auto fits = [&](const std::string& text) {
        return static_cast<double>(text.size()) * kDigitWidth <= width - 3;
    };
    if (count == 0) return "";
    std::string exact = base::grouped(count), plain = std::to_string(count);
    if (fits(exact)) return exact;
    if (fits(plain)) return plain;
    const std::string thousands = std::to_string(count / 1'000) + "k";
    return count >= 10'000 && fits(thousands) ? thousands : "";
}

void append_labels(std::string& svg, const Evaluation& evaluation, const MatrixGrid& grid) {
    for (std::size_t c = 0; c < evaluation.classes.size(); ++c) {
        const ClassFigures& figures = evaluation.classes[c];
        const char* css_class = figures.is_averaged ? "label" : "label faint";
        const std::string name = escape_html(cut_name(figures.name, kLongestLabel));
        const double x = grid.x(c) + grid.width / 2, y = grid.y(c) + grid.height / 2;
        svg += fmt::format(R"(<text class="{}" text-anchor="end" x="{:.1f}" y="{:.1f}">{}</text>)", css_class,
                           grid.left - 10, y + 4, name);
        svg += fmt::format(R"svg(<text class="{}" transform="translate({:.1f} {:.1f}) rotate(-38)">{}</text>)svg",
                           css_class, x - 2, grid.top - 9, name);
    }
}

void append_cell(std::string& svg, const Evaluation& evaluation, const MatrixGrid& grid, std::size_t truth,
                 std::size_t said) {
    const std::uint64_t count = evaluation.confused(truth, said);
    const std::uint64_t support = evaluation.classes[truth].support;
    const double share = support ? static_cast<double>(count) / static_cast<double>(support) : 0;
    const bool is_right = truth == said;
    const double x = grid.x(said), y = grid.y(truth);
    svg += fmt::format(R"(<rect class="cell" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)", x, y,
                       grid.width - 2, grid.height - 2);
    if (count == 0) return;
    // A floor keeps one mistake among thousands visible.
    svg += fmt::format(R"(<g><title>{} {} {}: {} of {} ({:.2f} %)</title><rect class="{}" x="{:.1f}" y="{:.1f}" )"
                       R"(width="{:.1f}" height="{:.1f}" fill-opacity="{:.3f}"/>)",
                       escape_html(evaluation.classes[truth].name), is_right ? "recognised as" : "taken for",
                       escape_html(evaluation.classes[said].name), base::grouped(count), base::grouped(support),
                       share * 100, is_right ? "right" : "wrong", x, y, grid.width - 2, grid.height - 2,
                       0.05 + 0.95 * share);
    svg += fmt::format(R"(<text class="count{}" text-anchor="middle" x="{:.1f}" y="{:.1f}">{}</text></g>)",
                       share > 0.78 ? " strong" : "", x + grid.width / 2 - 1, y + grid.height / 2 + 2.8,
                       cell_text(count, grid.width));
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : dataset::to_utf8(text)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default: {
                const auto byte = static_cast<unsigned char>(c);
                if (byte < 0x20 || byte == 0x7f)
                    out += "\xef\xbf\xbd";
                else
                    out += c;
            }
        }
    }
    return out;
}

std::string cut_name(std::string_view name, std::size_t most) {
    std::string text = dataset::to_utf8(name);
    std::size_t taken = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
        if (taken++ == most) return text.substr(0, i) + "…";
    }
    return text;
}

std::string bar_svg(const Bar& bar) {
    constexpr double kWidth = 96;
    const auto x_of = [](double share) { return std::clamp(share, 0.0, 1.0) * kWidth; };
    std::string svg = fmt::format(R"(<svg class="bar" width="{0}" height="12" viewBox="0 0 {0} 12" aria-hidden="true">)"
                                  R"(<rect class="track" y="3" width="{0}" height="6" rx="1"/>)"
                                  R"(<rect class="{1}" y="3" width="{2:.2f}" height="6" rx="1"/>)",
                                  kWidth, bar.css_class, x_of(bar.value));
    if (bar.interval)
        svg += fmt::format(R"(<path class="interval" d="M{0:.2f} 6H{1:.2f}M{0:.2f} 3.5V8.5M{1:.2f} 3.5V8.5"/>)",
                           std::clamp(x_of(bar.interval->low), 0.5, kWidth - 0.5),
                           std::clamp(x_of(bar.interval->high), 0.5, kWidth - 0.5));
    if (bar.mark) svg += fmt::format(R"(<path class="mark" d="M{:.2f} 0V12"/>)", x_of(*bar.mark));
    return svg + "</svg>";
}

std::string confusion_svg(const Evaluation& evaluation) {
    const std::size_t n = evaluation.classes.size();
    if (n == 0 || n > kMostMatrixClasses)
        return fmt::format("<p>{} classes: too many to draw; the JSON output holds the matrix.</p>", n);
    const MatrixGrid grid(evaluation);
    std::string svg =
        fmt::format(R"(<svg class="matrix" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}" role="img" )"
                    R"(aria-label="Confusion matrix">)",
                    grid.total_width(), grid.total_height());
    append_labels(svg, evaluation, grid);
    for (std::size_t truth = 0; truth < n; ++truth)
        for (std::size_t said = 0; said < n; ++said) append_cell(svg, evaluation, grid, truth, said);
    return svg + "</svg>";
}

std::string importance_svg(std::span<const std::pair<std::string, double>> importance) {
    std::vector<std::pair<std::string, double>> bars(importance.begin(), importance.end());
    std::stable_sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    const bool is_cut = bars.size() > kMostFeatures + 1;
    if (is_cut) {
        double rest = 0;
        for (std::size_t i = kMostFeatures; i < bars.size(); ++i) rest += bars[i].second;
        const std::string name = fmt::format("the other {} features", bars.size() - kMostFeatures);
        bars.resize(kMostFeatures);
        bars.emplace_back(name, rest);
    }
    // The rest is told as a number: a bar of it would dwarf all others. The first bar is the longest.
    const double longest = bars.empty() ? 1 : std::max(bars.front().second, 1e-9);
    constexpr double kLeft = 210, kWidth = 560, kStep = 21;
    const double height = kStep * static_cast<double>(bars.size()) + 4;
    std::string svg = fmt::format(R"(<svg class="importance" viewBox="0 0 860 {0:.0f}" width="860" height="{0:.0f}" )"
                                  R"(role="img" aria-label="Feature importance">)",
                                  height);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const auto& [name, share] = bars[i];
        const bool is_rest = is_cut && i == kMostFeatures;
        const double y = kStep * static_cast<double>(i) + 4, width = is_rest ? 0 : kWidth * share / longest;
        svg += fmt::format(R"(<text class="label" text-anchor="end" x="{:.0f}" y="{:.1f}">{}</text>)", kLeft - 10,
                           y + 11, escape_html(cut_name(name, 30)));
        if (!is_rest)
            svg += fmt::format(R"(<rect class="precision" x="{:.0f}" y="{:.1f}" width="{:.2f}" height="14" rx="1"/>)",
                               kLeft, y, std::max(width, 0.5));
        svg += fmt::format(R"(<text class="count" x="{:.1f}" y="{:.1f}">{:.1f} %</text>)", kLeft + width + 7, y + 11,
                           share * 100);
    }
    return svg + "</svg>";
}

}  // namespace flowsift::learn
