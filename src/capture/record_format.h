// What the two capture file formats (pcap_format.h, pcapng_format.h) have in common: how they answer FileSource.
//
// A format is a class with `Parsed parse(Bytes window, RawPacket& packet)` and `std::string problem() const`. It looks
// at the unread bytes and says what stands at their front; asked again about the same front it answers the same.
#pragma once

#include <cstddef>

namespace flowsift::capture {

/// The most bytes that one packet may have in a file. Wireshark allows 262,144 for nearly every link type; sixteen
/// mebibytes leave room for the few that it allows more, and bound what a damaged length field can make us allocate.
inline constexpr std::size_t kMaxPacketBytes = 16 << 20;

struct Parsed {
    enum class Kind {
        kPacket,      ///< `packet` is filled; the record is `size` bytes long.
        kSkip,        ///< Nothing for the caller in the next `size` bytes (which may lie beyond the window).
        kIncomplete,  ///< `size` bytes must be visible before more can be said.
        kDamaged,     ///< No way to go on: problem() says why.
    };
    Kind kind = Kind::kDamaged;
    std::size_t size = 0;
};

}  // namespace flowsift::capture
