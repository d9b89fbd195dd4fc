// Puts frames on an interface at a given rate, for live_loss.py and syn_flood.py:
//   wire_sender DEVICE mix RATE SECONDS CAPTURE      frames of a capture over and over, RATE packets a second
//   wire_sender DEVICE flood RATE SECONDS            TCP SYNs, each of a flow of its own
//   wire_sender DEVICE replay SPEED SECONDS CAPTURE  a capture at SPEED times its own pace, once
//
// Frames that the capture's snap length cut are filled up to their original length. Each pass over a mix has hosts of
// its own (the second byte of IPv4 addresses). Prints "sent N seconds S refused M".
#include <fmt/format.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/time.h"
#include "capture/capture_file.h"

namespace {

using namespace flowsift;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 32;
constexpr std::size_t kMostPassBytes = std::size_t{1} << 30;    // Of a capture that is held in memory.
constexpr std::size_t kFirstAddress = 26, kSecondAddress = 30;  // Of IPv4 behind an Ethernet header.

struct Frame {
    std::size_t begin = 0;
    std::size_t size = 0;
    base::Nanoseconds time = 0;
    bool is_ipv4 = false;
};

/// What is to be sent, in memory.
struct Frames {
    std::vector<std::uint8_t> bytes;
    std::vector<Frame> frames;

