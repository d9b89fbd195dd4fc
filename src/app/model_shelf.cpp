#include "app/model_shelf.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/model_report.h"
#include "base/json.h"
#include "base/time.h"
#include "model/file_io.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kModelEnd = ".fsm";
constexpr std::string_view kReportEnd = ".report.json";
constexpr std::size_t kMostNameBytes = 64;
constexpr std::uint64_t kMostChoiceBytes = 4096;
constexpr std::uint64_t kMostReportBytes = 32U << 20;

bool is_letter_or_digit(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

std::string text_of(const nlohmann::json& object, const char* name) {
    const auto member = object.find(name);
    const bool is_name = member != object.end() && member->is_string() && check_file_name(member->get<std::string>());
    return is_name ? member->get<std::string>() : "";
}

std::string option_of(const model::Model& model, std::string_view name) {
    for (const auto& [key, value] : model.provenance.options)
        if (key == name) return value;
    return {};
}

serve::ModelRow describe(const model::Model& model) {
    serve::ModelRow row;
    row.hash = model.hash;
    row.kind = option_of(model, "algorithm");
    row.schema = model.schema.name;
    std::string_view created = model.provenance.created;  // "2026-11-23T10:00:00Z"
    if (created.ends_with('Z')) created.remove_suffix(1);
    row.created = base::parse_time(created).value_or(0);
    row.trees = model.end_stage().forest.trees.size();
    for (const auto& [label, rows] : model.provenance.class_rows) row.rows += rows;
    row.classes = model.classes;
    for (const auto& [name, value] : model.provenance.metrics)
        if (name == "macro_f1") row.macro_f1 = value;
    if (const auto servable = model.check_servable(); !servable) row.why_not = servable.error().message;
    return row;
}

std::string options_json(const model::Model& model) {
    std::string text;
    base::JsonWriter json(text);
    json.begin_object();
    for (const auto& [name, value] : model.provenance.options) json.member(name, value);
    json.end_object();
    return text;
}

}  // namespace

base::Result<void> check_file_name(std::string_view name) {
    const bool is_plain = !name.empty() && name.size() <= kMostNameBytes && is_letter_or_digit(name.front()) &&
                          std::ranges::all_of(name, [](char byte) {
                              return is_letter_or_digit(byte) || byte == '.' || byte == '_' || byte == '-';
                          });
    if (is_plain) return {};
    return base::Error{fmt::format("a name has 1 to {} letters, digits, '.', '_' or '-', and begins with a letter or "
                                   "digit",
                                   kMostNameBytes),
                       base::ErrorKind::kUsage};
}

base::Result<void> ModelShelf::prepare(const std::string& folder) {
    std::error_code code;
    fs::create_directories(folder, code);
    if (!code) static_cast<void>(fs::directory_iterator(folder, code));
    if (code) return base::Error{fmt::format("cannot use {} as the folder of models: {}", folder, code.message())};
    return {};
}

base::Result<std::string> ModelShelf::path_of(const std::string& name) const {
    if (const auto checked = check_file_name(name); !checked) return checked.error();
    return folder_ + '/' + name + std::string(kModelEnd);
}

base::Result<std::string> ModelShelf::report_of(const std::string& name) const {
    if (const auto checked = check_file_name(name); !checked) return checked.error();
    return folder_ + '/' + name + std::string(kReportEnd);
}

base::Result<model::Model> ModelShelf::open(const std::string& name) const {
    const auto path = path_of(name);
    if (!path) return path.error();
    std::error_code code;
    if (!fs::is_regular_file(*path, code)) return base::Error{"there is no model " + name, base::ErrorKind::kUsage};
    return model::open_model(*path);
}

serve::ModelRow ModelShelf::row_of(const std::string& name) {
    std::error_code code;
    const fs::path path = folder_ + '/' + name + std::string(kModelEnd);
    const std::uint64_t bytes = fs::file_size(path, code);
    const std::int64_t changed = fs::last_write_time(path, code).time_since_epoch().count();
    Known& known = known_[name];
    if (known.changed != changed || known.row.bytes != bytes) {
        const auto model = open(name);
        known.row = model ? describe(*model) : serve::ModelRow();
        if (!model) known.row.why_not = model.error().message;
        known.row.name = name;
        known.row.bytes = bytes;
        known.changed = changed;
    }
    return known.row;
}

serve::ModelList ModelShelf::list() {
    const std::lock_guard lock(mutex_);
    const Choice chosen = choice();
    serve::ModelList list{.active = chosen.active, .previous = chosen.previous, .models = {}};
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, code)) {
        const std::string file = entry.path().filename().string();
        const std::string name = entry.path().stem().string();
        if (file.ends_with(kModelEnd) && check_file_name(name)) list.models.push_back(row_of(name));
    }
    std::ranges::sort(list.models, {}, &serve::ModelRow::name);
    return list;
}

base::Result<serve::ModelDetails> ModelShelf::details(const std::string& name) {
    const auto model = open(name);
    if (!model) return model.error();
    serve::ModelDetails details;
    {
        const std::lock_guard lock(mutex_);
        details.row = row_of(name);
    }
    details.options_json = options_json(*model);
    for (const model::Provenance::Input& input : model->provenance.inputs) details.data.push_back(input.name);
    const auto report = model::read_file(*report_of(name), kMostReportBytes);
    details.report_json = report_for_dashboard(
        report ? std::string_view(reinterpret_cast<const char*>(report->data()), report->size()) : "", *model);
    return details;
}

ModelShelf::Choice ModelShelf::choice() const {
    const auto file = model::read_file(folder_ + "/active.json", kMostChoiceBytes);
    if (!file) return {};
    const auto object = nlohmann::json::parse(file->begin(), file->end(), nullptr, false);
    if (!object.is_object()) return {};
    return {.active = text_of(object, "active"), .previous = text_of(object, "previous")};
}

base::Result<void> ModelShelf::choose(const Choice& choice) {
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().member("active", choice.active).member("previous", choice.previous).end_object();
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    return model::replace_file(folder_ + "/active.json", base::Bytes(bytes, text.size()));
}

std::string ModelShelf::active() {
    const std::lock_guard lock(mutex_);
    return choice().active;
}

base::Result<void> ModelShelf::set_active(const std::string& name) {
    const auto model = open(name);
    if (!model) return model.error();
    if (const auto servable = model->check_servable(); !servable)
        return base::Error{servable.error().message, base::ErrorKind::kConfiguration};
    const std::lock_guard lock(mutex_);
    const Choice before = choice();
    if (before.active == name) return {};
    return choose({.active = name, .previous = before.active});
}

base::Result<std::string> ModelShelf::roll_back() {
    std::string previous;
    {
        const std::lock_guard lock(mutex_);
        previous = choice().previous;
    }
    if (previous.empty()) return base::Error{"no model was active before this one", base::ErrorKind::kConfiguration};
    if (const auto chosen = set_active(previous); !chosen) return chosen.error();
    return previous;
}

base::Result<void> ModelShelf::remove(const std::string& name) {
    const auto path = path_of(name);
    if (!path) return path.error();
    const std::lock_guard lock(mutex_);
    if (choice().active == name)
        return base::Error{name + " is the active model; activate another one first", base::ErrorKind::kConfiguration};
    std::error_code code;
    if (!fs::remove(*path, code)) return base::Error{"there is no model " + name, base::ErrorKind::kUsage};
    fs::remove(*report_of(name), code);
    known_.erase(name);
    return {};
}

}  // namespace flowsift::app
