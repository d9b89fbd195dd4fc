// Listener: answers GET /metrics over HTTP/1.1 on one address, in a thread of its own; any other path is 404.
//
// Requests are hostile: a header of at most 8 KB, no body, five seconds, sixteen connections at a time, one request
// each. Owned by the run.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace flowsift::serve {

class Listener {
  public:
    /// `address`: "127.0.0.1:9464", "[::1]:9464"; port 0: any that is free. `metrics` gives the text; called on the
    /// listener's thread, and must outlive it. Error: no such address, one that is not
    /// loopback, or it is taken.
    static base::Result<std::unique_ptr<Listener>> open(const std::string& address,
                                                        std::function<std::string()> metrics);

    /// Ends the thread.
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// That it listens on.
    std::uint16_t port() const;

  private:
    struct Machine;
    explicit Listener(std::unique_ptr<Machine> machine);

    std::unique_ptr<Machine> machine_;
};

}  // namespace flowsift::serve
