// Routes of models and of the features that they learn from.
#include <algorithm>

#include "base/json.h"
#include "features/feature_group.h"
#include "serve/control.h"
#include "serve/json_body.h"
#include "serve/json_rows.h"
#include "serve/json_time.h"
#include "serve/live_board.h"
#include "serve/query_values.h"
#include "serve/route_tables.h"
#include "serve/services.h"

namespace flowsift::serve {
namespace {

constexpr int kMostTrees = 10'000;
constexpr std::uint64_t kTrainingLimit = 256 * 1024;  // Label rules come with it.

void write_model_members(base::JsonWriter& json, const ModelRow& model) {
    json.member("name", model.name).member("hash", model.hash);
    write_moment(json, "created", model.created);
    json.member("kind", model.kind).member("schema", model.schema).member("trees", model.trees);
    json.key("classes").begin_array();
    for (const std::string& label : model.classes) json.value(label);
    json.end_array().member("rows", model.rows).member("bytes", model.bytes);
    if (model.macro_f1)
        json.member("macro_f1", *model.macro_f1);
    else
        write_null(json, "macro_f1");
    if (model.why_not.empty())
        json.member("fits", true);
    else
        json.member("fits", model.why_not);
}

Response get_models(const Request&, Services& services) {
    const ModelList list = services.control->models();
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object();
    write_text_or_null(json, "active", list.active);
    write_text_or_null(json, "previous", list.previous);
    json.key("models").begin_array();
    for (const ModelRow& model : list.models) {
        json.begin_object();
        write_model_members(json, model);
        json.end_object();
    }
    json.end_array().end_object();
    return response;
}

Response get_model(const Request& request, Services& services) {
    const auto details = services.control->model(param_of(request, "name"));
    if (!details) return error_response(404, details.error().message);
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object();
    write_model_members(json, details->row);
    json.key("data").begin_array();
    for (const std::string& file : details->data) json.value(file);
    json.end_array().end_object();
    response.body.pop_back();  // The last members are JSON already, made where models are read.
    response.body += ",\"options\":" + details->options_json + ",\"report\":" + details->report_json + "}";
    return response;
}

Response status_after(const base::Result<void>& done, Services& services, std::string audit) {
    if (!done) return error_response(done.error());
    return {.body = services.board->status_json(services.control->capture()), .audit = std::move(audit)};
}

Response activate(const Request& request, Services& services) {
    const std::string name = param_of(request, "name");
    return status_after(services.control->activate(name), services, name);
}

Response roll_back(const Request&, Services& services) {
    return status_after(services.control->roll_back(), services, "to the model before");
}

Response delete_model(const Request& request, Services& services) {
    const std::string name = param_of(request, "name");
    if (const auto removed = services.control->remove_model(name); !removed) return error_response(removed.error());
    Response response = no_content();
    response.audit = name;
    return response;
}

Response post_training(const Request& request, Services& services) {
    const auto body = JsonBody::parse(request.body);
    if (!body) return error_response(body.error());
    const double trees = body->number("trees").value_or(100);
    TrainingRequest training{.name = body->text("name").value_or(""),
                             .algorithm = body->text("algorithm").value_or("forest"),
                             .schema = body->text("schema").value_or("cic"),
                             .split = body->text("split").value_or("stratified"),
                             .rules = body->text("rules").value_or(""),
                             .data = body->texts("data"),
                             .smote = body->flag("smote").value_or(false)};
    const bool has_trees = trees >= 1 && trees <= kMostTrees;
    if (training.name.empty() || training.data.empty() || !has_trees)
        return error_response(400, "training takes a name, data (ids of uploads) and 1 to 10000 trees");
    training.trees = static_cast<int>(trees);
    const auto job = services.control->start_training(training);
    if (!job) return error_response(job.error());
    Response response{.status = 202, .audit = training.name};
    base::JsonWriter json(response.body);
    write_job(json, *job);
    return response;
}

Response get_jobs(const Request&, Services& services) {
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object().key("jobs").begin_array();
    for (const Job& job : services.control->jobs()) write_job(json, job);
    json.end_array().end_object();
    return response;
}

Response delete_job(const Request& request, Services& services) {
    const std::string id = param_of(request, "id");
    if (const auto done = services.control->cancel_job(id); !done) return error_response(done.error());
    Response response = no_content();
    response.audit = id;
    return response;
}

Response get_features(const Request&, Services&) {
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object().key("features").begin_array();
    for (const features::FeatureGroup& group : features::feature_groups())
        for (const features::Feature& feature : group.features) {
            json.begin_object().member("name", feature.name).member("label", feature.name);
            json.member("unit", feature.unit).member("group", group.name);
            json.member("definition", feature.definition).end_object();
        }
    json.end_array().end_object();
    return response;
}

constexpr Route kRoutes[] = {
    {.method = Method::kGet,
     .pattern = "/api/features",
     .least_role = Role::kViewer,
     .summary = "Every feature with unit and definition.",
     .handler = get_features,
     .schema = "Features"},
    {.method = Method::kGet,
     .pattern = "/api/models",
     .least_role = Role::kViewer,
     .summary = "All models, the active one and the one before.",
     .handler = get_models,
     .schema = "Models"},
    {.method = Method::kGet,
     .pattern = "/api/models/{name}",
     .least_role = Role::kViewer,
     .summary = "A model with its options, data and report.",
     .handler = get_model,
     .schema = "Model"},
    {.method = Method::kPost,
     .pattern = "/api/models/{name}/activate",
     .least_role = Role::kAdmin,
     .summary = "Judges by this model from now on; 409 says why it does not fit.",
     .handler = activate,
     .schema = "Status"},
    {.method = Method::kPost,
     .pattern = "/api/models/rollback",
     .least_role = Role::kAdmin,
     .summary = "Back to the model before.",
     .handler = roll_back,
     .schema = "Status"},
    {.method = Method::kDelete,
     .pattern = "/api/models/{name}",
     .least_role = Role::kAdmin,
     .summary = "Deletes a model that is not active.",
     .handler = delete_model,
     .status = 204},
    {.method = Method::kPost,
     .pattern = "/api/training",
     .least_role = Role::kAnalyst,
     .summary = "Trains a model from uploads.",
     .handler = post_training,
     .schema = "Job",
     .request_schema = "Training",
     .body = Body::kJson,
     .body_limit = kTrainingLimit,
     .status = 202},
    {.method = Method::kGet,
     .pattern = "/api/jobs",
     .least_role = Role::kViewer,
     .summary = "Trainings and analyses, done and under way.",
     .handler = get_jobs,
     .schema = "Jobs"},
    {.method = Method::kDelete,
     .pattern = "/api/jobs/{id}",
     .least_role = Role::kAnalyst,
     .summary = "Cancels a job.",
     .handler = delete_job,
     .status = 204},
};

}  // namespace

std::span<const Route> model_routes() {
    return kRoutes;
}

}  // namespace flowsift::serve
