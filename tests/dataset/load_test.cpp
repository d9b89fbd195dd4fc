#include "dataset/load.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "dataset/five_tuple.h"
#include "tests/dataset/temporary_file.h"

namespace flowsift::dataset {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Named {
    std::string name, text;
};

base::Result<LoadedTable> load(const std::vector<Named>& files, const LoadOptions& options = {}) {
    std::vector<CsvReader> readers;
    for (const Named& file : files) readers.push_back(CsvReader::from_text(file.text, file.name, options.limits));
    return load_csv(std::move(readers), options);
}

base::Result<LoadedTable> load(const std::string& text, const LoadOptions& options = {}) {
    return load({Named{"flows.csv", text}}, options);
}

std::string error_of(const base::Result<LoadedTable>& result) {
    return result ? "no error" : result.error().message;
}

std::vector<std::string_view> feature_names(const Table& table) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < table.schema.size(); ++i) names.push_back(table.schema.feature(i).name);
    return names;
}

std::vector<std::string> label_names(const Table& table) {
    std::vector<std::string> names;
    for (const ClassIndex label : table.labels) names.push_back(table.classes[label]);
    return names;
}

constexpr const char* kOwn =
    "Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Total Fwd Packet,Label,Assembly Profile\n"
    "10.0.0.1,4000,10.0.0.2,80,6,2026-11-23 10:00:00.000001,100,3,Flood,default\n"
    "10.0.0.2,80,10.0.0.1,4000,6,2026-11-23 10:00:01,200,4,BENIGN,default\n"
    "10.0.0.3,1,10.0.0.2,53,17,2026-11-23 10:00:02,0.5,1,Flood,default\n";

TEST(Load, ReadsValuesLabelsIdentitiesAndOrigins) {
    const auto loaded = load(kOwn);
    ASSERT_TRUE(loaded) << error_of(loaded);
    const Table& table = loaded->table;
    EXPECT_THAT(feature_names(table), ElementsAre("Protocol", "Flow Duration", "Total Fwd Packet"));
    EXPECT_EQ(table.schema.name, "custom");
    EXPECT_THAT(table.columns[0], ElementsAre(6, 6, 17));
    EXPECT_THAT(table.columns[1], ElementsAre(100, 200, 0.5));
    EXPECT_THAT(table.columns[2], ElementsAre(3, 4, 1));
    EXPECT_THAT(table.classes, ElementsAre("BENIGN", "Flood"));
    EXPECT_THAT(table.labels, ElementsAre(1, 0, 1));
    EXPECT_EQ(table.five_tuples[0], table.five_tuples[1]);
    EXPECT_NE(table.five_tuples[0], table.five_tuples[2]);
    features::FlowIdentity first_host;
    first_host.source = *base::parse_ip_address("10.0.0.1");
    EXPECT_EQ(table.hosts[0], host_of(first_host));
    EXPECT_NE(table.hosts[0], table.hosts[1]);
    // 2026-11-23 10:00:00 UTC is 1,795,428,000 s after the epoch (`date -u -d '2026-11-23 10:00' +%s`).
    EXPECT_EQ(table.times[0], 1'795'428'000'000'001'000);
    EXPECT_EQ(table.profile, "default");
    EXPECT_THAT(table.source_names, ElementsAre("flows.csv"));
    EXPECT_THAT(table.sources, ElementsAre(0, 0, 0));
    EXPECT_THAT(loaded->lines, ElementsAre(2, 3, 4));
    EXPECT_EQ(loaded->rows_read, 3U);
    EXPECT_THAT(loaded->notes, IsEmpty());
}

