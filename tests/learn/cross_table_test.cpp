#include "learn/cross_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/terminal.h"
#include "tests/learn/html_check.h"

namespace flowsift::learn {
namespace {

using testing::HasSubstr;

/// Two models, two data sets: learnt from, foreign, and one cell that could not be read.
CrossTable small_table() {
    // benign: 3 of 4 right, one called scan; scan: 1 of 2 found. Accuracy 4/6; F1: benign 6/(4+4), scan 2/(2+2).
    const std::vector<std::string> names = {"BENIGN", "scan"};
    const std::vector<ClassIndex> truth = {0, 0, 0, 0, 1, 1}, said = {0, 0, 0, 1, 1, 0};
    const Evaluation e = evaluate_predictions({names, truth, names, said});
    CrossTable table{.models = {"lab.fsm", "a model with a name that is far too long to print.fsm"},
                     .data = {"lab.csv", "office.csv"}};
    table.cells = {{.evaluation = e, .is_learnt = true},
                   {.evaluation = e},
                   {.missing = "no column <Flow Duration>"},
                   {.evaluation = e}};
    return table;
}

TEST(CrossTable, TextByHand) {
    const std::string text = to_text(small_table());
    EXPECT_THAT(text, HasSubstr("lab.fsm"));
    EXPECT_THAT(text, HasSubstr("          6    0.6667    0.6250   50.00 %       25.00 % *\n"));  // (0.75 + 0.5) / 2
    EXPECT_THAT(text, HasSubstr("no column <Flow Duration>"));
    EXPECT_THAT(text, HasSubstr("* the model has learnt from this data"));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(base::column_count(line), 100U) << line;
}

TEST(CrossTable, PageStandsAloneAndEscapes) {
    CrossTable table = small_table();
    table.data[1] = "<script>";
    const std::string html = html_report(table, {"a <b> remark"});
    expect_well_formed(html);
    expect_nothing_outside(html);
    EXPECT_THAT(html, HasSubstr("0.6250"));
    EXPECT_THAT(html, HasSubstr("25.00 % false alarms, 250,000 a day"));
    EXPECT_THAT(html, HasSubstr("learnt from it"));
}

TEST(CrossTable, JsonHoldsIt) {
    std::string text;
    base::JsonWriter json(text);
    write_json(small_table(), json);
    const auto parsed = nlohmann::json::parse(text);
    ASSERT_EQ(parsed["results"].size(), 4U);
    EXPECT_EQ(parsed["results"][0]["macro_f1"], 0.625);
    EXPECT_EQ(parsed["results"][0]["learnt_from_it"], true);
    EXPECT_EQ(parsed["results"][1]["data"], "office.csv");
    EXPECT_EQ(parsed["results"][2]["missing"], "no column <Flow Duration>");
    EXPECT_EQ(parsed["results"][3]["alarms"]["attack_recall"], 0.5);
}

}  // namespace
}  // namespace flowsift::learn
