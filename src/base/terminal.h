// What a person at a terminal sees: is there one, how wide is it, does it want colour, and how text from the wire is
// made harmless before it gets there.
//
// Colour is never the only carrier of a meaning. Stateless; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace flowsift::base {

bool is_terminal(int descriptor);

/// Columns of the terminal behind `descriptor`; 80 where it does not tell.
int terminal_width(int descriptor);

/// A terminal that is not "dumb", and the user has not set NO_COLOR (no-color.org: set and not empty).
bool wants_colour(int descriptor);

/// Whether the locale (LC_ALL, LC_CTYPE, LANG, the first that is set) is a UTF-8 one.
bool shows_utf8();

enum class Tone : std::uint8_t { kPlain, kBold, kDim, kRed, kYellow, kGreen, kCyan };

/// How text may be dressed where it is going.
struct Style {
    bool colour = false;
    bool utf8 = false;

    static Style of(int descriptor) { return {wants_colour(descriptor), shows_utf8()}; }

    /// `text` in that tone; as it is where there is no colour.
    std::string paint(Tone tone, std::string_view text) const;

    /// The first where the terminal shows UTF-8, the second elsewhere.
    std::string_view choose(std::string_view rich, std::string_view ascii) const { return utf8 ? rich : ascii; }

    /// `text` cut (with an ellipsis) or filled with blanks to exactly `width` columns.
    std::string fit(std::string_view text, std::size_t width) const;
};

/// Text that cannot steer a terminal: control characters, bytes that are not UTF-8, and characters that are invisible
/// or turn the direction of writing become \xNN or \u{NNNN}.
std::string printable(std::string_view text);

/// Columns that printable text takes, counting one for every code point.
std::size_t column_count(std::string_view text);

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

}  // namespace flowsift::base
