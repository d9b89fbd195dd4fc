#include "features/aliases.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "capture_packets.h"

namespace flowsift::features {
namespace {

// The features of four styles of file, by position: each row is one feature. Written down from the headers of the files
// themselves: the corrected CIC-IDS2017, CIC-IDS2017 as published, CSE-CIC-IDS2018.
struct Spelling {
    const char* corrected;
    const char* published;
    const char* brief;
};
constexpr Spelling kSpellings[] = {
    {"Flow Duration", " Flow Duration", "Flow Duration"},
    {"Total Fwd Packet", " Total Fwd Packets", "Tot Fwd Pkts"},
    {"Total Bwd packets", " Total Backward Packets", "Tot Bwd Pkts"},
    {"Total Length of Fwd Packet", "Total Length of Fwd Packets", "TotLen Fwd Pkts"},
    {"Total Length of Bwd Packet", " Total Length of Bwd Packets", "TotLen Bwd Pkts"},
    {"Fwd Packet Length Max", " Fwd Packet Length Max", "Fwd Pkt Len Max"},
    {"Fwd Packet Length Min", " Fwd Packet Length Min", "Fwd Pkt Len Min"},
    {"Fwd Packet Length Mean", " Fwd Packet Length Mean", "Fwd Pkt Len Mean"},
    {"Fwd Packet Length Std", " Fwd Packet Length Std", "Fwd Pkt Len Std"},
    {"Bwd Packet Length Max", "Bwd Packet Length Max", "Bwd Pkt Len Max"},
    {"Bwd Packet Length Min", " Bwd Packet Length Min", "Bwd Pkt Len Min"},
    {"Bwd Packet Length Mean", " Bwd Packet Length Mean", "Bwd Pkt Len Mean"},
    {"Bwd Packet Length Std", " Bwd Packet Length Std", "Bwd Pkt Len Std"},
    {"Flow Bytes/s", "Flow Bytes/s", "Flow Byts/s"},
    {"Flow Packets/s", " Flow Packets/s", "Flow Pkts/s"},
    {"Flow IAT Mean", " Flow IAT Mean", "Flow IAT Mean"},
    {"Flow IAT Std", " Flow IAT Std", "Flow IAT Std"},
    {"Flow IAT Max", " Flow IAT Max", "Flow IAT Max"},
    {"Flow IAT Min", " Flow IAT Min", "Flow IAT Min"},
    {"Fwd IAT Total", "Fwd IAT Total", "Fwd IAT Tot"},
    {"Fwd IAT Mean", " Fwd IAT Mean", "Fwd IAT Mean"},
    {"Fwd IAT Std", " Fwd IAT Std", "Fwd IAT Std"},
    {"Fwd IAT Max", " Fwd IAT Max", "Fwd IAT Max"},
    {"Fwd IAT Min", " Fwd IAT Min", "Fwd IAT Min"},
    {"Bwd IAT Total", "Bwd IAT Total", "Bwd IAT Tot"},
    {"Bwd IAT Mean", " Bwd IAT Mean", "Bwd IAT Mean"},
    {"Bwd IAT Std", " Bwd IAT Std", "Bwd IAT Std"},
    {"Bwd IAT Max", " Bwd IAT Max", "Bwd IAT Max"},
    {"Bwd IAT Min", " Bwd IAT Min", "Bwd IAT Min"},
    {"Fwd PSH Flags", "Fwd PSH Flags", "Fwd PSH Flags"},
    {"Bwd PSH Flags", " Bwd PSH Flags", "Bwd PSH Flags"},
    {"Fwd URG Flags", " Fwd URG Flags", "Fwd URG Flags"},
    {"Bwd URG Flags", " Bwd URG Flags", "Bwd URG Flags"},
    {"Fwd Header Length", " Fwd Header Length", "Fwd Header Len"},
    {"Bwd Header Length", " Bwd Header Length", "Bwd Header Len"},
    {"Fwd Packets/s", "Fwd Packets/s", "Fwd Pkts/s"},
    {"Bwd Packets/s", " Bwd Packets/s", "Bwd Pkts/s"},
    {"Packet Length Min", " Min Packet Length", "Pkt Len Min"},
    {"Packet Length Max", " Max Packet Length", "Pkt Len Max"},
    {"Packet Length Mean", " Packet Length Mean", "Pkt Len Mean"},
    {"Packet Length Std", " Packet Length Std", "Pkt Len Std"},
    {"Packet Length Variance", " Packet Length Variance", "Pkt Len Var"},
    {"FIN Flag Count", "FIN Flag Count", "FIN Flag Cnt"},
    {"SYN Flag Count", " SYN Flag Count", "SYN Flag Cnt"},
    {"RST Flag Count", " RST Flag Count", "RST Flag Cnt"},
    {"PSH Flag Count", " PSH Flag Count", "PSH Flag Cnt"},
    {"ACK Flag Count", " ACK Flag Count", "ACK Flag Cnt"},
    {"URG Flag Count", " URG Flag Count", "URG Flag Cnt"},
    {"CWR Flag Count", " CWE Flag Count", "CWE Flag Count"},
    {"ECE Flag Count", " ECE Flag Count", "ECE Flag Cnt"},
    {"Down/Up Ratio", " Down/Up Ratio", "Down/Up Ratio"},
    {"Average Packet Size", " Average Packet Size", "Pkt Size Avg"},
    {"Fwd Segment Size Avg", " Avg Fwd Segment Size", "Fwd Seg Size Avg"},
    {"Bwd Segment Size Avg", " Avg Bwd Segment Size", "Bwd Seg Size Avg"},
    {"Fwd Bytes/Bulk Avg", "Fwd Avg Bytes/Bulk", "Fwd Byts/b Avg"},
    {"Fwd Packet/Bulk Avg", " Fwd Avg Packets/Bulk", "Fwd Pkts/b Avg"},
    {"Fwd Bulk Rate Avg", " Fwd Avg Bulk Rate", "Fwd Blk Rate Avg"},
    {"Bwd Bytes/Bulk Avg", " Bwd Avg Bytes/Bulk", "Bwd Byts/b Avg"},
    {"Bwd Packet/Bulk Avg", " Bwd Avg Packets/Bulk", "Bwd Pkts/b Avg"},
    {"Bwd Bulk Rate Avg", "Bwd Avg Bulk Rate", "Bwd Blk Rate Avg"},
    {"Subflow Fwd Packets", "Subflow Fwd Packets", "Subflow Fwd Pkts"},
    {"Subflow Fwd Bytes", " Subflow Fwd Bytes", "Subflow Fwd Byts"},
    {"Subflow Bwd Packets", " Subflow Bwd Packets", "Subflow Bwd Pkts"},
    {"Subflow Bwd Bytes", " Subflow Bwd Bytes", "Subflow Bwd Byts"},
    {"FWD Init Win Bytes", "Init_Win_bytes_forward", "Init Fwd Win Byts"},
    {"Bwd Init Win Bytes", " Init_Win_bytes_backward", "Init Bwd Win Byts"},
    {"Fwd Act Data Pkts", " act_data_pkt_fwd", "Fwd Act Data Pkts"},
    {"Fwd Seg Size Min", " min_seg_size_forward", "Fwd Seg Size Min"},
    {"Active Mean", "Active Mean", "Active Mean"},
    {"Active Std", " Active Std", "Active Std"},
    {"Active Max", " Active Max", "Active Max"},
    {"Active Min", " Active Min", "Active Min"},
    {"Idle Mean", "Idle Mean", "Idle Mean"},
    {"Idle Std", " Idle Std", "Idle Std"},
    {"Idle Max", " Idle Max", "Idle Max"},
    {"Idle Min", " Idle Min", "Idle Min"},
};

TEST(Aliases, ThreeStylesOfFileMeanTheSameFeatures) {
    // 76 of the 78 features from Flow Duration to Idle Min: Fwd and Bwd RST Flags are the corrected files' own.
    EXPECT_EQ(std::size(kSpellings), 76u);
    std::set<FeatureId> seen;
    for (const Spelling& row : kSpellings) {
        const auto feature = find_feature(row.corrected);
        ASSERT_TRUE(feature) << row.corrected;
        EXPECT_TRUE(seen.insert(*feature).second) << row.corrected;
        for (const char* spelling : {row.corrected, row.published, row.brief}) {
            EXPECT_EQ(find_column(spelling).feature, feature) << spelling;
            EXPECT_FALSE(find_column(spelling).identity) << spelling;
        }
    }
}

TEST(Aliases, EveryFeatureIsFoundByItsOwnName) {
    for (std::size_t i = 0; i < catalogue().size(); ++i)
        EXPECT_EQ(find_column(catalogue()[i].name).feature, static_cast<FeatureId>(i)) << catalogue()[i].name;
}

TEST(Aliases, IdentityIsNeverAFeatureButPortsAndProtocolAreBoth) {
    const std::pair<const char*, IdentityColumn> kIdentity[] = {
        {"Flow ID", IdentityColumn::kFlowId},
        {" Source IP", IdentityColumn::kSourceIp},
        {"Src IP", IdentityColumn::kSourceIp},
        {" Destination IP", IdentityColumn::kDestinationIp},
        {"Dst IP", IdentityColumn::kDestinationIp},
        {" Timestamp", IdentityColumn::kTimestamp},
        {" Label", IdentityColumn::kLabel},
        {"id", IdentityColumn::kIgnored},
        {"Attempted Category", IdentityColumn::kIgnored},
        {"Bwd Act Data Pkts", IdentityColumn::kIgnored},
        {"Total TCP Retrans. Count", IdentityColumn::kIgnored},
        {"Capture", IdentityColumn::kCapture},
        {"End Reason", IdentityColumn::kEndReason},
        {"Assembly Profile", IdentityColumn::kProfile},
    };
    for (const auto& [spelling, column] : kIdentity) {
        EXPECT_EQ(find_column(spelling).identity, column) << spelling;
        EXPECT_FALSE(find_column(spelling).feature) << spelling;
    }
    for (const char* spelling : {" Source Port", "Src Port"}) {
        EXPECT_EQ(find_column(spelling).identity, IdentityColumn::kSourcePort) << spelling;
        EXPECT_EQ(find_column(spelling).feature, find_feature("Src Port")) << spelling;
    }
    for (const char* spelling : {" Destination Port", "Dst Port"}) {
        EXPECT_EQ(find_column(spelling).identity, IdentityColumn::kDestinationPort) << spelling;
        EXPECT_EQ(find_column(spelling).feature, find_feature("Dst Port")) << spelling;
    }
    EXPECT_EQ(find_column(" Protocol").identity, IdentityColumn::kProtocol);
    EXPECT_EQ(find_column(" Protocol").feature, find_feature("Protocol"));
}

TEST(Aliases, BlanksAndCaseDoNotMatterAndTheDoubledColumnIsKnown) {
    EXPECT_EQ(find_column("\tflow duration \r").feature, find_feature("Flow Duration"));
    EXPECT_EQ(find_column("FWD HEADER LENGTH.1").feature, find_feature("Fwd Header Length"));
    EXPECT_EQ(find_column("Total Connection Flow Time").feature, find_feature("Total TCP Flow Time"));
    const ColumnMeaning unknown = find_column("Flow  Duration");  // Blanks within do.
    EXPECT_FALSE(unknown.feature || unknown.identity);
    EXPECT_FALSE(find_column("").feature || find_column("").identity);
}

TEST(Aliases, EveryColumnOfTheFilesAtHandIsKnown) {
    const auto data = data_folder();
    if (!data) GTEST_SKIP() << "skipped: FLOWSIFT_DATA is not set";
    for (const char* file :
         {"cicids2017/cicids2017-corrected.csv", "oracle/cicids2017-sqli.csv", "oracle/attack-ftp.csv"}) {
        std::string header;
        ASSERT_TRUE(std::getline(std::ifstream(*data / file), header));
        std::istringstream cells(header);
        for (std::string cell; std::getline(cells, cell, ',');) {
            const ColumnMeaning meaning = find_column(cell);
            EXPECT_TRUE(meaning.feature || meaning.identity) << file << ": " << cell;
        }
    }
}

}  // namespace
}  // namespace flowsift::features
