#include "serve/json_rows.h"

#include "detect/class_info.h"
#include "output/flow_text.h"
#include "serve/json_time.h"

namespace flowsift::serve {
namespace {

void write_progress(base::JsonWriter& json, std::optional<double> progress) {
    if (progress)
        json.member("progress", *progress);
    else
        write_null(json, "progress");
}

}  // namespace

void write_capture(base::JsonWriter& json, const CaptureState& capture) {
    json.begin_object().member("state", capture.state);
    write_text_or_null(json, "kind", capture.kind);
    json.member("source", capture.source).member("filter", capture.filter);
    json.member("model", capture.model).member("speed", capture.speed);
    write_moment(json, "started", capture.started);
    json.member("duration", capture.duration);
    write_progress(json, capture.progress);
    json.member("message", capture.message).end_object();
}

void write_job(base::JsonWriter& json, const Job& job) {
    json.begin_object().member("id", job.id).member("kind", job.kind).member("name", job.name);
    json.member("state", job.state);
    write_progress(json, job.progress);
    json.member("message", job.message);
    write_moment(json, "started", job.started);
    write_moment(json, "ended", job.ended);
    if (job.model.empty())
        write_null(json, "result");
    else
        json.key("result").begin_object().member("model", job.model).end_object();
    json.end_object();
}

void write_upload(base::JsonWriter& json, const Upload& upload) {
    json.begin_object().member("id", upload.id).member("name", upload.name).member("bytes", upload.bytes);
    json.member("kind", upload.kind).end_object();
}

void write_flow(base::JsonWriter& json, const LiveFlow& row) {
    const flow::FlowIdentity& flow = row.identity;
    json.begin_object();
    write_null(json, "id");
    json.member("first", rfc3339(flow.first)).member("last", rfc3339(flow.last));
    json.member("duration", static_cast<double>(flow.last - flow.first) / base::kSecond);
    json.member("source", to_string(flow.source)).member("source_port", unsigned{flow.source_port});
    json.member("destination", to_string(flow.destination));
    json.member("destination_port", unsigned{flow.destination_port});
    json.member("protocol", output::protocol_name(flow.protocol));
    write_text_or_null(json, "application", row.application);
    write_text_or_null(json, "name", row.name);
    json.member("vlan", flow.vlan);
    json.member("packets_forward", flow.forward_packets).member("packets_backward", flow.backward_packets);
    json.member("bytes_forward", flow.forward_wire_bytes).member("bytes_backward", flow.backward_wire_bytes);
    json.member("end", row.has_ended ? to_string(flow.end_reason) : "live");
    write_text_or_null(json, "label", row.label);
    if (row.label.empty())
        write_null(json, "probability");
    else
        json.member("probability", double{row.probability});
    json.member("is_novel", row.is_novel);
    write_null(json, "alert");
    json.end_object();
}

void write_alert(base::JsonWriter& json, const LiveAlert& alert) {
    const detect::Episode& episode = alert.episode;
    const flow::FlowIdentity& flow = episode.flow;
    json.begin_object().member("number", episode.number).member("time", rfc3339(alert.time));
    json.member("first", rfc3339(episode.first_seen)).member("last", rfc3339(episode.last_seen));
    json.member("is_open", episode.is_open).member("state", "open").member("escalated", false);
    json.member("severity", to_string(episode.severity)).member("label", alert.label);
    json.member("probability", double{episode.probability});
    write_text_or_null(json, "technique", alert.technique);
    json.member("source", to_string(flow.source)).member("destination", to_string(flow.destination));
    json.member("source_port", unsigned{flow.source_port});
    json.member("destination_port", unsigned{flow.destination_port});
    json.member("protocol", output::protocol_name(flow.protocol));
    write_text_or_null(json, "name", alert.name);
    json.member("flows", episode.flows).member("packets", episode.packets).member("bytes", episode.bytes);
    json.member("sources", episode.sources).member("targets", episode.targets);
    write_null(json, "feedback");
    json.member("model_hash", alert.model_hash).member("capture", alert.capture).end_object();
}

}  // namespace flowsift::serve
