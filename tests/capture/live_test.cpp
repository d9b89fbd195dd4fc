// Live capture on the loopback interface, by either way of it. Needs CAP_NET_RAW: skipped by name without it.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "capture/live_source.h"
#include "capture/ring_source.h"
#include "capture_builder.h"

namespace flowsift::capture {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Tests run side by side, each in a process of its own, and all on the loopback: a port for each of them.
std::uint16_t own_port(int which = 0) {
    return static_cast<std::uint16_t>(32'768 + (getpid() * 4 + which) % 28'000);
}

std::string to_own_port(int which = 0) {
    return fmt::format("udp dst port {}", own_port(which));
}

/// Sends datagrams of 100, 101, … bytes to the loopback until it is told to stop.
class Sender {
  public:
    Sender() {
        thread_ = std::thread([this] {
            const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
            sockaddr_in to{};
            to.sin_family = AF_INET;
            to.sin_port = htons(own_port());
            to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            const std::vector<char> payload(200);
            for (std::size_t size = 100; !stopped_; size = size == 199 ? 100 : size + 1) {
                sendto(socket, payload.data(), size, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            close(socket);
        });
    }
    ~Sender() {
        stopped_ = true;
        thread_.join();
    }

  private:
    std::atomic<bool> stopped_{false};
    std::thread thread_;
};

struct Way {
    const char* name;
    base::Result<std::unique_ptr<PacketSource>> (*open)(const std::string& interface, const LiveOptions& options);
};

class Live : public ::testing::TestWithParam<Way> {
  protected:
    static auto open(const std::string& interface, const LiveOptions& options) {
        return GetParam().open(interface, options);
    }
};

INSTANTIATE_TEST_SUITE_P(Ways, Live,
                         ::testing::Values(Way{"libpcap", open_live},
                                           Way{"ring",
                                               [](const std::string& interface, const LiveOptions& options) {
                                                   return open_ring(interface, options);
                                               }}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(Live, UnknownInterfaceNamesTheExistingOnes) {
    const auto source = open("no-such-interface", {});
    ASSERT_FALSE(source.ok());
    EXPECT_EQ(source.error().kind, base::ErrorKind::kUsage);
    EXPECT_THAT(source.error().message, AllOf(HasSubstr("no-such-interface"), HasSubstr("lo")));
}

TEST_P(Live, BadFilterAndMissingPermissionAreToldApart) {
    const auto source = open("lo", {.filter = "tcp prot 80"});
    ASSERT_FALSE(source.ok());
    if (source.error().kind == base::ErrorKind::kPermission) {
        EXPECT_THAT(source.error().message,
                    AllOf(HasSubstr("sudo setcap cap_net_raw=ep /"), HasSubstr("capture_test")));
    } else {
        EXPECT_EQ(source.error().kind, base::ErrorKind::kUsage);
        EXPECT_THAT(source.error().message, HasSubstr("tcp prot 80"));
    }
}

TEST_P(Live, GivesTheDatagramsThatAreSent) {
    auto source = open("lo", {.filter = to_own_port()});
    if (!source && source.error().kind == base::ErrorKind::kPermission)
        GTEST_SKIP() << "waits for the right to capture: " << source.error().message;
    ASSERT_TRUE(source) << source.error().message;
    const Sender sender;
    std::size_t expected_size = 0;
    std::size_t seen = 0;
    std::span<const RawPacket> batch;
    while (seen < 300) {
        ASSERT_NE((*source)->read(batch), ReadStatus::kEnd);
        for (const RawPacket& packet : batch) {
            // 14 Ethernet, 20 IPv4, 8 UDP; sizes go round from 100 to 199.
            ASSERT_EQ(packet.link_type, LinkType::kEthernet);
            ASSERT_EQ(packet.bytes.size(), packet.original_length);
            if (seen > 0) {
                ASSERT_EQ(packet.bytes.size(), expected_size);
            }
            expected_size = packet.bytes.size() == 241 ? 142 : packet.bytes.size() + 1;
            EXPECT_GT(packet.timestamp, 1'700'000'000 * base::kSecond);
            ++seen;
        }
    }
    EXPECT_EQ((*source)->statistics().received, seen);
    EXPECT_EQ((*source)->statistics().kernel_dropped, 0U);
    (*source)->stop();  // The sender goes on, but what it sends from now on is not waited for.
    while ((*source)->read(batch) == ReadStatus::kPackets) seen += batch.size();
    EXPECT_EQ((*source)->read(batch), ReadStatus::kEnd);
    EXPECT_EQ((*source)->statistics().received, seen);
}

TEST_P(Live, StopLosesNothingThatTheKernelHasAlready) {
    auto source = open("lo", {.filter = to_own_port(2)});
    if (!source && source.error().kind == base::ErrorKind::kPermission)
        GTEST_SKIP() << "waits for the right to capture: " << source.error().message;
    ASSERT_TRUE(source) << source.error().message;
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(own_port(2));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 5; ++i) sendto(socket, "five", 4, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    close(socket);
    (*source)->stop();
    std::size_t seen = 0;
    std::span<const RawPacket> batch;
    while ((*source)->read(batch) == ReadStatus::kPackets) seen += batch.size();
    EXPECT_EQ(seen, 5U);
}

TEST_P(Live, IdlesWhenNothingComes) {
    auto source = open("lo", {.filter = to_own_port(1), .snap_length = 60});
    if (!source && source.error().kind == base::ErrorKind::kPermission)
        GTEST_SKIP() << "waits for the right to capture: " << source.error().message;
    ASSERT_TRUE(source) << source.error().message;
    std::span<const RawPacket> batch;
    EXPECT_EQ((*source)->read(batch), ReadStatus::kIdle);
    EXPECT_EQ((*source)->name(), "lo");
}

TEST(Ring, AccountsForEveryPacketWhenItIsStoppedUnderLoad) {
    // The least ring, not read while the sender fills it: some packets find no room.
    auto source = open_ring("lo", {.filter = to_own_port(), .buffer_bytes = 1});
    if (!source && source.error().kind == base::ErrorKind::kPermission)
        GTEST_SKIP() << "waits for the right to capture: " << source.error().message;
    ASSERT_TRUE(source) << source.error().message;
    std::size_t seen = 0;
    {
        const Sender sender;
        std::span<const RawPacket> batch;
        while (seen < 20) {
            ASSERT_NE((*source)->read(batch), ReadStatus::kEnd);
            seen += batch.size();
        }
        (*source)->stop();
        while ((*source)->read(batch) == ReadStatus::kPackets) seen += batch.size();
    }
    const SourceStatistics statistics = (*source)->statistics();
    EXPECT_EQ(statistics.received, seen);
    EXPECT_EQ(statistics.offered, statistics.received + statistics.kernel_dropped);
}

TEST(Ring, CountsWhatFoundNoRoom) {
    auto source = open_ring("lo", {.filter = to_own_port(3), .buffer_bytes = 1});
    if (!source && source.error().kind == base::ErrorKind::kPermission)
        GTEST_SKIP() << "waits for the right to capture: " << source.error().message;
    ASSERT_TRUE(source) << source.error().message;
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(own_port(3));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // 4 blocks of 256 KiB hold less than 600 packets of 2,000 bytes.
    const std::vector<char> payload(2000);
    for (int i = 0; i < 600; ++i)
        sendto(socket, payload.data(), payload.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    close(socket);
    (*source)->stop();
    std::span<const RawPacket> batch;
    std::size_t seen = 0;
    while ((*source)->read(batch) == ReadStatus::kPackets) seen += batch.size();
    const SourceStatistics statistics = (*source)->statistics();
    EXPECT_EQ(statistics.offered, 600U);
    EXPECT_EQ(statistics.received, seen);
    EXPECT_GT(statistics.kernel_dropped, 0U);
    EXPECT_GT(statistics.ring_full, 0U);
    EXPECT_EQ(statistics.received + statistics.kernel_dropped, 600U);
}

TEST(Ring, RefusesRequestsOutOfBounds) {
    const RingRequest good{.interface = "lo", .block_count = 4, .filter = *kernel_filter("", LinkType::kEthernet, 100)};
    const auto message_of = [](const RingRequest& request) {
        const auto socket = open_ring_socket(request);
        return socket ? std::string() : socket.error().message;
    };
    RingRequest request = good;
    request.filter.clear();
    EXPECT_THAT(message_of(request), HasSubstr("this one has 0"));
    request.filter.resize(4097);
    EXPECT_THAT(message_of(request), HasSubstr("this one has 4097"));
    request = good;
    request.block_count = 3;
    EXPECT_THAT(message_of(request), HasSubstr("4 to 16384 blocks, not 3"));
    request = good;
    request.interface = std::string(16, 'x');
    EXPECT_THAT(message_of(request), HasSubstr("asking for the interface: No such device"));
}

TEST(Ring, AFilterBecomesTheKernelsProgram) {
    // "ret #100": everything, cut at 100 bytes.
    const auto everything = kernel_filter("", LinkType::kEthernet, 100);
    ASSERT_TRUE(everything.ok());
    ASSERT_EQ(everything->size(), 1U);
    EXPECT_EQ(everything->front().code, BPF_RET | BPF_K);
    EXPECT_EQ(everything->front().k, 100U);
    // ldh [12]; jeq #0x806; ret #100; ret #0.
    const auto arp = kernel_filter("arp", LinkType::kEthernet, 100);
    ASSERT_TRUE(arp.ok());
    EXPECT_EQ(arp->size(), 4U);
    EXPECT_EQ((*arp)[1].k, 0x806U);
    EXPECT_EQ(kernel_filter("tcp prot 80", LinkType::kEthernet, 100).error().kind, base::ErrorKind::kUsage);
}

}  // namespace
}  // namespace flowsift::capture
