#include "detect/policy.h"

#include <algorithm>

#include "detect/class_info.h"

namespace flowsift::detect {
namespace {

bool holds(const std::vector<base::IpPrefix>& prefixes, const base::IpAddress& address) {
    return std::ranges::any_of(prefixes, [&](const base::IpPrefix& prefix) { return prefix.contains(address); });
}

bool meets(const Allowance& allowance, const flow::FlowIdentity& flow, std::size_t class_index) {
    if (!allowance.classes.empty() && !allowance.classes[class_index]) return false;
    if (allowance.until && flow.first >= *allowance.until) return false;
    if (!allowance.source.empty() && !holds(allowance.source, flow.source)) return false;
    if (!allowance.destination.empty() && !holds(allowance.destination, flow.destination)) return false;
    if (!allowance.host.empty() && !holds(allowance.host, flow.source) && !holds(allowance.host, flow.destination))
        return false;
    return allowance.destination_port.empty() ||
           std::ranges::find(allowance.destination_port, flow.destination_port) != allowance.destination_port.end();
}

}  // namespace

bool Policy::allows(const flow::FlowIdentity& flow, std::size_t class_index) const {
    return std::ranges::any_of(allowances, [&](const Allowance& each) { return meets(each, flow, class_index); });
}

Policy default_policy(const model::Model& model, float threshold) {
    Policy policy;
    policy.classes.reserve(model.classes.size());
    for (const std::string& label : model.classes) {
        const ClassInfo info = class_info(label);
        policy.classes.push_back({info.severity, threshold, std::string(info.technique), false});
    }
    return policy;
}

}  // namespace flowsift::detect
