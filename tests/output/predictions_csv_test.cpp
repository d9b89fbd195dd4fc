#include "output/predictions_csv.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

const std::vector<std::string> kClasses = {"BENIGN", "Web Attack, XSS"};

TEST(PredictionsCsv, NamesTheFlowOfEveryVerdict) {
    const TemporaryFile file("predictions.csv");
    auto csv = PredictionsCsv::open(file.path(), {.classes = kClasses});
    ASSERT_TRUE(csv.ok());
    const std::vector<float> first = {0.9f, 0.1f}, third = {0, 1};
    const flow::FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 2);
    const detect::Verdict benign{0, 0.9f, first}, attack{1, 1.0f, third};
    (*csv)->on_flow({flow, {}}, &benign);
    (*csv)->on_flow({flow, {}}, nullptr);
    (*csv)->on_flow({flow, {}}, &attack);
    ASSERT_TRUE((*csv)->finish().ok());
    EXPECT_EQ(file.content(),
              "Row,Flow ID,Timestamp,Label,Probability,P(BENIGN),\"P(Web Attack, XSS)\",Novel\n"
              "1,10.0.0.1-10.0.0.2-1-2-6,2017-07-06 13:40:22.024349,BENIGN,0.9,0.9,0.1,0\n"
              "3,10.0.0.1-10.0.0.2-1-2-6,2017-07-06 13:40:22.024349,\"Web Attack, XSS\",1,0,1,0\n");
}

TEST(PredictionsCsv, NumbersTheRowsOfAFile) {
    const TemporaryFile file("rows.csv");
    auto csv = PredictionsCsv::open(
        file.path(),
        {.classes = kClasses, .rows = PredictionsCsv::Rows::kNumbered, .set_error = 0.1, .has_stages = true});
    ASSERT_TRUE(csv.ok());
    const std::vector<float> probabilities = {0.25f, 0.75f};
    // Ten held-out rows of the first class all got more than 0.25: 1 of 11 is not above a tenth. One of the second had
    // less than 0.75: 2 of 2.
    const model::ConformalScores scores{{std::vector<float>(10, 0.5f), {0.6f}}};
    const model::Stage early{.packets = 64, .conformal = scores}, whole;
    (*csv)->write(7, {1, 0.75f, probabilities, true, &whole});
    (*csv)->write(8, {1, 0.75f, probabilities, false, &early});
    ASSERT_TRUE((*csv)->finish().ok());
    EXPECT_EQ(file.content(),
              "Row,Label,Probability,P(BENIGN),\"P(Web Attack, XSS)\",Novel,Set,Stage\n"
              "7,\"Web Attack, XSS\",0.75,0.25,0.75,1,\"BENIGN | Web Attack, XSS\",end\n"
              "8,\"Web Attack, XSS\",0.75,0.25,0.75,0,\"Web Attack, XSS\",64\n");
}

}  // namespace
}  // namespace flowsift::output
