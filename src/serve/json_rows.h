// The objects of the API as JSON: one function for each schema of docs/openapi.yaml that more than one route answers
// with. Texts from the wire are escaped by the writer. Stateless.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "detect/alert.h"
#include "detect/episode.h"
#include "flow/flow_identity.h"
#include "serve/control.h"

namespace flowsift::serve {

void write_capture(base::JsonWriter& json, const CaptureState& capture);
void write_job(base::JsonWriter& json, const Job& job);
void write_upload(base::JsonWriter& json, const Upload& upload);

/// A flow as pages list it. Texts as they came from the wire.
struct LiveFlow {
    flow::FlowIdentity identity;
    bool has_ended = true;
    std::string application, name;  ///< Empty: none was seen.
    std::string label;              ///< Empty: there is no model.
    float probability = 0;
    bool is_novel = false;
};
/// "FlowRow", without a number: it is not yet in the store.
void write_flow(base::JsonWriter& json, const LiveFlow& flow);

/// What the live feed knows of an alert besides its episode.
struct LiveAlert {
    detect::Episode episode;  ///< Its texts are label and technique.
    base::Nanoseconds time = 0;
    std::string label, technique, name, model_hash, capture;
};
/// "AlertRow" of an alert that nobody has looked at yet.
void write_alert(base::JsonWriter& json, const LiveAlert& alert);

}  // namespace flowsift::serve
