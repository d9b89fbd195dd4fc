#include "serve/assets.h"

#include <algorithm>

namespace flowsift::serve {
namespace {

constexpr std::string_view kNotBuilt =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>flowsift</title>"
    "<h1>The dashboard was not built in</h1>"
    "<p>This flowsift was built without npm. Install nodejs and npm (packages of section [web] in "
    "packaging/debian-packages.txt) and build it again. The API under /api answers as ever.</p></html>\n";

const Asset* find_asset(std::string_view path) {
    const auto assets = embedded_assets();
    const auto found = std::find_if(assets.begin(), assets.end(), [&](const Asset& a) { return a.path == path; });
    return found == assets.end() ? nullptr : &*found;
}

/// Names below /assets/ change with their content.
std::string_view caching(const Asset& asset) {
    return asset.path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

Response answer_asset(const Request& request, const Asset& asset) {
    Response response{.content_type = std::string(asset.content_type)};
    response.headers = {
        {"Cache-Control", std::string(caching(asset))}, {"ETag", std::string(asset.etag)}, {"Vary", "Accept-Encoding"}};
    if (request.if_none_match == asset.etag) {
        response.status = 304;
        return response;
    }
    const bool is_compressed = request.takes_gzip && !asset.compressed.empty();
    response.fixed_body = is_compressed ? asset.compressed : asset.content;
    if (is_compressed) response.headers.emplace_back("Content-Encoding", "gzip");
    return response;
}

Response answer_page(const Request& request, Services&) {
    if (const Asset* asset = find_asset(request.path)) return answer_asset(request, *asset);
    const bool is_file = request.path.starts_with("/assets/") || request.path.find('.') != std::string::npos;
    if (is_file) return error_response(404, "there is no such file in the dashboard");
    if (const Asset* index = find_asset("/index.html")) return answer_asset(request, *index);
    return {.content_type = "text/html; charset=utf-8", .fixed_body = kNotBuilt};
}

constexpr Route kPage{.method = Method::kGet,
                      .pattern = "/{page}",
                      .least_role = Role::kNobody,
                      .summary = "The dashboard's page and its files.",
                      .handler = answer_page,
                      .schema = "text/html",
                      .is_quick = true};

}  // namespace

const Route& page_route() {
    return kPage;
}

}  // namespace flowsift::serve
