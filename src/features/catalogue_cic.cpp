// The `cic` group: names and order of the corrected CIC-IDS2017 files.
#include "features/feature_group.h"
#include "features/flow_view.h"

namespace flowsift::features {
namespace {

using flow::kBackward;
using flow::kForward;
using Direction = flow::Direction;
namespace tcp_flag = decode::tcp_flag;

double ratio(double numerator, double denominator) {
    return denominator > 0 ? numerator / denominator : 0;
}
template <Direction D>
std::uint64_t packets(const FlowView& flow) {
    return flow->packets[D];
}
std::uint64_t all_packets(const FlowView& flow) {
    return flow->total_packets();
}
std::uint64_t duration(const FlowView& flow) {
    return flow->duration();
}

template <Direction D>
const Summary& lengths(const FlowView& flow) {
    return flow.summary->lengths[D];
}
const Summary& all_lengths(const FlowView& flow) {
    return flow.summary->all_lengths;
}
template <Direction D>
const Summary& gaps(const FlowView& flow) {
    return flow.summary->gaps[D];
}
const Summary& all_gaps(const FlowView& flow) {
    return flow.summary->all_gaps;
}
const Summary& idle(const FlowView& flow) {
    return flow.summary->idle;
}
const Summary& active(const FlowView& flow) {
    return flow.summary->active;
}

// What a row of the table computes: a number of the statistics that `Of` yields, a rate, a count …

template <const Summary& (*Of)(const FlowView&)>
double sum(const FlowView& flow) {
    return Of(flow).sum;
}
template <const Summary& (*Of)(const FlowView&)>
double mean(const FlowView& flow) {
    return Of(flow).mean;
}
template <const Summary& (*Of)(const FlowView&)>
double deviation(const FlowView& flow) {
    return Of(flow).deviation;
}
template <const Summary& (*Of)(const FlowView&)>
double variance(const FlowView& flow) {
    return Of(flow).variance;
}
template <const Summary& (*Of)(const FlowView&)>
double max(const FlowView& flow) {
    return Of(flow).max;
}
template <const Summary& (*Of)(const FlowView&)>
double min(const FlowView& flow) {
    return Of(flow).min;
}

template <std::uint64_t (*Of)(const FlowView&)>
double number(const FlowView& flow) {
    return static_cast<double>(Of(flow));
}
template <std::uint64_t (*Of)(const FlowView&)>
double per_second(const FlowView& flow) {
    return ratio(number<Of>(flow), flow.summary->seconds);
}
template <std::uint64_t (*Of)(const FlowView&)>
double per_subflow(const FlowView& flow) {
    return number<Of>(flow) / (flow->subflow_gaps + 1.0);
}

template <Direction D>
std::uint64_t bytes(const FlowView& flow) {
    return flow->sides[D].payload.sum();
}
std::uint64_t all_bytes(const FlowView& flow) {
    return bytes<kForward>(flow) + bytes<kBackward>(flow);
}

template <Direction D, std::uint8_t Flag>
double flags(const FlowView& flow) {
    return static_cast<double>(flow->flag_count(D, Flag));
}
template <std::uint8_t Flag>
double all_flags(const FlowView& flow) {
    return static_cast<double>(flow->flag_count(kForward, Flag) + flow->flag_count(kBackward, Flag));
}

template <Direction D>
double header_bytes(const FlowView& flow) {
    return static_cast<double>(flow->sides[D].header_bytes);
}
template <Direction D>
double first_window(const FlowView& flow) {
    return flow->sides[D].first_window;
}

template <Direction D>
double bulk_bytes(const FlowView& flow) {
    const BulkTotals totals = flow->bulk.totals(D);
    return ratio(static_cast<double>(totals.bytes), totals.bulks);
}
template <Direction D>
double bulk_packets(const FlowView& flow) {
    const BulkTotals totals = flow->bulk.totals(D);
    return ratio(totals.packets, totals.bulks);
}
template <Direction D>
double bulk_rate(const FlowView& flow) {
    const BulkTotals totals = flow->bulk.totals(D);
    return ratio(static_cast<double>(totals.bytes), totals.microseconds / 1e6);
}

double initiator_port(const FlowView& flow) {
    return flow->initiator_is_low ? flow->key.low_port : flow->key.high_port;
}
double responder_port(const FlowView& flow) {
    return flow->initiator_is_low ? flow->key.high_port : flow->key.low_port;
}
double protocol(const FlowView& flow) {
    return flow->key.protocol;
}
double down_up_ratio(const FlowView& flow) {
    return ratio(flow->packets[kBackward], flow->packets[kForward]);
}
double forward_data_packets(const FlowView& flow) {
    return flow->forward_data_packets;
}
double least_forward_header(const FlowView& flow) {
    return flow->packets[kForward] > 0 ? flow->sides[kForward].least_header : 0;
}
double icmp_code(const FlowView& flow) {
    return flow->icmp_code;
}
double icmp_type(const FlowView& flow) {
    return flow->icmp_type;
}
double connection_time(const FlowView& flow) {
    return static_cast<double>(base::floor_to_microseconds(flow->last) -
                               base::floor_to_microseconds(flow->connection_start));
}

constexpr auto kLearnt = FeatureUse::kDefault;
constexpr bool kWhole = true;  // Feature::is_integer
constexpr bool kReal = false;
constexpr bool kAsPublic = false;  // Feature::differs_from_public_csv
constexpr bool kDiffers = true;

constexpr Feature kCicFeatures[] = {
    {"Src Port", "-", "Port of the initiator. An identifier: a model that learns it fails on the next network.", kWhole,
     kAsPublic, FeatureUse::kOnRequest, initiator_port},
    {"Dst Port", "-", "Port of the responder. An identifier: a model that learns it fails on the next network.", kWhole,
     kAsPublic, FeatureUse::kOnRequest, responder_port},
    {"Protocol", "-", "IANA protocol number of the transport.", kWhole, kAsPublic, kLearnt, protocol},
    {"Flow Duration", "µs", "Time of the last packet less that of the first.", kWhole, kAsPublic, kLearnt,
     number<duration>},
    {"Total Fwd Packet", "packets", "Forward packets.", kWhole, kAsPublic, kLearnt, number<packets<kForward>>},
    {"Total Bwd packets", "packets", "Backward packets.", kWhole, kAsPublic, kLearnt, number<packets<kBackward>>},
    {"Total Length of Fwd Packet", "bytes", "Sum of the payload lengths of the forward packets.", kWhole, kAsPublic,
     kLearnt, number<bytes<kForward>>},
    {"Total Length of Bwd Packet", "bytes", "Sum of the payload lengths of the backward packets.", kWhole, kAsPublic,
     kLearnt, number<bytes<kBackward>>},
    {"Fwd Packet Length Max", "bytes", "Largest payload length of the forward packets, empty ones included.", kWhole,
     kAsPublic, kLearnt, max<lengths<kForward>>},
    {"Fwd Packet Length Min", "bytes", "Smallest payload length of the forward packets, empty ones included.", kWhole,
     kAsPublic, kLearnt, min<lengths<kForward>>},
    {"Fwd Packet Length Mean", "bytes", "Mean payload length of the forward packets, empty ones included.", kReal,
     kAsPublic, kLearnt, mean<lengths<kForward>>},
    {"Fwd Packet Length Std", "bytes",
     "Sample standard deviation of the payload lengths of the forward packets, empty ones included.", kReal, kAsPublic,
     kLearnt, deviation<lengths<kForward>>},
    {"Bwd Packet Length Max", "bytes", "Largest payload length of the backward packets, empty ones included.", kWhole,
     kAsPublic, kLearnt, max<lengths<kBackward>>},
    {"Bwd Packet Length Min", "bytes", "Smallest payload length of the backward packets, empty ones included.", kWhole,
     kAsPublic, kLearnt, min<lengths<kBackward>>},
    {"Bwd Packet Length Mean", "bytes", "Mean payload length of the backward packets, empty ones included.", kReal,
     kAsPublic, kLearnt, mean<lengths<kBackward>>},
    {"Bwd Packet Length Std", "bytes",
     "Sample standard deviation of the payload lengths of the backward packets, empty ones included.", kReal, kAsPublic,
     kLearnt, deviation<lengths<kBackward>>},
    {"Flow Bytes/s", "1/s", "Payload bytes over the duration.", kReal, kAsPublic, kLearnt, per_second<all_bytes>},
    {"Flow Packets/s", "1/s", "Packets over the duration.", kReal, kAsPublic, kLearnt, per_second<all_packets>},
    {"Flow IAT Mean", "µs", "Mean gap between consecutive packets of the flow.", kReal, kAsPublic, kLearnt,
     mean<all_gaps>},
    {"Flow IAT Std", "µs", "Sample standard deviation of the gaps between consecutive packets of the flow.", kReal,
     kAsPublic, kLearnt, deviation<all_gaps>},
    {"Flow IAT Max", "µs", "Largest gap between consecutive packets of the flow.", kWhole, kAsPublic, kLearnt,
     max<all_gaps>},
    {"Flow IAT Min", "µs", "Smallest gap between consecutive packets of the flow.", kWhole, kAsPublic, kLearnt,
     min<all_gaps>},
    {"Fwd IAT Total", "µs", "Sum of the gaps between consecutive forward packets.", kWhole, kAsPublic, kLearnt,
     sum<gaps<kForward>>},
    {"Fwd IAT Mean", "µs", "Mean gap between consecutive forward packets.", kReal, kAsPublic, kLearnt,
     mean<gaps<kForward>>},
    {"Fwd IAT Std", "µs", "Sample standard deviation of the gaps between consecutive forward packets.", kReal,
     kAsPublic, kLearnt, deviation<gaps<kForward>>},
    {"Fwd IAT Max", "µs", "Largest gap between consecutive forward packets.", kWhole, kAsPublic, kLearnt,
     max<gaps<kForward>>},
    {"Fwd IAT Min", "µs", "Smallest gap between consecutive forward packets.", kWhole, kAsPublic, kLearnt,
     min<gaps<kForward>>},
    {"Bwd IAT Total", "µs", "Sum of the gaps between consecutive backward packets.", kWhole, kAsPublic, kLearnt,
     sum<gaps<kBackward>>},
    {"Bwd IAT Mean", "µs", "Mean gap between consecutive backward packets.", kReal, kAsPublic, kLearnt,
     mean<gaps<kBackward>>},
    {"Bwd IAT Std", "µs", "Sample standard deviation of the gaps between consecutive backward packets.", kReal,
     kAsPublic, kLearnt, deviation<gaps<kBackward>>},
    {"Bwd IAT Max", "µs", "Largest gap between consecutive backward packets.", kWhole, kAsPublic, kLearnt,
     max<gaps<kBackward>>},
    {"Bwd IAT Min", "µs", "Smallest gap between consecutive backward packets.", kWhole, kAsPublic, kLearnt,
     min<gaps<kBackward>>},
    {"Fwd PSH Flags", "packets", "Forward packets that bear the flag.", kWhole, kAsPublic, kLearnt,
     flags<kForward, tcp_flag::kPsh>},
    {"Bwd PSH Flags", "packets", "Backward packets that bear the flag.", kWhole, kAsPublic, kLearnt,
     flags<kBackward, tcp_flag::kPsh>},
    {"Fwd URG Flags", "packets", "Forward packets that bear the flag.", kWhole, kAsPublic, kLearnt,
     flags<kForward, tcp_flag::kUrg>},
    {"Bwd URG Flags", "packets", "Backward packets that bear the flag.", kWhole, kAsPublic, kLearnt,
     flags<kBackward, tcp_flag::kUrg>},
    {"Fwd RST Flags", "packets", "Forward packets that bear the flag.", kWhole, kAsPublic, kLearnt,
     flags<kForward, tcp_flag::kRst>},
    {"Bwd RST Flags", "packets", "Backward packets that bear the flag.", kWhole, kAsPublic, kLearnt,
     flags<kBackward, tcp_flag::kRst>},
    {"Fwd Header Length", "bytes",
     "Sum of the transport header lengths of the forward packets (TCP data offset x 4, UDP 8, others 0).", kWhole,
     kAsPublic, kLearnt, header_bytes<kForward>},
    {"Bwd Header Length", "bytes",
     "Sum of the transport header lengths of the backward packets (TCP data offset x 4, UDP 8, others 0).", kWhole,
     kAsPublic, kLearnt, header_bytes<kBackward>},
    {"Fwd Packets/s", "1/s", "Forward packets over the duration.", kReal, kAsPublic, kLearnt,
     per_second<packets<kForward>>},
    {"Bwd Packets/s", "1/s", "Backward packets over the duration.", kReal, kAsPublic, kLearnt,
     per_second<packets<kBackward>>},
    {"Packet Length Min", "bytes", "Smallest payload length of all packets of the flow.", kWhole, kAsPublic, kLearnt,
     min<all_lengths>},
    {"Packet Length Max", "bytes", "Largest payload length of all packets of the flow.", kWhole, kAsPublic, kLearnt,
     max<all_lengths>},
    {"Packet Length Mean", "bytes", "Mean payload length of all packets of the flow.", kReal, kAsPublic, kLearnt,
     mean<all_lengths>},
    {"Packet Length Std", "bytes", "Sample standard deviation of the payload lengths of all packets of the flow.",
     kReal, kAsPublic, kLearnt, deviation<all_lengths>},
    {"Packet Length Variance", "bytes²", "Sample variance of the payload lengths of all packets of the flow.", kReal,
     kAsPublic, kLearnt, variance<all_lengths>},
    {"FIN Flag Count", "packets", "Packets of both directions that bear the flag.", kWhole, kAsPublic, kLearnt,
     all_flags<tcp_flag::kFin>},
    {"SYN Flag Count", "packets", "Packets of both directions that bear the flag.", kWhole, kAsPublic, kLearnt,
     all_flags<tcp_flag::kSyn>},
    {"RST Flag Count", "packets", "Packets of both directions that bear the flag.", kWhole, kAsPublic, kLearnt,
     all_flags<tcp_flag::kRst>},
    {"PSH Flag Count", "packets", "Packets of both directions that bear the flag.", kWhole, kAsPublic, kLearnt,
     all_flags<tcp_flag::kPsh>},
    {"ACK Flag Count", "packets", "Packets of both directions that bear the flag.", kWhole, kAsPublic, kLearnt,
     all_flags<tcp_flag::kAck>},
    {"URG Flag Count", "packets", "Packets of both directions that bear the flag.", kWhole, kAsPublic, kLearnt,
     all_flags<tcp_flag::kUrg>},
    {"CWR Flag Count", "packets", "Packets of both directions that bear the flag.", kWhole, kAsPublic, kLearnt,
     all_flags<tcp_flag::kCwr>},
    {"ECE Flag Count", "packets", "Packets of both directions that bear the flag.", kWhole, kAsPublic, kLearnt,
     all_flags<tcp_flag::kEce>},
    {"Down/Up Ratio", "-", "Backward packets over forward packets; 0 without forward packets.", kReal, kAsPublic,
     kLearnt, down_up_ratio},
    {"Average Packet Size", "bytes", "Total payload over packets; equals Packet Length Mean.", kReal, kAsPublic,
     kLearnt, mean<all_lengths>},
    {"Fwd Segment Size Avg", "bytes", "Equals Fwd Packet Length Mean.", kReal, kAsPublic, kLearnt,
     mean<lengths<kForward>>},
    {"Bwd Segment Size Avg", "bytes", "Equals Bwd Packet Length Mean.", kReal, kAsPublic, kLearnt,
     mean<lengths<kBackward>>},
    {"Fwd Bytes/Bulk Avg", "bytes", "Mean payload of a forward bulk.", kReal, kAsPublic, kLearnt, bulk_bytes<kForward>},
    {"Fwd Packet/Bulk Avg", "packets", "Mean number of packets of a forward bulk.", kReal, kAsPublic, kLearnt,
     bulk_packets<kForward>},
    {"Fwd Bulk Rate Avg", "bytes/s", "Bytes of all forward bulks over the sum of their durations; 0 if that is 0.",
     kReal, kAsPublic, kLearnt, bulk_rate<kForward>},
    {"Bwd Bytes/Bulk Avg", "bytes", "Mean payload of a backward bulk.", kReal, kAsPublic, kLearnt,
     bulk_bytes<kBackward>},
    {"Bwd Packet/Bulk Avg", "packets", "Mean number of packets of a backward bulk.", kReal, kAsPublic, kLearnt,
     bulk_packets<kBackward>},
    {"Bwd Bulk Rate Avg", "bytes/s", "Bytes of all backward bulks over the sum of their durations; 0 if that is 0.",
     kReal, kAsPublic, kLearnt, bulk_rate<kBackward>},
    {"Subflow Fwd Packets", "packets", "Mean number of forward packets of a subflow.", kReal, kDiffers, kLearnt,
     per_subflow<packets<kForward>>},
    {"Subflow Fwd Bytes", "bytes", "Mean forward payload of a subflow.", kReal, kDiffers, kLearnt,
     per_subflow<bytes<kForward>>},
    {"Subflow Bwd Packets", "packets", "Mean number of backward packets of a subflow.", kReal, kDiffers, kLearnt,
     per_subflow<packets<kBackward>>},
    {"Subflow Bwd Bytes", "bytes", "Mean backward payload of a subflow.", kReal, kDiffers, kLearnt,
     per_subflow<bytes<kBackward>>},
    {"FWD Init Win Bytes", "bytes", "TCP window, unscaled, of the first forward packet; 0 for other protocols.", kWhole,
     kAsPublic, kLearnt, first_window<kForward>},
    {"Bwd Init Win Bytes", "bytes", "TCP window, unscaled, of the first backward packet; 0 for other protocols.",
     kWhole, kDiffers, kLearnt, first_window<kBackward>},
    {"Fwd Act Data Pkts", "packets", "Forward packets with a payload, the first included.", kWhole, kAsPublic, kLearnt,
     forward_data_packets},
    {"Fwd Seg Size Min", "bytes", "Smallest transport header length of the forward packets.", kWhole, kAsPublic,
     kLearnt, least_forward_header},
    {"Active Mean", "µs", "Mean of the lengths of the periods of activity.", kReal, kDiffers, kLearnt, mean<active>},
    {"Active Std", "µs", "Sample standard deviation of the lengths of the periods of activity.", kReal, kDiffers,
     kLearnt, deviation<active>},
    {"Active Max", "µs", "Longest of the periods of activity.", kWhole, kDiffers, kLearnt, max<active>},
    {"Active Min", "µs", "Shortest of the periods of activity.", kWhole, kDiffers, kLearnt, min<active>},
    {"Idle Mean", "µs", "Mean of the lengths of the gaps over 5 s.", kReal, kAsPublic, kLearnt, mean<idle>},
    {"Idle Std", "µs", "Sample standard deviation of the lengths of the gaps over 5 s.", kReal, kAsPublic, kLearnt,
     deviation<idle>},
    {"Idle Max", "µs", "Longest of the gaps over 5 s.", kWhole, kAsPublic, kLearnt, max<idle>},
    {"Idle Min", "µs", "Shortest of the gaps over 5 s.", kWhole, kAsPublic, kLearnt, min<idle>},
    {"ICMP Code", "-", "Of the first packet; -1 where the flow is not ICMP or ICMPv6.", kWhole, kAsPublic, kLearnt,
     icmp_code},
    {"ICMP Type", "-", "Of the first packet; -1 where the flow is not ICMP or ICMPv6.", kWhole, kAsPublic, kLearnt,
     icmp_type},
    {"Total TCP Flow Time", "µs",
     "Duration of the whole TCP connection or UDP dialogue, its earlier cut pieces included.", kWhole, kAsPublic,
     FeatureUse::kOnRequest, connection_time},
};

}  // namespace

const FeatureGroup& cic_group() {
    static constexpr FeatureGroup kGroup{"cic", "The columns of the corrected CIC-IDS2017 files.", kCicFeatures,
                                         [](const FlowView& flow, double* values) {
                                             const FlowSummary summary(*flow.flow);
                                             FlowView view = flow;
                                             view.summary = &summary;
                                             form_all<kCicFeatures>(view, values);
                                         }};
    return kGroup;
}

}  // namespace flowsift::features