TEST(Load, MixesColumnOrdersAndSpellings) {
    const auto loaded = load({{"a.csv", "Flow Duration,Total Fwd Packet,Label\n1,2,A\n"},
                              {"b.csv", "Label, Total Fwd Packets, Flow Duration\nB,4,3\n"},
                              {"c.csv", "Tot Fwd Pkts,Label,Flow Duration\n6,A,5\n"}});
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(feature_names(loaded->table), ElementsAre("Flow Duration", "Total Fwd Packet"));
    EXPECT_THAT(loaded->table.columns[0], ElementsAre(1, 3, 5));
    EXPECT_THAT(loaded->table.columns[1], ElementsAre(2, 4, 6));
    EXPECT_THAT(label_names(loaded->table), ElementsAre("A", "B", "A"));
    EXPECT_THAT(loaded->table.sources, ElementsAre(0, 1, 2));
    EXPECT_EQ(loaded->table.profile, "cicflowmeter");
    EXPECT_THAT(loaded->table.five_tuples, ElementsAre(0, 0, 0));
    EXPECT_THAT(loaded->table.times, ElementsAre(0, 0, 0));
}

TEST(Load, TakesOnlyWhatAllFilesHave) {
    const auto loaded = load({{"a.csv", "Flow Duration,Total Fwd Packet,Label\n1,2,A\n"},
                              {"b.csv", "Flow IAT Mean,Flow Duration,Label\n9,3,B\n"}});
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(feature_names(loaded->table), ElementsAre("Flow Duration"));
    EXPECT_THAT(error_of(load({{"a.csv", "Total Fwd Packet,Label\n2,A\n"}, {"b.csv", "Flow IAT Mean,Label\n9,B\n"}})),
                HasSubstr("no feature column in common"));
}

TEST(Load, TheDoubledColumnIsReadOnceAndUnknownOnesAreNoted) {
    const auto loaded = load("Fwd Header Length,Fwd Header Length.1,Colour\xe9,Label\n1,7,red,A\n2,8,blue,B\n");
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(loaded->table.columns, ElementsAre(ElementsAre(1, 2)));
    EXPECT_THAT(loaded->notes, ElementsAre(AllOf(StartsWith("flows.csv: ignored 2"), HasSubstr("Fwd Header Length.1"),
                                                 HasSubstr("Colour\xc3\xa9"))));
}

TEST(Load, ForeignFilesDoNotTeachWhatTheyDefineOtherwise) {
    const std::string foreign = "Flow Duration,Active Mean,Label\n1,2,A\n3,4,B\n";
    const auto loaded = load(foreign);
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(feature_names(loaded->table), ElementsAre("Flow Duration"));
    EXPECT_THAT(loaded->notes, Contains(HasSubstr("Active Mean")));
    LoadOptions named;
    named.features.also = {"Active Mean"};
    EXPECT_THAT(feature_names(load(foreign, named)->table), ElementsAre("Flow Duration", "Active Mean"));
    const auto own = load("Flow Duration,Active Mean,Label,Assembly Profile\n1,2,A,default\n3,4,B,default\n");
    EXPECT_THAT(feature_names(own->table), ElementsAre("Flow Duration", "Active Mean"));
}

TEST(Load, SelectsFeaturesByName) {
    const std::string text = "Flow Duration,Total Fwd Packet,Total TCP Flow Time,Label\n1,2,3,A\n4,5,6,B\n";
    const auto names = [&](const FeatureChoice& choice) {
        LoadOptions options;
        options.features = choice;
        const auto loaded = load(text, options);
        return loaded ? fmt::format("{}", fmt::join(feature_names(loaded->table), "|")) : error_of(loaded);
    };
    EXPECT_EQ(names({}), "Flow Duration|Total Fwd Packet");
    EXPECT_EQ(names({{}, {"total tcp flow time"}, {}}), "Flow Duration|Total Fwd Packet|Total TCP Flow Time");
    EXPECT_EQ(names({{"Tot Fwd Pkts"}, {}, {}}), "Total Fwd Packet");
    EXPECT_EQ(names({{}, {}, {"Flow Duration"}}), "Total Fwd Packet");
    EXPECT_THAT(names({{"Flow Durration"}, {}, {}}), HasSubstr("did you mean 'Flow Duration'?"));
    EXPECT_THAT(names({{}, {}, {"qqqqqqqqqqqq"}}), HasSubstr("`flowsift features` lists them"));
    EXPECT_THAT(names({{}, {"Dst IP"}, {}}), HasSubstr("'Dst IP' is not a feature"));
    EXPECT_THAT(names({{"Flow IAT Mean"}, {}, {}}), HasSubstr("'Flow IAT Mean' is not in every input"));
    EXPECT_THAT(names({{}, {}, {"Flow Duration", "Total Fwd Packet"}}), HasSubstr("no feature column in common"));
}

