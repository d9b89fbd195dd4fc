#include "learn/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/random.h"

namespace flowsift::learn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Names = std::vector<std::string>;
using Labels = std::vector<ClassIndex>;

Evaluation evaluate(const Names& data_classes, const Labels& truth, const Names& model_classes, const Labels& said,
                    std::uint64_t minimum_support = 1) {
    return evaluate_predictions({data_classes, truth, model_classes, said}, minimum_support);
}

TEST(Metrics, ThreeClassesByHand) {
    // truth  a a a a b b b c
    // said   a a b c b b a c   Confusion: a: 2 1 1; b: 1 2 0; c: 0 0 1.
    const Names names = {"a", "b", "c"};
    const Evaluation e = evaluate(names, {0, 0, 0, 0, 1, 1, 1, 2}, names, {0, 0, 1, 2, 1, 1, 0, 2});
    EXPECT_EQ(e.rows, 8U);
    EXPECT_EQ(e.correct, 5U);
    EXPECT_DOUBLE_EQ(e.accuracy, 5.0 / 8);
    EXPECT_THAT(e.confusion, ElementsAre(2, 1, 1, 1, 2, 0, 0, 0, 1));
    // a: precision 2/3, recall 2/4, F1 = 2*2/(4+3) = 4/7. b: 2/3, 2/3, 4/6. c: 1/2, 1/1, 2/3.
    EXPECT_DOUBLE_EQ(e.classes[0].precision, 2.0 / 3);
    EXPECT_DOUBLE_EQ(e.classes[0].recall, 0.5);
    EXPECT_DOUBLE_EQ(e.classes[0].f1, 4.0 / 7);
    EXPECT_DOUBLE_EQ(e.classes[1].f1, 2.0 / 3);
    EXPECT_DOUBLE_EQ(e.classes[2].precision, 0.5);
    EXPECT_DOUBLE_EQ(e.classes[2].recall, 1);
    EXPECT_DOUBLE_EQ(e.macro_f1, (4.0 / 7 + 2.0 / 3 + 2.0 / 3) / 3);
    EXPECT_FALSE(e.log_loss);
    EXPECT_THAT(caveats(e), IsEmpty());
}

TEST(Metrics, SmallClassesAreShownAndNotAveraged) {
    const Names names = {"a", "b"};
    const Evaluation e = evaluate(names, {0, 0, 0, 1}, names, {0, 0, 0, 0}, 2);
    // a: precision 3/4, recall 1, F1 6/7; b has one row only.
    EXPECT_DOUBLE_EQ(e.macro_f1, 6.0 / 7);
    EXPECT_TRUE(e.classes[0].is_averaged);
    EXPECT_FALSE(e.classes[1].is_averaged);
    EXPECT_THAT(caveats(e), ElementsAre("Too small to judge (under 2 rows), not averaged into macro-F1: b."));
}

TEST(Metrics, ClassesAreMatchedByName) {
    // The model knows its classes in another order, knows one that the data has not (x), and lacks one (new).
    const Names data = {"BENIGN", "new", "scan", "unused"}, model = {"scan", "x", "BENIGN", "silent"};
    const Evaluation e = evaluate(data, {0, 0, 1, 1, 2, 2}, model, {2, 1, 0, 2, 0, 0});
    ASSERT_EQ(e.classes.size(), 4U);  // neither "unused" nor "silent"
    EXPECT_EQ(e.classes[0].name, "BENIGN");
    EXPECT_EQ(e.classes[0].correct, 1U);
    EXPECT_EQ(e.classes[1].name, "new");
    EXPECT_FALSE(e.classes[1].is_known);
    EXPECT_EQ(e.classes[1].f1, 0);
    EXPECT_TRUE(e.classes[1].is_averaged);
    EXPECT_EQ(e.classes[2].name, "scan");
    EXPECT_EQ(e.classes[2].correct, 2U);
    EXPECT_EQ(e.classes[3].name, "x");
    EXPECT_EQ(e.classes[3].support, 0U);
    EXPECT_FALSE(e.classes[3].is_averaged);
    EXPECT_EQ(e.confused(0, 3), 1U);
    EXPECT_EQ(e.confused(1, 2), 1U);
    // F1: BENIGN 2/(2+2), new 0, scan 4/(2+3).
    EXPECT_DOUBLE_EQ(e.macro_f1, (0.5 + 0 + 0.8) / 3);
    EXPECT_THAT(caveats(e), ElementsAre("Predicted though no row is of it, not averaged: x.",
                                        "Unknown to the model, so every row of it counts as wrong: new."));
}

