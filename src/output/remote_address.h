// RemoteAddress: where a network output sends to, "tls://host:6514" or "https://host/path", read and checked.
//
// The path of a webhook is often its only secret, so no message here or elsewhere repeats it: place() is what is shown.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace flowsift::output {

struct RemoteScheme {
    std::string_view name;   ///< "https".
    std::uint16_t port = 0;  ///< Where none is named.
    bool is_tls = false;
    bool has_target = false;  ///< A path and query may follow.
};

struct RemoteAddress {
    std::string scheme;
    std::string host;  ///< A name, or an IP address without brackets.
    std::uint16_t port = 0;
    bool is_default_port = false;  ///< That of the scheme.
    bool is_tls = false;
    std::string target = {};  ///< "/path?query", of a scheme that has it.

    /// "host:6514", "[::1]:6514"; the port only if it is not the scheme's. As HTTP's Host (RFC 9110 section 7.2).
    std::string authority() const;
    /// "https://host": all of it that may be shown.
    std::string place() const { return scheme + "://" + authority(); }
};

/// Error (kUsage), without the text itself: what is wrong with it. User names and passwords are refused.
base::Result<RemoteAddress> parse_remote_address(std::string_view text, std::span<const RemoteScheme> schemes);

}  // namespace flowsift::output
