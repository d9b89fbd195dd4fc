#include "learn/report_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/terminal.h"
#include "learn/report_charts.h"
#include "learn/report_curves.h"
#include "learn/report_style.h"

namespace flowsift::learn {
namespace {

constexpr std::size_t kMostSources = 200;

void append_class_row(std::string& html, const ClassFigures& f, std::size_t number, std::uint64_t largest) {
    const char* const tag = !f.is_known      ? R"(<span class="tag">unknown to the model</span>)"
                            : f.support == 0 ? R"(<span class="tag">no rows</span>)"
                            : f.is_averaged  ? ""
                                             : R"(<span class="tag">too small</span>)";
    const auto interval = [](std::uint64_t part, std::uint64_t whole) {
        return whole ? std::optional(wilson_interval(part, whole)) : std::nullopt;
    };
    html += fmt::format(R"(<tr{}><td class="number soft">{}</td><td class="name">{}{}</td>)",
                        f.is_averaged ? "" : R"( class="small")", number, escape_html(f.name), tag);
    append_measure(html, f.precision, "precision", interval(f.correct, f.predicted));
    append_measure(html, f.recall, "recall", interval(f.correct, f.support));
    append_measure(html, f.f1, "f1", f.support ? std::optional(f1_interval(f)) : std::nullopt);
    html += fmt::format(R"(<td class="number">{}</td><td class="of-bar">{}</td></tr>)", base::grouped(f.support),
                        bar_svg({static_cast<double>(f.support) / static_cast<double>(largest), "rest", {}, {}}));
    html += '\n';
}

void append_summary_rows(std::string& html, const Evaluation& e, const std::optional<Baseline>& baseline) {
    const std::optional<double> mark = baseline ? std::optional(baseline->macro_f1) : std::nullopt;
    const auto row = [&](std::string_view name, double accuracy, double f1, const Bar& bar) {
        html +=
            fmt::format(R"(<tr class="mean"><td></td><td class="name" colspan="5">{} <span class="soft">· accuracy )"
                        R"({:.4f}</span></td><td class="number">{:.4f}</td><td class="of-bar">{}</td>)"
                        R"(<td class="number">{}</td><td></td></tr>)",
                        escape_html(name), accuracy, f1, bar_svg(bar), base::grouped(e.rows));
    };
    row("Mean of the judged classes", e.accuracy, e.macro_f1, {e.macro_f1, "f1", {}, mark});
    if (baseline)
        row("Baseline: " + baseline->description, baseline->accuracy, baseline->macro_f1,
            {baseline->macro_f1, "rest", {}, {}});
}

}  // namespace

void append_page_begin(std::string& html, const PageHead& head) {
    html += fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{0} · flowsift</title>"
        "<style>{1}</style></head>\n<body><main><header><p class=\"kind\">{2}</p><h1>{0}</h1>"
        "<p class=\"soft\">{3}</p></header>\n",
        escape_html(head.title), kReportStyle, escape_html(head.kind), escape_html(head.subject));
    if (!head.lead.empty()) html += fmt::format("<p class=\"lead\">{}</p>\n", escape_html(head.lead));
}

void append_page_end(std::string& html, std::string_view closing_words) {
    html += fmt::format("<footer>{}</footer></main></body></html>\n", escape_html(closing_words));
}

void append_tile(std::string& html, std::string_view name, std::string_view figure, std::string_view beside) {
    html += fmt::format(R"(<div class="tile"><div class="name">{}</div><div class="figure">{}</div>)"
                        R"(<div class="beside">{}</div></div>)",
                        escape_html(name), escape_html(figure), escape_html(beside));
}

void append_alarm_tiles(std::string& html, const Alarms& alarms, double benign_flows_per_day) {
    append_tile(
        html, "Attacks noticed", fmt::format("{:.2f} %", 100 * alarms.recall()),
        fmt::format("{} of {} flows, as any attack", base::grouped(alarms.found), base::grouped(alarms.attacks)));
    const DailyAlerts daily = daily_false_alerts(alarms, benign_flows_per_day);
    append_tile(html, "False alerts a day", alarms.benign ? whole_number(daily.expected) : "–",
                alarms.benign ? fmt::format("95 % {} to {} · of {} benign flows", whole_number(daily.interval.low),
                                            whole_number(daily.interval.high), whole_number(benign_flows_per_day))
                              : "no benign flow was judged");
}

void append_sentences(std::string& html, std::string_view title, const std::vector<std::string>& sentences) {
    if (sentences.empty()) return;
    html += fmt::format("<section class=\"trust\"><h2>{}</h2><ul>", escape_html(title));
    for (const std::string& sentence : sentences) html += "<li>" + escape_html(sentence) + "</li>";
    html += "</ul></section>\n";
}

void append_heading(std::string& html, std::string_view title, std::string_view caption) {
    html += fmt::format("<h2>{}</h2>\n<p class=\"caption\">{}</p>\n", escape_html(title), escape_html(caption));
}

void append_measure(std::string& html, double value, std::string_view css_class, std::optional<Interval> interval) {
    html += fmt::format(R"(<td class="number">{:.4f}</td><td class="of-bar">{}</td>)", value,
                        bar_svg({value, css_class, interval, {}}));
}

