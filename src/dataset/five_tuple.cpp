#include "dataset/five_tuple.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"
#include "dataset/cell.h"

namespace flowsift::dataset {
namespace {

using Endpoint = std::pair<base::IpAddress, std::uint16_t>;

}  // namespace

std::uint64_t five_tuple_of(const features::FlowIdentity& identity) {
    Endpoint low{identity.source, identity.source_port}, high{identity.destination, identity.destination_port};
    if (high < low) std::swap(low, high);
    std::array<std::uint8_t, 37> bytes{};
    auto* out = std::copy(low.first.bytes.begin(), low.first.bytes.end(), bytes.data());
    out = std::copy(high.first.bytes.begin(), high.first.bytes.end(), out);
    for (const std::uint16_t port : {low.second, high.second}) {
        *out++ = static_cast<std::uint8_t>(port >> 8);
        *out++ = static_cast<std::uint8_t>(port);
    }
    *out = identity.protocol;
    // A fixed key: five-tuples of a training file are the user's own, and a split must be repeatable.
    const std::uint64_t hash = base::siphash13({0x666c6f7773696674, 0x666976652d747570}, bytes);
    return hash ? hash : 1;
}

std::uint64_t host_of(const features::FlowIdentity& identity) {
    const std::uint64_t hash = base::siphash13({0x666c6f7773696674, 0x686f7374}, identity.source.bytes);
    return hash ? hash : 1;
}

std::optional<std::uint16_t> parse_port(std::string_view cell) {
    double value = 0;
    if (parse_number(cell, value) != NumberKind::kFinite || value < 0 || value > 65'535) return std::nullopt;
    const auto port = static_cast<std::uint16_t>(value);
    return port == value ? std::optional(port) : std::nullopt;
}

std::optional<features::FlowIdentity> parse_flow_id(std::string_view cell) {
    std::array<std::string_view, 5> parts;
    std::string_view rest = trim(cell);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t dash = i + 1 < parts.size() ? rest.find('-') : rest.size();
        if (dash == std::string_view::npos) return std::nullopt;
        parts[i] = rest.substr(0, dash);
        rest.remove_prefix(std::min(dash + 1, rest.size()));
    }
    const auto source = base::parse_ip_address(parts[0]), destination = base::parse_ip_address(parts[1]);
    const auto source_port = parse_port(parts[2]), destination_port = parse_port(parts[3]);
    const auto protocol = parse_port(parts[4]);
    if (!source || !destination || !source_port || !destination_port || !protocol || *protocol > 255)
        return std::nullopt;
    features::FlowIdentity identity;
    identity.source = *source;
    identity.destination = *destination;
    identity.source_port = *source_port;
    identity.destination_port = *destination_port;
    identity.protocol = static_cast<std::uint8_t>(*protocol);
    return identity;
}

}  // namespace flowsift::dataset
