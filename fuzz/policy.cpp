// Any bytes as a configuration's policy of alerts; whatever parses is asked about some flows.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "detect/policy_toml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flowsift;
    const auto document = base::parse_toml({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!document) return 0;
    model::Model model;
    model.classes = {"BENIGN", "PortScan", "DoS Hulk"};
    const auto policy = detect::parse_policy(document->get_as<toml::table>("alerts"), "fuzz", model);
    if (!policy) {
        if (policy.error().message.empty()) std::abort();
        return 0;
    }
    if (policy->classes.size() != model.classes.size()) std::abort();
    flow::FlowIdentity flow;
    flow.source = *base::parse_ip_address("10.0.0.5");
    flow.destination = *base::parse_ip_address("2001:db8::2");
    for (std::size_t c = 0; c <= model.classes.size(); ++c) policy->allows(flow, c);
    return 0;
}
