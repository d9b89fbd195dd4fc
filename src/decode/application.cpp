#include "decode/application.h"

#include "decode/client_hello.h"
#include "decode/dns_message.h"
#include "decode/http_request.h"

namespace flowsift::decode {
namespace {

bool has_dns_port(const Packet& packet) {
    return is_dns_port(packet.source_port) || is_dns_port(packet.destination_port);
}

}  // namespace

std::string_view to_string(Application application) {
    constexpr std::string_view kNames[] = {"", "tls", "quic", "dns", "http"};
    return kNames[static_cast<std::size_t>(application)];
}

struct ApplicationReader::StreamProtocol {
    Reading (*read)(ApplicationReader& reader, base::Bytes stream, const Packet& packet, Attributes& attributes);
};

/// Over TCP, the most telling first.
const ApplicationReader::StreamProtocol ApplicationReader::kStreamProtocols[] = {
    {[](ApplicationReader& reader, base::Bytes stream, const Packet&, Attributes& attributes) {
        return reader.read_tls(stream, attributes);
    }},
    {[](ApplicationReader&, base::Bytes stream, const Packet&, Attributes& attributes) {
        return read_http_request(stream, attributes);
    }},
    {[](ApplicationReader&, base::Bytes stream, const Packet& packet, Attributes& attributes) {
        return read_dns_stream(stream, has_dns_port(packet), attributes);
    }},
};

Reading ApplicationReader::read_stream(base::Bytes stream, const Packet& packet, Attributes& attributes) {
    Reading all = Reading::kForeign;
    for (const StreamProtocol& protocol : kStreamProtocols) {
        const Reading reading = protocol.read(*this, stream, packet, attributes);
        if (reading == Reading::kDone) return reading;
        if (reading == Reading::kNeedsMore) all = reading;
    }
    return all;
}

Reading ApplicationReader::read_datagram(base::Bytes datagram, const Packet& packet, QuicFlight& flight,
                                         Attributes& attributes) {
    const Reading quic = read_quic(datagram, flight, attributes);
    if (quic != Reading::kForeign) return quic;
    return read_dns_message(datagram, has_dns_port(packet), attributes) ? Reading::kDone : Reading::kForeign;
}

Reading ApplicationReader::read_tls(base::Bytes stream, Attributes& attributes) {
    base::Bytes message;
    const Reading reading = find_client_hello(stream, hello_room_, message);
    if (reading != Reading::kDone) return reading;
    return read_hello(message, Application::kTls, attributes) ? Reading::kDone : Reading::kForeign;
}

Reading ApplicationReader::read_quic(base::Bytes datagram, QuicFlight& flight, Attributes& attributes) {
    if (!quic_.add(datagram, flight)) return Reading::kForeign;
    attributes.application = Application::kQuic;
    const base::Bytes message = flight.crypto.contiguous();
    if (read_hello(message, Application::kQuic, attributes)) return Reading::kDone;
    return flight.crypto.is_full() || flight.packets >= QuicFlight::kMostPackets ? Reading::kForeign
                                                                                 : Reading::kNeedsMore;
}

bool ApplicationReader::read_hello(base::Bytes message, Application application, Attributes& attributes) {
    const auto hello = parse_client_hello(message);
    if (!hello) return false;
    attributes.application = application;
    attributes.fingerprint = fingerprinter_.of(*hello, application == Application::kQuic ? 'q' : 't');
    attributes.has_fingerprint = true;
    attributes.alpn.assign(hello->alpn);
    attributes.name.assign(hello->server_name);
    return true;
}

}  // namespace flowsift::decode
