// JsonWriter: appends JSON (RFC 8259) to a string, for events and reports that are written far more often than read.
//
// Text from the wire is hostile: control characters, quotes, and bytes that are not UTF-8 are escaped, and so are '<',
// '>' and '&', so that a report can embed JSON in HTML. Commas and nesting are the writer's business; keys are the
// caller's. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace flowsift::base {

class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);

    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(bool flag);
    JsonWriter& value(std::int64_t number);
    JsonWriter& value(std::uint64_t number);
    JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
    JsonWriter& value(unsigned number) { return value(static_cast<std::uint64_t>(number)); }
    /// Shortest form that reads back as the same double; null where JSON has no such number (Inf, NaN).
    JsonWriter& value(double number);

    template <class T>
    JsonWriter& member(std::string_view name, const T& content) {
        key(name);
        return value(content);
    }

  private:
    void separate();

    std::string& out_;
    bool needs_comma_ = false;
};

}  // namespace flowsift::base
