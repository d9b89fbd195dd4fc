// TlsContext: what all TLS connections of an output share: whom they trust, and that they check it (OpenSSL).
//
// TLS 1.2 at least; the server's certificate must lead to a trusted one and be made out to the host that was named.
// Made once by the output; begin() by the sink's thread.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace flowsift::output {

struct FreeSession {
    void operator()(SSL* session) const { SSL_free(session); }
};
using TlsSession = std::unique_ptr<SSL, FreeSession>;

class TlsContext {
  public:
    /// `ca_file`: certificates (PEM) that are trusted, and no others; empty: those that the machine trusts. Error
    /// (kConfiguration): it cannot be read or holds none.
    static base::Result<std::shared_ptr<const TlsContext>> make(const std::string& ca_file);

    /// A session of a connection to `host`, a name or an IP address, on an open socket. nullptr: no memory.
    TlsSession begin(const std::string& host, int socket) const;

    /// Why the latest call on the session failed: the certificate, the protocol or the connection.
    static std::string failure(const SSL& session);

  private:
    struct FreeContext {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };

    std::unique_ptr<SSL_CTX, FreeContext> context_;
};

}  // namespace flowsift::output
