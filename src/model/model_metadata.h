// The metadata section of a model file: everything of a Model but its trees and its hash, as JSON that people can read.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "model/model.h"

namespace flowsift::model {

inline constexpr std::size_t kMaxMetadataBytes = std::size_t{16} << 20;

/// UTF-8, indented. Text that is not UTF-8 gets U+FFFD in its place.
std::string format_metadata(const Model& model);

/// A Model whose forests have all but their trees. `version`: of the file's format. Features that this program does not
/// know by name and unit go to unknown_features. Safe on any bytes: size, nesting and types are checked; the Error says
/// which member is wrong.
base::Result<Model> parse_metadata(base::Bytes json, std::uint32_t version);

}  // namespace flowsift::model
