#include "capture/host_spread.h"

#include <array>
#include <cstring>

#include "base/bytes.h"

namespace flowsift::capture {
namespace {

constexpr unsigned kFirstShift = 15, kSecondShift = 13;
constexpr std::uint32_t kEthertypeIpv4 = 0x0800, kEthertypeIpv6 = 0x86dd;

// Where the kernel lets a program read besides the frame's bytes.
constexpr auto kNetworkHeader = static_cast<std::uint32_t>(SKF_NET_OFF);
constexpr auto kEthertype = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL);

/// A program that is being written.
class Program {
  public:
    Program(std::uint32_t first, std::uint32_t second) : first_(first), second_(second) {}

    void add(std::uint16_t code, std::uint32_t number = 0) { lines_.push_back({code, 0, 0, number}); }

    /// A = mix(A).
    void mix() {
        add(BPF_ALU | BPF_MUL | BPF_K, first_);
        fold(kFirstShift);
        add(BPF_ALU | BPF_MUL | BPF_K, second_);
        fold(kSecondShift);
    }

    /// A = the address of so many words at `offset` of the network header, mixed.
    void mix_address(std::uint32_t offset, std::uint32_t words) {
        for (std::uint32_t i = 0; i < words; ++i) {
            if (i > 0) add(BPF_ST, 0);
            add(BPF_LD | BPF_W | BPF_ABS, kNetworkHeader + offset + 4 * i);
            if (i > 0) {
                add(BPF_LDX | BPF_W | BPF_MEM, 0);
                add(BPF_ALU | BPF_XOR | BPF_X);
            }
            mix();
        }
    }

    /// Returns the number of the two addresses.
    void spread(std::uint32_t source, std::uint32_t destination, std::uint32_t words) {
        mix_address(source, words);
        add(BPF_ST, 1);
        mix_address(destination, words);
        add(BPF_LDX | BPF_W | BPF_MEM, 1);
        add(BPF_ALU | BPF_ADD | BPF_X);
        mix();
        add(BPF_RET | BPF_A);
    }

    std::size_t size() const { return lines_.size(); }
    std::vector<sock_filter> lines_;

  private:
    /// A ^= A >> bits.
    void fold(std::uint32_t bits) {
        add(BPF_MISC | BPF_TAX);
        add(BPF_ALU | BPF_RSH | BPF_K, bits);
        add(BPF_ALU | BPF_XOR | BPF_X);
    }

    std::uint32_t first_, second_;
};

}  // namespace

HostSpread::HostSpread(const base::HashKey& secret) {
    const std::uint64_t random = base::siphash13(secret, std::array<std::uint64_t, 1>{0x686f737473});
    first_ = static_cast<std::uint32_t>(random) | 1;
    second_ = static_cast<std::uint32_t>(random >> 32) | 1;
}

std::uint32_t HostSpread::mix(std::uint32_t word) const {
    word *= first_;
    word ^= word >> kFirstShift;
    word *= second_;
    return word ^ word >> kSecondShift;
}

std::uint32_t HostSpread::operator()(const base::IpAddress& one, const base::IpAddress& other) const {
    const auto number_of = [this](const base::IpAddress& address) {
        base::ByteReader reader(address.network());
        std::uint32_t number = 0;
        while (reader.remaining() > 0) number = mix(number ^ reader.be32());
        return number;
    };
    return mix(number_of(one) + number_of(other));
}

std::vector<sock_filter> HostSpread::program() const {
    Program ipv4(first_, second_), whole(first_, second_);
    ipv4.spread(12, 16, 1);
    whole.add(BPF_LD | BPF_W | BPF_ABS, kEthertype);
    whole.lines_.push_back({BPF_JMP | BPF_JEQ | BPF_K, 2, 0, kEthertypeIpv4});
    whole.lines_.push_back({BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint8_t>(ipv4.size() + 1), 0, kEthertypeIpv6});
    whole.add(BPF_RET | BPF_K, 0);
    whole.lines_.insert(whole.lines_.end(), ipv4.lines_.begin(), ipv4.lines_.end());
    whole.spread(8, 24, 4);
    return std::move(whole.lines_);
}

}  // namespace flowsift::capture
