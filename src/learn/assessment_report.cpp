#include "learn/assessment_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/terminal.h"
#include "learn/audit_sections.h"
#include "learn/report_charts.h"
#include "learn/report_curves.h"
#include "learn/report_page.h"

namespace flowsift::learn {
namespace {

std::string shown(double figure) {
    return fmt::format("{:.4f}", figure);
}

std::string over_interval(const std::string& figure, const std::string& interval) {
    return fmt::format("{}<div class=\"soft fine\">{}</div>", figure, interval);
}

std::string daily_alerts_cell(const Alarms& alarms, double benign_flows_per_day) {
    const DailyAlerts daily = daily_false_alerts(alarms, benign_flows_per_day);
    return over_interval(whole_number(daily.expected),
                         whole_number(daily.interval.low) + "–" + whole_number(daily.interval.high));
}

void append_split_tiles(std::string& html, const Assessment& assessment) {
    html += "<div class=\"tiles three\">";
    for (const SplitAssessment& split : assessment.splits) {
        const bool is_trusted = &split == &assessment.trusted_split();
        const std::string beside = !split.is_made() ? split.missing
                                   : is_trusted
                                       ? "macro-F1 · the figure to believe"
                                       : fmt::format("macro-F1 · stump {:.4f}", split.judgement.baseline.macro_f1);
        append_tile(html, split.title, split.is_made() ? shown(split.judgement.forest.macro_f1) : "–", beside);
    }
    if (const auto& alarms = assessment.trusted_split().judgement.alarms)
        append_alarm_tiles(html, *alarms, assessment.benign_flows_per_day);
    html += "</div>\n";
}

void append_split_row(std::string& html, const Assessment& assessment, const SplitAssessment& split) {
    const bool is_trusted = &split == &assessment.trusted_split();
    html += fmt::format(R"(<tr{}><td class="name">{}<div class="soft fine">{}</div></td>)",
                        is_trusted ? R"( class="trusted")" : "", escape_html(split.title), escape_html(split.help));
    if (!split.is_made()) {
        html += fmt::format("<td colspan=\"9\" class=\"soft\">{}</td></tr>\n", escape_html(split.missing));
        return;
    }
    const Evaluation& e = split.judgement.forest;
    html += fmt::format(R"(<td class="number">{:.4f}</td><td class="of-bar">{}</td>)", e.macro_f1,
                        bar_svg({e.macro_f1, "precision", {}, split.judgement.baseline.macro_f1}));
    const auto cell = [&](const std::string& text) { html += "<td class=\"number\">" + text + "</td>"; };
    cell(shown(macro_f1_from(e, 1)));
    const Interval interval = wilson_interval(e.correct, e.rows);
    cell(over_interval(shown(e.accuracy), fmt::format("{:.3f}–{:.3f}", interval.low, interval.high)));
    cell(split.overlap.unseen.empty() ? "–" : shown(split.unseen.macro_f1));
    cell(split.restrained ? shown(split.restrained->forest.macro_f1) : "–");
    cell(shown(split.judgement.reliability.expected_error));
    const auto& alarms = split.judgement.alarms;
    cell(alarms && alarms->attacks ? fmt::format("{:.2f} %", 100 * alarms->recall()) : "–");
    cell(alarms && alarms->benign ? daily_alerts_cell(*alarms, assessment.benign_flows_per_day) : "–");
    html += "</tr>\n";
}

void append_splits(std::string& html, const Assessment& assessment) {
    append_heading(
        html, "The same training, judged by several splits",
        fmt::format("Macro-F1 averages the classes of at least {} held-out rows; the orange tick is what one split of "
                    "one feature reaches. Without twins: judged only by rows that equal no training row. Without "
                    "suspects: trained again without the suspicious columns. Alerts: of {} benign flows a day.",
                    assessment.minimum_support, whole_number(assessment.benign_flows_per_day)));
    html +=
        "<div class=\"scroll\"><table class=\"tight\"><thead><tr><th>Split</th>"
        "<th class=\"number\">Macro-F1</th><th></th>";
    for (const char* name : {"of all classes", "Accuracy", "without twins", "without suspects", "Calibration error",
                             "Attacks noticed", "False alerts a day"})
        html += fmt::format(R"(<th class="number">{}</th>)", name);
    html += "</tr></thead><tbody>\n";
    for (const SplitAssessment& split : assessment.splits) append_split_row(html, assessment, split);
    html += "</tbody></table></div>\n";
}

const ClassFigures* figures_of(const SplitAssessment& split, const std::string& name) {
    const auto& classes = split.judgement.forest.classes;
    const auto found = std::find_if(classes.begin(), classes.end(), [&](const auto& f) { return f.name == name; });
    return found == classes.end() ? nullptr : &*found;
}

void append_class_across(std::string& html, const Assessment& assessment, const std::string& name, std::uint64_t rows) {
    html += fmt::format(R"(<tr><td class="name">{}</td><td class="number">{}</td>)", escape_html(name),
                        base::grouped(rows));
    for (const SplitAssessment& split : assessment.splits) {
        const ClassFigures* const f = split.is_made() ? figures_of(split, name) : nullptr;
        if (!f || f->support == 0) {
            html += "<td class=\"number soft\">–</td><td class=\"of-bar\"></td>";
            continue;
        }
        html +=
            fmt::format(R"(<td class="number{}">{:.3f}</td><td class="of-bar">{}</td>)", f->is_averaged ? "" : " soft",
                        f->f1, bar_svg({f->f1, f->is_averaged ? "f1" : "rest", f1_interval(*f), {}}));
    }
    html += "</tr>\n";
}

void append_classes_across(std::string& html, const Assessment& assessment) {
    append_heading(html, "F1 of each class, split by split",
                   "The line over a bar is the 95 % confidence interval: where it is long, few rows were held out. "
                   "Grey: too small to judge.");
    html += "<div class=\"scroll\"><table><thead><tr><th>Class</th><th class=\"number\">Rows</th>";
    for (const SplitAssessment& split : assessment.splits)
        html += fmt::format(R"(<th class="number">{}</th><th></th>)", escape_html(split.title));
    html += "</tr></thead><tbody>\n";
    for (const auto& [name, rows] : assessment.class_rows)
        if (rows > 0) append_class_across(html, assessment, name, rows);
    html += "</tbody></table></div>\n";
}

void append_learning_curve(std::string& html, const Assessment& assessment) {
    if (assessment.learning_curve.empty()) return;
    append_heading(html, "Would more rows help?",
                   fmt::format("Macro-F1 on the same held-out rows (split: {}) after learning from a sixteenth, an "
                               "eighth … all of the training rows. Where the line still rises at its end, they would.",
                               assessment.learning_split));
    html += "<div class=\"scroll\">" + learning_svg(assessment.learning_curve) + "</div>\n";
}

/// Open for the split to believe, folded for the others.
void append_details(std::string& html, const Assessment& assessment, const SplitAssessment& split) {
    if (!split.is_made()) return;
    const Evaluation& e = split.judgement.forest;
    html += fmt::format(
        "<details{}><summary>{} <span class=\"soft\">· learnt from {} flows, judged on {} · macro-F1 "
        "{:.4f} · accuracy {:.4f}</span></summary>\n",
        &split == &assessment.trusted_split() ? " open" : "", escape_html(split.title),
        base::grouped(split.rows_trained), base::grouped(e.rows), e.macro_f1, e.accuracy);
    append_classes(
        html, e,
        Baseline{"one split of one feature", split.judgement.baseline.accuracy, split.judgement.baseline.macro_f1});
    append_confusion(html, e);
    append_rankings(html, split.judgement.rankings);
    append_reliability(html, split.judgement.reliability);
    append_sources(html, split.judgement.sources);
    html += "</details>\n";
}

}  // namespace

std::string html_report(const Assessment& assessment, const AssessmentPage& page) {
    std::string html;
    append_page_begin(html, {"flowsift assessment of a training run", page.title, page.subject, ""});
    append_sentences(html, "What may be trusted", assessment.verdict);
    append_split_tiles(html, assessment);
    append_splits(html, assessment);
    append_audit(html, assessment);
    append_classes_across(html, assessment);
    append_learning_curve(html, assessment);
    append_importance(html, assessment.importance);
    append_permutation(html, assessment.permutation);
    html += "<h2>Each split in full</h2>\n";
    for (const SplitAssessment& split : assessment.splits) append_details(html, assessment, split);
    append_inputs(html, "Data", page.data);
    append_sentences(html, "Notes of loading", page.remarks);
    append_page_end(html, fmt::format("Made by flowsift {}. Figures hold for flows like those judged here; traffic of "
                                      "another network is another question: evaluate on that too.",
                                      page.program_version));
    return html;
}

}  // namespace flowsift::learn
