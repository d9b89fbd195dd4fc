// Datagram: what two processes of this program say to each other over a pair of sockets (SOCK_SEQPACKET): bytes, and
// perhaps an open descriptor beside them. The receiver treats the bytes as hostile. One thread at each end.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/descriptor.h"

namespace flowsift::base {

struct Datagram {
    std::vector<std::uint8_t> bytes;  ///< None: longer than the receiver takes.
    Descriptor descriptor;
};

/// Two ends, closed at exec; nullopt with errno where the system has none.
std::optional<std::pair<Descriptor, Descriptor>> datagram_pair();

/// `descriptor`: -1 for none. False: the other end is gone.
bool send_datagram(int socket, Bytes bytes, int descriptor = -1);

/// Waits for one. `most_bytes`: of a longer one nothing is taken. Unless `takes_descriptor`, one that comes is closed.
/// nullopt: the other end is gone.
std::optional<Datagram> receive_datagram(int socket, std::size_t most_bytes, bool takes_descriptor);

}  // namespace flowsift::base
