// The network outputs behind their queues, against servers in threads of this process. tests/e2e/remote_sinks_test.py
// has the rest: TLS, names, the confined program.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/descriptor.h"
#include "output/backoff.h"
#include "output/queued_sink.h"
#include "output/syslog_sink.h"
#include "output/webhook_sink.h"
#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

base::Descriptor listening(std::uint16_t& port) {
    base::Descriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    const int on = 1;
    setsockopt(made.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    EXPECT_EQ(bind(made.number(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(made.number(), 8), 0);
    EXPECT_EQ(getsockname(made.number(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
    return made;
}

/// One connection after the other; each is handed to `serve`, whose false ends the server.
class Server {
  public:
    explicit Server(std::function<bool(int)> serve, std::uint16_t port = 0)
        : port_(port), listener_(listening(port_)), thread_([this, serve = std::move(serve)] { work(serve); }) {}
    ~Server() { join(); }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const { return port_; }
    void join() {
        ends_ = true;
        if (thread_.joinable()) thread_.join();
    }

  private:
    void work(const std::function<bool(int)>& serve) {
        for (bool goes_on = true; goes_on;) {
            pollfd waited{.fd = listener_.number(), .events = POLLIN, .revents = 0};
            if (poll(&waited, 1, 20) != 1) {
                if (ends_) return;
                continue;
            }
            const base::Descriptor peer(accept(listener_.number(), nullptr, nullptr));
            goes_on = serve(peer.number());
        }
        listener_ = base::Descriptor();
    }

    std::uint16_t port_;
    base::Descriptor listener_;
    std::atomic<bool> ends_{false};
    std::thread thread_;
};

/// Until the peer ends, or `text` ends with `last`.
void read_until(int peer, std::string& text, std::string_view last = "a byte no message ends with: \xff") {
    char room[4096];
    while (!text.ends_with(last)) {
        const ssize_t size = read(peer, room, sizeof room);
        if (size <= 0) return;
        text.append(room, static_cast<std::size_t>(size));
    }
}

void say(int peer, std::string_view text) {
    EXPECT_EQ(send(peer, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

class RemoteSinks : public testing::Test {
  protected:
    std::unique_ptr<QueuedSink> syslog(std::uint16_t port) {
        auto sink = SyslogSink::open("tcp://127.0.0.1:" + std::to_string(port), "", teller());
        EXPECT_TRUE(sink.ok());
        return std::make_unique<QueuedSink>(std::move(*sink),
                                            QueuedSink::Options{.name = "syslog", .only_alerts = true});
    }
    std::unique_ptr<QueuedSink> webhook(std::uint16_t port) {
        auto sink = WebhookSink::open({.address = "http://127.0.0.1:" + std::to_string(port) + "/x",
                                       .ca_file = "",
                                       .header_file = "",
                                       .capture = "a.pcap",
                                       .is_live = false,
                                       .tell = teller()});
        EXPECT_TRUE(sink.ok());
        return std::make_unique<QueuedSink>(std::move(*sink),
                                            QueuedSink::Options{.name = "webhook", .only_alerts = true});
    }
    Teller teller() {
        return [this](std::string_view sentence) {
            const std::lock_guard lock(mutex_);
            told_ += std::string(sentence) + "\n";
        };
    }
    static void tell_alert(QueuedSink& sink, std::uint64_t number) {
        const flow::FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 80);
        sink.on_alert({.number = number, .flow = flow, .label = "Bot"});
        sink.flush();
    }
    /// What is no alert, or says no more than its alert, is neither sent nor counted.
    static void tell_other_things(QueuedSink& sink) {
        sink.on_statistics({});
        sink.on_notice({});
        sink.on_episode({.number = 1, .label = "Bot", .flows = 1});
    }
    static std::string episode_param(std::uint64_t number) { return "episode=\"" + std::to_string(number) + "\""; }

    std::mutex mutex_;
    std::string told_;
};

TEST_F(RemoteSinks, SyslogFramesAreExact) {
    std::string got;
    Server server([&](int peer) {
        read_until(peer, got);
        return false;
    });
    const auto sink = syslog(server.port());
    tell_alert(*sink, 1);
    tell_other_things(*sink);
    tell_alert(*sink, 2);
    EXPECT_TRUE(sink->finish().ok());
    server.join();
    const flow::FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 80);
    char host[256] = {};
    ASSERT_EQ(gethostname(host, sizeof host - 1), 0);
    const SyslogText text(host, getpid());
    EXPECT_EQ(got, octet_counted(text.alert({.number = 1, .flow = flow, .label = "Bot"})) +
                       octet_counted(text.alert({.number = 2, .flow = flow, .label = "Bot"})));
    EXPECT_EQ(sink->counters().written, 2u);
    EXPECT_EQ(told_, "");
}

// The first server reads one message and dies; what is sent before the sink has noticed must come to the second.
TEST_F(RemoteSinks, WhatSyslogLosesWithAConnectionIsSentAgain) {
    std::string first, second;
    auto dying = std::make_unique<Server>([&](int peer) {
        read_until(peer, first, "opened");
        return false;
    });
    const std::uint16_t port = dying->port();
    const auto sink = syslog(port);
    tell_alert(*sink, 1);
    dying->join();
    for (std::uint64_t number = 2; number <= 50; ++number) tell_alert(*sink, number);
    dying.reset();
    Server living(
        [&](int peer) {
            read_until(peer, second);
            return false;
        },
        port);
    EXPECT_TRUE(sink->finish().ok());
    living.join();
    for (std::uint64_t number = 1; number <= 50; ++number)
        EXPECT_THAT(first + second, HasSubstr(episode_param(number) + " ")) << number;
    EXPECT_EQ(sink->counters().written, 50u);
    EXPECT_EQ(sink->counters().lost, 0u);
    EXPECT_THAT(told_, HasSubstr("trying again"));
}

TEST_F(RemoteSinks, AnAbsentPeerIsCountedAndStopsNobody) {
    std::uint16_t port = 0;
    listening(port);  // Closed at once: nobody listens there.
    const auto log = syslog(port), hook = webhook(port);
    for (QueuedSink* sink : {log.get(), hook.get()})
        for (std::uint64_t number = 1; number <= 5'000; ++number) tell_alert(*sink, number);
    log->hurry();
    hook->hurry();
    for (QueuedSink* sink : {log.get(), hook.get()}) {
        const auto finished = sink->finish();
        ASSERT_FALSE(finished.ok());
        EXPECT_THAT(finished.error().message, HasSubstr("alerts were not delivered"));
        const SinkCounters counters = sink->counters();
        EXPECT_EQ(counters.written, 0u);
        EXPECT_EQ(counters.dropped, 5'000u - 4'096u);  // The queue was full.
        EXPECT_EQ(counters.lost, 4'096u);
    }
}

TEST_F(RemoteSinks, AWebhookTakesFailsAndRefuses) {
    std::vector<std::string> bodies;
    Server server([&](int peer) {
        constexpr const char* kAnswers[] = {"503 Later", "200 OK", "410 Gone", "204 No Content"};
        for (const char* answer : kAnswers) {
            std::string request;
            read_until(peer, request, "}");
            const std::size_t end = request.find("\r\n\r\n");
            EXPECT_THAT(request, testing::StartsWith("POST /x HTTP/1.1\r\nHost: 127.0.0.1:"));
            EXPECT_THAT(request,
                        HasSubstr("\r\nContent-Length: " + std::to_string(request.size() - end - 4) + "\r\n\r\n"));
            bodies.push_back(request.substr(end + 4));
            say(peer, std::string("HTTP/1.1 ") + answer + "\r\nContent-Length: 0\r\n\r\n");
        }
        return false;
    });
    const auto sink = webhook(server.port());
    for (std::uint64_t number = 1; number <= 3; ++number) tell_alert(*sink, number);
    tell_other_things(*sink);
    EXPECT_FALSE(sink->finish().ok());
    server.join();
    std::vector<std::string> episodes;
    for (const std::string& body : bodies)
        episodes.push_back(nlohmann::json::parse(body)["alert"]["metadata"]["episode"][0]);
    EXPECT_THAT(episodes, testing::ElementsAre("1", "1", "2", "3"));
    EXPECT_EQ(sink->counters().written, 2u);
    EXPECT_EQ(sink->counters().refused, 1u);
    EXPECT_EQ(sink->counters().lost, 0u);
    EXPECT_THAT(told_, HasSubstr("it answers 503; trying again"));
    EXPECT_THAT(told_, HasSubstr("it answers 410; alerts so refused are counted and not sent again"));
}

TEST_F(RemoteSinks, AConnectionWithoutAnAnswerIsNoReceipt) {
    int requests = 0;
    Server server([&](int peer) {
        std::string request;
        read_until(peer, request, "}");
        if (++requests == 3) say(peer, "HTTP/1.1 204 No Content\r\n\r\n");
        if (requests == 2) say(peer, "HTTP/1.1 204 No");
        return requests < 3;
    });
    const auto sink = webhook(server.port());
    tell_alert(*sink, 1);
    EXPECT_TRUE(sink->finish().ok());
    server.join();
    EXPECT_EQ(requests, 3);
    EXPECT_EQ(sink->counters().written, 1u);
    EXPECT_THAT(told_, HasSubstr("it has closed the connection without an answer; trying again"));
}

// The doubling is exact, the share by chance is from a half to one.
TEST(Backoff, DoublesUpToItsLimitWithinItsShare) {
    Backoff backoff(milliseconds(100), milliseconds(1'000), 1);
    const auto now = Backoff::Clock::now();
    for (const int longest : {100, 200, 400, 800, 1'000, 1'000}) {
        backoff.fail(now);
        EXPECT_LE(backoff.due() - now, milliseconds(longest));
        EXPECT_GE(backoff.due() - now, milliseconds(longest / 2));
    }
    backoff.reset();
    backoff.fail(now);
    EXPECT_LE(backoff.due() - now, milliseconds(100));
}

TEST(Patience, EndsOnceHurriedAndNeverBefore) {
    Patience patience;
    const auto later = Patience::Clock::now() + std::chrono::hours(1);
    EXPECT_FALSE(patience.is_spent());
    EXPECT_GT(patience.slice(later).count(), 0);
    EXPECT_EQ(patience.slice(Patience::Clock::now()).count(), 0);
    patience.progress();  // Before the end that means nothing.
    EXPECT_FALSE(patience.is_hurried());
    patience.hurry();
    EXPECT_TRUE(patience.is_hurried());
    patience.sleep_unless_hurried(later);  // Returns at once …
    patience.sleep(later);                 // … and this in seconds, not an hour.
    EXPECT_TRUE(patience.is_spent());
    EXPECT_EQ(patience.slice(later).count(), 0);
}

}  // namespace
}  // namespace flowsift::output
