#include "output/header_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

namespace flowsift::output {
namespace {

constexpr std::size_t kMostBytes = 8'192;

/// Those that say where a request ends and what is in it.
constexpr std::string_view kOwn[] = {
    "host", "content-length", "content-type", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer"};

bool is_token_character(char c) {
    const bool is_letter_or_digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return is_letter_or_digit || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_own(std::string_view name) {
    return std::ranges::any_of(kOwn, [&](std::string_view own) {
        return std::ranges::equal(name, own, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; });
    });
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

/// Empty where `line` is a header (RFC 9110 section 5), or what is wrong with it.
std::string_view fault_of(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return "is no header; write it as Name: value";
    const std::string_view name = line.substr(0, colon);
    if (name.empty() || !std::ranges::all_of(name, is_token_character))
        return "has no name of a header before the colon";
    if (is_own(name)) return "names a header that the request has itself";
    const auto is_value = [](char c) { return c == '\t' || (c >= ' ' && c != 0x7f); };
    return std::ranges::all_of(line, is_value) ? "" : "holds a control character or a byte beyond ASCII";
}

}  // namespace

base::Result<std::string> read_header_file(const std::string& path) {
    if (path.empty()) return std::string();
    const auto wrong = [&](const std::string& what) {
        return base::Error{fmt::format("header file {}{}", path, what), base::ErrorKind::kConfiguration};
    };
    std::ifstream file(path, std::ios::binary);
    if (!file) return wrong(fmt::format(": {}", std::strerror(errno)));
    std::string text(kMostBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return wrong(": cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMostBytes) return wrong(fmt::format(" is longer than {} bytes", kMostBytes));
    std::string headers;
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = trimmed(std::string_view(text).substr(at, end - at));
        at = end + 1;
        ++number;
        if (line.empty() || line.front() == '#') continue;
        if (const auto fault = fault_of(line); !fault.empty())
            return wrong(fmt::format(", line {}, {}", number, fault));
        headers.append(line).append("\r\n");
    }
    return headers;
}

}  // namespace flowsift::output
