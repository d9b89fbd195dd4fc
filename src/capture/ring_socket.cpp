#include "capture/ring_socket.h"

#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "capture/interface.h"

namespace flowsift::capture {
namespace {

constexpr std::uint32_t kSlotBytes = 2048;  // Only a unit of counting in version 3.
/// PACKET_FANOUT_FLAG_IGNORE_OUTGOING of Linux 5.17.
constexpr std::uint32_t kFanoutIgnoresOutgoing = 0x4000;
constexpr int kVlanTagBytes = 4;  // Room before each frame for the tag to be put back.

const std::vector<sock_filter> kNothing = {BPF_STMT(BPF_RET | BPF_K, 0)};

struct ClosePcap {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
};

base::Error failed(const std::string& interface, const char* step) {
    return base::Error{fmt::format("cannot capture on {}: {}: {}", interface, step, std::strerror(errno))};
}

template <class Value>
bool set_option(const base::Descriptor& socket, int level, int option, const Value& value) {
    return setsockopt(socket.number(), level, option, &value, sizeof value) == 0;
}

base::Result<void> check(const RingRequest& request, const Interface& interface) {
    if (request.block_count < kLeastRingBlocks || request.block_count > kMostRingBlocks)
        return base::Error{
            fmt::format("a ring has {} to {} blocks, not {}", kLeastRingBlocks, kMostRingBlocks, request.block_count)};
    if (request.filter.empty() || request.filter.size() > BPF_MAXINSNS)
        return base::Error{fmt::format("the kernel takes filters of 1 to {} instructions; this one has {}",
                                       BPF_MAXINSNS, request.filter.size())};
    if (request.group.choice.size() > BPF_MAXINSNS)
        return base::Error{"the choice of a ring has too many instructions"};
    if (!ring_link_type(interface.hardware_type))
        return base::Error{fmt::format("{} is of a kind ({}) that a ring cannot read; --capture libpcap can",
                                       interface.name, interface.hardware_type)};
    return {};
}

bool set_program(const base::Descriptor& socket, int level, int option, const std::vector<sock_filter>& program) {
    std::vector<sock_filter> instructions = program;
    return set_option(socket, level, option,
                      sock_fprog{static_cast<unsigned short>(instructions.size()), instructions.data()});
}

/// Of a ring of a group: nothing, for now.
base::Result<void> attach_filter(const base::Descriptor& socket, const RingRequest& request) {
    const bool is_of_group = !request.group.choice.empty();
    if (!replace_filter(socket, request.filter) || (is_of_group && !replace_filter(socket, kNothing)))
        return failed(request.interface, "the kernel refuses the filter");
    return {};
}

/// Bound, because the kernel wants that first. The choice comes before the packets do.
base::Result<void> join(const base::Descriptor& socket, const Interface& interface, const RingRequest& request) {
    const RingGroup& group = request.group;
    const std::uint32_t outgoing = interface.is_loopback ? kFanoutIgnoresOutgoing : 0;
    const std::uint32_t unique = group.number == 0 ? PACKET_FANOUT_FLAG_UNIQUEID : 0;
    const std::uint32_t wanted = group.number | (PACKET_FANOUT_CBPF | outgoing | unique) << 16;
    if (!set_option(socket, SOL_PACKET, PACKET_FANOUT, wanted))
        return failed(interface.name, "the kernel cannot share packets between rings; --workers 1 needs one ring only");
    if (!set_program(socket, SOL_PACKET, PACKET_FANOUT_DATA, group.choice))
        return failed(interface.name, "the kernel refuses the choice of a ring");
    if (!replace_filter(socket, request.filter)) return failed(interface.name, "the kernel refuses the filter");
    return {};
}

base::Result<void> add_ring(const base::Descriptor& socket, const RingRequest& request) {
    tpacket_req3 ring{};
    ring.tp_block_size = kRingBlockBytes;
    ring.tp_block_nr = request.block_count;
    ring.tp_frame_size = kSlotBytes;
    ring.tp_frame_nr = kRingBlockBytes / kSlotBytes * request.block_count;
    ring.tp_retire_blk_tov = kRingBlockMilliseconds;
    if (!set_option(socket, SOL_PACKET, PACKET_VERSION, int{TPACKET_V3}))
        return failed(request.interface, "the kernel has no packet ring of version 3; --capture libpcap needs none");
    if (!set_option(socket, SOL_PACKET, PACKET_RESERVE, kVlanTagBytes))
        return failed(request.interface, "no room for VLAN tags");
    if (!set_option(socket, SOL_PACKET, PACKET_RX_RING, ring))
        return failed(request.interface,
                      errno == ENOMEM ? "no memory for the ring; --ring makes it smaller" : "no packet ring");
    return {};
}

base::Result<void> bind_to(const base::Descriptor& socket, const Interface& interface, bool is_promiscuous) {
    // Each packet on the loopback comes by twice, when it leaves and when it arrives; libpcap leaves out the first too.
    if (interface.is_loopback && !set_option(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1))
        return failed(interface.name, "the kernel is older than 4.20; --capture libpcap works with it");
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = interface.index;
    if (bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return failed(interface.name, "bind");
    int problem = 0;
    socklen_t length = sizeof problem;
    getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &problem, &length);
    if (problem == ENETDOWN)
        return base::Error{
            fmt::format("{} is down; switch it on first: ip link set {} up", interface.name, interface.name)};
    packet_mreq membership{};
    membership.mr_ifindex = interface.index;
    membership.mr_type = PACKET_MR_PROMISC;
    if (is_promiscuous && !set_option(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership))
        return failed(interface.name, "promiscuous mode");
    return {};
}

}  // namespace

base::Result<base::Descriptor> open_ring_socket(const RingRequest& request) {
    const auto interface = ask_interface(request.interface);
    if (!interface) return failed(request.interface, "asking for the interface");
    if (const auto checked = check(request, *interface); !checked) return checked.error();
    base::Descriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open())
        return errno == EPERM ? no_capture_permission(request.interface) : failed(request.interface, "packet socket");
    if (const auto attached = attach_filter(socket, request); !attached) return attached.error();
    if (const auto added = add_ring(socket, request); !added) return added.error();
    if (const auto bound = bind_to(socket, *interface, request.is_promiscuous); !bound) return bound.error();
    if (request.group.choice.empty()) return socket;
    if (const auto joined = join(socket, *interface, request); !joined) return joined.error();
    return socket;
}