    std::uint8_t* at(const Frame& frame) { return bytes.data() + frame.begin; }
};

/// Of frames that an MTU of 9,000 lets through.
Frames read_frames(const char* path) {
    Frames all;
    auto source = capture::open_capture(path, "");
    if (!source) return fmt::print(stderr, "{}\n", source.error().message), all;
    std::span<const capture::RawPacket> batch;
    while ((*source)->read(batch) == capture::ReadStatus::kPackets && all.bytes.size() < kMostPassBytes) {
        for (const capture::RawPacket& packet : batch) {
            if (packet.link_type != capture::LinkType::kEthernet || packet.original_length > 9'000) continue;
            const std::size_t size = std::max<std::size_t>({packet.original_length, packet.bytes.size(), 60});
            const bool is_ipv4 =
                packet.bytes.size() >= kSecondAddress + 4 && packet.bytes[12] == 8 && packet.bytes[13] == 0;
            all.frames.push_back({all.bytes.size(), size, packet.timestamp, is_ipv4});
            all.bytes.insert(all.bytes.end(), packet.bytes.begin(), packet.bytes.end());
            all.bytes.resize(all.frames.back().begin + size);
        }
    }
    return all;
}

/// A packet socket on the device, past its queueing discipline.
class Wire {
  public:
    explicit Wire(const char* device) : socket_(::socket(AF_PACKET, SOCK_RAW, 0)) {
        sockaddr_ll address{};
        address.sll_family = AF_PACKET;
        address.sll_ifindex = static_cast<int>(if_nametoindex(device));
        const int on = 1;
        is_open_ = address.sll_ifindex > 0 &&
                   setsockopt(socket_.number(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) == 0 &&
                   bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }

    bool is_open() const { return is_open_; }

    /// At most kBatch.
    void add(std::uint8_t* bytes, std::size_t size) {
        parts_[waiting_] = {bytes, size};
        messages_[waiting_].msg_hdr = {};
        messages_[waiting_].msg_hdr.msg_iov = &parts_[waiting_];
        messages_[waiting_].msg_hdr.msg_iovlen = 1;
        ++waiting_;
    }

    void send() {
        for (unsigned done = 0; done < waiting_;) {
            const int sent = sendmmsg(socket_.number(), messages_.data() + done, waiting_ - done, 0);
            if (sent > 0) {
                done += static_cast<unsigned>(sent);
                sent_ += static_cast<std::uint64_t>(sent);
            } else if (errno != EINTR) {
                ++done;
                ++refused_;
            }
        }
        waiting_ = 0;
    }

    std::uint64_t sent() const { return sent_; }
    std::uint64_t refused() const { return refused_; }

  private:
    base::Descriptor socket_;
    bool is_open_ = false;
    std::array<iovec, kBatch> parts_{};
    std::array<mmsghdr, kBatch> messages_{};
    unsigned waiting_ = 0;
    std::uint64_t sent_ = 0, refused_ = 0;
};

double seconds_since(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

void wait_until(Clock::time_point begun, double seconds) {
    while (seconds_since(begun) < seconds) {
    }
}

void send_mix(Wire& wire, Frames& all, double rate, double seconds, Clock::time_point begun) {
    std::size_t next = 0;
    for (double due = 0; seconds_since(begun) < seconds; due += kBatch / rate) {
        wait_until(begun, std::min(due, seconds));
        for (std::size_t i = 0; i < kBatch; ++i, next = next + 1 == all.frames.size() ? 0 : next + 1) {
            Frame& frame = all.frames[next];
            wire.add(all.at(frame), frame.size);
            if (!frame.is_ipv4) continue;
            ++all.at(frame)[kFirstAddress + 1];  // This time or, where it is sent again within the batch, the next.
            ++all.at(frame)[kSecondAddress + 1];
        }
        wire.send();
    }
}

/// From half a million forged sources, each with 40,000 ports, to one server: no flow comes twice.
void send_flood(Wire& wire, double rate, double seconds, Clock::time_point begun) {
    constexpr std::size_t kSize = 60;
    constexpr std::uint8_t kSyn[kSize] = {2,    0,   0, 0,  0, 2, 2,    0, 0,  0, 0, 1, 8,    0,           // Ethernet
                                          0x45, 0,   0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0, 100,  0, 0,    0,  // IPv4 …
                                          10,   250, 0, 1,  // … to the server
                                          0,    0,   0, 80, 0, 0, 0,    1, 0,  0, 0, 0, 0x50, 2, 0xfa, 0xf0};
    std::array<std::array<std::uint8_t, kSize>, kBatch> frames;
    for (auto& frame : frames) std::memcpy(frame.data(), kSyn, kSize);
    std::uint64_t flow = 0;
    for (double due = 0; seconds_since(begun) < seconds; due += kBatch / rate) {
        wait_until(begun, std::min(due, seconds));
        for (auto& frame : frames) {
            const std::uint64_t port = 1'024 + flow % 40'000, source = flow / 40'000 + flow % 40'000 * 11;
            for (unsigned byte = 0; byte < 3; ++byte)
                frame[kFirstAddress + 1 + byte] = static_cast<std::uint8_t>(source >> (16 - 8 * byte));
            frame[34] = static_cast<std::uint8_t>(port >> 8);
            frame[35] = static_cast<std::uint8_t>(port);
            ++flow;
            wire.add(frame.data(), kSize);
        }
        wire.send();
    }
}

void replay(Wire& wire, Frames& all, double speed, double seconds, Clock::time_point begun) {
    for (Frame& frame : all.frames) {
        const double due = static_cast<double>(frame.time - all.frames.front().time) / 1e9 / speed;
        if (due > seconds) break;
        const double early = due - seconds_since(begun);
        if (early > 0.0002) {
            const timespec pause{static_cast<time_t>(early),
                                 static_cast<long>((early - static_cast<double>(static_cast<time_t>(early))) * 1e9)};
            nanosleep(&pause, nullptr);
        }
        wire.add(all.at(frame), frame.size);
        wire.send();
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view way = argc > 2 ? argv[2] : "";
    if (argc < (way == "flood" ? 5 : 6))
        return fmt::print(stderr, "usage: wire_sender DEVICE mix|flood|replay RATE SECONDS [CAPTURE]\n"), 2;
    const double rate = std::atof(argv[3]), seconds = std::atof(argv[4]);
    Wire wire(argv[1]);
    if (!wire.is_open()) return fmt::print(stderr, "cannot send on {}: {}\n", argv[1], std::strerror(errno)), 1;
    Frames all;
    if (way != "flood") all = read_frames(argv[5]);
    if (way != "flood" && all.frames.empty()) return fmt::print(stderr, "no frames in {}\n", argv[5]), 1;
    const auto begun = Clock::now();
    if (way == "mix")
        send_mix(wire, all, rate, seconds, begun);
    else if (way == "flood")
        send_flood(wire, rate, seconds, begun);
    else
        replay(wire, all, rate, seconds, begun);
    fmt::print("sent {} seconds {:.3f} refused {}\n", wire.sent(), seconds_since(begun), wire.refused());
    return 0;
}
