// Plain text for people: columns that align, lines that wrap, and writing that can fail.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace flowsift::app {

/// `text` with blanks up to `columns` on the terminal (UTF-8 letters count once).
std::string padded(std::string_view text, std::size_t columns);

/// `text` broken at blanks so that lines end before column `width`, later lines indented by `indent`.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

/// 0 once all of it was written; an Error otherwise (a full disk, a closed pipe).
base::Result<int> print_to_stdout(std::string_view text);

/// Creates or replaces a small file.
base::Result<void> write_text(const std::string& path, std::string_view text);

}  // namespace flowsift::app
