// Companion: a process of this program that is forked off to keep what the process itself gives up, a right or the
// making of processes, and is asked over a socket (datagram.h). It ends when this end of the socket closes.
//
// The object is the asking end; one thread at a time.
#pragma once

#include <sys/types.h>

#include <functional>

#include "base/descriptor.h"
#include "base/result.h"

namespace flowsift::base {

class Companion {
  public:
    /// The companion's end of the socket: its only open file, besides /dev/null as the standard ones, so that nobody
    /// waits for it to close a pipe.
    static constexpr int kSocketNumber = 3;

    /// To be called while the process has one thread. `name`: at most 15 bytes, for lists of processes. `work`: what
    /// the companion does, deaf to Ctrl-C and the like; when it returns the companion ends. Error: it cannot be made.
    static Result<Companion> start(const char* name, const std::function<void()>& work);

    Companion(Companion&& other) noexcept;
    Companion& operator=(Companion&&) = delete;
    Companion(const Companion&) = delete;
    ~Companion();  ///< Ends it and waits for that.

    int socket() const { return socket_.number(); }

  private:
    Companion(Descriptor socket, pid_t process) : socket_(std::move(socket)), process_(process) {}

    Descriptor socket_;
    pid_t process_;
};

}  // namespace flowsift::base
