// HostSpread: which of several readers a packet belongs to, by its two addresses alone, whichever way it goes: the same
// function as code here and as a classic BPF program for the kernel's fanout (PACKET_FANOUT_CBPF).
//
// By addresses, not by ports: so fragments, which bear no ports, ICMP, ESP and IPv6 with flow labels all go where the
// rest of their flow goes, which the kernel's own hash does not grant (docs/decisions/0021). Packets in tunnels go by
// the outer addresses in the kernel; whoever finds the inner ones hands them over. A plain value.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "base/ip_address.h"

namespace flowsift::capture {

class HostSpread {
  public:
    /// `secret`: of the run, so that nobody can choose addresses that all meet at one reader.
    explicit HostSpread(const base::HashKey& secret);

    /// Symmetric. To be taken modulo the number of readers.
    std::uint32_t operator()(const base::IpAddress& one, const base::IpAddress& other) const;

    /// What gives the same number for an IPv4 or IPv6 packet right behind the link layer, and 0 for all others.
    std::vector<sock_filter> program() const;

  private:
    std::uint32_t mix(std::uint32_t word) const;

    std::uint32_t first_, second_;  ///< Odd: factors of the mixing.
};

}  // namespace flowsift::capture
