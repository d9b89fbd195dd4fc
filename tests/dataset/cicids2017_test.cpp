// The corrected CIC-IDS2017 file, as users have it, and the same rows under the headers of the other two styles.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "dataset/load.h"
#include "tests/dataset/temporary_file.h"

namespace flowsift::dataset {
namespace {

using Renames = std::vector<std::pair<std::string, std::string>>;

/// Canonical name to that of the files published in 2017; most have a leading blank there.
const Renames kOriginal = {{"Src IP", " Source IP"},
                           {"Src Port", " Source Port"},
                           {"Dst IP", " Destination IP"},
                           {"Dst Port", " Destination Port"},
                           {"Protocol", " Protocol"},
                           {"Timestamp", " Timestamp"},
                           {"Label", " Label"},
                           {"Flow Duration", " Flow Duration"},
                           {"Total Fwd Packet", " Total Fwd Packets"},
                           {"Total Bwd packets", " Total Backward Packets"},
                           {"Total Length of Fwd Packet", "Total Length of Fwd Packets"},
                           {"Total Length of Bwd Packet", " Total Length of Bwd Packets"},
                           {"Packet Length Min", " Min Packet Length"},
                           {"Packet Length Max", " Max Packet Length"},
                           {"CWR Flag Count", " CWE Flag Count"},
                           {"Fwd Segment Size Avg", " Avg Fwd Segment Size"},
                           {"Bwd Segment Size Avg", " Avg Bwd Segment Size"},
                           {"Fwd Bytes/Bulk Avg", "Fwd Avg Bytes/Bulk"},
                           {"Fwd Packet/Bulk Avg", " Fwd Avg Packets/Bulk"},
                           {"Fwd Bulk Rate Avg", " Fwd Avg Bulk Rate"},
                           {"Bwd Bytes/Bulk Avg", " Bwd Avg Bytes/Bulk"},
                           {"Bwd Packet/Bulk Avg", " Bwd Avg Packets/Bulk"},
                           {"Bwd Bulk Rate Avg", "Bwd Avg Bulk Rate"},
                           {"FWD Init Win Bytes", "Init_Win_bytes_forward"},
                           {"Bwd Init Win Bytes", " Init_Win_bytes_backward"},
                           {"Fwd Act Data Pkts", " act_data_pkt_fwd"},
                           {"Fwd Seg Size Min", " min_seg_size_forward"}};

/// Canonical name to that of the CIC-IDS2018 files.
const Renames kShort = {{"Total Fwd Packet", "Tot Fwd Pkts"},
                        {"Total Bwd packets", "Tot Bwd Pkts"},
                        {"Total Length of Fwd Packet", "TotLen Fwd Pkts"},
                        {"Total Length of Bwd Packet", "TotLen Bwd Pkts"},
                        {"Fwd Packet Length Max", "Fwd Pkt Len Max"},
                        {"Fwd Packet Length Min", "Fwd Pkt Len Min"},
                        {"Fwd Packet Length Mean", "Fwd Pkt Len Mean"},
                        {"Fwd Packet Length Std", "Fwd Pkt Len Std"},
                        {"Bwd Packet Length Max", "Bwd Pkt Len Max"},
                        {"Bwd Packet Length Min", "Bwd Pkt Len Min"},
                        {"Bwd Packet Length Mean", "Bwd Pkt Len Mean"},
                        {"Bwd Packet Length Std", "Bwd Pkt Len Std"},
                        {"Flow Bytes/s", "Flow Byts/s"},
                        {"Flow Packets/s", "Flow Pkts/s"},
                        {"Fwd IAT Total", "Fwd IAT Tot"},
                        {"Bwd IAT Total", "Bwd IAT Tot"},
                        {"Fwd Header Length", "Fwd Header Len"},
                        {"Bwd Header Length", "Bwd Header Len"},
                        {"Fwd Packets/s", "Fwd Pkts/s"},
                        {"Bwd Packets/s", "Bwd Pkts/s"},
                        {"Packet Length Min", "Pkt Len Min"},
                        {"Packet Length Max", "Pkt Len Max"},
                        {"Packet Length Mean", "Pkt Len Mean"},
                        {"Packet Length Std", "Pkt Len Std"},
                        {"Packet Length Variance", "Pkt Len Var"},
                        {"FIN Flag Count", "FIN Flag Cnt"},
                        {"SYN Flag Count", "SYN Flag Cnt"},
                        {"RST Flag Count", "RST Flag Cnt"},
                        {"PSH Flag Count", "PSH Flag Cnt"},
                        {"ACK Flag Count", "ACK Flag Cnt"},
                        {"URG Flag Count", "URG Flag Cnt"},
                        {"CWR Flag Count", "CWE Flag Count"},
                        {"ECE Flag Count", "ECE Flag Cnt"},
                        {"Average Packet Size", "Pkt Size Avg"},
                        {"Fwd Segment Size Avg", "Fwd Seg Size Avg"},
                        {"Bwd Segment Size Avg", "Bwd Seg Size Avg"},
                        {"Fwd Bytes/Bulk Avg", "Fwd Byts/b Avg"},
                        {"Fwd Packet/Bulk Avg", "Fwd Pkts/b Avg"},
                        {"Fwd Bulk Rate Avg", "Fwd Blk Rate Avg"},
                        {"Bwd Bytes/Bulk Avg", "Bwd Byts/b Avg"},
                        {"Bwd Packet/Bulk Avg", "Bwd Pkts/b Avg"},
                        {"Bwd Bulk Rate Avg", "Bwd Blk Rate Avg"},
                        {"Subflow Fwd Packets", "Subflow Fwd Pkts"},
                        {"Subflow Fwd Bytes", "Subflow Fwd Byts"},
                        {"Subflow Bwd Packets", "Subflow Bwd Pkts"},
                        {"Subflow Bwd Bytes", "Subflow Bwd Byts"},
                        {"FWD Init Win Bytes", "Init Fwd Win Byts"},
                        {"Bwd Init Win Bytes", "Init Bwd Win Byts"}};

std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    return cells;
}

class Cicids2017 : public testing::Test {
  protected:
    void SetUp() override {
        const char* const folder = std::getenv("FLOWSIFT_DATA");
        if (!folder) GTEST_SKIP() << "skipped: FLOWSIFT_DATA is not set";
        path_ = std::string(folder) + "/cicids2017/cicids2017-corrected.csv";
        if (!std::filesystem::exists(path_)) GTEST_SKIP() << "skipped: FLOWSIFT_DATA has no cicids2017";
        auto loaded = load_csv_files({path_}, {});
        ASSERT_TRUE(loaded) << loaded.error().message;
        table_ = std::move(loaded->table);
    }