TEST(Metrics, LogLossByHand) {
    const Names data = {"a", "b", "c"}, model = {"b", "a"};
    const Labels truth = {0, 1, 2}, said = {1, 0, 0};
    const std::vector<float> probabilities = {0.25F, 0.75F, 0.5F, 0.5F, 1.0F, 0.0F};
    const Evaluation e = evaluate_predictions({data, truth, model, said, probabilities});
    // p(a) = 0.75, p(b) = 0.5, and c is unknown: clipped to 1e-15.
    EXPECT_NEAR(*e.log_loss, -(std::log(0.75) + std::log(0.5) + std::log(1e-15)) / 3, 1e-12);
}

TEST(Metrics, NoRowsGiveZerosAndNoCrash) {
    const Evaluation e = evaluate({"a"}, {}, {"a"}, {});
    EXPECT_EQ(e.accuracy, 0);
    EXPECT_EQ(e.macro_f1, 0);
    EXPECT_TRUE(e.classes.empty());
    EXPECT_THAT(to_text(e), HasSubstr("0 rows"));
}

TEST(Metrics, EqualTheDefinitionsOnRandomData) {
    base::Random random(5);
    const Names names = {"a", "b", "c", "d", "e"};
    Labels truth, said;
    for (int i = 0; i < 2'000; ++i) {
        truth.push_back(static_cast<ClassIndex>(random.below(random.below(5) + 1)));
        said.push_back(random.below(3) ? truth.back() : static_cast<ClassIndex>(random.below(5)));
    }
    const Evaluation e = evaluate(names, truth, names, said);
    double f1_sum = 0;
    for (ClassIndex c = 0; c < 5; ++c) {
        double hits = 0, is = 0, named = 0;
        for (std::size_t i = 0; i < truth.size(); ++i) {
            hits += truth[i] == c && said[i] == c;
            is += truth[i] == c;
            named += said[i] == c;
        }
        const double precision = hits / named, recall = hits / is;
        EXPECT_DOUBLE_EQ(e.classes[c].precision, precision);
        EXPECT_DOUBLE_EQ(e.classes[c].recall, recall);
        f1_sum += 2 * precision * recall / (precision + recall);
    }
    EXPECT_NEAR(e.macro_f1, f1_sum / 5, 1e-12);
}

