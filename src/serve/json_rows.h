// The objects of the API as JSON: one function for each schema of docs/openapi.yaml that more than one route or event
// has. Texts from the wire are escaped by the writer. Stateless.
#pragma once

#include "base/json.h"
#include "serve/control.h"
#include "store/alert_query.h"
#include "store/flow_query.h"

namespace flowsift::serve {

void write_capture(base::JsonWriter& json, const CaptureState& capture);
void write_job(base::JsonWriter& json, const Job& job);
void write_upload(base::JsonWriter& json, const Upload& upload);

/// "FlowRow" in two steps, so that a detail can have more members. id 0: it is not in the store yet. `has_ended`:
/// false for one that goes on.
void begin_flow(base::JsonWriter& json, const store::StoredFlow& flow, bool has_ended = true);
void write_flow(base::JsonWriter& json, const store::StoredFlow& flow, bool has_ended = true);

/// "AlertRow", likewise.
void begin_alert(base::JsonWriter& json, const store::StoredAlert& alert);
void write_alert(base::JsonWriter& json, const store::StoredAlert& alert);

}  // namespace flowsift::serve
