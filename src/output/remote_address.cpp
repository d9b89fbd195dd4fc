#include "output/remote_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ip_address.h"

namespace flowsift::output {
namespace {

constexpr std::size_t kMostBytes = 2'048;
constexpr std::size_t kMostHostBytes = 253, kMostLabelBytes = 63;  // RFC 1035 section 2.3.4, as text.

base::Error wrong(std::string_view what) {
    return {fmt::format("the address {}", what), base::ErrorKind::kUsage};
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_host_name(std::string_view host) {
    if (host.empty() || host.size() > kMostHostBytes) return false;
    std::size_t label = 0;
    for (const char c : host) {
        const bool is_end = c == '.';
        if (is_end ? label == 0 : !is_letter_or_digit(c) && c != '-' && c != '_') return false;
        label = is_end ? 0 : label + 1;
        if (label > kMostLabelBytes) return false;
    }
    return true;
}

bool is_target(std::string_view target) {
    return std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

/// Host and port of "host", "host:1", "[::1]:1" into `address`, whose port stays if none is named.
base::Result<void> parse_authority(std::string_view authority, RemoteAddress& address) {
    const bool is_bracketed = authority.starts_with('[');
    const std::size_t end = is_bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
    if (end == std::string_view::npos) return wrong("has a [ without a ]");
    address.host = authority.substr(is_bracketed, end - is_bracketed);
    const std::string_view rest = authority.substr(end + is_bracketed);
    const auto as_ip = base::parse_ip_address(address.host);
    if (is_bracketed ? !as_ip || address.host.find(':') == std::string::npos : !is_host_name(address.host))
        return wrong("names no host that could be one; an IPv6 address stands in brackets");
    if (rest.empty()) return {};
    const auto number = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
    if (!number) return wrong("has no port from 1 to 65535 after the host");
    address.is_default_port = *number == address.port;
    address.port = *number;
    return {};
}

bool is_same_scheme(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

std::string RemoteAddress::authority() const {
    const std::string shown = host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
    return is_default_port ? shown : fmt::format("{}:{}", shown, port);
}

base::Result<RemoteAddress> parse_remote_address(std::string_view text, std::span<const RemoteScheme> schemes) {
    if (text.size() > kMostBytes) return wrong(fmt::format("is longer than {} bytes", kMostBytes));
    const std::size_t colon = text.find("://");
    const std::string_view name = text.substr(0, std::min(colon, text.size()));
    const auto scheme =
        std::ranges::find_if(schemes, [&](const RemoteScheme& each) { return is_same_scheme(name, each.name); });
    if (colon == std::string_view::npos || scheme == schemes.end()) {
        std::string names;
        for (const RemoteScheme& each : schemes)
            names += fmt::format("{}{}://", names.empty() ? "" : " or ", each.name);
        return wrong("must begin with " + names);
    }
    RemoteAddress address{.scheme = std::string(scheme->name),
                          .host = {},
                          .port = scheme->port,
                          .is_default_port = true,
                          .is_tls = scheme->is_tls};
    const std::string_view rest = text.substr(colon + 3);
    const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    const std::string_view target = rest.substr(end);
    if (rest.substr(0, end).find('@') != std::string_view::npos)
        return wrong("must not hold a user name or password: others can read it");
    if (const auto parsed = parse_authority(rest.substr(0, end), address); !parsed) return parsed.error();
    if (!scheme->has_target && !target.empty() && target != "/") return wrong("ends after the port");
    if (!is_target(target)) return wrong("has a blank, a # or a byte beyond ASCII in its path");
    if (scheme->has_target) address.target = fmt::format("{}{}", target.starts_with('/') ? "" : "/", target);
    return address;
}

}  // namespace flowsift::output
