#include "serve/target.h"

#include <algorithm>

#include "base/utf8.h"

namespace flowsift::serve {
namespace {

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Well-formed UTF-8 without control characters.
bool is_plain_text(std::string_view text) {
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text.front());
        const std::size_t length = base::utf8_length(text);
        if (length == 0 || first < 0x20 || first == 0x7f) return false;
        text.remove_prefix(length);
    }
    return true;
}

/// Each segment between slashes is decoded by itself, so that an encoded slash cannot make a new one.
std::optional<std::string> decode_path(std::string_view path) {
    std::string decoded;
    while (!path.empty()) {
        path.remove_prefix(1);  // The slash.
        const std::string_view segment = path.substr(0, path.find('/'));
        const auto text = decode_percent(segment, false);
        if (!text || *text == "." || *text == ".." || text->find_first_of("/\\") != std::string::npos)
            return std::nullopt;
        decoded += '/';
        decoded += *text;
        path.remove_prefix(segment.size());
    }
    return decoded;
}

std::optional<Fields> decode_query(std::string_view query) {
    Fields fields;
    while (!query.empty()) {
        const std::string_view part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), part.size() + 1));
        if (part.empty()) continue;
        if (fields.size() == kMostQueryFields) return std::nullopt;
        const std::size_t equals = part.find('=');
        const auto name = decode_percent(part.substr(0, equals), true);
        const auto value =
            decode_percent(equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1), true);
        if (!name || !value) return std::nullopt;
        fields.emplace_back(*name, *value);
    }
    return fields;
}

}  // namespace

std::optional<std::string> decode_percent(std::string_view text, bool is_query) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += is_query && text[i] == '+' ? ' ' : text[i];
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        const int high = digit_of(text[i + 1]);
        const int low = digit_of(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high << 4 | low);
        i += 2;
    }
    if (!is_plain_text(decoded)) return std::nullopt;
    return decoded;
}

std::optional<Target> parse_target(std::string_view target) {
    if (target.empty() || target.front() != '/' || target.size() > kMostTargetBytes) return std::nullopt;
    target = target.substr(0, target.find('#'));
    const std::size_t mark = target.find('?');
    auto path = decode_path(target.substr(0, mark));
    if (!path) return std::nullopt;
    auto query = decode_query(mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1));
    if (!query) return std::nullopt;
    return Target{std::move(*path), std::move(*query)};
}

std::string_view find_cookie(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        std::string_view pair = header.substr(0, header.find(';'));
        header.remove_prefix(std::min(header.size(), pair.size() + 1));
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
            return pair.substr(name.size() + 1);
    }
    return {};
}

}  // namespace flowsift::serve