TEST(Load, ASchemaFixesTheColumns) {
    LoadOptions options;
    options.schema = features::Schema{
        "custom", {*features::find_feature("Total Fwd Packet"), *features::find_feature("Flow Duration")}};
    const auto loaded = load(kOwn, options);
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(loaded->table.columns, ElementsAre(ElementsAre(3, 4, 1), ElementsAre(100, 200, 0.5)));
    EXPECT_THAT(error_of(load("Flow Duration,Label\n1,A\n2,B\n", options)),
                HasSubstr("flows.csv lacks the column 'Total Fwd Packet'"));
}

constexpr const char* kGaps =
    "Flow Duration,Total Fwd Packet,Label\n"
    "10,1,A\n"
    "NaN,2,B\n"
    "30,Infinity,A\n"
    "20,,B\n"
    "60,7,A\n";

TEST(Load, DropsRowsWithGapsByDefault) {
    const auto loaded = load(kGaps);
    ASSERT_FALSE(loaded);  // only A is left
    EXPECT_THAT(error_of(loaded), HasSubstr("all 2 rows bear the one label 'A'"));
    LoadOptions options;
    options.needs_two_classes = false;
    const auto judged = load(kGaps, options);
    ASSERT_TRUE(judged) << error_of(judged);
    EXPECT_THAT(judged->table.columns, ElementsAre(ElementsAre(10, 60), ElementsAre(1, 7)));
    EXPECT_THAT(judged->lines, ElementsAre(2, 6));
    EXPECT_EQ(judged->rows_missing, 3U);
    EXPECT_THAT(judged->notes, ElementsAre("flows.csv: dropped 3 row(s) with missing or infinite values; the first is "
                                           "line 3, column 'Flow Duration': 'NaN'"));
}

TEST(Load, FillsGapsWithTheMedianOrZero) {
    LoadOptions options;
    options.missing = MissingPolicy::kMedian;
    auto loaded = load(kGaps, options);
    ASSERT_TRUE(loaded) << error_of(loaded);
    // Medians: of 10, 20, 30, 60 it is 25; of 1, 2, 7 it is 2.
    EXPECT_THAT(loaded->table.columns, ElementsAre(ElementsAre(10, 25, 30, 20, 60), ElementsAre(1, 2, 2, 2, 7)));
    EXPECT_EQ(loaded->cells_imputed, 3U);
    EXPECT_THAT(loaded->notes, ElementsAre("filled 3 missing or infinite cell(s) with the median of their column"));
    options.missing = MissingPolicy::kZero;
    loaded = load(kGaps, options);
    EXPECT_THAT(loaded->table.columns, ElementsAre(ElementsAre(10, 0, 30, 20, 60), ElementsAre(1, 2, 0, 0, 7)));
}

TEST(Load, AColumnWithoutAnyNumberBecomesZero) {
    LoadOptions options;
    options.missing = MissingPolicy::kMedian;
    const auto loaded = load("Flow Duration,Total Fwd Packet,Label\n1,,A\n2,NaN,B\n", options);
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(loaded->table.columns[1], ElementsAre(0, 0));
}

