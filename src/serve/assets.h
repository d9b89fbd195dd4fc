// Assets: the dashboard's page, script and styles, embedded at build time (cmake/EmbedAssets.cmake). A table, not a
// folder: a path that is not in it does not exist.
#pragma once

#include <span>
#include <string_view>

#include "serve/route.h"

namespace flowsift::serve {

struct Asset {
    std::string_view path;  ///< "/assets/index-4f2a.js"
    std::string_view content_type;
    std::string_view etag;  ///< With quotes.
    std::string_view content;
    std::string_view compressed;  ///< By gzip; empty where that is not shorter.
};

/// By CMake; empty where the build had no npm.
std::span<const Asset> embedded_assets();

/// GET of all that is no API: an asset, or index.html for the addresses that the page makes itself.
const Route& page_route();

}  // namespace flowsift::serve
