// Ctrl-C (SIGINT) and SIGTERM: the first asks for a clean stop, a second one ends the program at once. SIGHUP: files
// may have been moved away, settings changed; who listens, looks at hangups().
//
// One per process. Long work looks at stop_requested(); a packet source that may be blocked in a read is stopped
// through StopsSource, which is async-signal-safe.
#pragma once

#include <atomic>

#include "capture/packet_source.h"

namespace flowsift::app {

void install_stop_signals();

/// Set by the first signal.
std::atomic<bool>& stop_requested();

/// From now on SIGHUP does not end the program but is counted.
void install_hangup_signal();

/// How many SIGHUPs have come since.
unsigned hangups();

/// While it lives, a stop signal also stops this source. At most one at a time.
class StopsSource {
  public:
    explicit StopsSource(capture::PacketSource& source);
    ~StopsSource();
    StopsSource(const StopsSource&) = delete;
    StopsSource& operator=(const StopsSource&) = delete;
};

}  // namespace flowsift::app
