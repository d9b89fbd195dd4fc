// Routes of the capture: interfaces, start and stop, uploads.
#include "base/json.h"
#include "serve/control.h"
#include "serve/event_hub.h"
#include "serve/json_body.h"
#include "serve/json_rows.h"
#include "serve/json_time.h"
#include "serve/route_tables.h"
#include "serve/services.h"

namespace flowsift::serve {
namespace {

constexpr std::uint64_t kUploadLimit = std::uint64_t{2} << 30;
constexpr std::size_t kMostNameBytes = 200;
constexpr std::size_t kMostFilterBytes = 4'096;
constexpr double kMostSpeed = 1e6;

std::string capture_json(const CaptureState& capture) {
    std::string text;
    base::JsonWriter json(text);
    write_capture(json, capture);
    return text;
}

Response get_interfaces(const Request&, Services& services) {
    const auto interfaces = services.control->interfaces();
    if (!interfaces) return error_response(interfaces.error());
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object().key("interfaces").begin_array();
    for (const InterfaceRow& row : *interfaces) {
        json.begin_object().member("name", row.name).member("description", row.description);
        json.member("can_capture", row.why_not.empty());
        write_text_or_null(json, "why_not", row.why_not);
        json.end_object();
    }
    json.end_array().end_object();
    return response;
}

Response get_capture(const Request&, Services& services) {
    return {.body = capture_json(services.control->capture())};
}

Response answer_changed(const base::Result<CaptureState>& state, Services& services, std::string audit) {
    if (!state) return error_response(state.error());
    Response response{.body = capture_json(*state), .audit = std::move(audit)};
    services.events->publish("capture", response.body, Lasting::kKept);
    return response;
}

Response start_capture(const Request& request, Services& services) {
    const auto body = JsonBody::parse(request.body);
    if (!body) return error_response(body.error());
    const CaptureRequest capture{.interface = body->text("interface").value_or(""),
                                 .upload = body->text("upload").value_or(""),
                                 .filter = body->text("filter").value_or(""),
                                 .model = body->text("model").value_or(""),
                                 .speed = body->number("speed").value_or(1)};
    const bool is_one = capture.interface.empty() != capture.upload.empty();
    const bool is_bounded = capture.filter.size() <= kMostFilterBytes && capture.interface.size() <= kMostNameBytes &&
                            capture.speed >= 0 && capture.speed <= kMostSpeed;
    if (!is_one || !is_bounded)
        return error_response(400, "a capture takes either interface or upload, and a speed from 0 to a million");
    const std::string source = capture.interface.empty() ? capture.upload : capture.interface;
    return answer_changed(services.control->start_capture(capture), services, source + " " + capture.filter);
}

Response stop_capture(const Request&, Services& services) {
    return answer_changed(services.control->stop_capture(), services, "stopped");
}

Response get_uploads(const Request&, Services& services) {
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object().key("uploads").begin_array();
    for (const Upload& upload : services.control->uploads()) write_upload(json, upload);
    json.end_array().end_object();
    return response;
}

Response post_upload(const Request& request, Services& services) {
    const std::string name(find_field(request.query, "name").value_or(""));
    const bool is_name =
        !name.empty() && name.size() <= kMostNameBytes && name.find_first_of("/\\") == std::string::npos;
    if (!is_name || request.body_bytes == 0)
        return error_response(400, "an upload takes ?name=FILE without a path, and the file as its body");
    const auto upload = services.control->keep_upload(request.body_path, name);
    if (!upload) return error_response(upload.error());
    Response response{.status = 201, .audit = upload->id + " " + name};
    base::JsonWriter json(response.body);
    write_upload(json, *upload);
    return response;
}

Response delete_upload(const Request& request, Services& services) {
    const std::string id(find_field(request.params, "id").value_or(""));
    if (const auto removed = services.control->remove_upload(id); !removed) return error_response(removed.error());
    Response response = no_content();
    response.audit = id;
    return response;
}

constexpr Route kRoutes[] = {
    {.method = Method::kGet,
     .pattern = "/api/interfaces",
     .least_role = Role::kViewer,
     .summary = "Interfaces, and which of them can be captured from.",
     .handler = get_interfaces,
     .schema = "Interfaces"},
    {.method = Method::kGet,
     .pattern = "/api/capture",
     .least_role = Role::kViewer,
     .summary = "What is captured or replayed.",
     .handler = get_capture,
     .schema = "Capture"},
    {.method = Method::kPost,
     .pattern = "/api/capture/start",
     .least_role = Role::kAnalyst,
     .summary = "Starts a capture or the replay of an upload.",
     .handler = start_capture,
     .schema = "Capture",
     .request_schema = "CaptureStart",
     .body = Body::kJson},
    {.method = Method::kPost,
     .pattern = "/api/capture/stop",
     .least_role = Role::kAnalyst,
     .summary = "Stops what is captured or replayed.",
     .handler = stop_capture,
     .schema = "Capture"},
    {.method = Method::kGet,
     .pattern = "/api/uploads",
     .least_role = Role::kViewer,
     .summary = "Uploaded files.",
     .handler = get_uploads,
     .schema = "Uploads"},
    {.method = Method::kPost,
     .pattern = "/api/uploads",
     .least_role = Role::kAnalyst,
     .summary = "Takes a capture or a CSV of flows; ?name= is its name.",
     .handler = post_upload,
     .schema = "Upload",
     .request_schema = "application/octet-stream",
     .query = "name",
     .body = Body::kFile,
     .body_limit = kUploadLimit,
     .status = 201},
    {.method = Method::kDelete,
     .pattern = "/api/uploads/{id}",
     .least_role = Role::kAnalyst,
     .summary = "Deletes an uploaded file.",
     .handler = delete_upload,
     .status = 204},
};

}  // namespace

std::span<const Route> capture_routes() {
    return kRoutes;
}

}  // namespace flowsift::serve
