// NameLookup: host names to addresses in a thread of their own, because the C library's resolver waits for as long as
// it likes and cannot be told to stop. A lookup that is waited for no longer ends by itself, whenever that is.
//
// Owned by a connection and used by its thread; at most one lookup is under way.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "output/patience.h"

namespace flowsift::output {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    const sockaddr* pointer() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

class NameLookup {
  public:
    /// At least one address, at most eight, in the order of preference of the machine. `host`: an IP address (no
    /// thread) or a name. Error: there is none, or no answer until `until`.
    base::Result<std::vector<SocketAddress>> resolve(const std::string& host, std::uint16_t port,
                                                     const Patience& patience, Patience::Clock::time_point until);

  private:
    struct Answer;

    std::shared_ptr<Answer> pending_;  ///< Of a lookup that has been waited for in vain.
};

}  // namespace flowsift::output
