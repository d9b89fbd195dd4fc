#include "app/steering.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/text.h"
#include "capture/interface.h"
#include "serve/json_rows.h"

namespace flowsift::app {
namespace {

std::string models_of(const std::string& folder) {
    return folder + "/models";
}

std::string uploads_of(const std::string& folder) {
    return folder + "/uploads";
}

std::string why_not(const std::string& name, const std::string& why_no_capture) {
    const auto interface = capture::ask_interface(name);
    if (!interface) return "it is gone";
    if (!interface->is_up) return fmt::format("it is down; ip link set {} up", name);
    if (!capture::ring_link_type(interface->hardware_type)) return "its frames take libpcap: `flowsift watch`";
    return why_no_capture;
}

}  // namespace

base::Result<void> Steering::prepare(const Options& options) {
    if (auto prepared = ModelShelf::prepare(models_of(options.folder)); !prepared) return prepared;
    std::error_code code;
    std::filesystem::create_directories(uploads_of(options.folder), code);
    if (code) return base::Error{fmt::format("cannot make {}: {}", uploads_of(options.folder), code.message())};
    return {};
}

Steering::Steering(const Options& options, std::shared_ptr<capture::CaptureBroker> broker, JobHost& jobs)
    : options_(options),
      broker_(std::move(broker)),
      models_(models_of(options.folder)),
      uploads_(uploads_of(options.folder)),
      trainings_(jobs, options.training_memory, [this](const serve::Job& job) { tell(job); }),
      desk_([this](const serve::CaptureState& state) { tell(state); }) {
    options_.watch.outputs.store = store_of(options.folder);
}

base::Result<std::string> Steering::judge_of(const std::string& wanted) {
    const std::string name = wanted.empty() ? models_.active() : wanted;
    if (!name.empty()) return name;
    const serve::ModelList list = models_.list();
    if (list.models.size() == 1) {  // There is no choice to make.
        const std::string& only = list.models.front().name;
        if (const auto chosen = models_.set_active(only); !chosen) return chosen.error();
        return only;
    }
    return base::Error{"no model is active; train one, or activate one", base::ErrorKind::kConfiguration};
}

base::Result<serve::CaptureState> Steering::start_capture(const serve::CaptureRequest& request) {
    const auto judge = judge_of(request.model);
    if (!judge) return judge.error();
    const auto model = models_.path_of(*judge);
    if (!model) return model.error();
    WatchOptions watch = options_.watch;
    watch.model = *model;
    watch.live.filter = request.filter;
    if (!request.upload.empty()) {
        const auto upload = uploads_.path_of(request.upload);
        if (!upload) return upload.error();
        watch.capture = *upload;
        watch.speed = request.speed;
        return desk_.start(std::move(watch), std::nullopt, dashboard_, false);
    }
    watch.live.interface = request.interface;
    if (const std::string reason = why_not(request.interface, options_.why_no_capture); !reason.empty())
        return base::Error{fmt::format("cannot capture from {}: {}", request.interface, reason),
                           base::ErrorKind::kConfiguration};
    LiveCapture live(watch.live, broker_);
    return desk_.start(std::move(watch), std::move(live), dashboard_, false);
}

base::Result<serve::CaptureState> Steering::replay(const std::string& path, double speed, bool repeats) {
    const auto judge = judge_of("");
    if (!judge) return judge.error();
    WatchOptions watch = options_.watch;
    watch.model = *models_.path_of(*judge);
    watch.capture = path;
    watch.speed = speed;
    return desk_.start(std::move(watch), std::nullopt, dashboard_, repeats);
}

base::Result<std::vector<serve::InterfaceRow>> Steering::interfaces() {
    std::vector<serve::InterfaceRow> rows;
    for (const std::string& name : capture::interface_names()) {
        serve::InterfaceRow row{.name = name, .description = {}, .why_not = why_not(name, options_.why_no_capture)};
        for (const std::string& address : capture::addresses_of(name))
            row.description += (row.description.empty() ? "" : ", ") + address;
        rows.push_back(std::move(row));
    }
    return rows;
}

/// A model that is like the running one takes its place without a break; another one from the next capture on.
base::Result<void> Steering::activate(const std::string& name) {
    if (auto chosen = models_.set_active(name); !chosen) return chosen;
    return judge_by(name);
}

base::Result<void> Steering::roll_back() {
    const auto name = models_.roll_back();
    if (!name) return name.error();
    return judge_by(*name);
}

base::Result<void> Steering::judge_by(const std::string& name) {
    const auto path = models_.path_of(name);
    if (!path) return path.error();
    desk_.judge_by(*path);
    return {};
}

base::Result<std::vector<std::string>> Steering::arguments_of(const serve::TrainingRequest& request) {
    const auto model = models_.path_of(request.name);
    if (!model) return model.error();
    if (std::filesystem::exists(*model))
        return base::Error{fmt::format("there is a model {} already; choose another name", request.name),
                           base::ErrorKind::kUsage};
    std::vector<std::string> arguments = {"train",
                                          "-o",
                                          *model,
                                          "--report-json",
                                          *models_.report_of(request.name),
                                          "--split",
                                          request.split,
                                          "--algorithm",
                                          request.algorithm,
                                          "--trees",
                                          fmt::format("{}", request.trees)};
    if (request.smote) arguments.insert(arguments.end(), {"--smote", "plain"});
    if (!request.rules.empty()) {
        const std::string rules = uploads_.folder() + '/' + request.name + ".rules.toml";
        if (const auto written = write_text(rules, request.rules); !written) return written.error();
        arguments.insert(arguments.end(), {"--rules", rules});
    }
    if (has_captures(request)) arguments.insert(arguments.end(), {"--schema", request.schema});
    arguments.emplace_back("--");
    for (const std::string& id : request.data) {
        const auto path = uploads_.path_of(id);
        if (!path) return path.error();
        arguments.push_back(*path);
    }
    return arguments;
}

/// The columns of a CSV are its schema.
bool Steering::has_captures(const serve::TrainingRequest& request) const {
    return std::ranges::any_of(uploads_.list(), [&](const serve::Upload& upload) {
        return upload.kind == "capture" && std::ranges::find(request.data, upload.id) != request.data.end();
    });
}

base::Result<serve::Job> Steering::start_training(const serve::TrainingRequest& request) {
    for (const std::string* word : {&request.algorithm, &request.split, &request.schema})
        if (word->empty() || word->front() == '-')
            return base::Error{"training takes an algorithm, a split and a schema", base::ErrorKind::kUsage};
    auto arguments = arguments_of(request);
    if (!arguments) return arguments.error();
    return trainings_.add(request.name, std::move(*arguments));
}

void Steering::tell(const serve::CaptureState& state) {
    if (dashboard_ == nullptr) return;
    std::string text;
    base::JsonWriter json(text);
    serve::write_capture(json, state);
    dashboard_->publish("capture", text);
}

void Steering::tell(const serve::Job& job) {
    if (dashboard_ == nullptr) return;
    std::string text;
    base::JsonWriter json(text);
    serve::write_job(json, job);
    dashboard_->publish("job", text);
}

}  // namespace flowsift::app
