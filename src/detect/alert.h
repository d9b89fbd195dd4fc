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
    const model::Stage* stage = nullptr;  ///< Of the model, that judged: as long as no other takes its place.
    /// Number of the alert whose episode the flow belongs to; 0: none, or it is not told yet.
    std::uint64_t alert = 0;
};

enum class Severity : std::uint8_t { kHigh = 1, kMedium = 2, kLow = 3 };  ///< Numbers as in Suricata's EVE.

/// What a feature of the flow says for the verdict's class, or against it.
struct Reason {
    std::uint16_t feature = 0;   ///< Index into the model's schema.
    std::string_view name = {};  ///< As in the catalogue.
    double value = 0;
    float contribution = 0;  ///< Exact Shapley value; see model/tree_shap.h.
    float benign_low = 0;    ///< Benign training rows have 90 % of their values from here …
    float benign_high = 0;   ///< … to here.
    bool has_range = false;  ///< The model tells that range.
};

inline constexpr std::size_t kMostReasons = 5;

/// Of a run so far.
struct CaptureLoss {
    std::uint64_t received = 0;  ///< Packets.
    std::uint64_t dropped = 0;   ///< By kernel, ring and interface, before we saw them.
};

/// A new episode (episode.h). Views: valid only during the call that hands it over.
struct Alert {
    std::uint64_t number = 0;        ///< 1, 2, … within a run; that of the episode.
    const flow::FlowIdentity& flow;  ///< That made the episode be told.
    Verdict verdict;
    std::string_view label = {};  ///< Name of the class, or kUnknownLabel.
    bool is_unknown = false;      ///< Raised for being novel; the verdict names the class that is nearest.
    Severity severity = Severity::kMedium;
    std::string_view technique = {};  ///< MITRE ATT&CK, "T1046"; empty: none is known.
    std::string_view category = {};   ///< As Suricata names this kind of alert; see class_info.h.
    std::uint32_t signature_id = 0;   ///< Of the class, the same in every run; see class_info.h.
    std::string_view model_hash = {};
    std::string_view capture = {};                         ///< Name of the source.
    const features::FlowAttributes* attributes = nullptr;  ///< Of the flow; nullptr: none were found.
    std::span<const Reason> reasons = {};                  ///< Strongest first; none where the model cannot tell.
    CaptureLoss loss = {};                                 ///< At this moment.
    std::span<const double> values = {};  ///< The row that made the episode be told, as it came to the detector …
    std::uint64_t depth = 0;  ///< … and the packets that its flow had had, while it went on; 0: it has ended.
};

/// What the run tells about itself, in a sentence: a threshold that rose, traffic that is no longer what was learnt.
struct Notice {
    base::Nanoseconds time = 0;     ///< Capture clock.
    std::string_view subject = {};  ///< "budget", "drift".
    std::string_view text = {};
    bool is_warning = false;
};

}  // namespace flowsift::detect
