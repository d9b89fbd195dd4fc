#include "serve/json_time.h"

#include <chrono>
#include <limits>

namespace flowsift::serve {

std::string rfc3339(base::Nanoseconds time) {
    std::string text = base::format_cic_time(time);
    text[text.find(' ')] = 'T';
    return text + 'Z';
}

void write_moment(base::JsonWriter& json, std::string_view name, base::Nanoseconds time) {
    if (time == 0)
        write_null(json, name);
    else
        json.member(name, rfc3339(time));
}

void write_null(base::JsonWriter& json, std::string_view name) {
    json.member(name, std::numeric_limits<double>::quiet_NaN());
}

void write_text_or_null(base::JsonWriter& json, std::string_view name, std::string_view text) {
    if (text.empty())
        write_null(json, name);
    else
        json.member(name, text);
}

base::Nanoseconds wall_clock() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace flowsift::serve
