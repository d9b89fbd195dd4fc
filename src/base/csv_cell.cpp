#include "base/csv_cell.h"

namespace flowsift::base {

std::string csv_cell(std::string_view text) {
    std::string cell(text);
    if (!cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos)
        cell.insert(0, 1, '\'');
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    for (std::size_t i = cell.find('"'); i != std::string::npos; i = cell.find('"', i + 2)) cell.insert(i, 1, '"');
    return '"' + cell + '"';
}

}  // namespace flowsift::base
