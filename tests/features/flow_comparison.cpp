#include "flow_comparison.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <tuple>

namespace flowsift::features {
namespace {

auto everything_of(const FlowIdentity& f) {
    return std::tie(f.first, f.source, f.destination, f.source_port, f.destination_port, f.protocol, f.vlan,
                    f.tunnel_id, f.last, f.icmp_type, f.icmp_code, f.forward_packets, f.backward_packets,
                    f.forward_wire_bytes, f.backward_wire_bytes, f.end_reason);
}

/// The values decide between flows of one identity.
void sort(std::vector<CollectedFlow>& flows) {
    std::sort(flows.begin(), flows.end(), [](const CollectedFlow& a, const CollectedFlow& b) {
        return std::tuple(everything_of(a.identity), a.values) < std::tuple(everything_of(b.identity), b.values);
    });
}

std::string text_of(const FlowIdentity& f) {
    std::ostringstream text;
    text << base::to_string(f.source) << ':' << f.source_port << " > " << base::to_string(f.destination) << ':'
         << f.destination_port << " protocol " << int{f.protocol} << " vlan " << f.vlan << " tunnel " << f.tunnel_id
         << " icmp " << f.icmp_type << '/' << f.icmp_code << ' ' << f.first << ".." << f.last << " packets "
         << f.forward_packets << '+' << f.backward_packets << " bytes " << f.forward_wire_bytes << '+'
         << f.backward_wire_bytes << ' ' << flow::to_string(f.end_reason);
    return text.str();
}

bool is_same(const Feature& feature, double fast, double plain) {
    if (feature.is_integer) return fast == plain;
    return std::abs(fast - plain) <= 1e-9 * std::max({1.0, std::abs(fast), std::abs(plain)});
}

}  // namespace

std::string first_difference(std::vector<CollectedFlow> fast, std::vector<CollectedFlow> plain) {
    sort(fast);
    sort(plain);
    std::ostringstream text;
    for (std::size_t i = 0; i < std::min(fast.size(), plain.size()); ++i) {
        if (everything_of(fast[i].identity) != everything_of(plain[i].identity)) {
            text << "flow " << i << ":\n  fast  " << text_of(fast[i].identity) << "\n  plain "
                 << text_of(plain[i].identity);
            return text.str();
        }
        for (std::size_t f = 0; f < fast[i].values.size(); ++f) {
            if (is_same(catalogue()[f], fast[i].values[f], plain[i].values.at(f))) continue;
            text << text_of(fast[i].identity) << '\n'
                 << catalogue()[f].name << ": fast " << fast[i].values[f] << ", plain " << plain[i].values[f];
            return text.str();
        }
    }
    if (fast.size() != plain.size()) text << "fast found " << fast.size() << " flows, plain " << plain.size();
    return text.str();
}

}  // namespace flowsift::features
