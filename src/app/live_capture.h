// LiveCapture: live capture as the command line asks for it: which way in, how much ring, with whose rights. For
// `watch`. Used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/privileges.h"
#include "capture/broker.h"
#include "capture/packet_source.h"

namespace CLI {
class App;
}

namespace flowsift::app {

struct LiveOptions {
    std::string interface;
    std::string filter;
    std::string way = "auto";  ///< "ring", "libpcap"; "auto": the ring, where the interface's frames can be read so.
    std::uint32_t ring_bytes = 64U << 20;
};

/// `--capture` and `--ring`.
void add_live_options(CLI::App& app, LiveOptions& live);

class LiveCapture {
  public:
    /// Does all that takes a right, so that the process may give up its own afterwards: forks the broker, or opens
    /// libpcap's capture at once. Before a second thread starts. Errors: an unknown interface, no permission, those of
    /// capture::open_live().
    static base::Result<LiveCapture> prepare(const LiveOptions& options, const std::optional<base::User>& user);

    /// Takes no right any more. Once. Errors: those of capture::open_ring().
    base::Result<std::unique_ptr<capture::PacketSource>> open();

  private:
    explicit LiveCapture(const LiveOptions& options) : options_(options) {}

    LiveOptions options_;
    std::optional<capture::CaptureBroker> broker_;    ///< Of a ring.
    std::unique_ptr<capture::PacketSource> libpcap_;  ///< Open already.
};

}  // namespace flowsift::app
