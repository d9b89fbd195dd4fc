// The one translation unit with Boost.Asio and Boost.Beast.
#include "serve/listener.h"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>
#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

#include "base/blocked_signals.h"

namespace flowsift::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t kMostHeaderBytes = 8'192;
constexpr std::chrono::seconds kLongestExchange{5};
constexpr int kMostConnections = 16;

using Response = http::response<http::string_body>;

Response answer_to(const http::request<http::empty_body>& request, const std::function<std::string()>& metrics) {
    Response response{http::status::ok, request.version()};
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.keep_alive(false);
    const bool is_read = request.method() == http::verb::get || request.method() == http::verb::head;
    if (request.target() != "/metrics") {
        response.result(http::status::not_found);
        response.body() = "Here is only /metrics.\n";
    } else if (!is_read) {
        response.result(http::status::method_not_allowed);
        response.set(http::field::allow, "GET, HEAD");
    } else {
        response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
        response.body() = metrics();
    }
    response.prepare_payload();
    if (request.method() == http::verb::head) response.body().clear();
    return response;
}

/// One request of one connection; lives as long as something is awaited.
class Exchange : public std::enable_shared_from_this<Exchange> {
  public:
    Exchange(tcp::socket socket, const std::function<std::string()>& metrics, int& connections)
        : stream_(std::move(socket)), metrics_(metrics), connections_(connections) {
        ++connections_;
        parser_.header_limit(kMostHeaderBytes);
        parser_.body_limit(std::uint64_t{0});
    }
    ~Exchange() { --connections_; }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    void start() {
        stream_.expires_after(kLongestExchange);
        http::async_read_header(stream_, buffer_, parser_,
                                [self = shared_from_this()](error_code error, std::size_t) { self->reply(error); });
    }

  private:
    void reply(error_code error) {
        if (error) return;  // Closed, too slow, too long or no HTTP.
        response_ = answer_to(parser_.get(), metrics_);
        http::async_write(stream_, response_, [self = shared_from_this()](error_code, std::size_t) {
            error_code ignored;
            self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        });
    }

    beast::tcp_stream stream_;
    const std::function<std::string()>& metrics_;
    int& connections_;
    beast::flat_buffer buffer_{kMostHeaderBytes};
    http::request_parser<http::empty_body> parser_;
    Response response_;
};

base::Result<tcp::endpoint> parse_endpoint(const std::string& text) {
    const base::Error wrong{text + " is no address to listen on; write it as 127.0.0.1:9464 or [::1]:9464",
                            base::ErrorKind::kUsage};
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0) return wrong;
    std::string host = text.substr(0, colon);
    if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
    error_code error;
    const asio::ip::address address = asio::ip::make_address(host, error);
    if (error || parsed.ec != std::errc() || parsed.ptr != end) return wrong;
    return tcp::endpoint(address, port);
}

}  // namespace

struct Listener::Machine {
    explicit Machine(std::function<std::string()> text) : metrics(std::move(text)) {}

    error_code listen(const tcp::endpoint& endpoint) {
        error_code error;
        if (acceptor.open(endpoint.protocol(), error)) return error;
        if (acceptor.set_option(tcp::acceptor::reuse_address(true), error)) return error;
        if (acceptor.bind(endpoint, error)) return error;
        acceptor.listen(kMostConnections, error);
        return error;
    }

    void accept() {
        acceptor.async_accept([this](error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted) return;
            if (!error && connections < kMostConnections)
                std::make_shared<Exchange>(std::move(socket), metrics, connections)->start();
            accept();
        });
    }

    std::function<std::string()> metrics;
    int connections = 0;
    asio::io_context context{1};
    tcp::acceptor acceptor{context};
    std::thread thread;
};

Listener::Listener(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {
    machine_->accept();
    const base::BlockedSignals blocked;
    machine_->thread = std::thread([machine = machine_.get()] { machine->context.run(); });
}

base::Result<std::unique_ptr<Listener>> Listener::open(const std::string& address,
                                                       std::function<std::string()> metrics) {
    const auto endpoint = parse_endpoint(address);
    if (!endpoint) return endpoint.error();
    if (!endpoint->address().is_loopback())
        return base::Error{
            fmt::format("it would listen on {}, where others can ask without a password: name a loopback "
                        "address, such as 127.0.0.1:9464",
                        address),
            base::ErrorKind::kUsage};
    auto machine = std::make_unique<Machine>(std::move(metrics));
    if (const error_code error = machine->listen(*endpoint))
        return base::Error{fmt::format("cannot listen on {}: {}", address, error.message())};
    return std::unique_ptr<Listener>(new Listener(std::move(machine)));
}

Listener::~Listener() {
    machine_->context.stop();
    machine_->thread.join();
}

std::uint16_t Listener::port() const {
    error_code error;
    return machine_->acceptor.local_endpoint(error).port();
}

}  // namespace flowsift::serve
