// The other side of live_loss.py: a reader of packet rings that does nothing but count: ring_counter INTERFACE.
//
// Opens its rings as flowsift does (AF_PACKET, TPACKET_V3, 64 MiB), walks every packet's header, and ends at SIGINT.
// Prints "received N dropped M".
#include <fmt/format.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <atomic>
#include <csignal>

#include "capture/ring_socket.h"

namespace {

using namespace flowsift;

constexpr std::uint32_t kBlocks = (64U << 20) / capture::kRingBlockBytes;

std::atomic<bool> g_stopped{false};

std::uint64_t walk(const tpacket_block_desc& block) {
    std::uint64_t count = 0, bytes = 0;
    const auto* next = reinterpret_cast<const std::uint8_t*>(&block) + block.hdr.bh1.offset_to_first_pkt;
    for (std::uint32_t left = block.hdr.bh1.num_pkts; left > 0; --left, ++count) {
        const auto& header = *reinterpret_cast<const tpacket3_hdr*>(next);
        bytes += header.tp_snaplen;
        next += header.tp_next_offset;
    }
    return bytes > 0 ? count : 0;
}

std::uint64_t count_packets(int socket, std::uint8_t* ring) {
    std::uint64_t received = 0;
    for (std::uint32_t at = 0; !g_stopped;) {
        auto& block = *reinterpret_cast<tpacket_block_desc*>(ring + std::size_t{at} * capture::kRingBlockBytes);
        const std::atomic_ref<std::uint32_t> status(block.hdr.bh1.block_status);
        if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) {
            pollfd waiting{socket, POLLIN, 0};
            poll(&waiting, 1, 100);
            continue;
        }
        received += walk(block);
        status.store(TP_STATUS_KERNEL, std::memory_order_release);
        at = (at + 1) % kBlocks;
    }
    return received;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return fmt::print(stderr, "usage: ring_counter INTERFACE\n"), 2;
    struct sigaction action {};
    action.sa_handler = [](int) { g_stopped = true; };
    sigaction(SIGINT, &action, nullptr);
    capture::RingRequest request{
        .interface = argv[1], .block_count = kBlocks, .filter = {BPF_STMT(BPF_RET | BPF_K, 65'535)}};
    const auto socket = capture::open_ring_socket(request);
    if (!socket) return fmt::print(stderr, "{}\n", socket.error().message), 1;
    void* ring = mmap(nullptr, std::size_t{kBlocks} * capture::kRingBlockBytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                      socket->number(), 0);
    if (ring == MAP_FAILED) return fmt::print(stderr, "cannot map the ring\n"), 1;
    const std::uint64_t received = count_packets(socket->number(), static_cast<std::uint8_t*>(ring));
    tpacket_stats_v3 seen{};
    socklen_t length = sizeof seen;
    getsockopt(socket->number(), SOL_PACKET, PACKET_STATISTICS, &seen, &length);
    fmt::print("received {} dropped {}\n", received, seen.tp_drops);
    return 0;
}
