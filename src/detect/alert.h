// Verdict: what the model says of a flow. Alert: a verdict that a person should see.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "features/schema.h"
#include "flow/flow_identity.h"
#include "model/model.h"

namespace flowsift::detect {

struct Verdict {
    std::uint16_t class_index = 0;  ///< The most probable class.
    float probability = 0;          ///< Of verdicts on this class like this one, the share that is right (calibrated).
    /// Of every class, as the forest has it (uncalibrated); views the detector's buffer.
    std::span<const float> probabilities;
    bool is_novel = false;                ///< Of a kind that the model has not learnt from; see model/novelty.h.
    const model::Stage* stage = nullptr;  ///< Of the model, that judged.
};

enum class Severity : std::uint8_t { kHigh = 1, kMedium = 2, kLow = 3 };  ///< Numbers as in Suricata's EVE.

/// Views: valid only during the call that hands it over.
struct Alert {
    std::uint64_t number = 0;  ///< 1, 2, … within a run.
    const flow::FlowIdentity& flow;
    Verdict verdict;
    std::string_view label = {};  ///< Name of the class.
    Severity severity = Severity::kMedium;
    std::string_view technique = {};  ///< MITRE ATT&CK, "T1046"; empty: none is known.
    std::string_view category = {};   ///< As Suricata names this kind of alert; see class_info.h.
    std::uint32_t signature_id = 0;   ///< Of the class, the same in every run; see class_info.h.
    std::string_view model_hash = {};
    std::string_view capture = {};                         ///< Name of the source.
    const features::FlowAttributes* attributes = nullptr;  ///< Of the flow; nullptr: none were found.
};

}  // namespace flowsift::detect
