#include "serve/metrics.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/listener.h"

namespace flowsift::serve {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Metrics, EveryOneHasHelpTypeAndValue) {
    const std::string text = render_metrics({.packets_received = 12,
                                             .flows_live = 3,
                                             .sinks = {{.name = "eve", .written = 5, .dropped = 1, .room = 4096}}});
    EXPECT_THAT(text, StartsWith("# HELP flowsift_packets_received_total Packets that the capture gave.\n"
                                 "# TYPE flowsift_packets_received_total counter\n"
                                 "flowsift_packets_received_total 12\n"));
    EXPECT_THAT(text, HasSubstr("# TYPE flowsift_flows_live gauge\nflowsift_flows_live 3\n"));
    EXPECT_THAT(text, HasSubstr("\nflowsift_output_written_total{output=\"eve\"} 5\n"));
    EXPECT_THAT(text, HasSubstr("\nflowsift_output_dropped_total{output=\"eve\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nflowsift_output_queue_capacity{output=\"eve\"} 4096\n"));
}

/// All that the listener answers to `request` until it closes.
std::string ask(std::uint16_t port, const std::string& request) {
    const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_GE(::send(connection, request.data(), request.size(), MSG_NOSIGNAL), 0);
    std::string answer;
    char bytes[4096];
    for (ssize_t count = 0; (count = ::recv(connection, bytes, sizeof bytes, 0)) > 0;)
        answer.append(bytes, static_cast<std::size_t>(count));
    ::close(connection);
    return answer;
}

TEST(Listener, GivesMetricsAndNothingElse) {
    const auto listener = Listener::open("127.0.0.1:0", [] { return std::string("a 1\n"); });
    ASSERT_TRUE(listener.ok());
    const std::uint16_t port = (*listener)->port();
    const std::string metrics = ask(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(metrics, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(metrics, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    EXPECT_THAT(metrics, testing::EndsWith("\r\n\r\na 1\n"));
    EXPECT_THAT(ask(port, "GET /other HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(ask(port, "POST /metrics HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 405 "));
}

TEST(Listener, SurvivesWhatIsNoRequest) {
    const auto listener = Listener::open("127.0.0.1:0", [] { return std::string("a 1\n"); });
    ASSERT_TRUE(listener.ok());
    const std::uint16_t port = (*listener)->port();
    EXPECT_EQ(ask(port, "\x16\x03\x01 no HTTP\r\n\r\n"), "");
    EXPECT_THAT(ask(port, "GET /metrics HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"), HasSubstr(" 431 "));
    EXPECT_THAT(ask(port, "GET /metrics HTTP/1.0\r\n\r\n"), HasSubstr(" 200 "));
}

TEST(Listener, SaysWhyItCannotListen) {
    for (const char* address : {"0.0.0.0:0", "[::]:0", "192.0.2.7:0", "", "9464", ":9464", "localhost:9464",
                                "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:1x"})
        EXPECT_FALSE(Listener::open(address, [] { return std::string(); }).ok()) << address;
    const auto listener = Listener::open("127.0.0.1:0", [] { return std::string(); });
    ASSERT_TRUE(listener.ok());
    const auto second =
        Listener::open("127.0.0.1:" + std::to_string((*listener)->port()), [] { return std::string(); });
    ASSERT_FALSE(second.ok());
    EXPECT_THAT(second.error().message, HasSubstr("Address already in use"));
}

}  // namespace
}  // namespace flowsift::serve