TEST(Wilson, EqualsPublishedValues) {
    // R: prop.test(7, 20, correct = FALSE)$conf.int is 0.1811918 0.5671457 (score interval).
    const Interval interval = wilson_interval(7, 20);
    EXPECT_NEAR(interval.low, 0.1811918, 1e-6);
    EXPECT_NEAR(interval.high, 0.5671457, 1e-6);
    // Zero of n: low 0 and high z^2 / (n + z^2) = 3.8414588 / 13.8414588.
    EXPECT_EQ(wilson_interval(0, 10).low, 0);
    EXPECT_NEAR(wilson_interval(0, 10).high, 0.2775328, 1e-6);
    EXPECT_NEAR(wilson_interval(10, 10).low, 1 - 0.2775328, 1e-6);
    EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

TEST(Wilson, OfF1IsThatOfTheOverlap) {
    // 7 correct, 12 of the class, 15 said: 20 rows are one or the other, 7 both. The share 7/20 lies in 0.1811918 to
    // 0.5671457, and F1 = 2 j / (1 + j): 0.3067949 to 0.7237945. F1 itself: 14 / 27 = 2 * 0.35 / 1.35.
    const ClassFigures figures{.name = "a", .support = 12, .predicted = 15, .correct = 7, .f1 = 14.0 / 27};
    EXPECT_NEAR(f1_interval(figures).low, 0.3067949, 1e-6);
    EXPECT_NEAR(f1_interval(figures).high, 0.7237945, 1e-6);
    EXPECT_DOUBLE_EQ(figures.f1, 2 * 0.35 / 1.35);
    EXPECT_EQ(f1_interval({}).low, 0);
    EXPECT_EQ(f1_interval({}).high, 1);
}

TEST(Metrics, MacroF1FromAnotherSupport) {
    // F1: a 6/7 of three rows, b 0 of one.
    const Names names = {"a", "b"};
    const Evaluation e = evaluate(names, {0, 0, 0, 1}, names, {0, 0, 0, 0}, 2);
    EXPECT_DOUBLE_EQ(macro_f1_from(e, 2), e.macro_f1);
    EXPECT_DOUBLE_EQ(macro_f1_from(e, 1), (6.0 / 7 + 0) / 2);
    EXPECT_DOUBLE_EQ(macro_f1_from(e, 0), (6.0 / 7 + 0) / 2);
    EXPECT_EQ(macro_f1_from(e, 4), 0);
}

Evaluation many_classes(std::size_t count, const std::string& prefix, std::size_t rows_each) {
    Names names;
    Labels truth, said;
    for (std::size_t c = 0; c < count; ++c) {
        names.push_back(prefix + std::to_string(c));
        for (std::size_t i = 0; i < rows_each; ++i) {
            truth.push_back(static_cast<ClassIndex>(c));
            said.push_back(static_cast<ClassIndex>(i == 0 ? (c + 1) % count : c));
        }
    }
    return evaluate(names, truth, names, said, rows_each + 1);
}

std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        longest =
            std::max<std::size_t>(longest, static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
                                      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
                                  })));
    return longest;
}

TEST(Text, FitsIntoAHundredColumns) {
    for (const std::size_t classes : {2, 16, 30, 60}) {
        const std::string text =
            to_text(many_classes(classes, "Web Attack – a name that is far too long to print whole ", 2'000));
        EXPECT_LE(longest_line(text), 100U) << text;
        EXPECT_THAT(text, HasSubstr(classes <= 16 ? "Confusion (rows:" : "Most frequent confusions"));
    }
}

TEST(Text, NoClassNameDrivesTheTerminal) {
    const std::string text = to_text(many_classes(2, "\x1b[31mred\n", 3));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, HasSubstr("?[31mred?"));
}

TEST(Json, HoldsWhatTheEvaluationHolds) {
    const Evaluation e = many_classes(3, "c\"", 4);
    std::string out;
    base::JsonWriter json(out);
    write_json(e, json);
    const auto parsed = nlohmann::json::parse(out);
    EXPECT_EQ(parsed["rows"], 12);
    EXPECT_EQ(parsed["correct"], 9);
    EXPECT_DOUBLE_EQ(parsed["accuracy"], 0.75);
    EXPECT_EQ(parsed["classes"][2]["name"], "c\"2");
    EXPECT_EQ(parsed["classes"][2]["support"], 4);
    EXPECT_EQ(parsed["classes"][2]["averaged"], false);
    EXPECT_DOUBLE_EQ(parsed["classes"][2]["recall_interval"][0].get<double>(), wilson_interval(3, 4).low);
    EXPECT_EQ(parsed["confusion"], nlohmann::json::parse("[[3,1,0],[0,3,1],[1,0,3]]"));
    EXPECT_FALSE(parsed.contains("log_loss"));
}

}  // namespace
}  // namespace flowsift::learn
