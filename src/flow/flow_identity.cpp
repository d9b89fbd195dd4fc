#include "flow/flow_identity.h"

#include <array>

namespace flowsift::flow {

std::string_view to_string(EndReason reason) {
    constexpr std::array<std::string_view, kEndReasonCount> kNames = {"idle",   "active",  "fin",     "rst",
                                                                      "reused", "evicted", "shutdown"};
    return kNames[static_cast<std::size_t>(reason)];
}

const AssemblyProfile* find_profile(std::string_view name) {
    for (const AssemblyProfile& profile : kProfiles)
        if (profile.name == name) return &profile;
    return nullptr;
}

}  // namespace flowsift::flow
