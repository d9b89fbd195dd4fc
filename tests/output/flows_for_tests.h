// Flows with known identities for the tests of outputs.
#pragma once

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/time.h"
#include "detect/alert.h"
#include "features/flow_attributes.h"
#include "flow/flow_identity.h"

namespace flowsift::output {

/// 2017-07-06 13:40:22.024349 UTC, the start of the first flow of the SQL-injection slice of CIC-IDS2017.
inline constexpr base::Nanoseconds kStart = 1'499'348'422'024'349'000;

inline flow::FlowIdentity tcp_flow(const char* source, std::uint16_t source_port, const char* destination,
                                   std::uint16_t destination_port) {
    flow::FlowIdentity flow;
    flow.source = *base::parse_ip_address(source);
    flow.destination = *base::parse_ip_address(destination);
    flow.source_port = source_port;
    flow.destination_port = destination_port;
    flow.protocol = 6;
    flow.first = kStart;
    flow.last = kStart + 5'039'303 * base::kMicrosecond;
    flow.forward_packets = 5;
    flow.backward_packets = 4;
    flow.forward_wire_bytes = 873;
    flow.backward_wire_bytes = 2219;
    flow.end_reason = flow::EndReason::kFin;
    return flow;
}

inline flow::FlowIdentity portless_flow(const char* source, const char* destination, std::uint8_t protocol,
                                        std::int16_t icmp_type = -1, std::int16_t icmp_code = -1) {
    flow::FlowIdentity flow = tcp_flow(source, 0, destination, 0);
    flow.protocol = protocol;
    flow.icmp_type = icmp_type;
    flow.icmp_code = icmp_code;
    flow.end_reason = flow::EndReason::kIdle;
    return flow;
}

inline features::FlowAttributes attributes_of(features::Application application, std::string_view name) {
    features::FlowAttributes attributes;
    attributes.application = application;
    attributes.name.assign({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()});
    return attributes;
}

/// JA3 and JA4 as in the tests of the decoder; ALPN "h2".
inline features::FlowAttributes hello_of(features::Application application, std::string_view name) {
    features::FlowAttributes attributes = attributes_of(application, name);
    attributes.has_fingerprint = true;
    for (std::size_t i = 0; i < 16; ++i) attributes.fingerprint.ja3[i] = static_cast<std::uint8_t>(i * 17);
    std::string_view("t13d1516h2_8daaf6152771_e5627efa2ab1").copy(attributes.fingerprint.ja4.data(), 36);
    attributes.alpn.assign(base::Bytes(reinterpret_cast<const std::uint8_t*>("h2"), 2));
    return attributes;
}

/// What a stranger would put on the wire: a quote, a way out of JSON, CSV and of the terminal, bytes that are no UTF-8.
inline constexpr std::string_view kHostileName("=cmd|\"},\x1b[2J\r\n\0\xff<\xe2\x80\xae", 20);

/// A path in a folder of this process's own, removed at the end of the test.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& name)
        : path_(testing::TempDir() + std::to_string(getpid()) + "-" + name) {}
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::string& path() const { return path_; }
    std::string content() const {
        std::ifstream file(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    std::string path_;
};

}  // namespace flowsift::output
