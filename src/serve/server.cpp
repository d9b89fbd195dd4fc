// One of the two translation units with Boost: Asio's sockets and TLS.
#include "serve/server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/blocked_signals.h"
#include "serve/connection.h"

namespace flowsift::serve {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kMostWaitingTasks = 64;
constexpr std::chrono::milliseconds kSweep{500};
constexpr int kVanishedMilliseconds = 20'000;
constexpr int kTcpUserTimeout = 18;  // TCP_USER_TIMEOUT of <linux/tcp.h>.

Io outcome_of(const error_code& error) {
    if (!error) return Io::kDone;
    return error == asio::error::eof || error == asio::ssl::error::stream_truncated ? Io::kEnded : Io::kFailed;
}

class SocketTransport final : public Transport {
  public:
    SocketTransport(tcp::socket socket, asio::ssl::context* tls) : socket_(std::move(socket)) {
        if (tls) tls_.emplace(socket_, *tls);
        error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
        // A peer that has vanished does not acknowledge.
        ::setsockopt(socket_.native_handle(), IPPROTO_TCP, kTcpUserTimeout, &kVanishedMilliseconds, sizeof(int));
    }

    bool is_tls() const override { return tls_.has_value(); }
    void handshake(Done done) override {
        tls_->async_handshake(asio::ssl::stream_base::server,
                              [done = std::move(done)](error_code error) { done(outcome_of(error), 0); });
    }
    void read(char* bytes, std::size_t size, Done done) override {
        const auto finish = [done = std::move(done)](error_code error, std::size_t n) { done(outcome_of(error), n); };
        if (tls_)
            tls_->async_read_some(asio::buffer(bytes, size), finish);
        else
            socket_.async_read_some(asio::buffer(bytes, size), finish);
    }
    void write(const char* bytes, std::size_t size, Done done) override {
        const auto finish = [done = std::move(done)](error_code error, std::size_t n) { done(outcome_of(error), n); };
        if (tls_)
            tls_->async_write_some(asio::buffer(bytes, size), finish);
        else
            socket_.async_write_some(asio::buffer(bytes, size), finish);
    }
    void bound_send_buffer(int bytes) override {
        error_code ignored;
        socket_.set_option(asio::socket_base::send_buffer_size(bytes), ignored);
    }
    void end_sending() override {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
    }
    void give_up() override {
        error_code ignored;
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    }
    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }
    std::string peer() const override {
        error_code error;
        const auto endpoint = socket_.remote_endpoint(error);
        return error ? std::string() : endpoint.address().to_string();
    }

  private:
    tcp::socket socket_;
    std::optional<asio::ssl::stream<tcp::socket&>> tls_;
};

base::Result<std::unique_ptr<asio::ssl::context>> make_tls(const ServerOptions& options) {
    if (options.certificate.empty()) return std::unique_ptr<asio::ssl::context>();
    auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    error_code error;
    const auto fail = [&](const std::string& file) {
        return base::Error{fmt::format("cannot use {} for TLS: {}", file, error.message())};
    };
    tls->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 |
                     asio::ssl::context::no_compression);
    SSL_CTX_set_mode(tls->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(tls->native_handle(), SSL_SESS_CACHE_OFF);
    if (tls->use_certificate_chain_file(options.certificate, error)) return fail(options.certificate);
    if (tls->use_private_key_file(options.key, asio::ssl::context::pem, error)) return fail(options.key);
    return tls;
}

}  // namespace

base::Result<Endpoint> parse_endpoint(const std::string& text) {
    const base::Error wrong{text + " is no address to listen on; write it as 127.0.0.1:9464 or [::1]:9464",
                            base::ErrorKind::kUsage};
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0) return wrong;
    Endpoint endpoint{.host = text.substr(0, colon)};
    if (endpoint.host.front() == '[' && endpoint.host.back() == ']')
        endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, endpoint.port);
    error_code error;
    const asio::ip::address address = asio::ip::make_address(endpoint.host, error);
    if (error || parsed.ec != std::errc() || parsed.ptr != end) return wrong;
    endpoint.is_loopback = address.is_loopback();
    return endpoint;
}

struct Server::Machine {
    explicit Machine(const ServerOptions& given) : options(given) {}

    error_code listen(const Endpoint& where);
    void start(const Site& site, std::function<void()> every_second);
    void accept();
    void welcome(tcp::socket socket);
    bool make_room();
    void sweep();
    void wake();

