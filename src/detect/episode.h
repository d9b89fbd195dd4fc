// Episode: alarming flows of one class that belong together, because they share the source or the target of the first
// of them: one alert that grows. Its number is the alert's.
//
// How flows come together: episode_book.h. Views: valid only during the call that hands it over. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "detect/alert.h"
#include "flow/flow_identity.h"

namespace flowsift::detect {

struct Episode {
    std::uint64_t number = 0;       ///< As Alert::number.
    std::uint16_t class_index = 0;  ///< Of the model; its number of classes for flows of an unknown kind.
    std::string_view label = {};    ///< Name of the class, or kUnknownLabel.
    Severity severity = Severity::kMedium;
    std::string_view technique = {};   ///< MITRE ATT&CK, "T1046"; empty: none is known.
    flow::FlowIdentity flow;           ///< As it was when it opened the episode.
    base::Nanoseconds first_seen = 0;  ///< First packet of any of its flows.
    base::Nanoseconds last_seen = 0;   ///< Last packet that alarmed.
    std::uint64_t flows = 0;           ///< Each once, however often it alarmed; again where its class came back.
    std::uint64_t packets = 0;         ///< Of these flows, both directions, up to when each last alarmed.
    std::uint64_t bytes = 0;           ///< On the wire, likewise.
    std::uint32_t sources = 0;         ///< Distinct.
    std::uint32_t targets = 0;
    bool has_more_sources = false;  ///< Than those: a limit on remembered addresses was met.
    bool has_more_targets = false;
    float probability = 0;  ///< The largest of its flows.
    bool is_open = true;
};

}  // namespace flowsift::detect
