#include "serve/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/accounts.h"
#include "serve/assets.h"
#include "serve/sessions.h"
#include "serve/site.h"

namespace flowsift::serve {
namespace {

Response answer_nothing(const Request&, Services&) {
    return {};
}

constexpr Route kRoutes[] = {
    {.method = Method::kGet, .pattern = "/api/things", .least_role = Role::kViewer, .handler = answer_nothing},
    {.method = Method::kPost, .pattern = "/api/things/all", .least_role = Role::kAnalyst, .handler = answer_nothing},
    {.method = Method::kGet,
     .pattern = "/api/things/{name}/part",
     .least_role = Role::kNobody,
     .handler = answer_nothing},
    {.method = Method::kPost,
     .pattern = "/api/things/{name}",
     .least_role = Role::kNobody,
     .handler = answer_nothing,
     .body = Body::kJson,
     .body_limit = 100},
};
constexpr std::span<const Route> kGroups[] = {kRoutes};

class GateTest : public testing::Test {
  protected:
    GateTest() {
        EXPECT_TRUE(accounts_->add_user("vi", Role::kViewer, "correct horse battery").ok());
        token_ = *sessions_.start("vi");
    }

    static RequestHead head(std::string method, std::string target, Fields headers = {}) {
        if (!find_field(headers, "host")) headers.emplace_back("host", "localhost:80");
        return {.method = std::move(method), .target = std::move(target), .headers = std::move(headers)};
    }
    int status(const RequestHead& head) const {
        const Admission admission = gate_.admit(head, "127.0.0.1");
        return admission.refusal ? admission.refusal->status : 200;
    }
    Fields change(Fields more = {}) {
        Fields headers = {{"host", "localhost:80"},
                          {"origin", "http://localhost:80"},
                          {"cookie", "s=" + token_},
                          {"x-csrf-token", sessions_.csrf_token(token_)}};
        for (const auto& [name, value] : more) {
            std::erase_if(headers, [&name = name](const auto& header) { return header.first == name; });
            if (!value.empty()) headers.emplace_back(name, value);
        }
        return headers;
    }

    std::unique_ptr<Accounts> accounts_ = *Accounts::open(":memory:");
    Sessions sessions_{*accounts_};
    Router router_{kGroups};
    Gate gate_{{.hosts = {"Sensor.example"}, .cookie = "s"}, router_, &sessions_, &page_route()};
    std::string token_;
};

TEST_F(GateTest, HostsAreNamedOrRefused) {
    for (const char* host : {"localhost", "127.0.0.1:80", "[::1]", "[::1]:80", "sensor.example", "SENSOR.EXAMPLE:8"})
        EXPECT_EQ(status(head("GET", "/", {{"host", host}})), 200) << host;
    for (const char* host :
         {"evil.example", "", "127.0.0.2", "[::2]", "[::1", "localhost.evil.example", "sensor.example."})
        EXPECT_EQ(status(head("GET", "/", {{"host", host}})), 403) << host;
    EXPECT_EQ(status(head("GET", "/", {{"host", "localhost"}, {"host", "localhost"}})), 400);
}

TEST_F(GateTest, RoutesMethodsAndParameters) {
    const Admission admission = gate_.admit(head("GET", "/api/things/a%20b/part?x=1"), "::1");
    ASSERT_FALSE(admission.refusal);
    EXPECT_EQ(admission.route, &kRoutes[2]);
    EXPECT_EQ(find_field(admission.request.params, "name"), "a b");
    EXPECT_EQ(find_field(admission.request.query, "x"), "1");
    EXPECT_TRUE(admission.request.is_local);
    EXPECT_EQ(status(head("GET", "/api/nothing")), 404);
    EXPECT_EQ(status(head("GET", "/api/things/")), 404);
    EXPECT_EQ(status(head("DELETE", "/api/things")), 405);
    EXPECT_EQ(status(head("TRACE", "/api/things")), 405);
    EXPECT_EQ(gate_.admit(head("GET", "/alerts/12"), "::1").route, &page_route());
    EXPECT_EQ(status(head("POST", "/alerts/12")), 404);
    EXPECT_EQ(router_.find(Method::kPost, "/api/things/all").route, &kRoutes[1]) << "a literal before a name";
}

TEST_F(GateTest, RolesAreAsked) {
    EXPECT_EQ(status(head("GET", "/api/things")), 401);
    EXPECT_EQ(status(head("GET", "/api/things", {{"cookie", "s=" + token_}})), 200);
    EXPECT_EQ(status(head("GET", "/api/things", {{"cookie", "s=" + token_ + "0"}})), 401);
    EXPECT_EQ(status(head("POST", "/api/things/all", change())), 403);
}

TEST_F(GateTest, ChangesComeFromOurOwnPage) {
    const auto post = [&](const Fields& more) { return status(head("POST", "/api/things/x", change(more))); };
    EXPECT_EQ(post({}), 200);
    EXPECT_EQ(post({{"sec-fetch-site", "same-origin"}}), 200);
    EXPECT_EQ(post({{"origin", ""}}), 403);
    EXPECT_EQ(post({{"origin", "https://localhost:80"}}), 403);
    EXPECT_EQ(post({{"origin", "http://localhost:81"}}), 403);
    EXPECT_EQ(post({{"origin", "null"}}), 403);
    EXPECT_EQ(post({{"sec-fetch-site", "same-site"}}), 403);
    EXPECT_EQ(post({{"x-csrf-token", ""}}), 403);
    EXPECT_EQ(post({{"x-csrf-token", sessions_.csrf_token("")}}), 403) << "of nobody";
    EXPECT_EQ(post({{"cookie", ""}}), 403) << "of a session, without it";
    EXPECT_EQ(post({{"cookie", ""}, {"x-csrf-token", sessions_.csrf_token("")}}), 200);
}

TEST_F(GateTest, BodiesAreOfTheirTypeAndSize) {
    RequestHead request = head("POST", "/api/things/x", change({{"content-type", "application/json; charset=utf-8"}}));
    request.content_length = 100;
    EXPECT_EQ(status(request), 200);
    EXPECT_EQ(gate_.admit(request, "").body_limit, 100u);
    request.content_length = 101;
    EXPECT_EQ(status(request), 413);
    request = head("POST", "/api/things/x", change({{"content-type", "text/plain"}}));
    request.is_chunked = true;
    EXPECT_EQ(status(request), 415);
    request = head("GET", "/");
    request.content_length = 1;
    EXPECT_EQ(status(request), 413);
}

TEST(RenderHead, TellsHowTheBodyEnds) {
    Response response{.body = "abc"};
    EXPECT_THAT(render_head(response, true, true).head,
                testing::AllOf(testing::StartsWith("HTTP/1.1 200 OK\r\n"), testing::HasSubstr("Content-Length: 3\r\n"),
                               testing::HasSubstr("Cache-Control: no-store\r\n"),
                               testing::EndsWith("Connection: keep-alive\r\n\r\n")));
    response.is_event_stream = true;
    EXPECT_EQ(render_head(response, true, true).framing, Framing::kChunked);
    EXPECT_THAT(render_head(response, false, true).head, testing::EndsWith("Connection: close\r\n\r\n"));
    EXPECT_THAT(render_head(no_content(), true, false).head, testing::Not(testing::HasSubstr("Content-Length")));
}

}  // namespace
}  // namespace flowsift::serve