    ServerOptions options;
    std::unique_ptr<asio::ssl::context> tls;
    asio::io_context context{1};
    tcp::acceptor acceptor{context};
    asio::steady_timer sweeper{context};
    asio::steady_timer rest{context};
    WorkPool pool{options.workers, kMostWaitingTasks};
    std::optional<Shared> shared;
    std::unordered_map<Connection*, std::shared_ptr<Connection>> connections;
    std::function<void()> every_second;
    std::atomic<bool> is_second_running{false};
    std::atomic<bool> is_woken{false};
    int sweeps = 0;
    std::thread thread;
};

error_code Server::Machine::listen(const Endpoint& where) {
    error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address(where.host, error), where.port);
    if (acceptor.open(endpoint.protocol(), error)) return error;
    if (acceptor.set_option(tcp::acceptor::reuse_address(true), error)) return error;
    if (acceptor.bind(endpoint, error)) return error;
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
}

void Server::Machine::start(const Site& site, std::function<void()> each_second) {
    every_second = std::move(each_second);
    EventHub* events = site.services()->events;
    shared.emplace(Shared{.options = options,
                          .site = site,
                          .pool = pool,
                          .events = events,
                          .post = [this](std::function<void()> task) { asio::post(context, std::move(task)); },
                          .forget = [this](Connection& connection) { connections.erase(&connection); }});
    if (events) events->set_wake([this] { wake(); });
    accept();
    sweep();
    const base::BlockedSignals blocked;
    thread = std::thread([this] { context.run(); });
}

void Server::Machine::accept() {
    acceptor.async_accept([this](error_code error, tcp::socket socket) {
        if (error == asio::error::operation_aborted) return;
        if (!error) {
            if (make_room()) welcome(std::move(socket));
            return accept();
        }
        rest.expires_after(std::chrono::milliseconds(100));  // No descriptor left: some time, one will be.
        rest.async_wait([this](error_code) { accept(); });
    });
}

void Server::Machine::welcome(tcp::socket socket) {
    auto connection =
        std::make_shared<Connection>(std::make_unique<SocketTransport>(std::move(socket), tls.get()), *shared);
    connections.emplace(connection.get(), connection);
    connection->start();
}

/// Where all places are taken, the connection goes that has had the longest to send a request and has sent none.
bool Server::Machine::make_room() {
    if (connections.size() < static_cast<std::size_t>(options.most_connections)) return true;
    Connection* oldest = nullptr;
    for (const auto& [connection, owner] : connections)
        if (connection->has_no_request() && (!oldest || connection->deadline() < oldest->deadline()))
            oldest = connection;
    if (oldest) oldest->close();
    return oldest != nullptr;
}

void Server::Machine::sweep() {
    const auto now = Connection::Clock::now();
    std::vector<std::shared_ptr<Connection>> all;  // Closing one takes it out of the map.
    all.reserve(connections.size());
    for (const auto& [connection, owner] : connections) all.push_back(owner);
    for (const auto& connection : all) connection->look_at_clock(now);
    if (++sweeps % 2 == 0 && every_second && !is_second_running.exchange(true)) {
        const bool runs = pool.try_run([this] {
            every_second();
            is_second_running = false;
        });
        if (!runs) is_second_running = false;
    }
    sweeper.expires_after(kSweep);
    sweeper.async_wait([this](error_code error) {
        if (!error) sweep();
    });
}

/// By whoever publishes an event. Many at once wake once.
void Server::Machine::wake() {
    if (is_woken.exchange(true)) return;
    asio::post(context, [this] {
        is_woken = false;
        std::vector<std::shared_ptr<Connection>> all;
        for (const auto& [connection, owner] : connections) all.push_back(owner);
        for (const auto& connection : all) connection->pump_events();
    });
}

Server::Server(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}

base::Result<std::unique_ptr<Server>> Server::open(const ServerOptions& options) {
    const auto endpoint = parse_endpoint(options.address);
    if (!endpoint) return endpoint.error();
    auto machine = std::make_unique<Machine>(options);
    auto tls = make_tls(options);
    if (!tls) return tls.error();
    machine->tls = std::move(*tls);
    if (const error_code error = machine->listen(*endpoint))
        return base::Error{fmt::format("cannot listen on {}: {}", options.address, error.message())};
    return std::unique_ptr<Server>(new Server(std::move(machine)));
}

void Server::start(const Site& site, std::function<void()> every_second) {
    machine_->start(site, std::move(every_second));
}

Server::~Server() {
    if (machine_->shared && machine_->shared->events) machine_->shared->events->set_wake({});
    machine_->context.stop();
    if (machine_->thread.joinable()) machine_->thread.join();
    machine_->pool.stop();
    // Now nothing runs: connections that handlers still hold are freed with the context.
    for (const auto& [connection, owner] : std::exchange(machine_->connections, {})) owner->close();
}

std::uint16_t Server::port() const {
    error_code error;
    return machine_->acceptor.local_endpoint(error).port();
}

}  // namespace flowsift::serve
