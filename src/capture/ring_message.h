// What the sensor and the capture broker say to each other: one datagram each way, numbers in network byte order.
//
// The broker may do more than the sensor, so a request is checked like anything from outside: every length before use.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "capture/ring_socket.h"

namespace flowsift::capture {

inline constexpr std::size_t kMostRequestBytes = 28 + 2 * std::size_t{BPF_MAXINSNS} * sizeof(sock_filter);

/// Precondition: a name of 1 to 15 bytes, 1 to BPF_MAXINSNS instructions of the filter and at most as many of the
/// choice, and some where the group has a number.
std::vector<std::uint8_t> encode_request(const RingRequest& request);

/// Error: not the bytes that encode_request() makes of any request.
base::Result<RingRequest> parse_request(base::Bytes bytes);

inline constexpr std::size_t kMostReplyBytes = 4096;

/// The outcome in the first byte, 0 or the ErrorKind; then the message, cut where it is too long.
std::vector<std::uint8_t> encode_reply(const base::Result<void>& outcome);
base::Result<void> parse_reply(base::Bytes bytes);

}  // namespace flowsift::capture
