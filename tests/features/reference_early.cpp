// The `early` group, plainly.
#include <algorithm>

#include "reference_features.h"

namespace flowsift::features::reference {

std::map<std::string, double> early_features_of(const std::vector<PlainPacket>& packets) {
    std::map<std::string, double> row;
    for (std::size_t i = 0; i < 32; ++i) {
        const std::string name = "Packet " + std::to_string(i + 1);
        row[name + " Size"] = row[name + " Gap"] = row[name + " Flags"] = 0;
        if (i >= packets.size()) continue;
        const decode::Packet& packet = packets[i].packet;
        const double length = static_cast<double>(packet.header_length) + packet.payload_length;
        row[name + " Size"] = (packets[i].is_forward ? 1 : -1) * std::clamp(length, 1.0, 2147483647.0);
        if (i > 0) row[name + " Gap"] = static_cast<double>(packets[i].microseconds - packets[i - 1].microseconds);
        row[name + " Flags"] = packet.tcp_flags;
    }
    return row;
}

}  // namespace flowsift::features::reference
