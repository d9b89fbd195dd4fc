#include "model/model_metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "model/forest_check.h"

namespace flowsift::model {
namespace {

using base::Error;
using base::Result;
using nlohmann::json;

constexpr int kMaxNesting = 6;

template <class T>
json format_pairs(const std::vector<std::pair<std::string, T>>& pairs) {
    json list = json::array();  // An array of pairs, for the order is part of the content.
    for (const auto& [name, value] : pairs) list.push_back(json::array({name, value}));
    return list;
}

json format_schema(const features::Schema& schema) {
    json columns = json::array();
    for (std::size_t i = 0; i < schema.size(); ++i)
        columns.push_back({{"name", schema.feature(i).name}, {"unit", schema.feature(i).unit}});
    return {{"name", schema.name}, {"features", std::move(columns)}};
}

json format_provenance(const Provenance& provenance) {
    json inputs = json::array();
    for (const auto& input : provenance.inputs)
        inputs.push_back({{"name", input.name}, {"sha256", input.sha256}, {"rows", input.rows}});
    return {{"created", provenance.created},
            {"program_version", provenance.program_version},
            {"parent", provenance.parent},
            {"inputs", std::move(inputs)},
            {"options", format_pairs(provenance.options)},
            {"metrics", format_pairs(provenance.metrics)},
            {"class_rows", format_pairs(provenance.class_rows)},
            {"importance", format_pairs(provenance.importance)}};
}

json format_baseline(const Stump& stump) {
    return {
        {"feature", stump.feature}, {"threshold", stump.threshold}, {"at_most", stump.at_most}, {"above", stump.above}};
}

constexpr std::string_view kCombinations[] = {"mean", "softmax", "logistic"};  // In the order of Combination.

json format_curves(const Calibration& calibration) {
    json list = json::array();
    for (const CalibrationCurve& curve : calibration.curves)
        list.push_back({{"raw", curve.raw}, {"calibrated", curve.calibrated}});
    return list;
}

/// By columns: no deeper than what programs read that know nothing of it.
json format_reference(const BenignReference& reference) {
    json low = json::array(), high = low, edges = low, shares = low;
    for (const FeatureReference& feature : reference.features) {
        low.push_back(feature.low);
        high.push_back(feature.high);
        edges.push_back(feature.edges);
        shares.push_back(feature.shares);
    }
    return {{"rows", reference.rows}, {"low", low}, {"high", high}, {"edges", edges}, {"shares", shares}};
}

json format_stages(const std::vector<Stage>& stages) {
    json list = json::array();
    for (const Stage& stage : stages) {
        list.push_back({{"packets", stage.packets},
                        {"combination", kCombinations[static_cast<std::size_t>(stage.forest.combination)]},
                        {"base_margins", stage.forest.base_margins},
                        {"calibration", format_curves(stage.calibration)},
                        {"conformal", stage.conformal.by_class},
                        {"unseen_pairs_limit", stage.pairs.limit}});
        if (!stage.reference.empty()) list.back()["benign_reference"] = format_reference(stage.reference);
    }
    return list;
}

/// Reads members of known types; the first that is missing or of another type is remembered and the rest read as empty.
class Reader {
  public:
    const json& member(const json& object, const char* name) {
        static const json kNull;
        if (object.is_object())
            if (auto found = object.find(name); found != object.end()) return *found;
        fail(fmt::format("\"{}\" is missing", name));
        return kNull;
    }

    std::string text(const json& object, const char* name) {
        const json& value = member(object, name);
        if (value.is_string()) return value.get<std::string>();
        fail(fmt::format("\"{}\" is not a text", name));
        return {};
    }

    std::uint64_t count(const json& object, const char* name) {
        const json& value = member(object, name);
        if (value.is_number_unsigned()) return value.get<std::uint64_t>();
        fail(fmt::format("\"{}\" is not a whole number", name));
        return 0;
    }

    /// A count below `limit`, which is at most 65,536.
    std::uint16_t index(const json& object, const char* name, std::size_t limit) {
        const std::uint64_t value = count(object, name);
        if (value >= limit) fail(fmt::format("\"{}\" is out of range", name));
        return static_cast<std::uint16_t>(value);
    }

    double number(const json& object, const char* name) {
        const json& value = member(object, name);
        if (value.is_number()) return value.get<double>();
        fail(fmt::format("\"{}\" is not a number", name));
        return 0;
    }

    const json& list(const json& object, const char* name, std::size_t limit) {
        static const json kEmpty = json::array();
        const json& value = member(object, name);
        if (value.is_array() && value.size() <= limit) return value;
        fail(fmt::format("\"{}\" is not a list of at most {}", name, limit));
        return kEmpty;
    }

