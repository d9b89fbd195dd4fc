#include "capture/pcapng_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "capture/link_type.h"

namespace flowsift::capture {
namespace {

constexpr std::uint32_t kInterfaceBlock = 1;
constexpr std::uint32_t kObsoletePacketBlock = 2;
constexpr std::uint32_t kSimplePacketBlock = 3;
constexpr std::uint32_t kEnhancedPacketBlock = 6;

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::size_t kBlockHeaderBytes = 8;      // Type and total length.
constexpr std::size_t kBlockTrailerBytes = 4;     // The total length again.
constexpr std::size_t kSectionHeaderStart = 12;   // Up to and including the byte-order magic.
constexpr std::size_t kMaxOptionBytes = 1 << 20;  // Of a packet block besides the packet, or of an interface block.
constexpr std::size_t kMaxInterfaces = 65'536;    // Per section.
constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

constexpr std::uint16_t kOptionEnd = 0;
constexpr std::uint16_t kOptionTimeResolution = 9;
constexpr std::uint16_t kOptionTimeOffset = 14;

__extension__ using Wide = __int128;  // 64-bit times in any unit, exactly.

/// Times outside become the nearest within (1896 to 2116), so that no difference or sum of two packets' times
/// overflows.
constexpr base::Nanoseconds kEarliestTime = -(base::Nanoseconds{1} << 61);
constexpr base::Nanoseconds kLatestTime = base::Nanoseconds{1} << 62;

/// 0 if it does not fit in 64 bits.
std::uint64_t units_per_second(std::uint8_t resolution) {
    const unsigned exponent = resolution & 0x7fU;
    if (resolution & 0x80U) return exponent < 64 ? std::uint64_t{1} << exponent : 0;
    if (exponent > 19) return 0;
    std::uint64_t units = 1;
    for (unsigned i = 0; i < exponent; ++i) units *= 10;
    return units;
}

std::size_t padded_to_4(std::size_t length) {
    return (length + 3) & ~std::size_t{3};
}

}  // namespace

base::Nanoseconds PcapngFormat::Interface::time(std::uint64_t units) const {
    // In common: micro- or nanoseconds since 1970, at a date that fits.
    if (unit_nanoseconds != 0 && offset_seconds == 0 && units <= kLatestTime / unit_nanoseconds)
        return static_cast<base::Nanoseconds>(units * unit_nanoseconds);
    const Wide exact = static_cast<Wide>(units) * kNanosecondsPerSecond / units_per_second +
                       static_cast<Wide>(offset_seconds) * kNanosecondsPerSecond;
    return static_cast<base::Nanoseconds>(std::clamp<Wide>(exact, kEarliestTime, kLatestTime));
}

Parsed PcapngFormat::damaged(std::string problem) {
    problem_ = std::move(problem);
    return {Parsed::Kind::kDamaged};
}

Parsed PcapngFormat::parse(base::Bytes window, RawPacket& packet) {
    if (window.size() < kSectionHeaderStart) return {Parsed::Kind::kIncomplete, kSectionHeaderStart};
    base::ByteReader reader(window);
    const std::uint32_t type = read32(reader);
    if (type == kSectionHeaderBlock) return parse_section_header(window);

    const std::size_t size = read32(reader);
    if (size < kBlockHeaderBytes + kBlockTrailerBytes || size % 4 != 0)
        return damaged(fmt::format("a block of type {} claims a length of {} bytes", type, size));
    const bool is_packet = type == kEnhancedPacketBlock || type == kSimplePacketBlock || type == kObsoletePacketBlock;
    if (!is_packet && type != kInterfaceBlock) return {Parsed::Kind::kSkip, size};
    if (size > kMaxOptionBytes + (is_packet ? kMaxPacketBytes : 0))
        return damaged(fmt::format("a block of type {} claims {} bytes", type, size));
    if (window.size() < size) return {Parsed::Kind::kIncomplete, size};

    base::ByteReader trailer(window.subspan(size - kBlockTrailerBytes));
    if (read32(trailer) != size) return damaged("the two length fields of a block differ");
    const base::Bytes block = window.first(size);
    switch (type) {
        case kEnhancedPacketBlock:
            return parse_enhanced_packet(block, packet);
        case kSimplePacketBlock:
            return parse_simple_packet(block, packet);
        case kObsoletePacketBlock:
            return parse_obsolete_packet(block, packet);
        default:
            return parse_interface(block);
    }
}

Parsed PcapngFormat::parse_section_header(base::Bytes window) {
    base::ByteReader reader(window);
    reader.skip(kBlockHeaderBytes);
    const std::uint32_t magic = reader.be32();
    if (magic != kByteOrderMagic && magic != __builtin_bswap32(kByteOrderMagic))
        return damaged("a section header has no byte-order magic");
    is_big_endian_ = magic == kByteOrderMagic;
    interfaces_.clear();
    base::ByteReader length(window.subspan(4));
    const std::size_t size = read32(length);
    if (size < kSectionHeaderStart + 16 || size % 4 != 0)
        return damaged(fmt::format("a section header claims a length of {} bytes", size));
    return {Parsed::Kind::kSkip, size};
}

Parsed PcapngFormat::parse_interface(base::Bytes block) {
    if (interfaces_.size() == kMaxInterfaces) return damaged("a section describes more than 65,536 interfaces");
    base::ByteReader reader(block.first(block.size() - kBlockTrailerBytes));
    reader.skip(kBlockHeaderBytes);
    Interface interface;
    interface.link_type = link_type_from_number(read16(reader));
    reader.skip(2);  // Reserved.
    interface.snap_length = read32(reader);
    if (!reader.ok()) return damaged("an interface description is too short");
    while (reader.remaining() >= 4) {
        Option option;
        option.code = read16(reader);
        const std::size_t length = read16(reader);
        if (option.code == kOptionEnd) break;
        option.value = reader.bytes(length);
        reader.skip(padded_to_4(length) - length);
        if (!reader.ok()) return damaged("an option of an interface description is longer than its block");
        if (!apply_option(option, interface)) return damaged("an interface has an impossible timestamp resolution");
    }
    interfaces_.push_back(interface);
    return {Parsed::Kind::kSkip, block.size()};
}

bool PcapngFormat::apply_option(const Option& option, Interface& interface) {
    base::ByteReader value(option.value);
    if (option.code == kOptionTimeResolution && option.value.size() == 1) {
        interface.units_per_second = units_per_second(value.u8());
        if (interface.units_per_second == 0) return false;
        const bool is_whole = kNanosecondsPerSecond % interface.units_per_second == 0;
        interface.unit_nanoseconds = is_whole ? kNanosecondsPerSecond / interface.units_per_second : 0;
    }
    if (option.code == kOptionTimeOffset && option.value.size() == 8)
        interface.offset_seconds = static_cast<std::int64_t>(read64(value));
    return true;
}

Parsed PcapngFormat::parse_enhanced_packet(base::Bytes block, RawPacket& packet) {
    base::ByteReader reader(block.first(block.size() - kBlockTrailerBytes));
    reader.skip(kBlockHeaderBytes);
    const std::uint32_t interface = read32(reader);
    const std::uint64_t high = read32(reader);
    const std::uint64_t units = high << 32 | read32(reader);
    return finish_packet(block, interface, units, reader, packet);
}

Parsed PcapngFormat::parse_obsolete_packet(base::Bytes block, RawPacket& packet) {
    base::ByteReader reader(block.first(block.size() - kBlockTrailerBytes));
    reader.skip(kBlockHeaderBytes);
    const std::uint32_t interface = read16(reader);
    reader.skip(2);  // Drops since the packet before; live sources count theirs otherwise.
    const std::uint64_t high = read32(reader);
    const std::uint64_t units = high << 32 | read32(reader);
    return finish_packet(block, interface, units, reader, packet);
}

Parsed PcapngFormat::finish_packet(base::Bytes block, std::uint32_t interface, std::uint64_t units,
                                   base::ByteReader& reader, RawPacket& packet) {
    const std::uint32_t captured = read32(reader);
    packet.original_length = read32(reader);
    packet.bytes = reader.bytes(captured);
    if (!reader.ok()) return damaged("a packet is longer than its block");
    if (interface >= interfaces_.size())
        return damaged(fmt::format("a packet names interface {}, which the section does not describe", interface));
    packet.link_type = interfaces_[interface].link_type;
    packet.timestamp = last_time_ = interfaces_[interface].time(units);
    return {Parsed::Kind::kPacket, block.size()};
}

/// A simple packet bears no time: it takes that of the packet before it, so that time does not run backwards.
Parsed PcapngFormat::parse_simple_packet(base::Bytes block, RawPacket& packet) {
    if (interfaces_.empty()) return damaged("a simple packet comes before any interface description");
    base::ByteReader reader(block.first(block.size() - kBlockTrailerBytes));
    reader.skip(kBlockHeaderBytes);
    packet.original_length = read32(reader);
    const std::uint32_t snap_length = interfaces_[0].snap_length;
    std::size_t captured = packet.original_length;
    if (snap_length != 0) captured = std::min<std::size_t>(captured, snap_length);
    packet.bytes = reader.bytes(captured);
    if (!reader.ok()) return damaged("a packet is longer than its block");
    packet.link_type = interfaces_[0].link_type;
    packet.timestamp = last_time_;
    return {Parsed::Kind::kPacket, block.size()};
}

}  // namespace flowsift::capture
