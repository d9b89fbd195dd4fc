// HTTP/1 requests, friendly and hostile.

#include <gtest/gtest.h>

#include <string>

#include "decode/http_request.h"
#include "tests/decode/hello_builder.h"

namespace flowsift::decode {
namespace {

struct Read {
    Reading reading = Reading::kForeign;
    Attributes attributes;

    std::string host() const { return std::string(attributes.http_host()); }
};
Read read(std::string_view stream) {
    Read read;
    read.reading = read_http_request(test::text(stream), read.attributes);
    return read;
}
std::string host(std::string_view stream) {
    const Read done = read(stream);
    EXPECT_EQ(done.reading, Reading::kDone) << stream;
    EXPECT_EQ(done.attributes.application, Application::kHttp);
    return done.host();
}

TEST(HttpRequest, TellsTheHost) {
    EXPECT_EQ(host("GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n"), "www.example.com");
    EXPECT_EQ(host("POST /a?b=c HTTP/1.0\r\nAccept: */*\r\nhOsT:\t a.example:8080 \t\r\n"), "a.example:8080");
    EXPECT_EQ(host("M-SEARCH * HTTP/1.1\nHOST:239.255.255.250:1900\n"), "239.255.255.250:1900");
    EXPECT_EQ(host("GET / HTTP/1.1\r\nHost:\r\n"), "");
    EXPECT_EQ(host("GET / HTTP/1.1\r\nXHost: no\r\nHost : no\r\nno colon\r\nHost: yes\r\n"), "yes");
}

TEST(HttpRequest, WithoutAHostFieldTheTargetMayTell) {
    EXPECT_EQ(host("GET http://user@a.example:8080/x HTTP/1.0\r\n\r\n"), "a.example:8080");
    EXPECT_EQ(host("GET http://a.example?x HTTP/1.0\r\n\r\n"), "a.example");
    EXPECT_EQ(host("CONNECT a.example:443 HTTP/1.1\r\n\r\n"), "a.example:443");
    EXPECT_EQ(host("GET /redirect?to=http://b.example/ HTTP/1.0\r\n\r\n"), "");
    EXPECT_EQ(host("GET / HTTP/1.0\r\n\r\n"), "");
}

TEST(HttpRequest, CutAnywhereNeedsMore) {
    const std::string request = "OPTIONS /some/path HTTP/1.1\r\nAccept: a\r\nHost: a.example\r\n";
    for (std::size_t size = 0; size < request.size(); ++size)
        EXPECT_EQ(read(request.substr(0, size)).reading, Reading::kNeedsMore) << size;
    // What it is, is known after the first line, and stays known if no more comes.
    const Read begun = read(request.substr(0, 40));
    EXPECT_EQ(begun.attributes.application, Application::kHttp);
    EXPECT_EQ(begun.host(), "");
}

TEST(HttpRequest, OtherTextIsForeign) {
    for (const std::string_view stream :
         {"HTTP/1.1 200 OK\r\n", "EHLO a.example\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /\r\n",
          "GET  / HTTP/1.1\r\n", "get / HTTP/1.1\r\n", "GE / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n", "GET / HTTP/1.x\r\n",
          "GET / HTTP/11\r\n", "GET\r\n", "AVERYLONGMETHODINDEED / HTTP/1.1\r\n", "\r\nGET / HTTP/1.1\r\n",
          "GET /\tx HTTP/1.1\r\n", "GET / FTP", "GET / HTTP/1.11", "\x16\x03\x01"})
        EXPECT_EQ(read(stream).reading, Reading::kForeign) << stream;
}

TEST(HttpRequest, HostileHostsStayAsTheyAreAndLongOnesAreCut) {
    EXPECT_EQ(host("GET / HTTP/1.1\r\nHost: \x1b[2J=cmd\xff\r\n"), "\x1b[2J=cmd\xff");
    EXPECT_EQ(host("GET / HTTP/1.1\r\nHost: " + std::string(300, 'x') + "\r\n"), std::string(255, 'x'));
}

}  // namespace
}  // namespace flowsift::decode
