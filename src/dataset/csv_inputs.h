// CSV inputs of one load: each file behind its header line, and the features that all of them can give.
//
// Owned by the load that reads them, in its thread.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "dataset/csv_columns.h"
#include "dataset/csv_reader.h"
#include "dataset/feature_choice.h"

namespace flowsift::dataset {

struct CsvInput {
    CsvReader reader;
    CsvColumns columns;
};

/// Reads every header. Errors: as CsvColumns::read_header(); no Label column where one is needed.
base::Result<std::vector<CsvInput>> read_headers(std::vector<CsvReader> readers, bool needs_labels);

/// Exactly the features of `schema`, or, without one, those of `choice` that all inputs have. Errors: as
/// choose_features(); an input that lacks a feature of the schema. Precondition: at least one input.
base::Result<ChosenFeatures> choose_columns(const std::vector<CsvInput>& inputs, const FeatureChoice& choice,
                                            const std::optional<features::Schema>& schema);

}  // namespace flowsift::dataset
