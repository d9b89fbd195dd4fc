#include "capture/broker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

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

/// A datagram, and perhaps a descriptor beside it.
struct Message {
    std::array<std::uint8_t, kMostRequestBytes> bytes;
    std::size_t size = 0;
    base::Descriptor descriptor;
};

union ControlRoom {
    cmsghdr header;
    std::array<char, CMSG_SPACE(sizeof(int))> bytes;
};

/// False: the other end is gone.
bool receive(int socket, Message& message, bool takes_descriptor) {
    iovec part{message.bytes.data(), message.bytes.size()};
    ControlRoom control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (takes_descriptor) {
        header.msg_control = &control;
        header.msg_controllen = sizeof control;
    }
    ssize_t size = -1;
    do size = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size <= 0) return false;
    message.size = (header.msg_flags & MSG_TRUNC) != 0 ? 0 : static_cast<std::size_t>(size);
    const cmsghdr* first = takes_descriptor ? CMSG_FIRSTHDR(&header) : nullptr;
    if (first != nullptr && first->cmsg_type == SCM_RIGHTS && first->cmsg_len == CMSG_LEN(sizeof(int))) {
        int number = -1;
        std::memcpy(&number, CMSG_DATA(first), sizeof number);
        message.descriptor = base::Descriptor(number);
    }
    return true;
}

/// `descriptor`: -1 for none.
bool send(int socket, std::span<const std::uint8_t> bytes, int descriptor) {
    iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    ControlRoom control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (descriptor >= 0) {
        header.msg_control = &control;
        header.msg_controllen = sizeof control;
        cmsghdr* first = CMSG_FIRSTHDR(&header);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(first), &descriptor, sizeof descriptor);
    }
    return sendmsg(socket, &header, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

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

void answer(const Message& message) {
    const auto request = parse_request(std::span(message.bytes).first(message.size));
    auto ring = request ? open_ring_socket(*request) : base::Result<base::Descriptor>(request.error());
    const base::Result<void> outcome = ring ? base::Result<void>() : base::Result<void>(ring.error());
    send(kSocketNumber, encode_reply(outcome), ring ? ring->number() : -1);
}

[[noreturn]] void serve(int socket, const std::optional<base::User>& user) {
    if (!close_all_but(socket)) _exit(1);
    const base::Result<void> confined = confine(user);
    if (!send(kSocketNumber, encode_reply(confined), -1) || !confined) _exit(1);
    Message message;
    while (receive(kSocketNumber, message, false)) answer(message);
    _exit(0);
}

base::Error failed(const char* step) {
    return base::Error{fmt::format("cannot start the capture broker: {}: {}", step, std::strerror(errno))};
}

base::Result<base::Descriptor> receive_reply(int socket) {
    Message message;
    if (!receive(socket, message, true)) message.size = 0;
    const auto outcome = parse_reply(std::span(message.bytes).first(message.size));
    if (!outcome) return outcome.error();
    return std::move(message.descriptor);
}

}  // namespace

base::Result<CaptureBroker> CaptureBroker::start(const std::optional<base::User>& user) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return failed("socketpair");
    base::Descriptor ours(ends[0]);
    const base::Descriptor theirs(ends[1]);
    const pid_t process = fork();
    if (process < 0) return failed("fork");
    if (process == 0) serve(theirs.number(), user);
    CaptureBroker broker(std::move(ours), process);
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
    if (!send(socket_.number(), encode_request(request), -1))
        return base::Error{"the capture broker has ended; start flowsift again"};
    auto ring = receive_reply(socket_.number());
    if (ring && !ring->is_open()) return base::Error{"the capture broker sent no ring"};
    return ring;
}

}  // namespace flowsift::capture
