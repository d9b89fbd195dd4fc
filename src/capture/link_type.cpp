#include "capture/link_type.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace flowsift::capture {
namespace {

constexpr std::uint32_t kRawOfLinux = 12;
constexpr std::uint32_t kRawOfOpenBsd = 14;

}  // namespace

LinkType link_type_from_number(std::uint32_t number) {
    if (number == kRawOfLinux || number == kRawOfOpenBsd) return LinkType::kRaw;
    return static_cast<LinkType>(number);
}

std::string to_string(LinkType link_type) {
    const auto number = static_cast<std::uint32_t>(link_type);
    if (link_type == LinkType::kRaw) return "RAW (101)";
    const char* name = pcap_datalink_val_to_name(static_cast<int>(number));
    return fmt::format("{} ({})", name ? name : "unnamed", number);
}

}  // namespace flowsift::capture
