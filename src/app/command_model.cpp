#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/command.h"
#include "app/text.h"
#include "base/json.h"
#include "base/terminal.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

constexpr std::size_t kImportanceShown = 15;

std::size_t node_count(const model::Forest& forest) {
    std::size_t nodes = 0;
    for (const model::Tree& tree : forest.trees) nodes += tree.nodes.size();
    return nodes;
}

std::string depth_text(const model::Stage& stage) {
    return stage.packets == 0 ? "whole flows" : fmt::format("flows after {} packets", stage.packets);
}

std::string importance_text(const model::Model& model) {
    auto importance = model.provenance.importance;
    std::stable_sort(importance.begin(), importance.end(), [](auto& a, auto& b) { return a.second > b.second; });
    importance.resize(std::min(importance.size(), kImportanceShown));
    std::string text = fmt::format("\nmost used features (share of Gini decrease)\n");
    for (const auto& [name, share] : importance) {
        const double most = std::max(importance.front().second, 1e-9);
        std::string bar;
        for (int i = 0; i < static_cast<int>(share / most * 30); ++i) bar += "█";
        text += fmt::format("  {} {:5.1f} %  {}\n", padded(name, 28), share * 100, bar);
    }
    return text;
}

std::string model_text(const model::Model& model, const std::string& path) {
    const model::Provenance& origin = model.provenance;
    const base::Result<void> servable = model.check_servable();
    std::string text = fmt::format("{}\n  hash       {}\n  trained    {} by flowsift {}\n", path, model.hash,
                                   origin.created, origin.program_version);
    for (const model::Stage& stage : model.stages)
        text += fmt::format("  forest     {} trees, {} nodes, for {}\n", stage.forest.trees.size(),
                            base::grouped(node_count(stage.forest)), depth_text(stage));
    text += fmt::format("  schema     {}: {} features, definitions version {}\n", model.schema.name,
                        model.schema.size(), model.definitions_version);
    text += fmt::format("  profile    {}\n  servable   {}\n", model.profile,
                        servable ? "yes" : "no: " + servable.error().message);
    text += fmt::format("  kept rows  {}\n", model.kept_rows.empty() ? "none: `flowsift adapt` cannot be used on it"
                                                                     : base::grouped(model.kept_rows.size()) +
                                                                           " bytes, for `flowsift adapt`");
    if (!origin.parent.empty()) text += fmt::format("  adapted    from {}\n", origin.parent);
    text += "\ntraining rows by class\n";
    for (const auto& [name, rows] : origin.class_rows)
        text += fmt::format("  {} {:>10}\n", padded(name, 28), base::grouped(rows));
    text += "\nmetrics\n";
    for (const auto& [name, value] : origin.metrics) text += fmt::format("  {} {:>10.4f}\n", padded(name, 28), value);
    text += "\noptions\n";
    for (const auto& [name, value] : origin.options) text += fmt::format("  {} {}\n", padded(name, 28), value);
    text += "\ninputs\n";
    for (const auto& input : origin.inputs)
        text += fmt::format("  {} {:>10} rows  sha256 {}\n", padded(input.name, 28), base::grouped(input.rows),
                            input.sha256);
    return text + importance_text(model);
}

template <class Pairs>
void write_pairs(base::JsonWriter& json, std::string_view name, const Pairs& pairs) {
    json.key(name).begin_object();
    for (const auto& [key, value] : pairs) json.member(key, value);
    json.end_object();
}

std::string model_json(const model::Model& model) {
    std::string text;
    base::JsonWriter json(text);
    const model::Provenance& origin = model.provenance;
    json.begin_object().member("hash", model.hash).member("created", origin.created);
    json.member("program_version", origin.program_version).member("profile", model.profile);
    json.member("definitions_version", model.definitions_version).member("servable", model.check_servable().ok());
    json.member("parent", origin.parent).member("kept_rows_bytes", static_cast<std::uint64_t>(model.kept_rows.size()));
    json.key("stages").begin_array();
    for (const model::Stage& stage : model.stages)
        json.begin_object()
            .member("packets", stage.packets)
            .member("trees", static_cast<std::uint64_t>(stage.forest.trees.size()))
            .member("nodes", static_cast<std::uint64_t>(node_count(stage.forest)))
            .end_object();
    json.end_array();
    json.key("classes").begin_array();
    for (const std::string& name : model.classes) json.value(name);
    json.end_array().key("features").begin_array();
    for (std::size_t i = 0; i < model.schema.size(); ++i) json.value(model.schema.feature(i).name);
    json.end_array();
    write_pairs(json, "class_rows", origin.class_rows);
    write_pairs(json, "metrics", origin.metrics);
    write_pairs(json, "options", origin.options);
    write_pairs(json, "importance", origin.importance);
    json.key("inputs").begin_array();
    for (const auto& input : origin.inputs)
        json.begin_object()
            .member("name", input.name)
            .member("sha256", input.sha256)
            .member("rows", input.rows)
            .end_object();
    json.end_array().end_object();
    return text + '\n';
}

}  // namespace

Runner configure_model(CLI::App& app) {
    auto path = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    app.add_option("MODEL", *path, "Model file, as `flowsift train` writes it")->required();
    app.add_flag("--json", *json, "As JSON, for programs");
    return [=]() -> base::Result<int> {
        const auto model = model::open_model(*path);
        if (!model) return model.error();
        return print_to_stdout(*json ? model_json(*model) : model_text(*model, *path));
    };
}

}  // namespace flowsift::app
