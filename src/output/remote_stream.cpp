#include "output/remote_stream.h"

#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace flowsift::output {
namespace {

constexpr int kLongestUnacknowledgedMs = 15'000;
constexpr int kIdleProbeSeconds = 60;
constexpr std::size_t kMostThrownAway = 64 * 1024;  // At once: of a peer that talks on and on.

void set(int socket, int level, int option, int value) {
    setsockopt(socket, level, option, &value, sizeof value);  // Refused, the connection works all the same.
}

base::Descriptor make_socket(int family) {
    base::Descriptor made(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (!made.is_open()) return made;
    set(made.number(), IPPROTO_TCP, TCP_NODELAY, 1);
    set(made.number(), IPPROTO_TCP, TCP_USER_TIMEOUT, kLongestUnacknowledgedMs);
    set(made.number(), SOL_SOCKET, SO_KEEPALIVE, 1);
    set(made.number(), IPPROTO_TCP, TCP_KEEPIDLE, kIdleProbeSeconds);
    return made;
}

/// Zero once the connection is there.
int connect_error(int socket) {
    int code = 0;
    socklen_t size = sizeof code;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

}  // namespace

RemoteStream::RemoteStream(RemoteAddress address, std::shared_ptr<const TlsContext> tls, const Patience& patience)
    : address_(std::move(address)), tls_(std::move(tls)), patience_(patience) {}

base::Result<void> RemoteStream::open(TimePoint until) {
    close();
    const auto addresses = names_.resolve(address_.host, address_.port, patience_, until);
    if (!addresses) return addresses.error();
    base::Result<void> opened;
    const auto begun = Patience::Clock::now();
    for (std::size_t i = 0; i < addresses->size() && !patience_.is_spent(); ++i) {
        const auto share = (until - begun) / addresses->size() * (i + 1);  // One that is silent leaves time for others.
        opened = connect_to((*addresses)[i], begun + share);
        if (opened) break;
    }
    if (opened && !is_open()) return base::Error{"there was no time left to connect"};
    if (opened && address_.is_tls) opened = shake_hands(until);
    if (!opened) close();
    return opened;
}

base::Result<void> RemoteStream::connect_to(const SocketAddress& address, TimePoint until) {
    base::Descriptor made = make_socket(address.storage.ss_family);
    if (!made.is_open()) return base::Error{fmt::format("cannot make a socket: {}", std::strerror(errno))};
    if (connect(made.number(), address.pointer(), address.size) != 0) {
        if (errno != EINPROGRESS) return base::Error{std::strerror(errno)};
        if (!patience_.wait_for(made.number(), POLLOUT, until)) return base::Error{"it does not answer"};
        if (const int code = connect_error(made.number()); code != 0) return base::Error{std::strerror(code)};
    }
    socket_ = std::move(made);
    return {};
}

base::Result<void> RemoteStream::shake_hands(TimePoint until) {
    session_ = tls_->begin(address_.host, socket_.number());
    if (!session_) return base::Error{"no memory for a TLS session"};
    const auto done = until_done(until, [this] {
        errno = 0;
        ERR_clear_error();
        return tls_step(SSL_do_handshake(session_.get()), 0);
    });
    if (!done) return base::Error{"TLS: " + done.error().message};
    if (done->want == Want::kEnded) return base::Error{"TLS: the peer has closed the connection"};
    return {};
}

RemoteStream::Step RemoteStream::tls_step(int outcome, std::size_t bytes) {
    if (outcome > 0) return {Want::kNothing, bytes};
    switch (SSL_get_error(session_.get(), outcome)) {
        case SSL_ERROR_WANT_READ:
            return {Want::kRead};
        case SSL_ERROR_WANT_WRITE:
            return {Want::kWrite};
        case SSL_ERROR_ZERO_RETURN:
            return {Want::kEnded};
        default:
            return {Want::kFailed};
    }
}

RemoteStream::Step RemoteStream::send_some(std::string_view bytes) {
    errno = 0;
    if (session_) {
        ERR_clear_error();
        std::size_t sent = 0;
        const int outcome = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &sent);
        return tls_step(outcome, sent);
    }
    const ssize_t sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return {Want::kNothing, static_cast<std::size_t>(sent)};
    return {errno == EAGAIN || errno == EINTR ? Want::kWrite : Want::kFailed};
}

RemoteStream::Step RemoteStream::receive_some(std::span<char> room) {
    errno = 0;
    if (session_) {
        ERR_clear_error();
        std::size_t read = 0;
        const int outcome = SSL_read_ex(session_.get(), room.data(), room.size(), &read);
        return tls_step(outcome, read);
    }
    const ssize_t read = recv(socket_.number(), room.data(), room.size(), 0);
    if (read > 0) return {Want::kNothing, static_cast<std::size_t>(read)};
    if (read == 0) return {Want::kEnded};
    return {errno == EAGAIN || errno == EINTR ? Want::kRead : Want::kFailed};
}

template <class Try>
base::Result<RemoteStream::Step> RemoteStream::until_done(TimePoint until, Try attempt) {
    while (true) {
        const Step step = attempt();
        if (step.want == Want::kNothing || step.want == Want::kEnded) return step;
        if (step.want == Want::kFailed) return base::Error{failure()};
        const short event = step.want == Want::kRead ? POLLIN : POLLOUT;
        if (!patience_.wait_for(socket_.number(), event, until)) return base::Error{"it does not answer in time"};
    }
}

std::string RemoteStream::failure() const {
    if (session_) return TlsContext::failure(*session_);
    return std::strerror(errno);
}

base::Result<void> RemoteStream::send(std::string_view bytes, TimePoint until) {
    while (!bytes.empty()) {
        const auto step = until_done(until, [&] { return send_some(bytes); });
        if (!step) return step.error();
        if (step->want == Want::kEnded) return base::Error{"the peer has closed the connection"};
        bytes.remove_prefix(step->bytes);
    }
    return {};
}

base::Result<std::size_t> RemoteStream::receive(std::span<char> room, TimePoint until) {
    const auto step = until_done(until, [&] { return receive_some(room); });
    if (!step) return step.error();
    return step->want == Want::kEnded ? 0 : step->bytes;
}

bool RemoteStream::is_alive() {
    if (!is_open()) return false;
    std::array<char, 4096> room;
    for (std::size_t thrown = 0; thrown < kMostThrownAway;) {
        const Step step = receive_some(room);
        if (step.want == Want::kRead || step.want == Want::kWrite) return true;
        if (step.want != Want::kNothing) return false;
        thrown += step.bytes;
    }
    return true;
}

bool RemoteStream::has_unacknowledged() const {
    int bytes = 0;
    return ioctl(socket_.number(), SIOCOUTQ, &bytes) == 0 && bytes > 0;
}

void RemoteStream::end(TimePoint until) {
    if (!is_open()) return;
    ERR_clear_error();
    if (session_) SSL_shutdown(session_.get());
    ::shutdown(socket_.number(), SHUT_WR);
    std::array<char, 4096> room;
    while (Patience::Clock::now() < until) {
        const auto read = receive(room, until);
        if (!read || *read == 0) break;
    }
    close();
}

void RemoteStream::close() {
    session_.reset();
    socket_ = base::Descriptor();
}

}  // namespace flowsift::output
