// What a CSV cell holds: a number, missing, infinite; and text that becomes valid UTF-8 whatever the file's encoding
// was.
//
// Pure functions; the numeric ones allocate nothing and run once per cell of every file.
#pragma once

#include <string>
#include <string_view>

namespace flowsift::dataset {

/// Without leading and trailing blanks and tabs.
std::string_view trim(std::string_view cell);

enum class NumberKind {
    kFinite,
    kMissing,   ///< Empty or NaN.
    kInfinite,  ///< Inf, Infinity, or beyond what a float32 holds.
    kBad,       ///< Anything else.
};

/// Decimal notation with optional sign, fraction and exponent, blanks around it; as std::from_chars, "+" allowed.
/// The double is what a float32 is rounded from afterwards: the same two roundings that a live row meets.
NumberKind parse_number(std::string_view cell, double& value);

/// Unchanged where it is valid UTF-8; otherwise read as Windows-1252 (a superset of Latin-1), as the original
/// CIC-IDS2017 files are: 0x96 becomes an en dash.
std::string to_utf8(std::string_view bytes);

/// Quoted as RFC 4180 wants where the text holds a separator, quote or line end.
void append_csv_cell(std::string& out, std::string_view cell);

}  // namespace flowsift::dataset
