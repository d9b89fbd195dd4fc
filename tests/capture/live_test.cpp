// Live capture on the loopback interface. Needs CAP_NET_RAW: skipped by name without it.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "capture/live_source.h"
#include "capture_builder.h"

namespace flowsift::capture {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::uint16_t kPort = 40'961;

/// Sends datagrams of 100, 101, … bytes to the loopback until it is told to stop.
class Sender {
  public:
    Sender() {
        thread_ = std::thread([this] {
            const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
            sockaddr_in to{};
            to.sin_family = AF_INET;
            to.sin_port = htons(kPort);
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

TEST(Live, UnknownInterfaceNamesTheExistingOnes) {
    const auto source = open_live("no-such-interface", {});
    ASSERT_FALSE(source.ok());
    EXPECT_EQ(source.error().kind, base::ErrorKind::kUsage);
    EXPECT_THAT(source.error().message, AllOf(HasSubstr("no-such-interface"), HasSubstr("lo")));
}

TEST(Live, BadFilterAndMissingPermissionAreToldApart) {
    const auto source = open_live("lo", {.filter = "tcp prot 80"});
    ASSERT_FALSE(source.ok());
    if (source.error().kind == base::ErrorKind::kPermission) {
        EXPECT_THAT(source.error().message,
                    AllOf(HasSubstr("sudo setcap cap_net_raw,cap_net_admin=eip /"), HasSubstr("capture_test")));
    } else {
        EXPECT_EQ(source.error().kind, base::ErrorKind::kUsage);
        EXPECT_THAT(source.error().message, HasSubstr("tcp prot 80"));
    }
}

TEST(Live, GivesTheDatagramsThatAreSent) {
    auto source = open_live("lo", {.filter = "udp dst port 40961"});
    if (!source) GTEST_SKIP() << "live capture: " << source.error().message;
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

TEST(Live, StopLosesNothingThatTheKernelHasAlready) {
    auto source = open_live("lo", {.filter = "udp dst port 40963"});
    if (!source) GTEST_SKIP() << "live capture: " << source.error().message;
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(40'963);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 5; ++i) sendto(socket, "five", 4, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    close(socket);
    (*source)->stop();
    std::size_t seen = 0;
    std::span<const RawPacket> batch;
    while ((*source)->read(batch) == ReadStatus::kPackets) seen += batch.size();
    EXPECT_EQ(seen, 5U);
}

TEST(Live, IdlesWhenNothingComes) {
    auto source = open_live("lo", {.filter = "udp dst port 40962", .snap_length = 60});
    if (!source) GTEST_SKIP() << "live capture: " << source.error().message;
    std::span<const RawPacket> batch;
    EXPECT_EQ((*source)->read(batch), ReadStatus::kIdle);
    EXPECT_EQ((*source)->name(), "lo");
}

}  // namespace
}  // namespace flowsift::capture
