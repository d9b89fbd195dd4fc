#include "learn/report_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/terminal.h"
#include "learn/report_charts.h"

namespace flowsift::learn {
namespace {

constexpr double kBoxWidth = 200, kLeafHeight = 38, kGap = 2;

double percent(std::uint64_t part, std::uint64_t whole) {
    return whole ? 100 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

/// 3718412.5 as "3,718,412", 0.0000123 as "1.23e-05".
std::string threshold_text(float threshold) {
    const bool is_large = threshold >= 1'000 && threshold < 1e15F;
    return is_large ? base::grouped(static_cast<std::uint64_t>(threshold)) : fmt::format("{:.4g}", threshold);
}

/// Draws one surrogate.
class TreeFigure {
  public:
    TreeFigure(const Surrogate& surrogate, std::span<const std::string> feature_names,
               std::span<const std::pair<std::string, std::uint64_t>> classes)
        : surrogate_(surrogate),
          feature_names_(feature_names),
          classes_(classes),
          leaves_(surrogate.nodes.size(), 1),
          depth_(surrogate.nodes.size(), 0) {
        for (std::size_t i = 0; i < depth_.size(); ++i)
            if (const auto& node = surrogate.nodes[i]; !node.is_leaf)
                depth_[node.left] = depth_[node.left + 1] = depth_[i] + 1;
        for (std::size_t i = leaves_.size(); i-- > 0;)
            if (const auto& node = surrogate.nodes[i]; !node.is_leaf)
                leaves_[i] = leaves_[node.left] + leaves_[node.left + 1];
    }

    std::string draw() {
        const double columns = *std::max_element(depth_.begin(), depth_.end()) + 1;
        width_ = columns * kBoxWidth;
        svg_ = fmt::format(R"(<svg class="tree" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}" )"
                           R"(role="img" aria-label="Surrogate tree">)",
                           width_, leaves_[0] * kLeafHeight);
        append_box(0, 0, "all flows");
        return svg_ + "</svg>";
    }

  private:
    /// `top`: leaves above it. `answer`: what leads here.
    void append_box(std::size_t at, std::size_t top, const std::string& answer) {
        const Surrogate::Node& node = surrogate_.nodes[at];
        const double x = depth_[at] * kBoxWidth, y = static_cast<double>(top) * kLeafHeight;
        const double height = leaves_[at] * kLeafHeight - kGap;
        const double width = node.is_leaf ? width_ - x : kBoxWidth - kGap;
        svg_ += fmt::format(R"(<rect class="{}" x="{:.0f}" y="{:.0f}" width="{:.0f}" height="{:.0f}" rx="2"/>)",
                            node.is_leaf ? "tree-leaf" : "tree-box", x, y, width, height);
        std::string share = fmt::format("{} · {:.1f} %", answer, percent(node.rows, surrogate_.rows));
        if (node.is_leaf && node.rows > 0) share += fmt::format(" · {:.0f} % agree", percent(node.agreeing, node.rows));
        append_line(x, y + height / 2 - 4, "tick", share);
        if (node.is_leaf) {
            append_line(x, y + height / 2 + 11, "label strong-label", cut_name(classes_[node.label].first, 28));
            return;
        }
        append_line(x, y + height / 2 + 11, "label", cut_name(feature_names_[node.feature], 28));
        append_box(node.left, top, "≤ " + threshold_text(node.threshold));
        append_box(node.left + 1, top + static_cast<std::size_t>(leaves_[node.left]),
                   "> " + threshold_text(node.threshold));
    }

    void append_line(double x, double y, std::string_view css_class, const std::string& text) {
        svg_ +=
            fmt::format(R"(<text class="{}" x="{:.0f}" y="{:.1f}">{}</text>)", css_class, x + 9, y, escape_html(text));
    }

    const Surrogate& surrogate_;
    std::span<const std::string> feature_names_;
    std::span<const std::pair<std::string, std::uint64_t>> classes_;
    std::vector<int> leaves_;  ///< Below each node.
    std::vector<int> depth_;
    double width_ = 0;
    std::string svg_;
};

}  // namespace

std::string surrogate_svg(const Surrogate& surrogate, std::span<const std::string> feature_names,
                          std::span<const std::pair<std::string, std::uint64_t>> classes) {
    return surrogate.nodes.empty() ? std::string() : TreeFigure(surrogate, feature_names, classes).draw();
}

}  // namespace flowsift::learn
