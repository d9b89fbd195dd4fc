#include "capture/capture_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "capture/link_type.h"

namespace flowsift::capture {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;
constexpr std::uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kSnapLength = 262'144;

}  // namespace

base::Result<CaptureWriter> CaptureWriter::create(const std::string& path) {
    const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) return base::Error{fmt::format("cannot write {}: {}", path, std::strerror(errno))};
    return CaptureWriter(path, descriptor);
}

CaptureWriter::CaptureWriter(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {
    buffer_.reserve(kBufferBytes);
}

CaptureWriter::CaptureWriter(CaptureWriter&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)),
      buffered_packets_(other.buffered_packets_),
      bytes_on_disk_(other.bytes_on_disk_),
      link_type_(other.link_type_),
      written_(other.written_),
      refused_(other.refused_),
      is_broken_(other.is_broken_),
      first_failure_(std::move(other.first_failure_)) {}

CaptureWriter::~CaptureWriter() {
    if (descriptor_ >= 0) (void)finish();
}

void CaptureWriter::put32(std::uint32_t value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    buffer_.insert(buffer_.end(), bytes, bytes + sizeof value);
}

void CaptureWriter::put16(std::uint16_t value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    buffer_.insert(buffer_.end(), bytes, bytes + sizeof value);
}

/// In this machine's byte order, as the format allows.
void CaptureWriter::write_file_header(LinkType link_type) {
    link_type_ = link_type;
    put32(kMagicNanoseconds);
    put16(2);
    put16(4);
    put32(0);  // Time zone and accuracy: always 0.
    put32(0);
    put32(kSnapLength);
    put32(static_cast<std::uint32_t>(link_type));
}

bool CaptureWriter::refuse(std::string reason) {
    ++refused_;
    if (!first_failure_) first_failure_ = std::move(reason);
    return false;
}

bool CaptureWriter::write(const RawPacket& packet) {
    if (is_broken_) return refuse({});
    if (!link_type_) write_file_header(packet.link_type);
    if (packet.link_type != *link_type_) {
        return refuse(fmt::format("a pcap file has one link type, here {}; a packet of {} was left out",
                                  to_string(*link_type_), to_string(packet.link_type)));
    }
    const base::Nanoseconds seconds = packet.timestamp / base::kSecond;
    if (packet.timestamp < 0 || seconds > std::numeric_limits<std::uint32_t>::max())
        return refuse("a packet's time is outside 1970 to 2106, which pcap cannot hold");
    put32(static_cast<std::uint32_t>(seconds));
    put32(static_cast<std::uint32_t>(packet.timestamp % base::kSecond));
    put32(static_cast<std::uint32_t>(packet.bytes.size()));
    put32(packet.original_length);
    buffer_.insert(buffer_.end(), packet.bytes.begin(), packet.bytes.end());
    ++buffered_packets_;
    ++written_;
    if (buffer_.size() >= kBufferBytes) flush();
    return true;
}

void CaptureWriter::flush() {
    std::size_t done = 0;
    while (!is_broken_ && done < buffer_.size()) {
        const ssize_t count = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
        if (count < 0 && errno != EINTR) fail(std::strerror(errno));
        if (count > 0) done += static_cast<std::size_t>(count);
    }
    bytes_on_disk_ += is_broken_ ? 0 : buffer_.size();
    buffer_.clear();
    buffered_packets_ = 0;
}

void CaptureWriter::fail(std::string reason) {
    is_broken_ = true;
    if (!first_failure_) first_failure_ = std::move(reason);
    written_ -= buffered_packets_;
    refused_ += buffered_packets_;
    // Half a record at the end would make the whole file look damaged. A device or pipe cannot be cut: so be it.
    if (ftruncate(descriptor_, static_cast<off_t>(bytes_on_disk_)) != 0) return;
}

base::Result<void> CaptureWriter::finish() {
    if (descriptor_ < 0) return {};
    if (!link_type_ && !is_broken_) write_file_header(LinkType::kEthernet);  // No packet: still a capture file.
    flush();
    if (close(std::exchange(descriptor_, -1)) != 0 && !is_broken_) fail(std::strerror(errno));
    if (!first_failure_) return {};
    return base::Error{fmt::format("{} is incomplete: {} ({} packets written, {} missing)", path_, *first_failure_,
                                   written_, refused_)};
}

}  // namespace flowsift::capture
