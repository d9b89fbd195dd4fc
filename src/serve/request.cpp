#include "serve/request.h"

namespace flowsift::serve {

std::string_view to_string(Method method) {
    constexpr std::string_view kNames[] = {"GET", "POST", "DELETE"};
    return kNames[static_cast<int>(method)];
}

std::string_view to_string(Role role) {
    constexpr std::string_view kNames[] = {"nobody", "viewer", "analyst", "admin"};
    return kNames[static_cast<int>(role)];
}

std::optional<Role> parse_role(std::string_view name) {
    for (const Role role : {Role::kViewer, Role::kAnalyst, Role::kAdmin})
        if (name == to_string(role)) return role;
    return std::nullopt;
}

std::optional<std::string_view> find_field(const Fields& fields, std::string_view name) {
    for (const auto& [key, value] : fields)
        if (key == name) return value;
    return std::nullopt;
}

}  // namespace flowsift::serve
