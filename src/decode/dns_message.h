// DNS messages (RFC 1035 section 4.1), as far as their first question: the name that is asked for. Stateless; any
// thread.
//
// On the ports of DNS, mDNS and LLMNR whatever has the form of a question is taken for one, hostile names included. On
// other ports a message must also be plausible: one question of a known type for a name of letters, digits, '-' and
// '_'.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "decode/attributes.h"

namespace flowsift::decode {

/// 53, 5353 (mDNS), 5355 (LLMNR).
bool is_dns_port(std::uint16_t port);

/// True: `attributes` holds the name: labels with '.' between them, "." for the root; a dot or a backslash within a
/// label has a backslash before it (RFC 4343 section 2.1), other bytes are as they came. A compressed name is refused,
/// because nothing stands before the first question that it could point to.
bool read_dns_message(base::Bytes message, bool is_dns_port, Attributes& attributes);

/// The first message of a TCP stream, after its length (RFC 1035 section 4.2.2). On other ports than those of DNS it
/// must be there as a whole from the first.
Reading read_dns_stream(base::Bytes stream, bool is_dns_port, Attributes& attributes);

}  // namespace flowsift::decode
