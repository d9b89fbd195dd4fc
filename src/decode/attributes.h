// Attributes: what the first bytes of a flow tell in clear: which application protocol it speaks, and with whom.
//
// A plain value of fixed size. Names are bytes from the wire, hostile until an output has escaped them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "decode/short_text.h"

namespace flowsift::decode {

enum class Application : std::uint8_t { kNone, kTls, kQuic, kDns, kHttp };

/// "tls", "quic", "dns", "http" as Suricata has them; "" for kNone.
std::string_view to_string(Application application);

/// How a TLS client introduces itself; see decode/tls_fingerprint.h.
struct TlsFingerprint {
    std::array<std::uint8_t, 16> ja3{};
    std::array<char, 36> ja4{};
};

struct Attributes {
    Application application = Application::kNone;
    bool has_fingerprint = false;  ///< `fingerprint` is meaningful: a ClientHello was read.
    TlsFingerprint fingerprint;
    ShortText<31> alpn;   ///< The first protocol that a TLS client offers; of a longer one, its begin.
    ShortText<255> name;  ///< The one that the application has, below; of a longer one, its begin.

    std::string_view server_name() const { return has_fingerprint ? name.view() : std::string_view(); }
    std::string_view dns_query() const { return name_if(Application::kDns); }
    std::string_view http_host() const { return name_if(Application::kHttp); }

  private:
    std::string_view name_if(Application wanted) const {
        return application == wanted ? name.view() : std::string_view();
    }
};

/// What came of reading the first bytes of a stream.
enum class Reading : std::uint8_t {
    kForeign,    ///< Not of this protocol, whatever follows.
    kNeedsMore,  ///< May be; too few bytes to tell.
    kDone,       ///< The attributes are filled.
};

}  // namespace flowsift::decode