TEST(Load, MergesClasses) {
    LoadOptions options;
    options.merges = {{"Infiltration - Portscan", "Portscan"}, {"Nothing", "Else"}};
    const auto loaded = load(
        "Flow Duration,Label\n1,Portscan\n2, Infiltration - Portscan\n3,BENIGN\n4,Infiltration - Portscan \n", options);
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(loaded->table.classes, ElementsAre("BENIGN", "Portscan"));
    EXPECT_THAT(loaded->table.labels, ElementsAre(1, 1, 0, 1));
    EXPECT_THAT(loaded->notes, ElementsAre("merged 2 row(s) of class 'Infiltration - Portscan' into 'Portscan'",
                                           "no row bears the class 'Nothing' that was to be merged into 'Else'"));
}

TEST(Load, LabelsOfTheOriginalFilesBecomeUtf8) {
    const auto loaded = load("Flow Duration,Label\n1,Web Attack \x96 XSS\n2,BENIGN\n3,Web Attack \xe2\x80\x93 XSS\n");
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(loaded->table.classes, ElementsAre("BENIGN", "Web Attack \xe2\x80\x93 XSS"));
    EXPECT_THAT(loaded->table.labels, ElementsAre(1, 0, 1));
}

TEST(Load, RowsOfLiveFlowsAreLeftOut) {
    const auto ends = load(
        "Flow Duration,Label,End Reason,Assembly Profile,Checkpoint\n"
        "1,A,checkpoint,default,8\n2,B,checkpoint,default,8\n3,A,checkpoint,default,1s\n4,A,fin,default,\n5,B,rst,"
        "default,\n");
    ASSERT_TRUE(ends) << error_of(ends);
    EXPECT_THAT(ends->table.columns, ElementsAre(ElementsAre(4, 5)));
    EXPECT_EQ(ends->rows_live, 3U);
    EXPECT_THAT(ends->notes,
                ElementsAre("flows.csv: left out 3 row(s) of flows that went on (checkpoints); the first is "
                            "line 2"));
}

// After 8 packets; after a second, when it had had 3 + 2; of unknown depth, for its packets are no number.
TEST(Load, KeepsRowsOfLiveFlowsWithTheirDepth) {
    LoadOptions options;
    options.keeps_live = true;
    options.features.only = {"Flow Duration"};
    options.missing = MissingPolicy::kZero;
    const auto loaded = load(
        "Flow Duration,Total Fwd Packet,Total Bwd packets,Label,Assembly Profile,Checkpoint\n"
        "1,5,3,A,default,8\n2,3,2,B,default,1s\n3,x,2,B,default,1s\n4,9,9,A,default,\n5,9,9,B,default,\n",
        options);
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(loaded->table.columns, ElementsAre(ElementsAre(1, 2, 4, 5)));
    EXPECT_THAT(loaded->table.depths, ElementsAre(8, 5, 0, 0));
    EXPECT_EQ(loaded->rows_live, 1U);
    EXPECT_THAT(rows_of_depth(loaded->table, 5), ElementsAre(1));
    EXPECT_THAT(rows_of_depths(loaded->table, 5, 5), ElementsAre(1));
    EXPECT_THAT(rows_of_depths(loaded->table, 6, UINT64_MAX), testing::Not(testing::Contains(1)));
    EXPECT_THAT(select_rows(loaded->table, {2, 0}).depths, ElementsAre(0, 8));
}

TEST(Load, LearnsFromTheFeaturesOfASchema) {
    LoadOptions options;
    options.features.among = features::find_schema("tcp").value();
    const std::string header =
        "Flow Duration,Fwd Handshake RTT,Bwd Handshake RTT,Fwd Retransmissions,Bwd Retransmissions,"
        "Fwd Out Of Order,Bwd Out Of Order,Fwd Zero Windows,Bwd Zero Windows,Fwd Duplicate ACKs,";
    const auto loaded =
        load(header + "Bwd Duplicate ACKs,Label\n1,2,3,4,5,6,7,8,9,10,11,A\n2,3,4,5,6,7,8,9,10,11,12,B\n", options);
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_EQ(loaded->table.schema.size(), 10U);
    EXPECT_EQ(loaded->table.schema.feature(0).name, "Fwd Handshake RTT");
    const auto lacking = load(header + "Label\n1,2,3,4,5,6,7,8,9,10,A\n2,3,4,5,6,7,8,9,10,11,B\n", options);
    EXPECT_THAT(error_of(lacking), HasSubstr("'Bwd Duplicate ACKs' is not in every input"));
}

