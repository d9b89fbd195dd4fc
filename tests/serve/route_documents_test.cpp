#include "serve/route_documents.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "serve/router.h"

namespace flowsift::serve {
namespace {

std::string content_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Holds `made` together with what stands in the file between `begin` and `end`, or writes it there if that is asked
/// for.
void compare(const std::string& path, const std::string& begin, const std::string& end, const std::string& made) {
    const std::string whole = content_of(path);
    const std::size_t from = whole.find(begin) + begin.size();
    const std::size_t to = whole.find(end, from);
    ASSERT_NE(to, std::string::npos) << path;
    if (std::getenv("FLOWSIFT_WRITE_DOCS")) {
        std::ofstream(path) << whole.substr(0, from) << made << whole.substr(to);
        return;
    }
    EXPECT_EQ(whole.substr(from, to - from), made)
        << path << " is not what the routes say: FLOWSIFT_WRITE_DOCS=1 writes it anew";
}

TEST(RouteDocuments, OpenApiIsTheTable) {
    compare(FLOWSIFT_SOURCE_DIR "/docs/openapi.yaml", "", "components:\n", openapi_paths(route_groups()));
}

TEST(RouteDocuments, TheListInDashboardIsTheTable) {
    compare(FLOWSIFT_SOURCE_DIR "/docs/dashboard.md", "<!-- routes -->\n", "<!-- end of routes -->",
            route_list(route_groups()));
}

TEST(RouteDocuments, EveryRouteIsComplete) {
    std::set<std::string> seen;
    const Router router(route_groups());
    for (const Route* route : router.routes()) {
        const std::string name = std::string(to_string(route->method)) + " " + std::string(route->pattern);
        EXPECT_TRUE(seen.insert(name).second) << name << " stands there twice";
        EXPECT_TRUE(route->summary.ends_with('.')) << name;
        EXPECT_NE(route->handler, nullptr) << name;
        EXPECT_EQ(route->body == Body::kNone, route->request_schema.empty()) << name;
        EXPECT_EQ(route->status == 204, route->schema.empty()) << name;
        EXPECT_FALSE(route->method == Method::kGet && route->body != Body::kNone) << name;
        const bool is_way_in = name == "POST /api/setup" || name == "POST /api/login";
        EXPECT_TRUE(route->method == Method::kGet || is_way_in || route->least_role > Role::kNobody) << name;
    }
}

}  // namespace
}  // namespace flowsift::serve
