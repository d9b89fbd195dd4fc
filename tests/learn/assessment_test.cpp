#include "learn/assessment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/random.h"
#include "learn/assessment_report.h"
#include "tests/learn/html_check.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// 600 flows of two classes that "Flow Duration" tells apart with noise, and the port without: 40 five-tuples, a flow
/// per second.
dataset::Table flows_table() {
    base::Random random(3);
    dataset::Table table = table_of({{}, {}, {}}, {}, 2);
    table.classes = {"BENIGN", "scan"};
    for (const std::string_view name : {"Dst Port", "Flow Duration", "Total Fwd Packet"})
        table.schema.features.push_back(*features::find_feature(name));
    for (std::uint32_t row = 0; row < 600; ++row) {
        const ClassIndex label = static_cast<ClassIndex>(random.below(2));
        table.columns[0].push_back(label ? 22 : 80);
        table.columns[1].push_back(static_cast<float>(random.below(60) + 30U * label));
        table.columns[2].push_back(static_cast<float>(random.below(4)));
        table.labels.push_back(label);
        table.five_tuples.push_back(1 + row % 40);
        table.times.push_back((1 + base::Nanoseconds{row}) * 1'000'000'000);
        table.sources.push_back(row % 2);
    }
    table.source_names = {"a.csv", "b.csv"};
    return table;
}

AssessmentOptions small_options() {
    AssessmentOptions options;
    options.training.learner.forest.trees = 5;
    return options;
}

std::string json_of(const Assessment& assessment) {
    std::string text;
    base::JsonWriter json(text);
    write_json(assessment, json);
    return text;
}

TEST(Assessment, JudgesEverySplitAndAuditsFirst) {
    const auto assessed = assess(flows_table(), small_options(), {});
    ASSERT_TRUE(assessed) << assessed.error().message;
    ASSERT_EQ(assessed->splits.size(), 4U);
    for (const SplitAssessment& split : assessed->splits) {
        EXPECT_TRUE(split.is_made()) << split.missing;
        EXPECT_EQ(split.rows_trained + split.judgement.forest.rows, 600U);
        EXPECT_EQ(split.judgement.forest.macro_f1, 1);  // The port tells.
        ASSERT_TRUE(split.restrained);
        EXPECT_LT(split.restrained->forest.macro_f1, 0.95);  // Without it the durations overlap.
        EXPECT_EQ(split.judgement.sources.size(), 2U);
        EXPECT_EQ(split.judgement.rankings.size(), 2U);
    }
    EXPECT_EQ(assessed->trusted_split().name, "time");
    EXPECT_EQ(*assessed->splits[1].overlap.shared_pairs, 0U);
    EXPECT_GT(*assessed->splits[0].overlap.shared_pairs, 0U);
    ASSERT_EQ(assessed->suspects.size(), 1U);
    EXPECT_EQ(assessed->suspects[0].name, "Dst Port");
    ASSERT_FALSE(assessed->lone.empty());
    EXPECT_EQ(assessed->lone[0].feature, 0U);
    EXPECT_EQ(assessed->lone[0].f1, 1);
    ASSERT_EQ(assessed->learning_curve.size(), 5U);
    EXPECT_EQ(assessed->learning_curve.back().rows, assessed->splits[1].rows_trained);
    EXPECT_EQ(assessed->learning_curve.back().macro_f1, assessed->splits[1].judgement.forest.macro_f1);
    ASSERT_EQ(assessed->permutation.size(), 3U);
    for (const auto& [name, drop] : assessed->permutation) EXPECT_TRUE(drop >= 0 && drop <= 1) << name;
    EXPECT_GT(assessed->permutation[0].second, assessed->permutation[2].second);  // The port tells, packets do not.
    ASSERT_TRUE(assessed->surrogate);
    EXPECT_EQ(assessed->surrogate->fidelity(), 1);
    EXPECT_THAT(assessed->verdict, Contains(StartsWith("Without the suspicious column (Dst Port) macro-F1 is ")));
    EXPECT_THAT(assessed->verdict, Contains(HasSubstr("One feature alone gives 2 classes away")));
}

TEST(Assessment, IsTheSameOnAnyNumberOfThreads) {
    AssessmentOptions options = small_options();
    options.training.learner.forest.threads = 1;
    const std::string one = json_of(*assess(flows_table(), options, {}));
    options.training.learner.forest.threads = 3;
    EXPECT_EQ(json_of(*assess(flows_table(), options, {})), one);
}

TEST(Assessment, NamesTheSplitsThatTheDataDoesNotAllow) {
    dataset::Table table = flows_table();
    table.times.assign(table.rows(), 0);
    const auto without_times = assess(table, small_options(), {});
    ASSERT_TRUE(without_times);
    EXPECT_EQ(without_times->trusted_split().name, "five-tuple");
    EXPECT_THAT(without_times->splits[2].missing, HasSubstr("wants timestamps"));
    EXPECT_THAT(without_times->verdict.front(), HasSubstr("without times nobody can say"));

    table.five_tuples.assign(table.rows(), 0);
    const auto random_alone = assess(table, small_options(), {});
    ASSERT_TRUE(random_alone);
    EXPECT_EQ(random_alone->trusted_split().name, "stratified");
    EXPECT_THAT(random_alone->verdict.front(), StartsWith("Trust no figure here"));
    expect_well_formed(html_report(*random_alone, {}));
}

TEST(Assessment, TellsWhatBecomesOfAttacksNeverSeen) {
    // A third class begins after all others; the fourth split learns nothing of it.
    dataset::Table table = flows_table();
    table.classes = {"BENIGN", "scan", "worm"};
    for (std::size_t row = 480; row < 600; ++row) {
        table.labels[row] = 2;
        table.columns[0][row] = 22;  // Looks like a scan.
    }
    const auto assessed = assess(table, small_options(), {});
    ASSERT_TRUE(assessed);
    const SplitAssessment& cut = assessed->splits[3];
    EXPECT_THAT(cut.new_classes, ElementsAre("worm"));
    EXPECT_EQ(cut.new_rows, 120U);
    EXPECT_EQ(cut.new_found, 120U);
    EXPECT_TRUE(assessed->splits[0].new_classes.empty());
    EXPECT_THAT(assessed->verdict,
                Contains(StartsWith("Attacks that training never saw (worm) cannot be named; 100 % of their flows")));
}

TEST(Assessment, LooksAtWholeFlowsAlone) {
    dataset::Table table = flows_table();
    const std::string whole = json_of(*assess(table, small_options(), {}));
    const std::size_t rows = table.rows();
    for (auto& column : table.columns) column.insert(column.end(), rows, 1);
    table.labels.resize(2 * rows, 0);
    table.five_tuples.resize(2 * rows, 5);
    table.times.resize(2 * rows, 5);
    table.sources.resize(2 * rows, 0);
    table.depths.assign(rows, 0);
    table.depths.resize(2 * rows, 8);
    AssessmentOptions options = small_options();
    options.training.depths = {8};
    EXPECT_EQ(json_of(*assess(table, options, {})), whole);
}

TEST(Assessment, CanBeStopped) {
    std::uint64_t last = 0;
    const base::Progress half{[&](std::uint64_t done, std::uint64_t total) {
        EXPECT_GE(done, last);
        last = done;
        return done * 2 < total;
    }};
    AssessmentOptions options = small_options();
    options.training.learner.forest.threads = 1;
    const auto stopped = assess(flows_table(), options, half);
    ASSERT_FALSE(stopped);
    EXPECT_THAT(stopped.error().message, HasSubstr("stopped"));
    EXPECT_FALSE(assess(dataset::Table{}, small_options(), {}));
}

TEST(Assessment, PageStandsAloneAndEscapes) {
    const std::string evil = "</title><script>alert('1')</script>\"&\x1b";
    dataset::Table table = flows_table();
    table.classes = {evil, "scan"};
    table.source_names = {evil, "b"};
    const auto assessed = assess(table, small_options(), {});
    ASSERT_TRUE(assessed);
    const std::string html = html_report(*assessed, {evil, evil, {evil}, {{evil, evil, 1}}, evil});
    expect_well_formed(html);
    expect_nothing_outside(html);
    EXPECT_THAT(html, Not(HasSubstr("\x1b")));
    for (const char* section : {"What may be trusted", "The same training, judged by several splits",
                                "What the judged rows share with training", "Classes that one feature gives away",
                                "Suspicious columns", "The model in a few questions", "Would more rows help?",
                                "Each split in full", "Each class against the rest", "By source"})
        EXPECT_THAT(html, HasSubstr(section));
}

TEST(Assessment, JsonHoldsIt) {
    const auto assessed = assess(flows_table(), small_options(), {});
    const auto parsed = nlohmann::json::parse(json_of(*assessed));
    EXPECT_EQ(parsed["trusted_split"], "time");
    EXPECT_EQ(parsed["splits"].size(), 4U);
    EXPECT_EQ(parsed["splits"][0]["macro_f1"], 1.0);
    EXPECT_EQ(parsed["splits"][0]["overlap"]["tested"], 150);
    EXPECT_EQ(parsed["audit"]["suspects"][0]["feature"], "Dst Port");
    EXPECT_EQ(parsed["audit"]["surrogate"]["fidelity"], 1.0);
    EXPECT_EQ(parsed["learning_curve"].size(), 5U);
    EXPECT_EQ(parsed["verdict"].size(), assessed->verdict.size());
}

SplitAssessment split_of(const std::string& name, double macro_f1) {
    SplitAssessment split{.name = name, .title = name};
    split.judgement.forest.macro_f1 = macro_f1;
    return split;
}

TEST(Verdict, SaysWhichFigureToBelieveAndWhyTheOthersFlatter) {
    Assessment assessment;
    assessment.splits = {split_of("stratified", 0.94), split_of("five-tuple", 0.84), split_of("time", 0.43)};
    assessment.trusted = 2;
    assessment.splits[0].overlap = {.tested = 200, .twins = 50, .shared_pairs = 24, .neighbours = 180};
    assessment.splits[2].judgement.reliability.expected_error = 0.3;
    assessment.learning_curve = {{10, 0.5}, {20, 0.75}};
    assessment.splits[2].judgement.alarms = {.benign = 20, .false_alarms = 7, .attacks = 8, .found = 2};
    assessment.benign_flows_per_day = 2'000'000;
    // 0.94 - 0.43 = 0.51 and 0.84 - 0.43 = 0.41; 50, 24 and 180 of 200; alerts as in the test of Alarms; 2 of 8.
    EXPECT_THAT(
        verdict_of(assessment),
        ElementsAre(
            StartsWith("Trust the figure by time: macro-F1 0.43."),
            "The random figure, 0.94, is inflated by 0.51: 25 % of its judged rows have a twin in training, equal "
            "in every value, 12 % share their addresses and ports with a training row, 90 % begin within a "
            "second of a training row of their class.",
            "The five-tuple figure, 0.84, is inflated by 0.41.",
            "Of 2,000,000 benign flows a day expect some 700,000 false alerts (95 %: 362,384 to 1,134,291).",
            "25.0 % of the attack flows are noticed as an attack of some kind.",
            "Do not take probabilities at their word: they are off by 30.0 points on average.",
            "More rows would help: the last doubling won 0.250 in macro-F1."));
}

TEST(Verdict, SortsTheClasses) {
    // 100 rows found without a mistake: F1 surely above 0.9. 10 of 100: surely below 0.5. 5 rows: too small.
    Assessment assessment;
    assessment.splits = {split_of("time", 0.5)};
    auto& classes = assessment.splits[0].judgement.forest.classes;
    classes = {{.name = "good", .support = 100, .predicted = 100, .correct = 100},
               {.name = "poor", .support = 100, .predicted = 10, .correct = 10},
               {.name = "tiny", .support = 5, .predicted = 5, .correct = 5}};
    const auto verdict = verdict_of(assessment);
    EXPECT_THAT(verdict, Contains("Dependable, F1 surely above 0.9: good."));
    EXPECT_THAT(verdict, Contains("Not to be relied on, F1 surely below 0.5: poor."));
    EXPECT_THAT(verdict, Contains("Too small to judge, fewer than 30 rows held out: tiny."));
}

}  // namespace
}  // namespace flowsift::learn
