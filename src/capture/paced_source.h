// PacedSource: replays a capture file as it happened, or faster: each packet is held back until its moment has come.
//
// A wrapper of any PacketSource; read by one thread. The only place of this room that looks at a clock, and only to
// wait: no time of it enters a packet.
#pragma once

#include <memory>

#include "capture/packet_source.h"

namespace flowsift::capture {

/// `speed`: 1 = as captured, 10 = ten times as fast; 0 or infinity = without waiting, which gives `source` itself back.
/// While nothing is due, read() returns kIdle every 100 ms; stop() ends it within that time. Precondition: speed >= 0.
std::unique_ptr<PacketSource> paced(std::unique_ptr<PacketSource> source, double speed);

}  // namespace flowsift::capture
