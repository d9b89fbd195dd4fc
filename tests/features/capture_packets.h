// The packets of a capture file, decoded, for tests that want them all at once.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "capture/capture_file.h"
#include "decode/decoder.h"

namespace flowsift::features {

/// The folder of real traffic that FLOWSIFT_DATA names; empty where it is not set.
inline std::optional<std::filesystem::path> data_folder() {
    const char* folder = std::getenv("FLOWSIFT_DATA");
    if (folder == nullptr || *folder == '\0') return std::nullopt;
    return folder;
}

/// What can be read of the file; without payload bytes. Empty for a file that is not a capture.
inline std::vector<decode::Packet> capture_packets(const std::filesystem::path& file) {
    auto source = capture::open_capture(file.string());
    if (!source) return {};
    std::vector<decode::Packet> packets;
    decode::Decoder decoder(base::HashKey{1, 2});
    std::span<const capture::RawPacket> batch;
    while (source.value()->read(batch) == capture::ReadStatus::kPackets) {
        for (const capture::RawPacket& raw : batch) {
            decode::Packet packet;
            if (!decode::is_for_flows(decoder.decode(raw, packet))) continue;
            packet.payload = {};
            packets.push_back(packet);
        }
    }
    return packets;
}

}  // namespace flowsift::features
