#include "decode/ethertype.h"

namespace flowsift::decode {
namespace {

struct Ethertype {
    std::uint16_t number;
    Layer layer;
    Outcome outcome = Outcome::kFlowPacket;  ///< Where the layer is kEnd.
};

/// IEEE registration authority numbers; those of nearly every packet first.
constexpr Ethertype kEthertypes[] = {
    {0x0800, Layer::kIpv4},
    {0x86dd, Layer::kIpv6},
    {0x8100, Layer::kVlan},  // IEEE 802.1Q
    {0x88a8, Layer::kVlan},  // IEEE 802.1ad
    {0x9100, Layer::kVlan},  // QinQ before the standard
    {0x9200, Layer::kVlan},
    {0x8847, Layer::kMpls},
    {0x8848, Layer::kMpls},  // Multicast
    {0x8864, Layer::kPppoe},
    {0x6558, Layer::kEthernet},  // Transparent Ethernet bridging (RFC 1701): the payload of GRE and Geneve
    {0x8863, Layer::kEnd, Outcome::kPppoeDiscovery},
    {0x0806, Layer::kEnd, Outcome::kArp},
    {0x8035, Layer::kEnd, Outcome::kRarp},
    {0x88cc, Layer::kEnd, Outcome::kLldp},
    {0x888e, Layer::kEnd, Outcome::kEapol},
    {0x88e5, Layer::kEnd, Outcome::kMacsec},
    {0x88e7, Layer::kEnd, Outcome::kProviderBackbone},
    {0x8809, Layer::kEnd, Outcome::kSlowProtocol},
    {0x8902, Layer::kEnd, Outcome::kConnectivityFault},
    {0x9000, Layer::kEnd, Outcome::kEthernetLoopback},
    {0x88f7, Layer::kEnd, Outcome::kPtp},
    {0x0842, Layer::kEnd, Outcome::kWakeOnLan},
    {0x8137, Layer::kEnd, Outcome::kIpx},
    {0x809b, Layer::kEnd, Outcome::kAppleTalk},
    {0x80f3, Layer::kEnd, Outcome::kAppleTalk},
    {0x8906, Layer::kEnd, Outcome::kFibreChannel},
    {0x8914, Layer::kEnd, Outcome::kFibreChannel},
    {0x88a2, Layer::kEnd, Outcome::kFibreChannel},  // ATA over Ethernet
    {0x8892, Layer::kEnd, Outcome::kIndustrial},    // PROFINET
    {0x88a4, Layer::kEnd, Outcome::kIndustrial},    // EtherCAT
    {0x88ab, Layer::kEnd, Outcome::kIndustrial},    // POWERLINK
    {0x88b8, Layer::kEnd, Outcome::kIndustrial},    // IEC 61850 GOOSE
    {0x88b9, Layer::kEnd, Outcome::kIndustrial},    // IEC 61850 GSE management
    {0x88ba, Layer::kEnd, Outcome::kIndustrial},    // IEC 61850 sampled values
    {0x88cd, Layer::kEnd, Outcome::kIndustrial},    // SERCOS III
    {0x88e3, Layer::kEnd, Outcome::kIndustrial},    // Media redundancy
    {0x88fb, Layer::kEnd, Outcome::kIndustrial},    // Parallel redundancy
    {0x887b, Layer::kEnd, Outcome::kHomePlug},
    {0x88e1, Layer::kEnd, Outcome::kHomePlug},
    {0x4305, Layer::kEnd, Outcome::kBatman},
    {0x22f3, Layer::kEnd, Outcome::kTrill},
};

const Ethertype* find_ethertype(std::uint16_t number) {
    for (const Ethertype& row : kEthertypes)
        if (row.number == number) return &row;
    return nullptr;
}

}  // namespace

bool is_known_ethertype(std::uint16_t ethertype) {
    return find_ethertype(ethertype) != nullptr;
}

Layer layer_of_ethertype(std::uint16_t ethertype, Frame& frame) {
    const Ethertype* row = find_ethertype(ethertype);
    if (row == nullptr) return frame.end(Outcome::kOtherEthertype);
    return row->layer == Layer::kEnd ? frame.end(row->outcome) : row->layer;
}

}  // namespace flowsift::decode
