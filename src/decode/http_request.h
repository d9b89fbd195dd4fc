// The head of an HTTP/1 request (RFC 9112 sections 2.1 and 3): for which host it is. Stateless; any thread.
#pragma once

#include "base/bytes.h"
#include "decode/attributes.h"

namespace flowsift::decode {

/// `stream`: from the client's first byte on. Recognised by its request line, whatever the port: an upper-case method,
/// a target without blanks, HTTP/1.x. The name is the value of the first Host field (its name in any case), with a port
/// if there is one; without that field, the authority of an absolute target or of CONNECT; else empty.
Reading read_http_request(base::Bytes stream, Attributes& attributes);

}  // namespace flowsift::decode