    template <class T>
    std::vector<std::pair<std::string, T>> pairs(const json& object, const char* name) {
        std::vector<std::pair<std::string, T>> read;
        for (const json& pair : list(object, name, kMaxPairs)) {
            if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !is<T>(pair[1])) {
                fail(fmt::format("\"{}\" holds something other than a name and its value", name));
                break;
            }
            read.emplace_back(pair[0].get<std::string>(), as<T>(pair[1]));
        }
        return read;
    }

    /// Numbers of a list; the caller has bounded it, or its checks do.
    std::vector<float> floats(const json& list) {
        std::vector<float> read;
        if (!list.is_array()) fail("a list of numbers is none");
        for (const json& value : list) {
            if (!value.is_number()) fail("a list of numbers holds something else");
            read.push_back(value.is_number() ? value.get<float>() : 0.0F);
        }
        return read;
    }

    void fail(std::string what) {
        if (failure_.empty()) failure_ = std::move(what);
    }
    const std::string& failure() const { return failure_; }

  private:
    static constexpr std::size_t kMaxPairs = 65'536;

    template <class T>
    static bool is(const json& value) {
        if constexpr (std::is_same_v<T, std::string>) return value.is_string();
        if constexpr (std::is_same_v<T, std::uint64_t>) return value.is_number_unsigned();
        if constexpr (std::is_same_v<T, double>) return value.is_number() || value.is_null();
    }

    template <class T>
    static T as(const json& value) {
        if constexpr (std::is_same_v<T, double>)  // JSON has no NaN: the writer leaves null.
            if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
        return value.get<T>();
    }

    std::string failure_;
};

void read_schema(Reader& reader, const json& schema, Model& model) {
    model.schema.name = reader.text(schema, "name");
    const json& columns = reader.list(schema, "features", kMaxFeatures);
    for (const json& column : columns) {
        const std::string name = reader.text(column, "name");
        const std::string unit = reader.text(column, "unit");
        const auto id = features::find_feature(name);
        if (id && features::catalogue()[*id].unit == unit)
            model.schema.features.push_back(*id);
        else
            model.unknown_features.push_back(fmt::format("{} [{}]", name, unit));
    }
}

void read_classes(Reader& reader, const json& root, Model& model) {
    for (const json& name : reader.list(root, "classes", kMaxClasses)) {
        if (!name.is_string()) return reader.fail("\"classes\" holds something other than names");
        model.classes.push_back(name.get<std::string>());
    }
    auto sorted = model.classes;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) reader.fail("\"classes\" holds a name twice");
}

BenignReference read_reference(Reader& reader, const json& object) {
    BenignReference reference{.rows = reader.count(object, "rows")};
    const std::vector<float> low = reader.floats(reader.list(object, "low", kMaxFeatures));
    const std::vector<float> high = reader.floats(reader.list(object, "high", kMaxFeatures));
    const json& edges = reader.list(object, "edges", kMaxFeatures);
    const json& shares = reader.list(object, "shares", kMaxFeatures);
    if (high.size() != low.size() || edges.size() != low.size() || shares.size() != low.size()) {
        reader.fail("\"benign_reference\" has lists of different lengths");
        return reference;
    }
    for (std::size_t i = 0; i < low.size(); ++i)
        reference.features.push_back({low[i], high[i], reader.floats(edges[i]), reader.floats(shares[i])});
    return reference;
}

Stage read_stage(Reader& reader, const json& object) {
    Stage stage;
    stage.packets = reader.count(object, "packets");
    const std::string combination = reader.text(object, "combination");
    const auto* known = std::find(std::begin(kCombinations), std::end(kCombinations), combination);
    if (known == std::end(kCombinations))
        reader.fail("\"combination\" is of no known kind");
    else
        stage.forest.combination = static_cast<Combination>(known - std::begin(kCombinations));
    stage.forest.base_margins = reader.floats(reader.list(object, "base_margins", kMaxClasses));
    for (const json& curve : reader.list(object, "calibration", kMaxClasses))
        stage.calibration.curves.push_back({reader.floats(reader.list(curve, "raw", kMaxKnots)),
                                            reader.floats(reader.list(curve, "calibrated", kMaxKnots))});
    for (const json& scores : reader.list(object, "conformal", kMaxClasses))
        stage.conformal.by_class.push_back(reader.floats(scores));
    stage.pairs.limit = reader.index(object, "unseen_pairs_limit", kNoveltyTrees);
    // Files that were written before there was one lack it.
    if (object.is_object() && object.contains("benign_reference"))
        stage.reference = read_reference(reader, object["benign_reference"]);
    return stage;
}

