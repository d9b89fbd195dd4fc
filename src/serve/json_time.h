// Times as the API has them: RFC 3339, UTC; null where there is none. Stateless.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/time.h"

namespace flowsift::serve {

/// "2017-07-06T13:40:22.024349Z".
std::string rfc3339(base::Nanoseconds time);

/// The member, null for 0: a moment that has not come.
void write_moment(base::JsonWriter& json, std::string_view name, base::Nanoseconds time);

/// null: the writer has no value of its own for it.
void write_null(base::JsonWriter& json, std::string_view name);
/// The member, null for an empty text.
void write_text_or_null(base::JsonWriter& json, std::string_view name, std::string_view text);

/// Wall clock.
base::Nanoseconds wall_clock();

}  // namespace flowsift::serve
