#include "base/companion.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/datagram.h"

namespace flowsift::base {
namespace {

bool close_all_but(int socket) {
    const int kept = fcntl(socket, F_DUPFD, Companion::kSocketNumber + 1);
    const int nothing = open("/dev/null", O_RDWR);
    for (int standard = 0; standard < Companion::kSocketNumber; ++standard)
        if (dup2(nothing, standard) < 0) return false;
    return dup2(kept, Companion::kSocketNumber) >= 0 && close_range(Companion::kSocketNumber + 1, ~0U, 0) == 0;
}

[[noreturn]] void be_companion(int socket, const char* name, const std::function<void()>& work) {
    if (!close_all_but(socket)) _exit(1);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        std::signal(number, SIG_IGN);  // The other decides when it is over.
    prctl(PR_SET_NAME, name);
    work();
    _exit(0);
}

Error failed(const char* name, const char* step) {
    return Error{fmt::format("cannot start {}: {}: {}", name, step, std::strerror(errno))};
}

}  // namespace

Result<Companion> Companion::start(const char* name, const std::function<void()>& work) {
    auto ends = datagram_pair();
    if (!ends) return failed(name, "socketpair");
    const pid_t process = fork();
    if (process < 0) return failed(name, "fork");
    if (process == 0) be_companion(ends->second.number(), name, work);
    return Companion(std::move(ends->first), process);
}

Companion::Companion(Companion&& other) noexcept
    : socket_(std::move(other.socket_)), process_(std::exchange(other.process_, -1)) {}

Companion::~Companion() {
    if (process_ < 0) return;
    socket_ = Descriptor();
    while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace flowsift::base
