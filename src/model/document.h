// Document: one value of a JSON or UBJSON file with all that is inside it, for readers of structured model files.
//
// Both syntaxes become the same thing, so that what a file means is written once (xgboost_import.cpp). Plain data of
// the caller; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace flowsift::model {

struct Document {
    enum class Kind { kNull, kNumber, kText, kNumbers, kList, kObject };

    Kind kind = Kind::kNull;
    double number = 0;               ///< kNumber; true is 1, false is 0.
    std::string text;                ///< kText
    std::vector<double> numbers;     ///< kNumbers: a list of nothing but numbers, or an empty list.
    std::vector<Document> items;     ///< kList: any other list. kObject: its values, in the file's order …
    std::vector<std::string> names;  ///< … and the name of each.

    /// The member of that name (the first of several), or null; null also where this is no object.
    const Document* member(std::string_view name) const;
};

/// They bound what a hostile file can make the program allocate: about 150 bytes per value that is not a number in a
/// list, eight per number.
inline constexpr std::size_t kMaxDocumentDepth = 32;
inline constexpr std::size_t kMaxDocumentValues = 1'000'000;

/// JSON (RFC 8259). Errors: syntax, depth, number of values.
base::Result<Document> parse_json_document(base::Bytes text);

/// UBJSON (draft 12), containers with type and count included. Errors name the byte. The same limits; a list of values
/// that take no bytes (null, true, false by type) is refused.
base::Result<Document> parse_ubjson_document(base::Bytes bytes);

}  // namespace flowsift::model