TEST(Load, ABadRowCostsItselfOnly) {
    const auto loaded = load(
        "Flow Duration,Total Fwd Packet,Label\n1,2,A\n1,2\n1,2,3,4\nx\x1b,2,A\n\"3\"4,2,A\n,,\n5,6,B\n7,8,\n9,10,"
        "NeedManualLabel\n");
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(loaded->table.columns, ElementsAre(ElementsAre(1, 5), ElementsAre(2, 6)));
    EXPECT_EQ(loaded->rows_read, 9U);
    EXPECT_EQ(loaded->rows_bad, 4U);
    EXPECT_EQ(loaded->rows_unlabelled, 2U);
    EXPECT_EQ(loaded->rows_empty, 1U);
    EXPECT_THAT(
        loaded->notes,
        ElementsAre("flows.csv: skipped 4 row(s) that cannot be read; the first is line 3: it has 2 cells and "
                    "the header has 3",
                    "flows.csv: left out 2 row(s) without a label; the first is line 9", "skipped 1 empty row(s)"));
}

TEST(Load, ARowWithoutReadableOriginStillTeaches) {
    const auto loaded = load(
        "Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Label\n"
        "nobody,1,10.0.0.1,2,6,2026-11-23 10:00:00,5,A\n10.0.0.1,1,10.0.0.2,2,6,yesterday,6,B\n");
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_EQ(loaded->table.five_tuples[0], 0U);
    EXPECT_NE(loaded->table.times[0], 0);
    EXPECT_NE(loaded->table.five_tuples[1], 0U);
    EXPECT_EQ(loaded->table.times[1], 0);
    EXPECT_THAT(loaded->notes, ElementsAre(AllOf(HasSubstr("2 address or time"), HasSubstr("line 2, column 'Src IP': "
                                                                                           "'nobody'"))));
}

TEST(Load, TheFlowIdStandsInForAddressColumns) {
    const auto loaded = load("Flow ID,Flow Duration,Label\n10.0.0.1-10.0.0.2-1-2-6,5,A\n10.0.0.2-10.0.0.1-2-1-6,6,B\n");
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_EQ(loaded->table.five_tuples[0], five_tuple_of(*parse_flow_id("10.0.0.1-10.0.0.2-1-2-6")));
    EXPECT_EQ(loaded->table.five_tuples[0], loaded->table.five_tuples[1]);
}

TEST(Load, ProfilesAreNotMixedUnlessAsked) {
    const std::vector<Named> files = {{"own.csv", kOwn}, {"foreign.csv", "Flow Duration,Label\n1,A\n"}};
    EXPECT_THAT(error_of(load(files)),
                AllOf(StartsWith("foreign.csv, line 2: "), HasSubstr("'cicflowmeter'"), HasSubstr("'default'")));
    LoadOptions options;
    options.may_mix_profiles = true;
    const auto loaded = load(files, options);
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_EQ(loaded->table.profile, "mixed");
    EXPECT_EQ(loaded->table.rows(), 4U);
}

TEST(Load, UnlabelledRowsAreKeptOnRequest) {
    LoadOptions options;
    options.needs_labels = false;
    options.needs_two_classes = false;
    const auto loaded = load("Flow Duration\n1\n2\n", options);
    ASSERT_TRUE(loaded) << error_of(loaded);
    EXPECT_THAT(label_names(loaded->table), ElementsAre("NeedManualLabel", "NeedManualLabel"));
}

