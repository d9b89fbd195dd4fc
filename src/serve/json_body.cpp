#include "serve/json_body.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace flowsift::serve {

using nlohmann::json;

struct JsonBody::Content {
    json object;

    /// nullptr: there is none.
    const json* find(std::string_view name) const {
        const auto found = object.find(std::string(name));
        return found == object.end() ? nullptr : &*found;
    }
};

namespace {

/// Deeper than any body that is asked for: what is deeper would cost a stack frame for each level when it is freed.
constexpr int kMostDepth = 8;

}  // namespace

JsonBody::JsonBody(std::unique_ptr<Content> content) : content_(std::move(content)) {}
JsonBody::JsonBody(JsonBody&&) noexcept = default;
JsonBody::~JsonBody() = default;

base::Result<JsonBody> JsonBody::parse(std::string_view body) {
    bool is_too_deep = false;
    const auto watch_depth = [&](int depth, json::parse_event_t, json&) {
        is_too_deep = is_too_deep || depth > kMostDepth;
        return !is_too_deep;
    };
    auto content = std::make_unique<Content>();
    content->object = json::parse(body.begin(), body.end(), watch_depth, false);
    if (is_too_deep || content->object.is_discarded() || !content->object.is_object())
        return base::Error{"the body has to be a JSON object", base::ErrorKind::kUsage};
    return JsonBody(std::move(content));
}

std::optional<std::string> JsonBody::text(std::string_view name) const {
    const json* value = content_->find(name);
    if (!value || !value->is_string()) return std::nullopt;
    return value->get<std::string>();
}

std::optional<double> JsonBody::number(std::string_view name) const {
    const json* value = content_->find(name);
    if (!value || !value->is_number()) return std::nullopt;
    return value->get<double>();
}

std::optional<bool> JsonBody::flag(std::string_view name) const {
    const json* value = content_->find(name);
    if (!value || !value->is_boolean()) return std::nullopt;
    return value->get<bool>();
}

std::vector<std::string> JsonBody::texts(std::string_view name) const {
    const json* value = content_->find(name);
    std::vector<std::string> all;
    if (!value || !value->is_array()) return all;
    for (const json& element : *value) {
        if (!element.is_string()) return {};
        all.push_back(element.get<std::string>());
    }
    return all;
}

std::vector<std::uint64_t> JsonBody::numbers(std::string_view name) const {
    const json* value = content_->find(name);
    std::vector<std::uint64_t> all;
    if (!value || !value->is_array()) return all;
    for (const json& element : *value) {
        if (!element.is_number_unsigned()) return {};
        all.push_back(element.get<std::uint64_t>());
    }
    return all;
}

}  // namespace flowsift::serve