base::Result<std::uint16_t> group_of(const base::Descriptor& ring) {
    int group = 0;
    socklen_t length = sizeof group;
    if (getsockopt(ring.number(), SOL_PACKET, PACKET_FANOUT, &group, &length) != 0 || group == 0)
        return base::Error{"the packet ring is in no group"};
    return static_cast<std::uint16_t>(group);
}

bool replace_filter(const base::Descriptor& ring, const std::vector<sock_filter>& filter) {
    return set_program(ring, SOL_SOCKET, SO_ATTACH_FILTER, filter);
}

base::Result<std::vector<sock_filter>> kernel_filter(const std::string& expression, LinkType link_type,
                                                     std::uint32_t snap_length) {
    const int number = link_type == LinkType::kRaw ? DLT_RAW : static_cast<int>(link_type);
    const std::unique_ptr<pcap_t, ClosePcap> handle(pcap_open_dead(number, static_cast<int>(snap_length)));
    if (!handle) return base::Error{"no memory to compile a filter"};
    bpf_program program{};
    if (pcap_compile(handle.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
        return base::Error{fmt::format("the filter \"{}\" is not valid: {}", expression, pcap_geterr(handle.get())),
                           base::ErrorKind::kUsage};
    }
    std::vector<sock_filter> instructions;
    instructions.reserve(program.bf_len);
    for (unsigned i = 0; i < program.bf_len; ++i) {
        const bpf_insn& one = program.bf_insns[i];
        instructions.push_back({one.code, one.jt, one.jf, one.k});
    }
    pcap_freecode(&program);
    return instructions;
}

bool asks_for_vlan(const std::string& expression) {
    return expression.find("vlan") != std::string::npos;
}

}  // namespace flowsift::capture
