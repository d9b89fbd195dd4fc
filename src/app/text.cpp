#include "app/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/terminal.h"

namespace flowsift::app {

std::string padded(std::string_view text, std::size_t columns) {
    const std::size_t used = base::column_count(text);
    return std::string(text) + std::string(used < columns ? columns - used : 0, ' ');
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
    std::string result;
    std::size_t column = indent;
    while (!text.empty()) {
        const std::size_t blank = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, blank);
        text.remove_prefix(std::min(blank + 1, text.size()));
        const std::size_t length = base::column_count(word);
        if (column > indent && column + 1 + length > width) {
            result += '\n' + std::string(indent, ' ');
            column = indent;
        } else if (column > indent) {
            result += ' ';
            ++column;
        }
        result += word;
        column += length;
    }
    return result;
}

base::Result<int> print_to_stdout(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return base::Error{std::string("cannot write to standard output: ") + std::strerror(errno)};
    return 0;
}

base::Result<void> write_text(const std::string& path, std::string_view text) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    const bool is_written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    const bool is_closed = file && std::fclose(file) == 0;
    if (!is_written || !is_closed) return base::Error{"cannot write " + path + ": " + std::strerror(errno)};
    return {};
}

}  // namespace flowsift::app
