#include "learn/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/terminal.h"
#include "learn/report_charts.h"
#include "learn/report_style.h"

namespace flowsift::learn {
namespace {

constexpr double kWeakF1 = 0.8;  // Below this a class is named among what not to trust.

std::size_t averaged_classes(const Evaluation& evaluation) {
    return static_cast<std::size_t>(std::count_if(evaluation.classes.begin(), evaluation.classes.end(),
                                                  [](const ClassFigures& f) { return f.is_averaged; }));
}

std::uint64_t largest_support(const Evaluation& evaluation) {
    std::uint64_t most = 1;
    for (const ClassFigures& figures : evaluation.classes) most = std::max(most, figures.support);
    return most;
}

std::string lead_sentence(const Report& report) {
    const Evaluation& e = report.evaluation;
    std::string text = fmt::format(
        "Of {} flows the model named {} correctly, {:.2f} %. Averaged over the {} classes with at least {} row{}, F1 "
        "is "
        "{:.3f}",
        base::grouped(e.rows), base::grouped(e.correct), e.accuracy * 100, averaged_classes(e), e.minimum_support,
        e.minimum_support == 1 ? "" : "s", e.macro_f1);
    if (report.baseline)
        text += fmt::format("; the least that learns anything, {}, reaches {:.3f}", report.baseline->description,
                            report.baseline->macro_f1);
    return text + ".";
}

/// What not to trust, in the order of weight: the caller's remarks, classes too small or unknown, weak ones.
std::vector<std::string> warnings(const Report& report) {
    std::vector<std::string> sentences = report.remarks;
    for (std::string& sentence : caveats(report.evaluation)) sentences.push_back(std::move(sentence));
    for (const ClassFigures& f : report.evaluation.classes)
        if (f.is_averaged && f.is_known && f.f1 < kWeakF1)
            sentences.push_back(fmt::format("{} is weak: {} of {} flows found, and {} of {} flows so named are.",
                                            f.name, base::grouped(f.correct), base::grouped(f.support),
                                            base::grouped(f.correct), base::grouped(f.predicted)));
    if (report.baseline && report.baseline->macro_f1 > 0.9 * report.evaluation.macro_f1)
        sentences.push_back(
            fmt::format("One split does nearly as well ({}): this data is too easy to tell a good model "
                        "from a poor one.",
                        report.baseline->description));
    return sentences;
}

void append_header(std::string& html, const Report& report) {
    html += fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{0} · flowsift</title>"
        "<style>{1}</style></head>\n<body><main><header><p class=\"kind\">flowsift evaluation</p><h1>{0}</h1>"
        "<p class=\"soft\">{2}</p></header>\n<p class=\"lead\">{3}</p>\n",
        escape_html(report.title), kReportStyle, escape_html(report.subject), escape_html(lead_sentence(report)));
}

void append_tile(std::string& html, std::string_view name, const std::string& figure, const std::string& beside) {
    html += fmt::format(R"(<div class="tile"><div class="name">{}</div><div class="figure">{}</div>)"
                        R"(<div class="beside">{}</div></div>)",
                        name, figure, escape_html(beside));
}

void append_tiles(std::string& html, const Report& report) {
    const Evaluation& e = report.evaluation;
    const auto stump = [&](double Baseline::*figure) {
        return report.baseline ? fmt::format("stump {:.4f}", (*report.baseline).*figure) : std::string("no baseline");
    };
    const Interval interval = wilson_interval(e.correct, e.rows);
    html += "<div class=\"tiles\">";
    append_tile(html, "Macro-F1", fmt::format("{:.4f}", e.macro_f1), stump(&Baseline::macro_f1));
    append_tile(html, "Accuracy", fmt::format("{:.4f}", e.accuracy),
                fmt::format("{} · 95 % {:.3f}–{:.3f}", stump(&Baseline::accuracy), interval.low, interval.high));
    append_tile(html, "Flows", base::grouped(e.rows), fmt::format("{} wrong", base::grouped(e.rows - e.correct)));
    append_tile(html, "Classes judged", fmt::format("{} of {}", averaged_classes(e), e.classes.size()),
                fmt::format("at least {} row{} each", e.minimum_support, e.minimum_support == 1 ? "" : "s"));
    html += "</div>\n";
}

void append_warnings(std::string& html, const Report& report) {
    const auto sentences = warnings(report);
    if (sentences.empty()) return;
    html += "<section class=\"trust\"><h2>Before you trust these figures</h2><ul>";
    for (const std::string& sentence : sentences) html += "<li>" + escape_html(sentence) + "</li>";
    html += "</ul></section>\n";
}

std::string measure_cells(double value, std::string_view css_class, std::optional<Interval> interval = {}) {
    return fmt::format(R"(<td class="number">{:.4f}</td><td class="of-bar">{}</td>)", value,
                       bar_svg({value, css_class, interval, {}}));
}

void append_class_row(std::string& html, const ClassFigures& f, std::size_t number, std::uint64_t largest) {
    const char* const tag = !f.is_known      ? R"(<span class="tag">unknown to the model</span>)"
                            : f.support == 0 ? R"(<span class="tag">no rows</span>)"
                            : f.is_averaged  ? ""
                                             : R"(<span class="tag">too small</span>)";
    html += fmt::format(R"(<tr{}><td class="number soft">{}</td><td class="name">{}{}</td>)",
                        f.is_averaged ? "" : R"( class="small")", number, escape_html(f.name), tag);
    html += measure_cells(f.precision, "precision");
    html += measure_cells(f.recall, "recall",
                          f.support ? std::optional(wilson_interval(f.correct, f.support)) : std::nullopt);
    html += measure_cells(f.f1, "f1");
    html += fmt::format(R"(<td class="number">{}</td><td class="of-bar">{}</td></tr>)", base::grouped(f.support),
                        bar_svg({static_cast<double>(f.support) / static_cast<double>(largest), "rest", {}, {}}));
    html += '\n';
}

void append_summary_rows(std::string& html, const Report& report) {
    const Evaluation& e = report.evaluation;
    const std::optional<double> mark = report.baseline ? std::optional(report.baseline->macro_f1) : std::nullopt;
    const auto row = [&](std::string_view name, double accuracy, double f1, const Bar& bar) {
        html +=
            fmt::format(R"(<tr class="mean"><td></td><td class="name" colspan="5">{} <span class="soft">· accuracy )"
                        R"({:.4f}</span></td><td class="number">{:.4f}</td><td class="of-bar">{}</td>)"
                        R"(<td class="number">{}</td><td></td></tr>)",
                        escape_html(name), accuracy, f1, bar_svg(bar), base::grouped(e.rows));
    };
    row("Mean of the judged classes", e.accuracy, e.macro_f1, {e.macro_f1, "f1", {}, mark});
    if (const auto& b = report.baseline)
        row("Baseline: " + b->description, b->accuracy, b->macro_f1, {b->macro_f1, "rest", {}, {}});
}

void append_classes(std::string& html, const Report& report) {
    html +=
        "<h2>Classes</h2>\n<p class=\"caption\">Precision: of the flows so named, how many are. Recall: of the flows "
        "that are, how many were found; the line over the bar is its 95 % confidence interval. F1: their harmonic "
        "mean.</p>\n<div class=\"scroll\"><table><thead><tr><th class=\"number\">#</th><th>Class</th>";
    for (const char* name : {"Precision", "Recall", "F1", "Rows"})
        html += fmt::format(R"(<th class="number">{}</th><th></th>)", name);
    html += "</tr></thead><tbody>\n";
    const std::uint64_t largest = largest_support(report.evaluation);
    for (std::size_t c = 0; c < report.evaluation.classes.size(); ++c)
        append_class_row(html, report.evaluation.classes[c], c + 1, largest);
    append_summary_rows(html, report);
    html += "</tbody></table></div>\n";
}

void append_confusion(std::string& html, const Evaluation& evaluation) {
    html +=
        "<h2>Confusion</h2>\n<p class=\"caption\">Each line is what the flows were, each column what the model said; "
        "the shade is the share of the line, the number the flows."
        "<span class=\"key b\"></span>recognised<span class=\"key o\"></span>mistaken</p>\n<div class=\"scroll\">";
    html += confusion_svg(evaluation) + "</div>\n";
}

void append_importance(std::string& html, const model::Provenance& provenance) {
    if (provenance.importance.empty()) return;
    html +=
        "<h2>What the model looks at</h2>\n<p class=\"caption\">Share of the impurity that splits on a feature take "
        "away in training (Gini). Features that say the same share it between them.</p>\n<div class=\"scroll\">";
    html += importance_svg(provenance.importance) + "</div>\n";
}

void append_fact(std::string& html, std::string_view name, std::string_view content, bool is_code = false) {
    const char* const tag = is_code ? "code" : "span";
    html += fmt::format("<tr><td>{0}</td><td><{2}>{1}</{2}></td></tr>", escape_html(name), escape_html(content), tag);
}

void append_inputs(std::string& html, std::string_view title, const std::vector<model::Provenance::Input>& inputs) {
    if (inputs.empty()) return;
    html += fmt::format(
        "<h2>{}</h2>\n<div class=\"scroll\"><table><thead><tr><th>File</th><th class=\"number\">Rows</th>"
        "<th>SHA-256</th></tr></thead><tbody>",
        title);
    for (const auto& input : inputs)
        html += fmt::format(R"(<tr><td class="name">{}</td><td class="number">{}</td><td><code>{}</code></td></tr>)",
                            escape_html(input.name), base::grouped(input.rows), escape_html(input.sha256));
    html += "</tbody></table></div>\n";
}

void append_provenance(std::string& html, const Report& report) {
    const model::Provenance& p = report.provenance;
    append_inputs(html, "Judged on", report.data);
    append_inputs(html, "Trained on", p.inputs);
    html += "<h2>The model</h2>\n<div class=\"facts\"><table><tbody>";
    append_fact(html, "SHA-256", report.model_hash, true);
    append_fact(html, "Made", p.created + (p.program_version.empty() ? "" : " by flowsift " + p.program_version));
    append_fact(html, "Assembly profile", report.profile);
    for (const auto& [name, value] : p.options) append_fact(html, name, value);
    for (const auto& [name, value] : p.metrics) append_fact(html, name + " when made", fmt::format("{:.4f}", value));
    html += "</tbody></table><table><tbody>";
    for (const auto& [name, rows] : p.class_rows) append_fact(html, name, base::grouped(rows) + " training rows");
    html += "</tbody></table></div>\n";
}

}  // namespace

std::string html_report(const Report& report) {
    std::string html;
    append_header(html, report);
    append_tiles(html, report);
    append_warnings(html, report);
    append_classes(html, report);
    append_confusion(html, report.evaluation);
    append_importance(html, report.provenance);
    append_provenance(html, report);
    html +=
        "<footer>Figures hold for flows like those judged here. Traffic of another network, or of next month, is "
        "another question: judge on that too.</footer></main></body></html>\n";
    return html;
}

}  // namespace flowsift::learn
