// LiveCapture: live capture as the command line asks for it: which way in, how much ring, with whose rights. For
// `watch`. Used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/privileges.h"
#include "capture/broker.h"
#include "capture/host_spread.h"
#include "capture/packet_source.h"

namespace CLI {
class App;
}

namespace flowsift::app {

struct LiveOptions {
    std::string interface;
    std::string filter;
    std::string way = "auto";  ///< "ring", "libpcap"; "auto": the ring, where the interface's frames can be read so.
    std::uint32_t ring_bytes = 64U << 20;  ///< Of all rings together.
    std::optional<std::size_t> workers;    ///< Each with a ring; 0: one ring, and all in one thread.
};

/// `--capture`, `--ring` and `--workers`.
void add_live_options(CLI::App& app, LiveOptions& live);

/// As many as `live` asks for; else one less than there are cores, where all of them may be used. One is what a
/// recording takes, whose frames must stand in order, and a filter that asks for VLANs (capture::asks_for_vlan()).
std::size_t ring_count(const LiveOptions& live, bool is_recorded);

class LiveCapture {
  public:
    /// Does all that takes a right, so that the process may give up its own afterwards: forks the broker, or opens
    /// libpcap's capture at once. Before a second thread starts. Errors: an unknown interface, no permission, those of
    /// capture::open_live().
    static base::Result<LiveCapture> prepare(const LiveOptions& options, const std::optional<base::User>& user);

    /// Of a ring, by a broker that was started before; takes no right.
    LiveCapture(const LiveOptions& options, std::shared_ptr<capture::CaptureBroker> broker)
        : options_(options), broker_(std::move(broker)) {}

    /// Takes no right any more. Once. Errors: those of capture::open_ring().
    base::Result<std::unique_ptr<capture::PacketSource>> open();

    /// Instead: `count` rings that share the packets. Precondition: is_ring(). Errors: those of open_ring_group().
    base::Result<std::vector<std::unique_ptr<capture::PacketSource>>> open_group(std::size_t count,
                                                                                 const capture::HostSpread& spread);

    bool is_ring() const { return broker_ != nullptr; }

  private:
    explicit LiveCapture(const LiveOptions& options) : options_(options) {}

    LiveOptions options_;
    std::shared_ptr<capture::CaptureBroker> broker_;  ///< Of a ring.
    std::unique_ptr<capture::PacketSource> libpcap_;  ///< Open already.
};

}  // namespace flowsift::app
