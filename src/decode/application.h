// ApplicationReader: finds out from the first bytes of a flow what application protocol it speaks, and reads the names
// in it. One row per protocol in the tables of application.cpp.
//
// By content; a port is only asked for where the content alone does not tell (DNS, see dns_message.h). Owned by one
// thread; allocates nothing after it was made, and keeps no bytes of a flow but in scratch buffers until the next call.
#pragma once

#include <cstdint>

#include "decode/attributes.h"
#include "decode/packet.h"
#include "decode/quic_initial.h"
#include "decode/tls_fingerprint.h"
#include "decode/tls_record.h"

namespace flowsift::decode {

class ApplicationReader {
  public:
    /// The first bytes of one direction of a TCP stream. With kNeedsMore, `attributes` may already tell the
    /// application. `packet`: any of the flow, for its ports.
    Reading read_stream(base::Bytes stream, const Packet& packet, Attributes& attributes);

    /// A datagram of one direction. kNeedsMore: `flight`, which must be the same for all datagrams of the direction,
    /// has a part of a QUIC client's hello.
    Reading read_datagram(base::Bytes datagram, const Packet& packet, QuicFlight& flight, Attributes& attributes);

  private:
    struct StreamProtocol;
    static const StreamProtocol kStreamProtocols[];

    Reading read_tls(base::Bytes stream, Attributes& attributes);
    Reading read_quic(base::Bytes datagram, QuicFlight& flight, Attributes& attributes);
    bool read_hello(base::Bytes message, Application application, Attributes& attributes);

    TlsFingerprinter fingerprinter_;
    QuicInitialReader quic_;
    HelloRoom hello_room_;
};

}  // namespace flowsift::decode
