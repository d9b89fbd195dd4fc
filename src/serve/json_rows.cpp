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

void write_number_or_null(base::JsonWriter& json, std::string_view name, std::uint64_t number) {
    if (number == 0)
        write_null(json, name);
    else
        json.member(name, number);
}

std::string_view application_name(features::Application application) {
    return application == features::Application::kNone ? std::string_view() : to_string(application);
}

void write_feedback(base::JsonWriter& json, const std::optional<store::Feedback>& feedback) {
    if (!feedback) return write_null(json, "feedback");
    json.key("feedback").begin_object().member("is_right", feedback->is_right);
    write_text_or_null(json, "label", feedback->label);
    json.member("user", feedback->user);
    write_moment(json, "time", feedback->time * base::kSecond);
    json.end_object();
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

void begin_flow(base::JsonWriter& json, const store::StoredFlow& row, bool has_ended) {
    const flow::FlowIdentity& flow = row.flow;
    json.begin_object();
    write_number_or_null(json, "id", row.id);
    json.member("first", rfc3339(flow.first)).member("last", rfc3339(flow.last));
    json.member("duration", static_cast<double>(flow.last - flow.first) / base::kSecond);
    json.member("source", to_string(flow.source)).member("source_port", unsigned{flow.source_port});
    json.member("destination", to_string(flow.destination));
    json.member("destination_port", unsigned{flow.destination_port});
    json.member("protocol", output::protocol_name(flow.protocol));
    write_text_or_null(json, "application", application_name(row.application));
    write_text_or_null(json, "name", row.name);
    json.member("vlan", flow.vlan);
    json.member("packets_forward", flow.forward_packets).member("packets_backward", flow.backward_packets);
    json.member("bytes_forward", flow.forward_wire_bytes).member("bytes_backward", flow.backward_wire_bytes);
    json.member("end", has_ended ? to_string(flow.end_reason) : "live");
    write_text_or_null(json, "label", row.label);
    if (row.label.empty())
        write_null(json, "probability");
    else
        json.member("probability", row.probability);
    json.member("is_novel", row.is_novel);
    write_number_or_null(json, "alert", row.alert);
}

void write_flow(base::JsonWriter& json, const store::StoredFlow& row, bool has_ended) {
    begin_flow(json, row, has_ended);
    json.end_object();
}

void begin_alert(base::JsonWriter& json, const store::StoredAlert& alert) {
    const flow::FlowIdentity& flow = alert.flow;
    json.begin_object().member("number", alert.number).member("time", rfc3339(alert.time));
    json.member("first", rfc3339(flow.first)).member("last", rfc3339(flow.last));
    json.member("is_open", alert.is_open).member("state", alert.is_archived ? "archived" : "open");
    json.member("escalated", alert.is_escalated).member("severity", detect::to_string(alert.severity));
    json.member("label", alert.label).member("probability", alert.probability);
    write_text_or_null(json, "technique", alert.technique);
    json.member("source", to_string(flow.source)).member("destination", to_string(flow.destination));
    json.member("source_port", unsigned{flow.source_port});
    json.member("destination_port", unsigned{flow.destination_port});
    json.member("protocol", output::protocol_name(flow.protocol));
    write_text_or_null(json, "application", application_name(alert.application));
    write_text_or_null(json, "name", alert.name);
    json.member("flows", alert.flows).member("packets", alert.packets).member("bytes", alert.bytes);
    json.member("sources", alert.sources).member("targets", alert.targets);
    write_feedback(json, alert.feedback);
    json.member("model_hash", alert.model_hash).member("capture", alert.capture);
}

void write_alert(base::JsonWriter& json, const store::StoredAlert& alert) {
    begin_alert(json, alert);
    json.end_object();
}

}  // namespace flowsift::serve
