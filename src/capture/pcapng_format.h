// PcapngFormat: blocks of the pcapng format (draft-ietf-opsawg-pcapng): several sections and interfaces, either byte
// order, every timestamp resolution. Packets come from enhanced, simple and the obsolete packet blocks; other blocks
// are skipped by their length.
#pragma once

#include <string>
#include <vector>

#include "capture/raw_packet.h"
#include "capture/record_format.h"

namespace flowsift::capture {

class PcapngFormat {
  public:
    static constexpr std::uint32_t kSectionHeaderBlock = 0x0a0d0d0a;  ///< A palindrome: the same in both byte orders.

    Parsed parse(base::Bytes window, RawPacket& packet);

    std::string problem() const { return problem_; }

  private:
    struct Interface {
        LinkType link_type = LinkType::kEthernet;
        std::uint32_t snap_length = 0;               ///< 0 = unlimited.
        std::uint64_t units_per_second = 1'000'000;  ///< if_tsresol.
        std::uint64_t unit_nanoseconds = 1'000;      ///< 1e9 / units_per_second where that is whole, else 0.
        std::int64_t offset_seconds = 0;             ///< if_tsoffset.

        base::Nanoseconds time(std::uint64_t units) const;
    };
    struct Option {
        std::uint16_t code = 0;
        base::Bytes value;
    };

    std::uint16_t read16(base::ByteReader& reader) const { return is_big_endian_ ? reader.be16() : reader.le16(); }
    std::uint32_t read32(base::ByteReader& reader) const { return is_big_endian_ ? reader.be32() : reader.le32(); }
    std::uint64_t read64(base::ByteReader& reader) const { return is_big_endian_ ? reader.be64() : reader.le64(); }

    Parsed damaged(std::string problem);
    Parsed parse_section_header(base::Bytes window);
    Parsed parse_interface(base::Bytes block);
    bool apply_option(const Option& option, Interface& interface);
    Parsed parse_enhanced_packet(base::Bytes block, RawPacket& packet);
    Parsed parse_obsolete_packet(base::Bytes block, RawPacket& packet);
    Parsed parse_simple_packet(base::Bytes block, RawPacket& packet);
    Parsed finish_packet(base::Bytes block, std::uint32_t interface, std::uint64_t units, base::ByteReader& reader,
                         RawPacket& packet);

    bool is_big_endian_ = false;
    std::vector<Interface> interfaces_;
    base::Nanoseconds last_time_ = 0;
    std::string problem_;
};

}  // namespace flowsift::capture
