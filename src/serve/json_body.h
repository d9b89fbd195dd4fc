// JsonBody: a request's body as JSON, asked for by name and type. Hostile: small (the route's limit), an object, and
// what is missing or of another type is simply not there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace flowsift::serve {

class JsonBody {
  public:
    /// Error: no JSON object.
    static base::Result<JsonBody> parse(std::string_view body);
    JsonBody(JsonBody&&) noexcept;
    ~JsonBody();

    std::optional<std::string> text(std::string_view name) const;
    std::optional<double> number(std::string_view name) const;
    std::optional<bool> flag(std::string_view name) const;
    /// Empty also where one element is of another type.
    std::vector<std::string> texts(std::string_view name) const;
    std::vector<std::uint64_t> numbers(std::string_view name) const;

  private:
    struct Content;
    explicit JsonBody(std::unique_ptr<Content> content);

    std::unique_ptr<Content> content_;
};

}  // namespace flowsift::serve
