// The spread as code and as the kernel's program must be one function. The program runs here in an interpreter of its
// own for the few instructions it has; tests/e2e/wire_test.py has the kernel's.
#include "capture/host_spread.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "base/random.h"

namespace flowsift::capture {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// Classic BPF as linux/filter.h has it. A load beyond the packet returns 0, as in the kernel.
std::uint32_t run(const std::vector<sock_filter>& program, std::uint32_t ethertype, const Bytes& network) {
    std::uint32_t a = 0, x = 0;
    std::array<std::uint32_t, BPF_MEMWORDS> memory{};
    for (std::size_t at = 0; at < program.size(); ++at) {
        const sock_filter& line = program[at];
        const auto load = [&]() -> std::optional<std::uint32_t> {
            if (line.k == static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL)) return ethertype;
            const std::uint32_t offset = line.k - static_cast<std::uint32_t>(SKF_NET_OFF);
            if (offset + 4 > network.size()) return std::nullopt;
            return std::uint32_t{network[offset]} << 24 | std::uint32_t{network[offset + 1]} << 16 |
                   std::uint32_t{network[offset + 2]} << 8 | network[offset + 3];
        };
        switch (line.code) {
            case BPF_LD | BPF_W | BPF_ABS: {
                const auto word = load();
                if (!word) return 0;
                a = *word;
                break;
            }
            case BPF_LDX | BPF_W | BPF_MEM:
                x = memory.at(line.k);
                break;
            case BPF_ST:
                memory.at(line.k) = a;
                break;
            case BPF_ALU | BPF_MUL | BPF_K:
                a *= line.k;
                break;
            case BPF_ALU | BPF_RSH | BPF_K:
                a >>= line.k;
                break;
            case BPF_ALU | BPF_XOR | BPF_X:
                a ^= x;
                break;
            case BPF_ALU | BPF_ADD | BPF_X:
                a += x;
                break;
            case BPF_MISC | BPF_TAX:
                x = a;
                break;
            case BPF_JMP | BPF_JEQ | BPF_K:
                at += a == line.k ? line.jt : line.jf;
                break;
            case BPF_RET | BPF_K:
                return line.k;
            case BPF_RET | BPF_A:
                return a;
            default:
                ADD_FAILURE() << "instruction " << line.code;
                return 0;
        }
    }
    ADD_FAILURE() << "fell off its end";
    return 0;
}

base::IpAddress address_of(const Bytes& network, std::size_t offset, std::size_t size) {
    return base::IpAddress::from_network(base::Bytes(network).subspan(offset, size));
}

TEST(HostSpread, IsOneFunctionInBothForms) {
    base::Random random(1);
    for (std::uint64_t i = 0; i < 500; ++i) {
        const HostSpread spread({i, 7});
        const auto program = spread.program();
        Bytes packet(60);
        for (auto& byte : packet) byte = static_cast<std::uint8_t>(random.next());
        const base::IpAddress source4 = address_of(packet, 12, 4), destination4 = address_of(packet, 16, 4);
        EXPECT_EQ(run(program, 0x0800, packet), spread(source4, destination4));
        const base::IpAddress source6 = address_of(packet, 8, 16), destination6 = address_of(packet, 24, 16);
        EXPECT_EQ(run(program, 0x86dd, packet), spread(source6, destination6));
        EXPECT_EQ(spread(source6, destination6), spread(destination6, source6));
        EXPECT_EQ(spread(source4, destination4), spread(destination4, source4));
    }
}

TEST(HostSpread, WhatIsNoWholeIpPacketGoesToTheFirst) {
    const auto program = HostSpread({1, 2}).program();
    EXPECT_EQ(run(program, 0x0806, Bytes(60, 9)), 0u);
    EXPECT_EQ(run(program, 0x0800, Bytes(19, 9)), 0u);
    EXPECT_EQ(run(program, 0x86dd, Bytes(39, 9)), 0u);
}

TEST(HostSpread, SharesHostsOutEvenlyAndByASecret) {
    constexpr std::uint32_t kReaders = 4, kHosts = 4000;
    std::array<int, kReaders> hosts{};
    int alike = 0;
    const HostSpread spread({1, 2}), other({3, 4});
    const auto server = *base::parse_ip_address("10.0.0.1");
    for (std::uint32_t i = 0; i < kHosts; ++i) {
        const auto client = address_of({10, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}, 0, 4);
        ++hosts[spread(client, server) % kReaders];
        alike += spread(client, server) % kReaders == other(client, server) % kReaders ? 1 : 0;
    }
    for (const int count : hosts) EXPECT_NEAR(count, kHosts / kReaders, 150);  // Five standard deviations.
    EXPECT_NEAR(alike, kHosts / kReaders, 150);
}

}  // namespace
}  // namespace flowsift::capture
