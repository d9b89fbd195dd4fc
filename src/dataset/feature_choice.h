// Which features a table holds: what all inputs have in common, less what must not be learnt from, as the user says.
//
// One place for CSV files and captures, so that both give the same schema for the same options. Pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "features/schema.h"

namespace flowsift::dataset {

/// Names in any spelling that features::find_column knows.
struct FeatureChoice {
    std::vector<std::string> only;               ///< Exactly these; empty: the default features.
    std::vector<std::string> also;               ///< Besides the default ones: features that are used on request only.
    std::vector<std::string> excluded;           ///< None of these.
    std::optional<features::Schema> among = {};  ///< What there is to choose from; empty: all that the inputs have.
};

struct ChosenFeatures {
    features::Schema schema;         ///< In catalogue order; named "cic" where it is all of that schema.
    std::vector<std::string> notes;  ///< What was left out and why, for the user.
};

/// `available`: what every input has, in any order. `is_foreign`: an input was not written by flowsift, so that
/// features whose public values differ are left out unless named. Errors: a name that is no feature (with the nearest
/// one), an identifier, a feature of the choice that some input lacks, nothing left.
base::Result<ChosenFeatures> choose_features(const FeatureChoice& choice,
                                             std::span<const features::FeatureId> available, bool is_foreign);

}  // namespace flowsift::dataset
