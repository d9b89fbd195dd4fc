#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/command.h"
#include "app/text.h"
#include "base/json.h"
#include "features/feature_group.h"
#include "features/markdown.h"

namespace flowsift::app {
namespace {

std::string catalogue_text() {
    std::string text = fmt::format("{:<28} {:<8} {}\n", "FEATURE", "UNIT", "DEFINITION");
    for (const features::FeatureGroup& group : features::feature_groups()) {
        text += fmt::format("\n{}: {}\n", group.name, group.help);
        for (const features::Feature& feature : features::listed_features(group)) {
            text += padded(feature.name, 28) + ' ' + padded(feature.unit, 8) + ' ';
            text += wrapped(feature.definition, 38, 100) + '\n';
        }
        if (group.item_size > 0) text += fmt::format("and so on, to {}\n", group.features.back().name);
    }
    return text + "\nWhat is left out of training, and where public files differ: flowsift features --markdown\n";
}

std::string catalogue_json() {
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().member("definitions_version", features::kDefinitionsVersion).key("features").begin_array();
    for (const features::FeatureGroup& group : features::feature_groups()) {
        for (const features::Feature& feature : group.features) {
            json.begin_object().member("name", feature.name).member("group", group.name).member("unit", feature.unit);
            json.member("definition", feature.definition).member("integer", feature.is_integer);
            json.member("differs_from_public_csv", feature.differs_from_public_csv);
            json.member("default", feature.use == features::FeatureUse::kDefault).end_object();
        }
    }
    json.end_array().end_object();
    return text + '\n';
}

}  // namespace

Runner configure_features(CLI::App& app) {
    auto markdown = std::make_shared<bool>(false);
    auto json = std::make_shared<bool>(false);
    app.add_flag("--markdown", *markdown, "As the Markdown page that docs/features.md is");
    app.add_flag("--json", *json, "As JSON, for programs");
    return [=]() -> base::Result<int> {
        return print_to_stdout(*markdown ? features::features_markdown() : *json ? catalogue_json() : catalogue_text());
    };
}

}  // namespace flowsift::app