void append_classes(std::string& html, const Evaluation& evaluation, const std::optional<Baseline>& baseline) {
    append_heading(
        html, "Classes",
        "Precision: of the flows so named, how many are. Recall: of the flows that are, how many were found. "
        "F1: their harmonic mean. The line over a bar is the 95 % confidence interval (Wilson).");
    html += "<div class=\"scroll\"><table><thead><tr><th class=\"number\">#</th><th>Class</th>";
    for (const char* name : {"Precision", "Recall", "F1", "Rows"})
        html += fmt::format(R"(<th class="number">{}</th><th></th>)", name);
    html += "</tr></thead><tbody>\n";
    const std::uint64_t largest = largest_support(evaluation);
    for (std::size_t c = 0; c < evaluation.classes.size(); ++c)
        append_class_row(html, evaluation.classes[c], c + 1, largest);
    append_summary_rows(html, evaluation, baseline);
    html += "</tbody></table></div>\n";
}

void append_confusion(std::string& html, const Evaluation& evaluation) {
    html +=
        "<h2>Confusion</h2>\n<p class=\"caption\">Each line is what the flows were, each column what the model said; "
        "the shade is the share of the line, the number the flows."
        "<span class=\"key b\"></span>recognised<span class=\"key o\"></span>mistaken</p>\n<div class=\"scroll\">";
    html += confusion_svg(evaluation) + "</div>\n";
}

void append_rankings(std::string& html, std::span<const Ranking> rankings) {
    if (rankings.empty()) return;
    html +=
        "<h2>Each class against the rest</h2>\n<p class=\"caption\">What raising or lowering the bar for an alert "
        "would do."
        "<span class=\"keyed\"><span class=\"key b\"></span>precision over recall, AP its area</span>"
        "<span class=\"keyed\"><span class=\"key o\"></span>recall over the rate of false alarms (ROC, logarithmic), "
        "AUC its area on plain axes</span> Dashed: chance. The weakest come first.</p>\n<div class=\"cards\">";
    std::vector<const Ranking*> order;
    for (const Ranking& ranking : rankings) order.push_back(&ranking);
    std::stable_sort(order.begin(), order.end(), [](const Ranking* a, const Ranking* b) {
        return a->average_precision.value_or(0) < b->average_precision.value_or(0);
    });
    for (const Ranking* ranking : order) html += ranking_svg(*ranking);
    html += "</div>\n";
}

void append_reliability(std::string& html, const Reliability& reliability) {
    append_heading(
        html, "Do probabilities mean what they say?",
        fmt::format("Of the flows whose answer was given 70 % probability, 70 % should be right: dots on "
                    "the dashed line. Vertical lines: 95 % confidence intervals; below, how many flows, on a "
                    "logarithmic scale. Expected calibration error {:.4f}.",
                    reliability.expected_error));
    html += "<div class=\"scroll\">" + reliability_svg(reliability) + "</div>\n";
}

void append_sources(std::string& html, std::span<const SourceFigures> sources) {
    if (sources.size() < 2) return;
    append_heading(html, "By source",
                   "The same answers, file by file: a mean can hide a capture on which the model fails. Macro-F1 is "
                   "over the classes of that file.");
    html +=
        "<div class=\"scroll\"><table><thead><tr><th>Source</th><th class=\"number\">Flows</th>"
        "<th class=\"number\">Accuracy</th><th></th><th class=\"number\">Macro-F1</th><th></th></tr></thead><tbody>\n";
    for (std::size_t i = 0; i < std::min(sources.size(), kMostSources); ++i) {
        const Evaluation& e = sources[i].evaluation;
        html += fmt::format(R"(<tr><td class="name">{}</td><td class="number">{}</td>)", escape_html(sources[i].name),
                            base::grouped(e.rows));
        append_measure(html, e.accuracy, "precision", wilson_interval(e.correct, e.rows));
        append_measure(html, e.macro_f1, "f1");
        html += "</tr>\n";
    }
    html += "</tbody></table></div>\n";
    if (sources.size() > kMostSources)
        html += fmt::format("<p class=\"caption\">And {} more; the JSON output holds them.</p>\n",
                            sources.size() - kMostSources);
}

void append_importance(std::string& html, std::span<const std::pair<std::string, double>> importance) {
    if (importance.empty()) return;
    append_heading(
        html, "What the model looks at",
        "Share of what splits on a feature gain in training: impurity taken away in a forest (Gini), loss in "
        "boosting. Features that say the same share it between them.");
    html += "<div class=\"scroll\">" + importance_svg(importance) + "</div>\n";
}

void append_permutation(std::string& html, std::span<const std::pair<std::string, double>> drops) {
    if (drops.empty()) return;
    append_heading(html, "What the model cannot do without",
                   "Points of macro-F1 that it loses on held-out flows once the values of a feature are shuffled among "
                   "them. Of features that say the same one stands in for the other, and neither is missed.");
    html += "<div class=\"scroll\">" + importance_svg(drops) + "</div>\n";
}

void append_inputs(std::string& html, std::string_view title, const std::vector<model::Provenance::Input>& inputs) {
    if (inputs.empty()) return;
    html += fmt::format(
        "<h2>{}</h2>\n<div class=\"scroll\"><table><thead><tr><th>File</th><th class=\"number\">Rows</th>"
        "<th>SHA-256</th></tr></thead><tbody>",
        escape_html(title));
    for (const auto& input : inputs)
        html += fmt::format(R"(<tr><td class="name">{}</td><td class="number">{}</td><td><code>{}</code></td></tr>)",
                            escape_html(input.name), base::grouped(input.rows), escape_html(input.sha256));
    html += "</tbody></table></div>\n";
}

std::string whole_number(double count) {
    return base::grouped(static_cast<std::uint64_t>(std::llround(count)));
}

std::uint64_t largest_support(const Evaluation& evaluation) {
    std::uint64_t most = 1;
    for (const ClassFigures& figures : evaluation.classes) most = std::max(most, figures.support);
    return most;
}

}  // namespace flowsift::learn
