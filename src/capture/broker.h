// CaptureBroker: a small process that keeps the one right that capture takes (CAP_NET_RAW) and opens rings with it for
// the sensor, which has given up all of its own. So the process that reads hostile bytes may open nothing, and capture
// can still be started again later.
//
// Forked off before anything else happens, under a filter of system calls of its own; ends when the sensor does. The
// object is the sensor's end of it; one thread at a time.
#pragma once

#include <optional>
#include <utility>

#include "base/companion.h"
#include "base/descriptor.h"
#include "base/privileges.h"
#include "base/result.h"
#include "capture/ring_socket.h"

namespace flowsift::capture {

class CaptureBroker {
  public:
    /// To be called while the process has one thread. The broker becomes `user`, if there is one. Error: it cannot be
    /// made, or it cannot give up its other rights.
    static base::Result<CaptureBroker> start(const std::optional<base::User>& user);

    /// open_ring_socket(), done by the broker.
    base::Result<base::Descriptor> open_ring(const RingRequest& request);

  private:
    explicit CaptureBroker(base::Companion companion) : companion_(std::move(companion)) {}

    base::Companion companion_;
};

}  // namespace flowsift::capture
