// The table of routes as documents: docs/openapi.yaml up to its components, and the list in docs/dashboard.md. Tests
// hold both together with the table. Stateless.
#pragma once

#include <span>
#include <string>

#include "serve/route.h"

namespace flowsift::serve {

/// OpenAPI 3.0 in YAML: all before "components:".
std::string openapi_paths(std::span<const std::span<const Route>> groups);

/// A table in Markdown.
std::string route_list(std::span<const std::span<const Route>> groups);

}  // namespace flowsift::serve
