// Wildcards of filters: whether a text from the wire has the form of a pattern. Also SQL's function matches().
#pragma once

#include <string_view>

namespace flowsift::store {

/// `*` in the pattern stands for any bytes, also none; letters of ASCII match in either case; all else is itself. At
/// most length of the pattern × length of the text steps.
bool matches_wildcard(std::string_view pattern, std::string_view text);

}  // namespace flowsift::store
