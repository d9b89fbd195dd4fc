#include "features/aliases.h"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace flowsift::features {
namespace {

struct FeatureAlias {
    std::string_view spelling;
    std::string_view feature;  ///< Canonical name.
};

/// Spellings other than the canonical ones, which are those of the corrected CIC-IDS2017 files.
constexpr FeatureAlias kFeatureAliases[] = {
    {"Source Port", "Src Port"},
    {"Destination Port", "Dst Port"},
    // CIC-IDS2017 as first published.
    {"Total Fwd Packets", "Total Fwd Packet"},
    {"Total Backward Packets", "Total Bwd packets"},
    {"Total Length of Fwd Packets", "Total Length of Fwd Packet"},
    {"Total Length of Bwd Packets", "Total Length of Bwd Packet"},
    {"Fwd Header Length.1", "Fwd Header Length"},
    {"Min Packet Length", "Packet Length Min"},
    {"Max Packet Length", "Packet Length Max"},
    {"CWE Flag Count", "CWR Flag Count"},
    {"Avg Fwd Segment Size", "Fwd Segment Size Avg"},
    {"Avg Bwd Segment Size", "Bwd Segment Size Avg"},
    {"Fwd Avg Bytes/Bulk", "Fwd Bytes/Bulk Avg"},
    {"Fwd Avg Packets/Bulk", "Fwd Packet/Bulk Avg"},
    {"Fwd Avg Bulk Rate", "Fwd Bulk Rate Avg"},
    {"Bwd Avg Bytes/Bulk", "Bwd Bytes/Bulk Avg"},
    {"Bwd Avg Packets/Bulk", "Bwd Packet/Bulk Avg"},
    {"Bwd Avg Bulk Rate", "Bwd Bulk Rate Avg"},
    {"Init_Win_bytes_forward", "FWD Init Win Bytes"},
    {"Init_Win_bytes_backward", "Bwd Init Win Bytes"},
    {"act_data_pkt_fwd", "Fwd Act Data Pkts"},
    {"min_seg_size_forward", "Fwd Seg Size Min"},
    // CSE-CIC-IDS2018: the short style.
    {"Tot Fwd Pkts", "Total Fwd Packet"},
    {"Tot Bwd Pkts", "Total Bwd packets"},
    {"TotLen Fwd Pkts", "Total Length of Fwd Packet"},
    {"TotLen Bwd Pkts", "Total Length of Bwd Packet"},
    {"Fwd Pkt Len Max", "Fwd Packet Length Max"},
    {"Fwd Pkt Len Min", "Fwd Packet Length Min"},
    {"Fwd Pkt Len Mean", "Fwd Packet Length Mean"},
    {"Fwd Pkt Len Std", "Fwd Packet Length Std"},
    {"Bwd Pkt Len Max", "Bwd Packet Length Max"},
    {"Bwd Pkt Len Min", "Bwd Packet Length Min"},
    {"Bwd Pkt Len Mean", "Bwd Packet Length Mean"},
    {"Bwd Pkt Len Std", "Bwd Packet Length Std"},
    {"Flow Byts/s", "Flow Bytes/s"},
    {"Flow Pkts/s", "Flow Packets/s"},
    {"Fwd IAT Tot", "Fwd IAT Total"},
    {"Bwd IAT Tot", "Bwd IAT Total"},
    {"Fwd Header Len", "Fwd Header Length"},
    {"Bwd Header Len", "Bwd Header Length"},
    {"Fwd Pkts/s", "Fwd Packets/s"},
    {"Bwd Pkts/s", "Bwd Packets/s"},
    {"Pkt Len Min", "Packet Length Min"},
    {"Pkt Len Max", "Packet Length Max"},
    {"Pkt Len Mean", "Packet Length Mean"},
    {"Pkt Len Std", "Packet Length Std"},
    {"Pkt Len Var", "Packet Length Variance"},
    {"FIN Flag Cnt", "FIN Flag Count"},
    {"SYN Flag Cnt", "SYN Flag Count"},
    {"RST Flag Cnt", "RST Flag Count"},
    {"PSH Flag Cnt", "PSH Flag Count"},
    {"ACK Flag Cnt", "ACK Flag Count"},
    {"URG Flag Cnt", "URG Flag Count"},
    {"CWR Flag Cnt", "CWR Flag Count"},
    {"CWE Flag Cnt", "CWR Flag Count"},
    {"ECE Flag Cnt", "ECE Flag Count"},
    {"Pkt Size Avg", "Average Packet Size"},
    {"Fwd Seg Size Avg", "Fwd Segment Size Avg"},
    {"Bwd Seg Size Avg", "Bwd Segment Size Avg"},
    {"Fwd Byts/b Avg", "Fwd Bytes/Bulk Avg"},
    {"Fwd Pkts/b Avg", "Fwd Packet/Bulk Avg"},
    {"Fwd Blk Rate Avg", "Fwd Bulk Rate Avg"},
    {"Bwd Byts/b Avg", "Bwd Bytes/Bulk Avg"},
    {"Bwd Pkts/b Avg", "Bwd Packet/Bulk Avg"},
    {"Bwd Blk Rate Avg", "Bwd Bulk Rate Avg"},
    {"Subflow Fwd Pkts", "Subflow Fwd Packets"},
    {"Subflow Fwd Byts", "Subflow Fwd Bytes"},
    {"Subflow Bwd Pkts", "Subflow Bwd Packets"},
    {"Subflow Bwd Byts", "Subflow Bwd Bytes"},
    {"Init Fwd Win Byts", "FWD Init Win Bytes"},
    {"Init Bwd Win Byts", "Bwd Init Win Bytes"},
    // The repaired CICFlowMeter of 2024.
    {"Total Connection Flow Time", "Total TCP Flow Time"},
};

struct IdentityAlias {
    std::string_view spelling;
    IdentityColumn column;
};

constexpr IdentityAlias kIdentityAliases[] = {
    {"Flow ID", IdentityColumn::kFlowId},
    {"Src IP", IdentityColumn::kSourceIp},
    {"Source IP", IdentityColumn::kSourceIp},
    {"Src Port", IdentityColumn::kSourcePort},
    {"Source Port", IdentityColumn::kSourcePort},
    {"Dst IP", IdentityColumn::kDestinationIp},
    {"Destination IP", IdentityColumn::kDestinationIp},
    {"Dst Port", IdentityColumn::kDestinationPort},
    {"Destination Port", IdentityColumn::kDestinationPort},
    {"Protocol", IdentityColumn::kProtocol},
    {"Timestamp", IdentityColumn::kTimestamp},
    {"Label", IdentityColumn::kLabel},
    {"id", IdentityColumn::kIgnored},
    {"Attempted Category", IdentityColumn::kIgnored},
    {"Bwd Act Data Pkts", IdentityColumn::kIgnored},
    {"Bwd Seg Size Min", IdentityColumn::kIgnored},
    {"Fwd TCP Retrans. Count", IdentityColumn::kIgnored},
    {"Bwd TCP Retrans. Count", IdentityColumn::kIgnored},
    {"Total TCP Retrans. Count", IdentityColumn::kIgnored},
    {"Unnamed: 0", IdentityColumn::kIgnored},    // CIC-DDoS2019, and any file that pandas wrote with its index.
    {"SimillarHTTP", IdentityColumn::kIgnored},  // CIC-DDoS2019, spelt so.
    {"Inbound", IdentityColumn::kIgnored},
    {"Capture", IdentityColumn::kCapture},
    {"End Reason", IdentityColumn::kEndReason},
    {"Assembly Profile", IdentityColumn::kProfile},
    // Ours, of `flows --attributes`: names, not numbers.
    {"App Protocol", IdentityColumn::kIgnored},
    {"Server Name", IdentityColumn::kIgnored},
    {"ALPN", IdentityColumn::kIgnored},
    {"JA3", IdentityColumn::kIgnored},
    {"JA4", IdentityColumn::kIgnored},
    {"DNS Query", IdentityColumn::kIgnored},
    {"HTTP Host", IdentityColumn::kIgnored},
};

/// Without leading and trailing blanks, lower case.
std::string normalised(std::string_view cell) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!cell.empty() && is_blank(cell.front())) cell.remove_prefix(1);
    while (!cell.empty() && is_blank(cell.back())) cell.remove_suffix(1);
    std::string text(cell);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

std::unordered_map<std::string, ColumnMeaning> make_columns() {
    std::unordered_map<std::string, ColumnMeaning> columns;
    for (std::size_t i = 0; i < catalogue().size(); ++i)
        columns[normalised(catalogue()[i].name)].feature = static_cast<FeatureId>(i);
    for (const FeatureAlias& alias : kFeatureAliases)
        columns[normalised(alias.spelling)].feature = find_feature(alias.feature);
    for (const IdentityAlias& alias : kIdentityAliases) columns[normalised(alias.spelling)].identity = alias.column;
    return columns;
}

}  // namespace

ColumnMeaning find_column(std::string_view header_cell) {
    static const std::unordered_map<std::string, ColumnMeaning> kColumns = make_columns();
    const auto found = kColumns.find(normalised(header_cell));
    return found == kColumns.end() ? ColumnMeaning{} : found->second;
}

}  // namespace flowsift::features
