// The formulas of the plain extractor: all features of one flow from the list of its packets.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "decode/packet.h"

namespace flowsift::features::reference {

struct PlainPacket {
    std::int64_t microseconds = 0;
    bool is_forward = true;
    std::uint8_t protocol = 0;
    std::uint32_t payload = 0;  ///< As `cic` counts it.
    std::uint32_t header = 0;
    std::uint8_t flags = 0;
    std::uint16_t window = 0;
    decode::Packet packet;  ///< Whatever else there is.
};

/// The `cic` group by name of the catalogue; all but ICMP Code and Type, which are no formula. `connection_start`: of
/// the earliest piece.
std::map<std::string, double> features_of(const std::vector<PlainPacket>& packets, std::int64_t connection_start);

/// The `early` group.
std::map<std::string, double> early_features_of(const std::vector<PlainPacket>& packets);

/// The `tcp` group.
std::map<std::string, double> tcp_features_of(const std::vector<PlainPacket>& packets);

}  // namespace flowsift::features::reference
