#include "base/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/utf8.h"

namespace flowsift::base {
namespace {

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets variables.
    return value ? value : "";
}

std::string_view escape_sequence(Tone tone) {
    static constexpr std::array<std::string_view, 7> kSequences = {"",         "\x1b[1m",  "\x1b[2m", "\x1b[31m",
                                                                   "\x1b[33m", "\x1b[32m", "\x1b[36m"};
    return kSequences[static_cast<std::size_t>(tone)];
}

/// C0 and C1 controls, soft hyphen, zero-width and direction marks, line and paragraph separators, byte order mark,
/// tags.
bool is_treacherous(char32_t point) {
    struct Range {
        char32_t first, last;
    };
    static constexpr std::array<Range, 11> kRanges = {{{0x0000, 0x001f},
                                                       {0x007f, 0x009f},
                                                       {0x00ad, 0x00ad},
                                                       {0x061c, 0x061c},
                                                       {0x200b, 0x200f},
                                                       {0x2028, 0x202e},
                                                       {0x2060, 0x206f},
                                                       {0xfe00, 0xfe0f},
                                                       {0xfeff, 0xfeff},
                                                       {0xfff9, 0xfffb},
                                                       {0xe0000, 0xe0fff}}};
    return std::any_of(kRanges.begin(), kRanges.end(),
                       [&](const Range& range) { return point >= range.first && point <= range.last; });
}

}  // namespace

bool is_terminal(int descriptor) {
    return isatty(descriptor) == 1;
}

int terminal_width(int descriptor) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

bool wants_colour(int descriptor) {
    const std::string_view terminal = environment("TERM");
    return is_terminal(descriptor) && environment("NO_COLOR").empty() && !terminal.empty() && terminal != "dumb";
}

bool shows_utf8() {
    std::string_view locale;
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (locale.empty()) locale = environment(name);
    return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
}

std::string Style::paint(Tone tone, std::string_view text) const {
    if (!colour || tone == Tone::kPlain) return std::string(text);
    return fmt::format("{}{}\x1b[0m", escape_sequence(tone), text);
}

std::string Style::fit(std::string_view text, std::size_t width) const {
    const std::size_t columns = column_count(text);
    if (columns <= width) return std::string(text) + std::string(width - columns, ' ');
    std::string cut;
    for (std::size_t i = 0; i + 1 < width; ++i) {
        const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
        cut += text.substr(0, length);
        text.remove_prefix(length);
    }
    if (width > 0) cut += choose("…", "~");
    return cut;
}

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
        const char32_t point = length ? utf8_code_point(sequence) : 0;
        if (length == 0 || (length == 1 && is_treacherous(point)))
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
        else if (is_treacherous(point))
            out += fmt::format("\\u{{{:04x}}}", static_cast<std::uint32_t>(point));
        else
            out += sequence;
        text.remove_prefix(sequence.size());
    }
    return out;
}

std::size_t column_count(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

}  // namespace flowsift::base
