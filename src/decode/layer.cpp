#include "decode/layer.h"

namespace flowsift::decode {

void Frame::enter_tunnel() {
    Packet inner;
    inner.timestamp = packet.timestamp;
    inner.wire_length = packet.wire_length;
    inner.vlan = packet.vlan;
    inner.tunnel_id = packet.tunnel_id;
    packet = inner;
    is_fragment = false;
    is_in_tunnel = true;
}

}  // namespace flowsift::decode
