// The ClientHello in the first TLS records of a TCP stream (RFC 8446 section 5.1), be it cut into several records or
// not. Stateless; any thread.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "decode/attributes.h"
#include "decode/stream_head.h"

namespace flowsift::decode {

/// Room for the pieces of a message.
using HelloRoom = std::array<std::uint8_t, StreamHead::kCapacity>;

/// `stream`: from the client's first byte on. With kDone, `message` is the ClientHello with its handshake header, in
/// `stream` or in `room`. A message that would not fit in `room` is kForeign.
Reading find_client_hello(base::Bytes stream, HelloRoom& room, base::Bytes& message);

}  // namespace flowsift::decode
