#include "dataset/csv_inputs.h"

#include <fmt/format.h>

#include <algorithm>

namespace flowsift::dataset {

using features::FeatureId;

namespace {

std::vector<FeatureId> common_features(const std::vector<CsvInput>& inputs) {
    std::vector<FeatureId> common = inputs.front().columns.features();
    for (const CsvInput& input : inputs) std::erase_if(common, [&](FeatureId id) { return !input.columns.find(id); });
    return common;
}

}  // namespace

base::Result<std::vector<CsvInput>> read_headers(std::vector<CsvReader> readers, bool needs_labels) {
    std::vector<CsvInput> inputs;
    for (CsvReader& reader : readers) {
        auto columns = CsvColumns::read_header(reader);
        if (!columns) return columns.error();
        if (needs_labels && !columns->find(IdentityColumn::kLabel))
            return base::Error{
                fmt::format("{}, line {}: there is no Label column; `flowsift label` adds labels to the "
                            "flows of a capture",
                            reader.name(), reader.line())};
        inputs.push_back({std::move(reader), std::move(*columns)});
    }
    return inputs;
}

base::Result<ChosenFeatures> choose_columns(const std::vector<CsvInput>& inputs, const FeatureChoice& choice,
                                            const std::optional<features::Schema>& schema) {
    if (!schema) {
        const bool is_foreign =
            std::any_of(inputs.begin(), inputs.end(), [](const CsvInput& input) { return input.columns.is_foreign(); });
        return choose_features(choice, common_features(inputs), is_foreign);
    }
    for (const CsvInput& input : inputs)
        for (const FeatureId id : schema->features)
            if (!input.columns.find(id))
                return base::Error{
                    fmt::format("{} lacks the column '{}', which the model wants; make the file with "
                                "`flowsift flows`, or train a model without it",
                                input.reader.name(), features::catalogue()[id].name)};
    return ChosenFeatures{*schema, {}};
}

}  // namespace flowsift::dataset
