// Options of a Decoder: which layer of a tunnelled packet becomes the flow, and what is done on request because it
// costs time. A plain value.
#pragma once

#include <cstdint>

namespace flowsift::decode {

enum class FlowLayer : std::uint8_t {
    kInnermost,  ///< Tunnels are followed: the packet inside makes the flow.
    kOutermost,  ///< They are not: UDP tunnels are UDP flows, GRE and IP in IP are counted by name.
};

struct Options {
    FlowLayer flow_layer = FlowLayer::kInnermost;
    bool reassemble = false;        ///< Give the payload of fragmented datagrams; without it fragments have none.
    bool verify_checksums = false;  ///< Count packets whose checksums are wrong; they stay in their flows.
};

}  // namespace flowsift::decode
