// Route: one row of the table of all that the server answers. Dispatch, docs/openapi.yaml and the list in
// docs/dashboard.md are made of the same rows; routes_GROUP.cpp hold them, beside their handlers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "serve/request.h"
#include "serve/response.h"

namespace flowsift::serve {

struct Services;

/// Called by a worker, or by the I/O thread where Route::is_quick.
using Handler = Response (*)(const Request& request, Services& services);

enum class Body : std::uint8_t {
    kNone,
    kJson,  ///< Read into memory.
    kFile,  ///< Streamed to a file; Request::body_path.
};

inline constexpr std::size_t kJsonLimit = 16 * 1024;

struct Route {
    Method method;
    std::string_view pattern;  ///< "/api/alerts/{number}"; a {name} stands for one segment.
    Role least_role;
    std::string_view summary;  ///< One sentence.
    Handler handler;
    std::string_view schema = {};  ///< Of the answer: a component of docs/openapi.yaml, or its content type.
    std::string_view request_schema = {};
    std::string_view query = {};  ///< Names of parameters, "from,to": components of docs/openapi.yaml.
    Body body = Body::kNone;
    std::uint64_t body_limit = kJsonLimit;
    int status = 200;               ///< Of success.
    bool is_quick = false;          ///< Never waits for disk, lock or hash: answered without a worker.
    bool is_open_to_local = false;  ///< To whoever is on this machine, without a session.
};

/// Every group of routes, in the order of the documentation.
std::span<const std::span<const Route>> route_groups();

}  // namespace flowsift::serve
