// The `payload` group: what the first bytes of a flow look like, and how its client introduces itself. No payload is
// kept.
#include "features/feature_group.h"
#include "features/flow_view.h"

namespace flowsift::features {
namespace {

template <flow::Direction D>
double entropy(const FlowView& flow) {
    return flow.payload->entropy(D);
}

bool has_hello(const FlowView& flow) {
    return flow.attributes != nullptr && flow.attributes->has_fingerprint;
}
double server_name_length(const FlowView& flow) {
    return has_hello(flow) ? static_cast<double>(flow.attributes->server_name().size()) : 0;
}
/// Whoever sends a readable ClientHello has both fingerprints.
double has_fingerprint(const FlowView& flow) {
    return has_hello(flow) ? 1 : 0;
}
double alpn_code(const FlowView& flow) {
    if (!has_hello(flow) || flow.attributes->alpn.is_empty()) return 0;
    constexpr std::string_view kCodes[] = {"http/1.1", "h2", "h3"};
    double code = 1;
    for (const std::string_view protocol : kCodes) {
        if (flow.attributes->alpn.view() == protocol) return code;
        ++code;
    }
    return code;
}

constexpr Feature feature(std::string_view name, std::string_view unit, std::string_view definition, bool is_integer,
                          double (*value)(const FlowView&)) {
    return {name, unit, definition, is_integer, false, FeatureUse::kDefault, value};
}

constexpr Feature kPayload[] = {
    feature("Fwd Payload Entropy", "bits/byte",
            "Shannon entropy of the byte values of the first 1,024 forward bytes of TCP, UDP or SCTP payload that were "
            "captured, in the order they came; 0 without any.",
            false, entropy<flow::kForward>),
    feature("Bwd Payload Entropy", "bits/byte", "The same of the backward bytes.", false, entropy<flow::kBackward>),
    feature("TLS SNI Length", "bytes",
            "Length of the server name in the ClientHello of TLS or QUIC, 255 at most; 0 without one.", true,
            server_name_length),
    feature("JA3 Present", "-", "1 where a ClientHello of TLS or QUIC was read, so that the flow has a JA3; else 0.",
            true, has_fingerprint),
    feature("JA4 Present", "-", "1 where a ClientHello of TLS or QUIC was read, so that the flow has a JA4; else 0.",
            true, has_fingerprint),
    feature("ALPN Code", "-",
            "The first protocol that the ClientHello offers: 0 none, 1 http/1.1, 2 h2, 3 h3, 4 any other.", true,
            alpn_code),
};

}  // namespace

const FeatureGroup& payload_group() {
    static constexpr FeatureGroup kGroup{
        .name = "payload",
        .help = "What the first bytes of a flow look like, and how its client introduces itself.",
        .features = kPayload,
        .form = form_all<kPayload>};
    return kGroup;
}

}  // namespace flowsift::features
