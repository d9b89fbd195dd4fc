#include "capture/broker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/datagram.h"
#include "base/syscall_filter.h"
#include "capture/interface.h"
#include "capture/ring_message.h"

namespace flowsift::capture {
namespace {

constexpr std::array<unsigned, 1> kKeptRights = {CAP_NET_RAW};

/// To receive and answer; to ask for an interface and open a ring; memory; the end.
constexpr const char* kBrokerCalls[] = {"recvmsg",    "sendmsg", "socket",         "ioctl",        "setsockopt",
                                        "getsockopt", "bind",    "close",          "brk",          "mmap",
                                        "munmap",     "mremap",  "mprotect",       "madvise",      "readlink",
                                        "readlinkat", "futex",   "rt_sigprocmask", "rt_sigreturn", "exit_group"};

constexpr int kSocketNumber = 3;

/// Leaves open only the socket, as kSocketNumber, so that nobody waits for the broker to close a pipe.
bool close_all_but(int socket) {
    const int kept = fcntl(socket, F_DUPFD, kSocketNumber + 1);
    const int nothing = open("/dev/null", O_RDWR);
    for (int standard = 0; standard < kSocketNumber; ++standard)
        if (dup2(nothing, standard) < 0) return false;
    return dup2(kept, kSocketNumber) >= 0 && close_range(kSocketNumber + 1, ~0U, 0) == 0;
}

base::Result<void> confine(const std::optional<base::User>& user) {
    std::signal(SIGINT, SIG_IGN);  // The sensor decides when it is over.
    std::signal(SIGTERM, SIG_IGN);
    std::signal(SIGHUP, SIG_IGN);
    prctl(PR_SET_NAME, "flowsift-broker");
    if (const auto given_up = base::give_up_rights(kKeptRights, user); !given_up) return given_up.error();
    return base::restrict_syscalls({.allowed = kBrokerCalls, .others = base::OtherCalls::kKill});
}

void answer(base::Bytes bytes) {
    const auto request = parse_request(bytes);
    auto ring = request ? open_ring_socket(*request) : base::Result<base::Descriptor>(request.error());
    const base::Result<void> outcome = ring ? base::Result<void>() : base::Result<void>(ring.error());
    base::send_datagram(kSocketNumber, encode_reply(outcome), ring ? ring->number() : -1);
}

[[noreturn]] void serve(int socket, const std::optional<base::User>& user) {
    if (!close_all_but(socket)) _exit(1);
    const base::Result<void> confined = confine(user);
    if (!base::send_datagram(kSocketNumber, encode_reply(confined)) || !confined) _exit(1);
    while (const auto request = base::receive_datagram(kSocketNumber, kMostRequestBytes, false)) answer(request->bytes);
    _exit(0);
}

base::Error failed(const char* step) {
    return base::Error{fmt::format("cannot start the capture broker: {}: {}", step, std::strerror(errno))};
}

base::Result<base::Descriptor> receive_reply(int socket) {
    auto reply = base::receive_datagram(socket, kMostReplyBytes, true);
    const auto outcome = parse_reply(reply ? base::Bytes(reply->bytes) : base::Bytes());
    if (!outcome) return outcome.error();
    return std::move(reply->descriptor);
}

}  // namespace

base::Result<CaptureBroker> CaptureBroker::start(const std::optional<base::User>& user) {
    auto ends = base::datagram_pair();
    if (!ends) return failed("socketpair");
    const pid_t process = fork();
    if (process < 0) return failed("fork");
    if (process == 0) serve(ends->second.number(), user);
    ends->second = base::Descriptor();  // Or its end would not be seen.
    CaptureBroker broker(std::move(ends->first), process);
    if (const auto ready = receive_reply(broker.socket_.number()); !ready) return ready.error();
    return broker;
}

CaptureBroker::CaptureBroker(base::Descriptor socket, pid_t process) : socket_(std::move(socket)), process_(process) {}

CaptureBroker::CaptureBroker(CaptureBroker&& other) noexcept
    : socket_(std::move(other.socket_)), process_(std::exchange(other.process_, -1)) {}

CaptureBroker::~CaptureBroker() {
    if (process_ < 0) return;
    socket_ = base::Descriptor();
    while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

base::Result<base::Descriptor> CaptureBroker::open_ring(const RingRequest& request) {
    if (!base::send_datagram(socket_.number(), encode_request(request)))
        return base::Error{"the capture broker has ended; start flowsift again"};
    auto ring = receive_reply(socket_.number());
    if (ring && !ring->is_open()) return base::Error{"the capture broker sent no ring"};
    return ring;
}

}  // namespace flowsift::capture