    void expect_same_table(const Renames& renames) const {
        std::string text = read_whole_file(path_);
        std::vector<std::string> header = split(text.substr(0, text.find('\n')));
        std::string renamed;
        for (std::string& name : header) {
            for (const auto& [from, to] : renames)
                if (name == from) {
                    name = to;
                    break;
                }
            renamed += (renamed.empty() ? "" : ",") + name;
        }
        const TemporaryFile file(renamed + text.substr(text.find('\n')));
        const auto loaded = load_csv_files({file.path()}, {});
        ASSERT_TRUE(loaded) << loaded.error().message;
        EXPECT_EQ(loaded->table.schema.features, table_.schema.features);
        EXPECT_EQ(loaded->table.columns, table_.columns);
        EXPECT_EQ(loaded->table.labels, table_.labels);
        EXPECT_EQ(loaded->table.classes, table_.classes);
        EXPECT_EQ(loaded->table.five_tuples, table_.five_tuples);
        EXPECT_EQ(loaded->table.times, table_.times);
    }

    std::string path_;
    Table table_;
};

TEST_F(Cicids2017, EqualsAPlainReading) {
    std::ifstream file(path_);
    std::string line;
    std::getline(file, line);
    const std::vector<std::string> header = split(line);
    const auto column_of = [&](std::string_view name) {
        return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
    };
    std::vector<std::size_t> columns;
    for (std::size_t i = 0; i < table_.schema.size(); ++i) columns.push_back(column_of(table_.schema.feature(i).name));
    const std::size_t label = column_of("Label");
    std::size_t row = 0;
    for (; std::getline(file, line); ++row) {
        const std::vector<std::string> cells = split(line);
        ASSERT_EQ(table_.classes[table_.labels[row]], cells[label]);
        for (std::size_t i = 0; i < columns.size(); ++i)
            ASSERT_EQ(table_.columns[i][row], static_cast<float>(std::strtod(cells[columns[i]].c_str(), nullptr)));
    }
    EXPECT_EQ(row, table_.rows());
}

TEST_F(Cicids2017, HasTheCountsThatSortAndUniqGive) {
    EXPECT_EQ(table_.rows(), 42'209U);
    std::map<std::string, int> counts;
    for (const ClassIndex label : table_.labels) ++counts[table_.classes[label]];
    // tail -n +2 cicids2017-corrected.csv | cut -d, -f90 | sort | uniq -c
    const std::map<std::string, int> expected = {{"BENIGN", 5619},
                                                 {"Botnet", 552},
                                                 {"DDoS", 5522},
                                                 {"DoS GoldenEye", 4387},
                                                 {"DoS Hulk", 5561},
                                                 {"DoS Slowhttptest", 1305},
                                                 {"DoS Slowloris", 2894},
                                                 {"FTP-Patator", 2979},
                                                 {"Heartbleed", 8},
                                                 {"Infiltration", 27},
                                                 {"Infiltration - Portscan", 5497},
                                                 {"Portscan", 5558},
                                                 {"SSH-Patator", 2221},
                                                 {"Web Attack - Brute Force", 55},
                                                 {"Web Attack - SQL Injection", 10},
                                                 {"Web Attack - XSS", 14}};
    EXPECT_EQ(counts, expected);
    EXPECT_EQ(table_.profile, "cicflowmeter");
    EXPECT_EQ(std::count(table_.five_tuples.begin(), table_.five_tuples.end(), 0U), 0);
    EXPECT_EQ(std::count(table_.times.begin(), table_.times.end(), 0), 0);
}

TEST_F(Cicids2017, OriginalHeadersGiveTheSameTable) {
    expect_same_table(kOriginal);
}

TEST_F(Cicids2017, ShortHeadersGiveTheSameTable) {
    expect_same_table(kShort);
}

}  // namespace
}  // namespace flowsift::dataset
