// PcapFormat: records of the classic pcap format (draft-ietf-opsawg-pcap): micro- or nanoseconds, either byte order,
// and Kuznetsov's variant with longer record headers.
#pragma once

#include <optional>
#include <string>

#include "capture/raw_packet.h"
#include "capture/record_format.h"

namespace flowsift::capture {

class PcapFormat {
  public:
    static constexpr std::size_t kFileHeaderBytes = 24;

    /// Empty if `file_header` (kFileHeaderBytes of them) does not begin with a pcap magic number.
    static std::optional<PcapFormat> from_header(base::Bytes file_header);

    Parsed parse(base::Bytes window, RawPacket& packet) const;

    std::string problem() const { return "a packet record claims more than 16 MiB"; }

  private:
    bool is_big_endian_ = false;
    bool lengths_may_be_swapped_ = false;
    std::uint32_t record_header_bytes_ = 16;
    base::Nanoseconds fraction_unit_ = base::kMicrosecond;
    LinkType link_type_ = LinkType::kEthernet;
};

inline Parsed PcapFormat::parse(base::Bytes window, RawPacket& packet) const {
    if (window.size() < record_header_bytes_) return {Parsed::Kind::kIncomplete, record_header_bytes_};
    base::ByteReader reader(window);
    const auto next = [&] { return is_big_endian_ ? reader.be32() : reader.le32(); };
    const base::Nanoseconds seconds = next();
    const base::Nanoseconds fraction = next();
    std::uint32_t captured = next();
    std::uint32_t original = next();
    if (lengths_may_be_swapped_ && captured > original) std::swap(captured, original);
    if (captured > kMaxPacketBytes) return {Parsed::Kind::kDamaged};
    const std::size_t size = record_header_bytes_ + captured;
    if (window.size() < size) return {Parsed::Kind::kIncomplete, size};
    packet.timestamp = seconds * base::kSecond + fraction * fraction_unit_;
    packet.bytes = window.subspan(record_header_bytes_, captured);
    packet.original_length = original;
    packet.link_type = link_type_;
    return {Parsed::Kind::kPacket, size};
}

}  // namespace flowsift::capture
