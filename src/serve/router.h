// Router: finds the route of a path. Patterns are compared segment by segment, a literal before a {name}; immutable
// after it was made, any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serve/route.h"

namespace flowsift::serve {

class Router {
  public:
    explicit Router(std::span<const std::span<const Route>> groups);

    struct Match {
        const Route* route = nullptr;  ///< nullptr: none for this method or path.
        Fields params;
        std::string allowed;  ///< Methods that the path takes, where it exists: "GET, HEAD, POST".
    };
    /// `path`: decoded (target.h).
    Match find(Method method, std::string_view path) const;

    const std::vector<const Route*>& routes() const { return routes_; }

  private:
    std::vector<const Route*> routes_;
};

/// The route's parameters, where `path` fits `pattern`. Empty: it does not.
std::optional<Fields> match_pattern(std::string_view pattern, std::string_view path);

}  // namespace flowsift::serve
