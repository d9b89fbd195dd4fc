#include "capture/broker.h"

#include <linux/capability.h>

#include <array>
#include <utility>

#include "base/companion.h"
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

constexpr int kSocketNumber = base::Companion::kSocketNumber;

base::Result<void> confine(const std::optional<base::User>& user) {
    if (const auto given_up = base::give_up_rights(kKeptRights, user); !given_up) return given_up.error();
    return base::restrict_syscalls({.allowed = kBrokerCalls, .others = base::OtherCalls::kKill});
}

void answer(base::Bytes bytes) {
    const auto request = parse_request(bytes);
    auto ring = request ? open_ring_socket(*request) : base::Result<base::Descriptor>(request.error());
    const base::Result<void> outcome = ring ? base::Result<void>() : base::Result<void>(ring.error());
    base::send_datagram(kSocketNumber, encode_reply(outcome), ring ? ring->number() : -1);
}

void serve(const std::optional<base::User>& user) {
    const base::Result<void> confined = confine(user);
    if (!base::send_datagram(kSocketNumber, encode_reply(confined)) || !confined) return;
    while (const auto request = base::receive_datagram(kSocketNumber, kMostRequestBytes, false)) answer(request->bytes);
}

base::Result<base::Descriptor> receive_reply(int socket) {
    auto reply = base::receive_datagram(socket, kMostReplyBytes, true);
    const auto outcome = parse_reply(reply ? base::Bytes(reply->bytes) : base::Bytes());
    if (!outcome) return outcome.error();
    return std::move(reply->descriptor);
}

}  // namespace

base::Result<CaptureBroker> CaptureBroker::start(const std::optional<base::User>& user) {
    auto companion = base::Companion::start("flowsift-broker", [&] { serve(user); });
    if (!companion) return companion.error();
    CaptureBroker broker(std::move(*companion));
    if (const auto ready = receive_reply(broker.companion_.socket()); !ready) return ready.error();
    return broker;
}

base::Result<base::Descriptor> CaptureBroker::open_ring(const RingRequest& request) {
    if (!base::send_datagram(companion_.socket(), encode_request(request)))
        return base::Error{"the capture broker has ended; start flowsift again"};
    auto ring = receive_reply(companion_.socket());
    if (ring && !ring->is_open()) return base::Error{"the capture broker sent no ring"};
    return ring;
}

}  // namespace flowsift::capture
