// Packets with payload for tests, and flows with their attributes copied out of a meter's rows.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "features/packet_meter.h"
#include "tests/decode/hello_builder.h"
#include "tests/features/packet_makers.h"

namespace flowsift::features {

using decode::test::Buffer;

/// A client that says something and hears answers. Keeps what the packets' payloads view; times are one microsecond
/// apart.
struct PayloadTalk : Talk {
    decode::Packet says(const Buffer& payload, std::uint32_t sequence = 0) {
        return with(from_client(now_++, static_cast<std::uint32_t>(payload.size())), payload, sequence);
    }
    decode::Packet hears(const Buffer& payload, std::uint32_t sequence = 0) {
        return with(from_server(now_++, static_cast<std::uint32_t>(payload.size())), payload, sequence);
    }
    decode::Packet syn(std::uint32_t sequence) { return with_flags(says({}, sequence), kSyn); }

  private:
    decode::Packet with(decode::Packet packet, const Buffer& payload, std::uint32_t sequence) {
        packet.payload = payloads_.emplace_back(payload);
        packet.tcp_sequence = sequence;
        return packet;
    }

    std::int64_t now_ = 0;
    std::deque<Buffer> payloads_;
};

struct AttributedFlow {
    FlowIdentity identity;
    std::vector<double> values;
    std::optional<FlowAttributes> attributes;

    std::string application() const { return attributes ? std::string(to_string(attributes->application)) : "none"; }
    std::string name() const { return attributes ? std::string(attributes->name.view()) : ""; }
};

class AttributeListener : public FlowListener {
  public:
    void on_flow_ended(const FlowRow& row) override {
        flows.push_back({row.identity, {row.values.begin(), row.values.end()}, std::nullopt});
        if (row.attributes) flows.back().attributes = *row.attributes;
    }
    std::vector<AttributedFlow> flows;  ///< In the order of their ends.
};

}  // namespace flowsift::features
