#include "app/model_report.h"

#include <nlohmann/json.hpp>

namespace flowsift::app {
namespace {

using Json = nlohmann::json;

/// Of an object; null where that has no such member, or is none.
const Json& member(const Json& object, const char* name) {
    static const Json nothing;
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() ? *found : nothing;
}

Json importance(const model::Model& model) {
    Json list = Json::array();
    for (const auto& [name, share] : model.provenance.importance) list.push_back({{"feature", name}, {"value", share}});
    return list;
}

Json classes_of(const Json& evaluation) {
    Json list = Json::array();
    for (const Json& one : member(evaluation, "classes"))
        list.push_back({{"label", member(one, "name")},
                        {"precision", member(one, "precision")},
                        {"recall", member(one, "recall")},
                        {"f1", member(one, "f1")},
                        {"support", member(one, "support")}});
    return list;
}

Json split_of(const Json& split) {
    const Json& evaluation = member(split, "evaluation");
    return {{"name", member(split, "name")},         {"missing", member(split, "missing")},
            {"macro_f1", member(split, "macro_f1")}, {"accuracy", member(split, "accuracy")},
            {"classes", classes_of(evaluation)},     {"confusion", member(evaluation, "confusion")}};
}

/// Of the split whose figures are to be believed.
Json curves_of(const Json& split) {
    Json precision_recall = Json::array();
    for (const Json& one : member(split, "curves"))
        precision_recall.push_back({{"label", member(one, "class")}, {"points", member(one, "precision_recall")}});
    Json calibration = Json::array();
    for (const Json& bin : member(member(split, "calibration"), "bins")) {
        const double rows = member(bin, "rows").is_number() ? member(bin, "rows").get<double>() : 0;
        if (rows == 0) continue;
        const double correct = member(bin, "correct").is_number() ? member(bin, "correct").get<double>() : 0;
        calibration.push_back({member(bin, "mean_confidence"), correct / rows, rows});
    }
    return {{"pr", std::move(precision_recall)}, {"calibration", std::move(calibration)}};
}

}  // namespace

std::string report_for_dashboard(std::string_view assessment, const model::Model& model) {
    const Json whole = Json::parse(assessment, nullptr, false);
    Json report = {{"splits", Json::array()},
                   {"curves", {{"pr", Json::array()}, {"calibration", Json::array()}}},
                   {"importance", importance(model)},
                   {"warnings", Json::array()}};
    for (const Json& split : member(whole, "splits")) {
        report["splits"].push_back(split_of(split));
        if (member(split, "name") == member(whole, "trusted_split")) report["curves"] = curves_of(split);
    }
    if (member(whole, "verdict").is_array()) report["warnings"] = member(whole, "verdict");
    return report.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace flowsift::app
