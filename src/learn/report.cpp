#include "learn/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/terminal.h"
#include "learn/report_charts.h"
#include "learn/report_page.h"

namespace flowsift::learn {
namespace {

constexpr double kWeakF1 = 0.8;  // Below this a class is named among what not to trust.

std::size_t averaged_classes(const Evaluation& evaluation) {
    return static_cast<std::size_t>(std::count_if(evaluation.classes.begin(), evaluation.classes.end(),
                                                  [](const ClassFigures& f) { return f.is_averaged; }));
}

std::string lead_sentence(const Report& report) {
    const Evaluation& e = report.judgement.forest;
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
    for (std::string& sentence : caveats(report.judgement.forest)) sentences.push_back(std::move(sentence));
    for (const ClassFigures& f : report.judgement.forest.classes)
        if (f.is_averaged && f.is_known && f.f1 < kWeakF1)
            sentences.push_back(fmt::format("{} is weak: {} of {} flows found, and {} of {} flows so named are.",
                                            f.name, base::grouped(f.correct), base::grouped(f.support),
                                            base::grouped(f.correct), base::grouped(f.predicted)));
    if (report.baseline && report.baseline->macro_f1 > 0.9 * report.judgement.forest.macro_f1)
        sentences.push_back(
            fmt::format("One split does nearly as well ({}): this data is too easy to tell a good model "
                        "from a poor one.",
                        report.baseline->description));
    return sentences;
}

void append_tiles(std::string& html, const Report& report) {
    const Evaluation& e = report.judgement.forest;
    const auto stump = [&](double Baseline::*figure) {
        return report.baseline ? fmt::format("stump {:.4f}", (*report.baseline).*figure) : std::string("no baseline");
    };
    const Interval interval = wilson_interval(e.correct, e.rows);
    html += "<div class=\"tiles three\">";
    append_tile(html, "Macro-F1", fmt::format("{:.4f}", e.macro_f1), stump(&Baseline::macro_f1));
    append_tile(html, "Accuracy", fmt::format("{:.4f}", e.accuracy),
                fmt::format("{} · 95 % {:.3f}–{:.3f}", stump(&Baseline::accuracy), interval.low, interval.high));
    append_tile(html, "Flows", base::grouped(e.rows), fmt::format("{} wrong", base::grouped(e.rows - e.correct)));
    append_tile(html, "Classes judged", fmt::format("{} of {}", averaged_classes(e), e.classes.size()),
                fmt::format("at least {} row{} each", e.minimum_support, e.minimum_support == 1 ? "" : "s"));
    if (report.judgement.alarms) append_alarm_tiles(html, *report.judgement.alarms, report.benign_flows_per_day);
    html += "</div>\n";
}

void append_fact(std::string& html, std::string_view name, std::string_view content, bool is_code = false) {
    const char* const tag = is_code ? "code" : "span";
    html += fmt::format("<tr><td>{0}</td><td><{2}>{1}</{2}></td></tr>", escape_html(name), escape_html(content), tag);
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
    const ThoroughJudgement& judgement = report.judgement;
    const std::string lead = lead_sentence(report);
    std::string html;
    append_page_begin(html, {"flowsift evaluation", report.title, report.subject, lead});
    append_tiles(html, report);
    append_sentences(html, "Before you trust these figures", warnings(report));
    append_classes(html, judgement.forest, report.baseline);
    append_confusion(html, judgement.forest);
    append_rankings(html, judgement.rankings);
    if (!judgement.rankings.empty()) append_reliability(html, judgement.reliability);
    append_sources(html, judgement.sources);
    append_importance(html, report.provenance.importance);
    append_provenance(html, report);
    append_page_end(html,
                    "Figures hold for flows like those judged here. Traffic of another network, or of next month, is "
                    "another question: judge on that too.");
    return html;
}

}  // namespace flowsift::learn
