#include "capture/capture_file.h"

#include <fmt/format.h>

#include <filesystem>

#include "capture/file_source.h"
#include "capture/foreign_file.h"
#include "capture/packet_filter.h"
#include "capture/pcap_format.h"
#include "capture/pcapng_format.h"

namespace flowsift::capture {
namespace {

constexpr std::string_view kAccepted = "pcap and pcapng are accepted, plain or compressed by gzip or zstd";

std::string name_of(const std::string& path) {
    return path == "-" ? "stdin" : std::filesystem::path(path).filename().string();
}

/// Until `wanted` bytes are at hand or the file ends.
base::Result<void> wait_for(StreamWindow& window, std::size_t wanted, const std::string& path) {
    while (window.bytes().size() < wanted) {
        const StreamStatus status = window.fill(wanted);
        if (status == StreamStatus::kFailed)
            return base::Error{fmt::format("cannot read {}: {}", path, window.stream().error())};
        if (status == StreamStatus::kEnd) break;
    }
    return {};
}

base::Result<std::unique_ptr<PacketSource>> open_file(const std::string& path) {
    base::Result<std::unique_ptr<ByteStream>> stream = open_byte_stream(path);
    if (!stream) return stream.error();
    StreamWindow window(std::move(*stream));
    if (auto waited = wait_for(window, PcapFormat::kFileHeaderBytes, path); !waited) return waited.error();

    const base::Bytes head = window.bytes();
    if (head.empty()) return base::Error{fmt::format("{} is empty (0 bytes): {}", path, kAccepted)};
    std::unique_ptr<PacketSource> source;
    if (base::ByteReader(head).be32() == PcapngFormat::kSectionHeaderBlock) {
        source = std::make_unique<FileSource<PcapngFormat>>(name_of(path), PcapngFormat(), std::move(window));
        return source;
    }
    const std::optional<PcapFormat> format = PcapFormat::from_header(head);
    if (!format) {
        return base::Error{fmt::format("{} is not a capture file but {}: {}", path,
                                       describe_foreign_file(head.first(std::min<std::size_t>(head.size(), 64))),
                                       kAccepted)};
    }
    if (head.size() < PcapFormat::kFileHeaderBytes) {
        return base::Error{fmt::format("{} ends at byte {}, within the pcap file header of {} bytes", path, head.size(),
                                       PcapFormat::kFileHeaderBytes)};
    }
    window.consume(PcapFormat::kFileHeaderBytes);
    source = std::make_unique<FileSource<PcapFormat>>(name_of(path), *format, std::move(window));
    return source;
}

}  // namespace

base::Result<std::unique_ptr<PacketSource>> open_capture(const std::string& path, const std::string& filter) {
    if (filter.empty()) return open_file(path);
    base::Result<PacketFilter> compiled = compile_filter(filter);
    if (!compiled) return compiled.error();
    base::Result<std::unique_ptr<PacketSource>> source = open_file(path);
    if (!source) return source;
    return filtered(std::move(*source), std::move(*compiled));
}

}  // namespace flowsift::capture
