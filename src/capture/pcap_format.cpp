#include "capture/pcap_format.h"

#include "capture/link_type.h"

namespace flowsift::capture {
namespace {

constexpr std::uint32_t kMagicMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kMagicKuznetsov = 0xa1b2cd34;
constexpr std::uint32_t kKuznetsovRecordHeaderBytes = 24;  // Interface, protocol and packet type follow the lengths.
constexpr std::uint32_t kLinkTypeMask = 0x03ffffff;        // The rest says how long the frame check sequence is.

bool is_magic(std::uint32_t magic) {
    return magic == kMagicMicroseconds || magic == kMagicNanoseconds || magic == kMagicKuznetsov;
}

}  // namespace

std::optional<PcapFormat> PcapFormat::from_header(base::Bytes file_header) {
    PcapFormat format;
    format.is_big_endian_ = is_magic(base::ByteReader(file_header).be32());
    base::ByteReader reader(file_header);
    const auto next32 = [&] { return format.is_big_endian_ ? reader.be32() : reader.le32(); };
    const auto next16 = [&] { return format.is_big_endian_ ? reader.be16() : reader.le16(); };
    const std::uint32_t magic = next32();
    if (!is_magic(magic)) return std::nullopt;
    if (magic == kMagicNanoseconds) format.fraction_unit_ = 1;
    if (magic == kMagicKuznetsov) format.record_header_bytes_ = kKuznetsovRecordHeaderBytes;
    const std::uint16_t major = next16();
    const std::uint16_t minor = next16();
    // Versions up to 2.3 wrote the two lengths in either order (libpcap, sf-pcap.c).
    format.lengths_may_be_swapped_ = major == 2 && minor <= 3;
    reader.skip(12);  // Time zone, accuracy, snap length: none of them is needed.
    format.link_type_ = link_type_from_number(next32() & kLinkTypeMask);
    return format;
}

}  // namespace flowsift::capture