/// Format 1 had one forest and said nothing of it.
void read_stages(Reader& reader, const json& root, std::uint32_t version, Model& model) {
    if (version == 1)
        model.stages.resize(1);
    else
        for (const json& stage : reader.list(root, "stages", kMaxStages))
            model.stages.push_back(read_stage(reader, stage));
    for (Stage& stage : model.stages) {
        stage.forest.feature_count = model.schema.size() + model.unknown_features.size();
        stage.forest.class_count = model.classes.size();
        const auto calibrated = check_calibration(stage.calibration, model.classes.size());
        const auto conformal = check_conformal(stage.conformal, model.classes.size());
        const auto reference = check_reference(stage.reference, stage.forest.feature_count);
        if (!reference) reader.fail(reference.error().message);
        if (!calibrated) reader.fail(calibrated.error().message);
        if (!conformal) reader.fail(conformal.error().message);
    }
    if (const auto checked = model.check_stages(); !checked) reader.fail("its stages do not fit together");
}

/// Files before 0.2 have none: flows were told at the depths of their stages and at no other moment.
void read_schedule(Reader& reader, const json& root, Model& model) {
    if (!root.is_object() || !root.contains("schedule")) {
        model.schedule = features::checkpoints_after(model.depths());
        return;
    }
    const std::string text = reader.text(root, "schedule");
    if (text.empty()) return;
    auto schedule = features::parse_checkpoints(text);
    if (!schedule) return reader.fail("\"schedule\": " + schedule.error().message);
    model.schedule = std::move(*schedule);
}

void read_baseline(Reader& reader, const json& object, Model& model) {
    model.baseline = {.feature = reader.index(object, "feature", model.schema.size() + model.unknown_features.size()),
                      .threshold = static_cast<float>(reader.number(object, "threshold")),
                      .at_most = reader.index(object, "at_most", model.classes.size()),
                      .above = reader.index(object, "above", model.classes.size())};
    if (!std::isfinite(model.baseline.threshold)) reader.fail("\"threshold\" is out of range");
}

Provenance read_provenance(Reader& reader, const json& object, std::uint32_t version) {
    Provenance provenance;
    provenance.created = reader.text(object, "created");
    provenance.program_version = reader.text(object, "program_version");
    if (version >= 3) provenance.parent = reader.text(object, "parent");
    for (const json& input : reader.list(object, "inputs", 1'000'000))
        provenance.inputs.push_back(
            {reader.text(input, "name"), reader.text(input, "sha256"), reader.count(input, "rows")});
    provenance.options = reader.pairs<std::string>(object, "options");
    provenance.metrics = reader.pairs<double>(object, "metrics");
    provenance.class_rows = reader.pairs<std::uint64_t>(object, "class_rows");
    provenance.importance = reader.pairs<double>(object, "importance");
    return provenance;
}

}  // namespace

std::string format_metadata(const Model& model) {
    const json root = {{"definitions_version", static_cast<unsigned>(model.definitions_version)},
                       {"profile", model.profile},
                       {"schema", format_schema(model.schema)},
                       {"classes", model.classes},
                       {"schedule", features::to_string(model.schedule)},
                       {"stages", format_stages(model.stages)},
                       {"baseline", format_baseline(model.baseline)},
                       {"provenance", format_provenance(model.provenance)}};
    return root.dump(1, ' ', false, json::error_handler_t::replace);
}

Result<Model> parse_metadata(base::Bytes bytes, std::uint32_t version) {
    if (bytes.size() > kMaxMetadataBytes)
        return Error{fmt::format("its metadata has {} bytes, more than {}", bytes.size(), kMaxMetadataBytes)};
    bool too_deep = false;
    const auto guard = [&](int depth, json::parse_event_t, json&) {
        too_deep |= depth > kMaxNesting;
        return !too_deep;
    };
    const json root = json::parse(bytes.begin(), bytes.end(), guard, false);
    if (too_deep) return Error{fmt::format("its metadata is nested deeper than {}", kMaxNesting)};
    if (root.is_discarded()) return Error{"its metadata is not JSON"};

    Model model;
    Reader reader;
    const std::uint64_t definitions = reader.count(root, "definitions_version");
    if (definitions > std::numeric_limits<std::int32_t>::max()) reader.fail("\"definitions_version\" is out of range");
    model.definitions_version = static_cast<int>(definitions);
    model.profile = reader.text(root, "profile");
    read_schema(reader, reader.member(root, "schema"), model);
    read_classes(reader, root, model);
    read_stages(reader, root, version, model);
    read_schedule(reader, root, model);
    read_baseline(reader, reader.member(root, "baseline"), model);
    model.provenance = read_provenance(reader, reader.member(root, "provenance"), version);
    if (!reader.failure().empty()) return Error{"in its metadata " + reader.failure()};
    return model;
}

}  // namespace flowsift::model
