#include "model/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace flowsift::model {
namespace {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::vector<std::uint64_t> Model::depths() const {
    std::vector<std::uint64_t> packets;
    for (const Stage& stage : stages)
        if (stage.packets > 0) packets.push_back(stage.packets);
    return packets;
}

const Stage* Model::stage_of_live(std::uint64_t packets) const {
    const Stage* deepest = nullptr;
    for (const Stage& stage : stages)
        if (stage.packets > 0 && stage.packets <= packets) deepest = &stage;
    return deepest;
}

int Model::benign_class() const {
    for (std::size_t i = 0; i < classes.size(); ++i)
        if (equals_ignoring_case(classes[i], "BENIGN")) return static_cast<int>(i);
    return -1;
}

base::Result<void> Model::check_servable() const {
    if (definitions_version != features::kDefinitionsVersion)
        return base::Error{
            fmt::format("The model was trained with version {} of the feature definitions and this program computes "
                        "version {}: its "
                        "verdicts would be wrong. Train it again with this program.",
                        definitions_version, features::kDefinitionsVersion)};
    if (!unknown_features.empty())
        return base::Error{
            fmt::format("The model wants the feature \"{}\"{}, which this program does not compute. Use the program "
                        "that trained it "
                        "(flowsift {}), or train it again.",
                        unknown_features.front(),
                        unknown_features.size() > 1 ? fmt::format(" and {} more", unknown_features.size() - 1) : "",
                        provenance.program_version)};
    if (!features::find_profile(profile))
        return base::Error{fmt::format(
            "The model was trained on flows cut by the assembly profile \"{}\", which this program cannot cut by.",
            profile)};
    return check_stages();
}

base::Result<void> Model::check_stages() const {
    if (stages.empty()) return base::Error{"The model has no forest."};
    std::uint64_t previous = 0;
    for (const Stage& stage : stages) {
        const bool is_last = &stage == &stages.back();
        if (is_last ? stage.packets != 0 : stage.packets <= previous)
            return base::Error{"The model's stages are not in order of depth with that of whole flows last."};
        previous = stage.packets;
        const Forest& forest = stage.forest;
        if (unknown_features.size() + schema.size() != forest.feature_count || classes.size() != forest.class_count)
            return base::Error{fmt::format(
                "The model's schema ({} features, {} classes) does not fit its forest ({} features, {} classes).",
                unknown_features.size() + schema.size(), classes.size(), forest.feature_count, forest.class_count)};
    }
    return {};
}

}  // namespace flowsift::model
