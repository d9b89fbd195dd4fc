// Tunnels over UDP: VXLAN, Geneve, GRE, GTP-U and Teredo, told by nothing but a port number.
//
// A port is a guess. So the UDP packet is put aside while its content is read as the tunnel's, and if no packet of a
// flow is found there, it is the frame's packet after all: no packet is lost because its port looked like a tunnel.
#pragma once

#include <cstdint>

#include "decode/layer.h"

namespace flowsift::decode {

/// The layer that the ports of a UDP packet promise; kEnd for none.
Layer tunnel_of_ports(std::uint16_t source, std::uint16_t destination);

/// frame.packet is a whole UDP packet, and the reader stands at its content: puts it aside and enters the tunnel.
void try_udp_tunnel(Frame& frame);

/// At the end of a walk that went through a UDP tunnel: where it found no packet of a flow, takes the UDP packet.
void settle_udp_tunnel(Frame& frame);

}  // namespace flowsift::decode
