#include "app/live_capture.h"

#include <linux/capability.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "capture/interface.h"
#include "capture/ring_source.h"

namespace flowsift::app {
namespace {

constexpr std::uint64_t kLeastRingBytes = 1U << 20;
constexpr std::uint64_t kMostRingBytes = 4'095ULL << 20;
constexpr std::size_t kMostWorkers = 64;

capture::LiveOptions capture_options(const LiveOptions& live) {
    return {.filter = live.filter, .buffer_bytes = live.ring_bytes};
}

bool is_ring_wanted(const LiveOptions& live) {
    if (live.way != "auto") return live.way == "ring";
    const auto interface = capture::ask_interface(live.interface);
    return interface && capture::ring_link_type(interface->hardware_type);
}

}  // namespace

void add_live_options(CLI::App& app, LiveOptions& live) {
    app.add_option("--capture", live.way,
                   "How to capture: ring (AF_PACKET), libpcap (for what a ring cannot read); auto chooses")
        ->check(CLI::IsMember({"auto", "ring", "libpcap"}).description(""))
        ->capture_default_str();
    app.add_option("--ring", live.ring_bytes, "Memory in which packets wait to be read; more of it rides out bursts")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(kLeastRingBytes, kMostRingBytes))
        ->default_str("64M");
    app.add_option(
           "--workers", live.workers,
           "Packet rings, each read by a thread that assembles flows, while one more judges them; 0: all in one "
           "thread. Without it: one less than there are cores")
        ->check(CLI::Range(std::size_t{0}, kMostWorkers));
}

std::size_t ring_count(const LiveOptions& live, bool is_recorded) {
    if (live.workers) return *live.workers;
    const std::size_t cores = std::thread::hardware_concurrency();
    const std::size_t most = is_recorded || capture::asks_for_vlan(live.filter) ? 1 : kMostWorkers;
    return cores < 2 ? 0 : std::min(cores - 1, most);
}

base::Result<LiveCapture> LiveCapture::prepare(const LiveOptions& options, const std::optional<base::User>& user) {
    LiveCapture live(options);
    if (!is_ring_wanted(options)) {
        auto source = capture::open_live(options.interface, capture_options(options));
        if (!source) return source.error();
        live.libpcap_ = std::move(*source);
        return live;
    }
    if (!base::has_capability(CAP_NET_RAW)) return capture::no_capture_permission(options.interface);
    if (const auto found = capture::find_interface(options.interface); !found) return found.error();
    auto broker = capture::CaptureBroker::start(user);
    if (!broker) return broker.error();
    live.broker_ = std::make_shared<capture::CaptureBroker>(std::move(*broker));
    return live;
}

base::Result<std::unique_ptr<capture::PacketSource>> LiveCapture::open() {
    if (libpcap_) return std::move(libpcap_);
    return capture::open_ring(options_.interface, capture_options(options_),
                              [this](const capture::RingRequest& request) { return broker_->open_ring(request); });
}

base::Result<std::vector<std::unique_ptr<capture::PacketSource>>> LiveCapture::open_group(
    std::size_t count, const capture::HostSpread& spread) {
    return capture::open_ring_group(
        options_.interface, capture_options(options_), count, spread,
        [this](const capture::RingRequest& request) { return broker_->open_ring(request); });
}

}  // namespace flowsift::app
