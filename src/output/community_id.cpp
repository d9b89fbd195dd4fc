#include "output/community_id.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "output/flow_text.h"

namespace flowsift::output {
namespace {

using flow::FlowIdentity;

constexpr std::uint8_t kIcmp = 1, kIcmpV6 = 58;

struct Exchange {
    std::uint8_t request, reply;
};

// Zeek's pairs, which the specification adopts.
constexpr Exchange kIcmpExchanges[] = {{8, 0}, {10, 9}, {13, 14}, {15, 16}, {17, 18}};
constexpr Exchange kIcmpV6Exchanges[] = {{128, 129}, {130, 131}, {133, 134}, {135, 136}, {139, 140}, {144, 145}};

std::optional<std::uint16_t> counterpart(std::span<const Exchange> exchanges, int type) {
    for (const Exchange& exchange : exchanges) {
        if (type == exchange.request) return exchange.reply;
        if (type == exchange.reply) return exchange.request;
    }
    return std::nullopt;
}

struct Ends {
    std::uint16_t source = 0, destination = 0;
    bool are_hashed = true;  ///< The protocol has ports, or what stands for them.
    bool have_direction = false;
};

Ends ends(const FlowIdentity& flow) {
    if (has_ports(flow.protocol)) return {flow.source_port, flow.destination_port};
    if ((flow.protocol != kIcmp && flow.protocol != kIcmpV6) || flow.icmp_type < 0) return {.are_hashed = false};
    const auto type = static_cast<std::uint16_t>(flow.icmp_type);
    const std::span<const Exchange> exchanges = flow.protocol == kIcmp ? std::span<const Exchange>(kIcmpExchanges)
                                                                       : std::span<const Exchange>(kIcmpV6Exchanges);
    if (const auto other = counterpart(exchanges, type)) return {type, *other};
    return {type, static_cast<std::uint16_t>(flow.icmp_code), true, true};
}

void append_be16(std::vector<std::uint8_t>& bytes, std::uint16_t number) {
    bytes.push_back(static_cast<std::uint8_t>(number >> 8));
    bytes.push_back(static_cast<std::uint8_t>(number));
}

void append_base64(std::string& out, base::Bytes bytes) {
    static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? bytes[i + j] : 0u);
        for (std::size_t j = 0; j < 4; ++j) out += j <= count ? kDigits[group >> (18 - 6 * j) & 63] : '=';
    }
}

}  // namespace

std::string community_id(const FlowIdentity& flow) {
    Ends ports = ends(flow);
    const base::IpAddress *first = &flow.source, *second = &flow.destination;
    const bool is_reversed = std::tie(*second, ports.destination) < std::tie(*first, ports.source);
    if (is_reversed && !ports.have_direction) {
        std::swap(first, second);
        std::swap(ports.source, ports.destination);
    }
    std::vector<std::uint8_t> bytes = {0, 0};  // The seed.
    for (const base::IpAddress* address : {first, second})
        bytes.insert(bytes.end(), address->network().begin(), address->network().end());
    bytes.insert(bytes.end(), {flow.protocol, 0});
    if (ports.are_hashed) {
        append_be16(bytes, ports.source);
        append_be16(bytes, ports.destination);
    }
    std::string text = "1:";
    append_base64(text, base::sha1(bytes));
    return text;
}

}  // namespace flowsift::output
