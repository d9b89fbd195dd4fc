#include "learn/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "learn/report_charts.h"
#include "tests/learn/html_check.h"

namespace flowsift::learn {
namespace {

using testing::HasSubstr;
using testing::Not;

Report report_of(const std::vector<std::string>& classes, std::size_t rows_each) {
    std::vector<ClassIndex> truth, said;
    for (std::size_t c = 0; c < classes.size(); ++c)
        for (std::size_t i = 0; i < rows_each; ++i) {
            truth.push_back(static_cast<ClassIndex>(c));
            said.push_back(static_cast<ClassIndex>(i < rows_each / 2 ? 0 : c));
        }
    Report report;
    report.title = "lab.model on heldout.csv";
    report.subject = "A forest of 100 trees.";
    report.judgement.forest = evaluate_predictions({classes, truth, classes, said});
    report.judgement.alarms = count_alarms(report.judgement.forest);
    report.baseline = Baseline{"one split on Flow Duration", 0.5, 0.25};
    report.remarks = {"Rows were split at random."};
    report.data = {{"heldout.csv", "d1d1", 12'345}};
    report.provenance.inputs = {{"train.csv", "7a7a", 54'321}};
    report.provenance.options = {{"seed", "1"}};
    report.provenance.importance = {{"Flow Duration", 0.75}, {"Flow Bytes/s", 0.25}};
    report.provenance.class_rows = {{"BENIGN", 99}};
    report.model_hash = "ab12";
    report.profile = "default";
    return report;
}

std::vector<std::string> numbered(std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t c = 0; c < count; ++c) names.push_back("class " + std::to_string(c));
    return names;
}

TEST(Report, IsWellFormedForAnyNumberOfClasses) {
    for (const std::size_t classes : {1, 2, 16, 48, 49, 200})
        expect_well_formed(html_report(report_of(numbered(classes), 4)));
    expect_well_formed(html_report(Report{}));
}

TEST(Report, StandsAlone) {
    const std::string html = html_report(report_of(numbered(16), 4));
    expect_nothing_outside(html);
    EXPECT_THAT(html, HasSubstr("prefers-color-scheme:dark"));
}

TEST(Report, SaysWhatItFound) {
    // Two classes of four rows: all of "class 0" right, half of "class 1" taken for it. 6 of 8 correct; F1 are
    // 2*4/(4+6) = 0.8 and 2*2/(4+2) = 2/3, their mean 0.7333.
    const std::string html = html_report(report_of(numbered(2), 4));
    EXPECT_THAT(html, HasSubstr("Of 8 flows the model named 6 correctly, 75.00 %."));
    EXPECT_THAT(html, HasSubstr("Averaged over the 2 classes with at least 1 row, F1 is 0.733; the least that learns "
                                "anything, one split on Flow Duration, reaches 0.250."));
    EXPECT_THAT(html, HasSubstr("class 1 is weak: 2 of 4 flows found, and 2 of 2 flows so named are."));
    EXPECT_THAT(html, HasSubstr("class 1 taken for class 0: 2 of 4 (50.00 %)"));
    EXPECT_THAT(html, HasSubstr("<li>Rows were split at random.</li>"));
    EXPECT_THAT(html, HasSubstr("Baseline: one split on Flow Duration"));
    for (const char* fact : {"heldout.csv", "d1d1", "12,345", "train.csv", "7a7a", "54,321", "ab12", "75.0 %"})
        EXPECT_THAT(html, HasSubstr(fact));
}

TEST(Report, WarnsOfABaselineThatIsAsGood) {
    Report report = report_of(numbered(2), 4);
    EXPECT_THAT(html_report(report), Not(HasSubstr("too easy")));
    report.baseline->macro_f1 = 0.7;
    EXPECT_THAT(html_report(report), HasSubstr("too easy"));
    report.baseline.reset();
    EXPECT_THAT(html_report(report), Not(HasSubstr("Baseline:")));
}

TEST(Report, EscapesEverythingFromOutside) {
    const std::string evil = "</title><script>alert('1')</script>\"&\x1b\xff";
    Report report = report_of({evil, "b"}, 4);
    report.title = report.subject = report.model_hash = report.profile = evil;
    report.remarks = {evil};
    report.baseline->description = evil;
    report.data = report.provenance.inputs = {{evil, evil, 1}};
    report.provenance.options = {{evil, evil}};
    report.provenance.importance = {{evil, 1.0}};
    report.provenance.class_rows = {{evil, 1}};
    report.provenance.metrics = {{evil, 1}};
    report.provenance.created = report.provenance.program_version = evil;
    const std::string html = html_report(report);
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("\x1b")));
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
    expect_well_formed(html);
}

TEST(EscapeHtml, LeavesTextAndTamesTheRest) {
    EXPECT_EQ(escape_html("Web Attack – XSS"), "Web Attack – XSS");
    EXPECT_EQ(escape_html("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
    EXPECT_EQ(escape_html("\x96\n"), "\xe2\x80\x93\xef\xbf\xbd");
}

TEST(Charts, BarsNeverLeaveTheirTrack) {
    const std::string svg = bar_svg({1.7, "f1", Interval{-1, 2}, {}});
    EXPECT_THAT(svg, HasSubstr("class=\"f1\" y=\"3\" width=\"96.00\""));
    EXPECT_THAT(svg, HasSubstr("M0.50 6H95.50"));
}

TEST(Charts, ImportanceSumsUpTheSmallOnes) {
    std::vector<std::pair<std::string, double>> importance;
    for (int i = 0; i < 30; ++i) importance.emplace_back("feature " + std::to_string(i), i < 20 ? 0.04 : 0.02);
    const std::string svg = importance_svg(importance);
    EXPECT_THAT(svg, HasSubstr("the other 10 features"));
    EXPECT_THAT(svg, HasSubstr("20.0 %"));
    EXPECT_THAT(svg, Not(HasSubstr("feature 25")));
}

}  // namespace
}  // namespace flowsift::learn
