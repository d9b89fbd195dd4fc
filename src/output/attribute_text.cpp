#include "output/attribute_text.h"

#include "base/hash.h"
#include "base/terminal.h"

namespace flowsift::output {
namespace {

using features::FlowAttributes;

constexpr AttributeColumn kColumns[] = {
    {"App Protocol", [](const FlowAttributes& flow) { return std::string(to_string(flow.application)); }},
    {"Server Name", [](const FlowAttributes& flow) { return base::printable(flow.server_name()); }},
    {"ALPN", [](const FlowAttributes& flow) { return base::printable(flow.alpn.view()); }},
    {"JA3", ja3_text},
    {"JA4", [](const FlowAttributes& flow) { return std::string(ja4_text(flow)); }},
    {"DNS Query", [](const FlowAttributes& flow) { return base::printable(flow.dns_query()); }},
    {"HTTP Host", [](const FlowAttributes& flow) { return base::printable(flow.http_host()); }},
};

}  // namespace

std::span<const AttributeColumn> attribute_columns() {
    return kColumns;
}

std::string peer_name(const FlowAttributes& attributes) {
    return base::printable(attributes.name.view());
}

std::string ja3_text(const FlowAttributes& attributes) {
    return attributes.has_fingerprint ? base::to_hex(attributes.fingerprint.ja3) : "";
}

std::string_view ja4_text(const FlowAttributes& attributes) {
    const auto& ja4 = attributes.fingerprint.ja4;
    return attributes.has_fingerprint ? std::string_view(ja4.data(), ja4.size()) : std::string_view();
}

}  // namespace flowsift::output
