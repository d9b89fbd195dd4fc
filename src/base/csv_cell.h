// Cells of CSV files that people open in spreadsheets. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>

namespace flowsift::base {

/// A cell of CSV (RFC 4180) for text from outside: quoted where it must be, and with an apostrophe before a first
/// character that a spreadsheet would take for a formula.
std::string csv_cell(std::string_view text);

}  // namespace flowsift::base
