#include "dataset/feature_choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/message_text.h"
#include "features/aliases.h"

namespace flowsift::dataset {
namespace {

using features::FeatureId;

base::Error unknown_feature(std::string_view name) {
    std::vector<std::string_view> names;
    for (const auto& feature : features::catalogue()) names.push_back(feature.name);
    const std::string_view nearest = base::nearest_name(name, names);
    return {nearest.empty()
                ? fmt::format("no feature is called {}; `flowsift features` lists them", base::quoted_for_message(name))
                : fmt::format("no feature is called {}; did you mean '{}'?", base::quoted_for_message(name), nearest)};
}

base::Result<std::vector<FeatureId>> find_features(const std::vector<std::string>& names) {
    std::vector<FeatureId> found;
    for (const std::string& name : names) {
        const features::ColumnMeaning meaning = features::find_column(name);
        if (meaning.feature) {
            found.push_back(*meaning.feature);
        } else if (meaning.identity) {
            return base::Error{
                fmt::format("{} is not a feature but says which flow it was, and a model that learns it "
                            "fails on the next network; name features of `flowsift features` only",
                            base::quoted_for_message(name))};
        } else {
            return unknown_feature(name);
        }
    }
    return found;
}

bool holds(std::span<const FeatureId> list, FeatureId id) {
    return std::find(list.begin(), list.end(), id) != list.end();
}

std::string names_of(const std::vector<FeatureId>& ids) {
    std::vector<std::string_view> names;
    names.reserve(ids.size());
    for (const FeatureId id : ids) names.push_back(features::catalogue()[id].name);
    return fmt::format("{}", fmt::join(names, ", "));
}

features::Schema schema_of(std::vector<FeatureId> ids) {
    const features::Schema& cic = features::cic_schema();
    return {ids == cic.features ? cic.name : "custom", std::move(ids)};
}

}  // namespace

base::Result<ChosenFeatures> choose_features(const FeatureChoice& choice, std::span<const FeatureId> available,
                                             bool is_foreign) {
    const auto only = find_features(choice.only), also = find_features(choice.also),
               excluded = find_features(choice.excluded);
    for (const auto* list : {&only, &also, &excluded})
        if (!*list) return list->error();
    const auto is_offered = [&](FeatureId id) { return !choice.among || holds(choice.among->features, id); };

    std::vector<FeatureId> chosen, differing;
    for (FeatureId id = 0; id < features::catalogue().size(); ++id) {
        const features::Feature& feature = features::catalogue()[id];
        const bool is_named = holds(*only, id) || holds(*also, id);
        if (holds(*excluded, id) || (!is_named && !only->empty())) continue;
        if (!is_named && (feature.use == features::FeatureUse::kOnRequest || !is_offered(id))) continue;
        if ((is_named || choice.among) && !holds(available, id))
            return base::Error{
                fmt::format("the feature '{}' is not in every input; leave it out, or give files that "
                            "have it",
                            feature.name)};
        if (!holds(available, id)) continue;
        if (!is_named && is_foreign && feature.differs_from_public_csv)
            differing.push_back(id);
        else
            chosen.push_back(id);
    }
    if (chosen.empty())
        return base::Error{
            "the inputs have no feature column in common that may be learnt from; `flowsift features` "
            "lists the columns"};
    ChosenFeatures result{schema_of(std::move(chosen)), {}};
    if (!differing.empty())
        result.notes.push_back(
            fmt::format("left out, because files of other tools define them otherwise: {} (name a "
                        "feature to use it all the same)",
                        names_of(differing)));
    return result;
}

}  // namespace flowsift::dataset