TEST(Load, ErrorsAreOneClearSentence) {
    EXPECT_EQ(error_of(load("")), "flows.csv is empty; it should begin with a line of column names");
    EXPECT_THAT(error_of(load("Flow Duration,Label\n")), HasSubstr("holds a header and no rows"));
    EXPECT_THAT(error_of(load("Flow Duration\n1\n")), StartsWith("flows.csv, line 1: there is no Label column"));
    EXPECT_THAT(error_of(load("1,2,3\n4,5,6\n")), HasSubstr("none of its 3 columns is a flow feature"));
    EXPECT_THAT(error_of(load("Flow Duration,Label\n1,A\n2,A\n")), HasSubstr("all 2 rows bear the one label 'A'"));
    EXPECT_THAT(error_of(load("Flow Duration,Label\n1,\n2,NeedManualLabel\n")),
                AllOf(HasSubstr("no row bears a label"), HasSubstr("line 2")));
    EXPECT_EQ(error_of(load("Flow Duration,Label\na,A\nb,B\n")),
              "flows.csv: none of its 2 rows can be read; the first is line 2, column 'Flow Duration': 'a' is not a "
              "number");
    EXPECT_THAT(error_of(load("Flow Duration,Label\nNaN,A\n,B\n")), HasSubstr("all 2 rows were left out"));
    EXPECT_THAT(error_of(load("Label,Src Port\nA,1\nB,2\n")), HasSubstr("no feature column"));
    EXPECT_EQ(error_of(load(std::vector<Named>{})), "no file was given to load");
    EXPECT_THAT(error_of(load_csv_files({"/nonexistent.csv"}, {})), HasSubstr("No such file"));
}

TEST(Load, StopsWhenToldTo) {
    std::string text = "Flow Duration,Label\n";
    for (int i = 0; i < 10'000; ++i) text += "1,A\n2,B\n";
    const TemporaryFile file(text);
    std::uint64_t seen_total = 0;
    base::Progress progress;
    progress.advance = [&](std::uint64_t, std::uint64_t total) {
        seen_total = total;
        return false;
    };
    EXPECT_EQ(error_of(load_csv_files({file.path()}, {}, progress)), "stopped while reading " + file.path());
    EXPECT_EQ(seen_total, text.size());
}

TEST(TableBuilder, GivesTheSameTableForCapturesAndFiles) {
    const auto from_file = load(kOwn);
    TableBuilder builder(from_file->table.schema, "default");
    builder.begin_source("flows.csv");
    const auto add = [&](std::string_view id, std::string_view time, std::vector<double> values, const char* label) {
        flow::FlowIdentity identity = *parse_flow_id(id);
        identity.first = *base::parse_time(time);
        ASSERT_TRUE(builder.add_row(features::FlowRow{identity, values}, label));
    };
    add("10.0.0.1-10.0.0.2-4000-80-6", "2026-11-23 10:00:00.000001", {6, 100, 3}, "Flood");
    add("10.0.0.2-10.0.0.1-80-4000-6", "2026-11-23 10:00:01", {6, 200, 4}, "BENIGN");
    add("10.0.0.3-10.0.0.2-1-53-17", "2026-11-23 10:00:02", {17, 0.5, 1}, "Flood");
    const Table table = builder.finish();
    EXPECT_EQ(table.columns, from_file->table.columns);
    EXPECT_EQ(table.classes, from_file->table.classes);
    EXPECT_EQ(table.labels, from_file->table.labels);
    EXPECT_EQ(table.five_tuples, from_file->table.five_tuples);
    EXPECT_EQ(table.hosts, from_file->table.hosts);
    EXPECT_EQ(table.times, from_file->table.times);
    EXPECT_EQ(table.sources, from_file->table.sources);
}

}  // namespace
}  // namespace flowsift::dataset
