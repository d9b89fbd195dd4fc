// A hundred connections that talk, and SYN floods beside them: what the memory cap has to live through.
#pragma once

#include <algorithm>
#include <vector>

#include "packet_makers.h"

namespace flowsift::features {

inline Talk talk_of(std::uint8_t net, std::uint32_t number, std::uint8_t protocol = decode::ip_protocol::kTcp) {
    Talk talk;
    talk.protocol = protocol;
    talk.client.bytes[12] = net;
    talk.client.bytes[13] = static_cast<std::uint8_t>(number >> 16);
    talk.client.bytes[14] = static_cast<std::uint8_t>(number >> 8);
    talk.client.bytes[15] = static_cast<std::uint8_t>(number);
    return talk;
}

inline void add_handshake(std::vector<decode::Packet>& packets, const Talk& talk, std::int64_t time) {
    packets.push_back(with_flags(talk.from_client(time), kSyn));
    packets.push_back(with_flags(talk.from_server(time + 10), kSyn | kAck));
    packets.push_back(talk.from_client(time + 20));
}

inline std::vector<decode::Packet> sorted(std::vector<decode::Packet> packets) {
    std::stable_sort(packets.begin(), packets.end(),
                     [](const auto& a, const auto& b) { return a.timestamp < b.timestamp; });
    return packets;
}

/// A hundred connections that talk once a second for half a minute.
inline std::vector<decode::Packet> established_traffic() {
    std::vector<decode::Packet> packets;
    for (std::uint32_t i = 0; i < 100; ++i) {
        const Talk talk = talk_of(10, i);
        add_handshake(packets, talk, i * 1000);
        for (std::int64_t second = 1; second < 30; ++second) {
            packets.push_back(talk.from_client(second * 1'000'000 + i * 1000, 10 + i));
            packets.push_back(talk.from_server(second * 1'000'000 + i * 1000 + 500, 100));
        }
    }
    return sorted(packets);
}

/// `count` SYNs within half a minute, every third answered: a server answers a flood, too.
inline std::vector<decode::Packet> flood(std::uint32_t count) {
    std::vector<decode::Packet> packets;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::int64_t time = 1'000'000 + i * (28'000'000ll / count);
        packets.push_back(with_flags(talk_of(11, i).from_client(time), kSyn));
        if (i % 3 == 0) packets.push_back(with_flags(talk_of(11, i).from_server(time + 5), kSyn | kAck));
    }
    return sorted(packets);
}

}  // namespace flowsift::features
