// Who talked with whom as one number, the same for both directions: what a group split keeps on one side.
//
// A hash with a fixed key, so that the same flow has the same number in every file and run. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "features/schema.h"

namespace flowsift::dataset {

/// Addresses, ports and protocol, without direction. Never 0, which means unknown.
std::uint64_t five_tuple_of(const features::FlowIdentity& identity);

/// The initiator's address alone. Never 0.
std::uint64_t host_of(const features::FlowIdentity& identity);

/// A whole number in [0, 65535], blanks around it and a fraction ".0" allowed (some files hold ports as floats).
std::optional<std::uint16_t> parse_port(std::string_view cell);

/// The addresses, ports and protocol of "192.168.10.17-192.168.10.3-7769-53-17"; empty where it is none.
std::optional<features::FlowIdentity> parse_flow_id(std::string_view cell);

}  // namespace flowsift::dataset
