// PacketFilter: a BPF expression (pcap-filter(7)) applied to packets that do not come through the kernel's own filter.
//
// Compiled once per link type, at the first packet that has it. Owned and used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/packet_source.h"

struct bpf_program;

namespace flowsift::capture {

class PacketFilter {
  public:
    /// False if the packet does not match, or if the expression makes no sense for its link type: see failure().
    bool matches(const RawPacket& packet);

    /// Why the expression could not be compiled for a link type that came along ("ether host" on raw IP), or nullptr.
    const base::Error* failure() const { return failure_ ? &*failure_ : nullptr; }

  private:
    friend base::Result<PacketFilter> compile_filter(const std::string& expression);
    struct FreeProgram {
        void operator()(bpf_program* program) const;
    };
    struct Compiled {
        LinkType link_type;
        std::unique_ptr<bpf_program, FreeProgram> program;  ///< Null: does not compile for this link type.
    };

    explicit PacketFilter(std::string expression) : expression_(std::move(expression)) {}
    const Compiled& compiled_for(LinkType link_type);

    std::string expression_;
    std::vector<Compiled> programs_;
    std::optional<base::Error> failure_;
};

/// Checks the expression against Ethernet and raw IP; if it compiles for neither, an Error of ErrorKind::kUsage with
/// libpcap's message.
base::Result<PacketFilter> compile_filter(const std::string& expression);

/// A source that hands out only the packets of `source` that match, and counts the others as
/// SourceStatistics::filtered. A packet whose link type the expression cannot be compiled for ends it with damage(),
/// rather than being lost unseen.
std::unique_ptr<PacketSource> filtered(std::unique_ptr<PacketSource> source, PacketFilter filter);

}  // namespace flowsift::capture
