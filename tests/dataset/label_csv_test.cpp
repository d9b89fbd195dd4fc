#include "dataset/label_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dataset/temporary_file.h"

namespace flowsift::dataset {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

constexpr const char* kHeader =
    "Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Label,Capture,End Reason,Assembly "
    "Profile\n";

LabelRules rules_of(const char* toml) {
    auto rules = LabelRules::parse(toml, "rules.toml");
    EXPECT_TRUE(rules) << rules.error().message;
    return *rules;
}

LabelRules scan_rules() {
    return rules_of(
        "version = 1\n[[rule]]\nlabel = 'BENIGN'\ncapture = 'train*'\n[[rule]]\nlabel = 'Scan, fast'\nsource = "
        "'10.0.0.66'\n");
}

const std::string kFlows = std::string(kHeader) +
                           "x,10.0.0.66,1,10.0.0.2,80,6,2026-11-23 10:00:00,5,NeedManualLabel,train.pcap,fin,default\n"
                           "x,10.0.0.5,1,10.0.0.2,80,6,2026-11-23 10:00:00,5,old,train.pcap,fin,default\r\n"
                           "x,10.0.0.5,1,10.0.0.2,53,17,2026-11-23 10:00:01,\"a,\"\"b\",old,other.pcap,fin,default\n";

const std::string kLabelled =
    std::string(kHeader) +
    "x,10.0.0.66,1,10.0.0.2,80,6,2026-11-23 10:00:00,5,\"Scan, fast\",train.pcap,fin,default\n"
    "x,10.0.0.5,1,10.0.0.2,80,6,2026-11-23 10:00:00,5,BENIGN,train.pcap,fin,default\n"
    "x,10.0.0.5,1,10.0.0.2,53,17,2026-11-23 10:00:01,\"a,\"\"b\",NeedManualLabel,other.pcap,fin,default\n";

TEST(LabelCsv, SetsTheLabelAndLeavesTheRest) {
    const TemporaryFile input(kFlows), output("before");
    const auto summary = label_csv(scan_rules(), input.path(), output.path());
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(output.content(), kLabelled);
    EXPECT_EQ(input.content(), kFlows);
    EXPECT_EQ(summary->rows, 3U);
    EXPECT_THAT(summary->labelled, ElementsAre(Pair("BENIGN", 1), Pair("Scan, fast", 1)));
    EXPECT_EQ(summary->unlabelled, 1U);
    EXPECT_THAT(summary->examples, ElementsAre("line 4: 10.0.0.5 port 1 to 10.0.0.2 port 53, protocol 17, "
                                               "2026-11-23 10:00:01.000000"));
}

TEST(LabelCsv, TheOutputMayBeTheInput) {
    const TemporaryFile file(kFlows);
    ASSERT_TRUE(label_csv(scan_rules(), file.path(), file.path()));
    EXPECT_EQ(file.content(), kLabelled);
    ASSERT_TRUE(label_csv(scan_rules(), file.path(), file.path()));
    EXPECT_EQ(file.content(), kLabelled);
}

TEST(LabelCsv, KeepsFiveExamplesAtMost) {
    std::string text = kHeader;
    for (int i = 0; i < 9; ++i) text += "x,10.0.0.5,1,10.0.0.2,80,6,2026-11-23 10:00:00,5,,other.pcap,fin,default\n";
    const TemporaryFile file(text);
    const auto summary = label_csv(scan_rules(), file.path(), file.path());
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->unlabelled, 9U);
    EXPECT_EQ(summary->examples.size(), 5U);
}

/// The error for a file, which must be left as it was, without a second file beside it.
std::string error_of(const std::string& text) {
    const TemporaryFile file(text);
    const auto summary = label_csv(scan_rules(), file.path(), file.path());
    EXPECT_EQ(file.content(), text);
    EXPECT_FALSE(std::filesystem::exists(file.path() + ".partial"));
    return summary ? "no error" : summary.error().message;
}

TEST(LabelCsv, AFailureLosesNothing) {
    const std::string row = "x,10.0.0.5,1,10.0.0.2,80,6,2026-11-23 10:00:00,5,,a.pcap,fin,default\n";
    EXPECT_THAT(
        error_of(kHeader + row + "x,10.0.0.5,1\n"),
        AllOf(HasSubstr("line 3: this row has 3 cells and the header has 12"), HasSubstr("nothing was written")));
    EXPECT_THAT(error_of(kHeader + row + "x,10.0.0.555,1,10.0.0.2,80,6,2026-11-23 10:00:00,5,,a.pcap,fin,default\n"),
                HasSubstr("line 3: column 'Src IP' cannot be read: '10.0.0.555'"));
    EXPECT_THAT(error_of(kHeader + row + "\"x,10.0.0.5,1\n"), HasSubstr("line 3: a quote is never closed"));
    EXPECT_THAT(error_of("Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Label\n"), HasSubstr("has no Capture"));
    EXPECT_THAT(error_of("Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Capture\n"), HasSubstr("has no Label"));
    EXPECT_THAT(error_of("Src IP,Src Port,Dst IP,Dst Port,Protocol,Label,Capture\n"), HasSubstr("has no Timestamp"));
    EXPECT_THAT(error_of("Src IP,Src Port,Dst IP,Dst Port,Timestamp,Label,Capture\n"),
                HasSubstr("has no address, port"));
}

TEST(LabelCsv, SaysWhereItCannotWrite) {
    const TemporaryFile input(kFlows);
    const auto summary = label_csv(scan_rules(), input.path(), "/nonexistent/out.csv");
    ASSERT_FALSE(summary);
    EXPECT_THAT(summary.error().message, StartsWith("cannot write /nonexistent/out.csv.partial: No such file"));
}

}  // namespace
}  // namespace flowsift::dataset
