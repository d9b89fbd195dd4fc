#include "reference_features.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>

namespace flowsift::features::reference {
namespace {

using Packets = std::vector<PlainPacket>;
using Numbers = std::vector<double>;
using Row = std::map<std::string, double>;

double sum(const Numbers& x) {
    return std::accumulate(x.begin(), x.end(), 0.0);
}
double mean(const Numbers& x) {
    return x.empty() ? 0 : sum(x) / static_cast<double>(x.size());
}
double most(const Numbers& x) {
    return x.empty() ? 0 : *std::max_element(x.begin(), x.end());
}
double least(const Numbers& x) {
    return x.empty() ? 0 : *std::min_element(x.begin(), x.end());
}

double variance(const Numbers& x) {
    if (x.size() < 2) return 0;
    const double middle = mean(x);
    double squares = 0;
    for (const double value : x) squares += (value - middle) * (value - middle);
    return squares / static_cast<double>(x.size() - 1);
}

double over(double a, double b) {
    return b == 0 ? 0 : a / b;
}

Packets of_direction(const Packets& packets, bool is_forward) {
    Packets selected;
    for (const PlainPacket& packet : packets)
        if (packet.is_forward == is_forward) selected.push_back(packet);
    return selected;
}

Numbers payloads(const Packets& packets) {
    Numbers lengths;
    for (const PlainPacket& packet : packets) lengths.push_back(packet.payload);
    return lengths;
}

Numbers gaps(const Packets& packets) {
    Numbers between;
    for (std::size_t i = 1; i < packets.size(); ++i)
        between.push_back(static_cast<double>(packets[i].microseconds - packets[i - 1].microseconds));
    return between;
}

double bearing(const Packets& packets, int flag) {
    return static_cast<double>(
        std::count_if(packets.begin(), packets.end(), [flag](const PlainPacket& p) { return (p.flags & flag) != 0; }));
}

void put_four(Row& row, const std::string& prefix, const Numbers& x) {
    row[prefix + " Mean"] = mean(x);
    row[prefix + " Std"] = std::sqrt(variance(x));
    row[prefix + " Max"] = most(x);
    row[prefix + " Min"] = least(x);
}

/// The bulks of one direction, each a list of its packets.
std::vector<Packets> bulks(const Packets& packets, bool is_forward) {
    std::vector<Packets> runs;
    const PlainPacket* before = nullptr;  // The non-empty packet before.
    for (const PlainPacket& packet : packets) {
        if (packet.payload == 0) continue;
        const bool goes_on = before != nullptr && before->is_forward == packet.is_forward &&
                             packet.microseconds - before->microseconds <= 1'000'000;
        if (!goes_on) runs.emplace_back();
        runs.back().push_back(packet);
        before = &packet;
    }
    std::erase_if(runs, [is_forward](const Packets& run) { return run.size() < 4 || run[0].is_forward != is_forward; });
    return runs;
}

void put_bulks(Row& row, const std::string& prefix, const std::vector<Packets>& runs) {
    double bytes = 0, packets = 0, seconds = 0;
    for (const Packets& run : runs) {
        bytes += sum(payloads(run));
        packets += static_cast<double>(run.size());
        seconds += static_cast<double>(run.back().microseconds - run.front().microseconds) / 1e6;
    }
    row[prefix + " Bytes/Bulk Avg"] = over(bytes, static_cast<double>(runs.size()));
    row[prefix + " Packet/Bulk Avg"] = over(packets, static_cast<double>(runs.size()));
    row[prefix + " Bulk Rate Avg"] = over(bytes, seconds);
}

void put_direction(Row& row, const std::string& prefix, const Packets& packets, double seconds, double subflows) {
    const auto count = static_cast<double>(packets.size());
    const Numbers lengths = payloads(packets);
    put_four(row, prefix + " Packet Length", lengths);
    row[prefix + " Segment Size Avg"] = mean(lengths);
    put_four(row, prefix + " IAT", gaps(packets));
    row[prefix + " IAT Total"] = sum(gaps(packets));
    row[prefix + " PSH Flags"] = bearing(packets, 0x08);
    row[prefix + " URG Flags"] = bearing(packets, 0x20);
    row[prefix + " RST Flags"] = bearing(packets, 0x04);
    double headers = 0;
    for (const PlainPacket& packet : packets) headers += packet.header;
    row[prefix + " Header Length"] = headers;
    row[prefix + " Packets/s"] = over(count, seconds);
    row["Subflow " + prefix + " Packets"] = count / subflows;
    row["Subflow " + prefix + " Bytes"] = sum(lengths) / subflows;
}

/// Lengths of the periods of activity and of the gaps between them.
void put_activity(Row& row, const Packets& packets) {
    Numbers active, idle;
    std::int64_t start = packets[0].microseconds;
    for (std::size_t i = 1; i < packets.size(); ++i) {
        const std::int64_t gap = packets[i].microseconds - packets[i - 1].microseconds;
        if (gap <= 5'000'000) continue;
        idle.push_back(static_cast<double>(gap));
        active.push_back(static_cast<double>(packets[i - 1].microseconds - start));
        start = packets[i].microseconds;
    }
    active.push_back(static_cast<double>(packets.back().microseconds - start));
    put_four(row, "Active", active);
    put_four(row, "Idle", idle);
}

}  // namespace

std::map<std::string, double> features_of(const std::vector<PlainPacket>& packets, std::int64_t connection_start) {
    const Packets forward = of_direction(packets, true);
    const Packets backward = of_direction(packets, false);
    const Numbers lengths = payloads(packets);
    const Numbers between = gaps(packets);
    const double duration = sum(between);
    const double seconds = duration / 1e6;
    const auto long_gaps = std::count_if(between.begin(), between.end(), [](double gap) { return gap > 1e6; });
    const double subflows = static_cast<double>(long_gaps) + 1;

    Row row;
    row["Protocol"] = packets[0].protocol;
    row["Flow Duration"] = duration;
    row["Total Fwd Packet"] = static_cast<double>(forward.size());
    row["Total Bwd packets"] = static_cast<double>(backward.size());
    row["Total Length of Fwd Packet"] = sum(payloads(forward));
    row["Total Length of Bwd Packet"] = sum(payloads(backward));
    row["Flow Bytes/s"] = over(sum(lengths), seconds);
    row["Flow Packets/s"] = over(static_cast<double>(packets.size()), seconds);
    put_four(row, "Flow IAT", between);
    put_direction(row, "Fwd", forward, seconds, subflows);
    put_direction(row, "Bwd", backward, seconds, subflows);
    put_four(row, "Packet Length", lengths);
    row["Packet Length Variance"] = variance(lengths);
    row["Average Packet Size"] = mean(lengths);
    const std::pair<const char*, int> kFlags[] = {{"FIN", 0x01}, {"SYN", 0x02}, {"RST", 0x04}, {"PSH", 0x08},
                                                  {"ACK", 0x10}, {"URG", 0x20}, {"ECE", 0x40}, {"CWR", 0x80}};
    for (const auto& [name, flag] : kFlags) row[std::string(name) + " Flag Count"] = bearing(packets, flag);
    row["Down/Up Ratio"] = over(static_cast<double>(backward.size()), static_cast<double>(forward.size()));
    put_bulks(row, "Fwd", bulks(packets, true));
    put_bulks(row, "Bwd", bulks(packets, false));
    row["FWD Init Win Bytes"] = forward.empty() ? 0 : forward[0].window;
    row["Bwd Init Win Bytes"] = backward.empty() ? 0 : backward[0].window;
    row["Fwd Act Data Pkts"] = static_cast<double>(
        std::count_if(forward.begin(), forward.end(), [](const PlainPacket& p) { return p.payload > 0; }));
    Numbers forward_headers;
    for (const PlainPacket& packet : forward) forward_headers.push_back(packet.header);
    row["Fwd Seg Size Min"] = least(forward_headers);
    put_activity(row, packets);
    row["Total TCP Flow Time"] = static_cast<double>(packets.back().microseconds - connection_start);
    return row;
}

}  // namespace flowsift::features::reference
