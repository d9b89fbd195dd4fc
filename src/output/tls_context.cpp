#include "output/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstring>

#include "base/ip_address.h"

namespace flowsift::output {
namespace {

/// Of OpenSSL's queue, which is empty afterwards.
std::string latest_reason() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    if (reason) return reason;
    return ERR_SYSTEM_ERROR(code) ? std::strerror(ERR_GET_REASON(code)) : "unknown reason";
}

}  // namespace

base::Result<std::shared_ptr<const TlsContext>> TlsContext::make(const std::string& ca_file) {
    ERR_clear_error();
    const auto made = std::make_shared<TlsContext>();
    made->context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* context = made->context_.get();
    if (!context || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
        return base::Error{fmt::format("cannot set up TLS: {}", latest_reason())};
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    const int trusted = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context)
                                        : SSL_CTX_load_verify_file(context, ca_file.c_str());
    if (trusted != 1)
        return base::Error{fmt::format("cannot read certificates to trust from {}: {}",
                                       ca_file.empty() ? "the machine's folder" : ca_file, latest_reason()),
                           base::ErrorKind::kConfiguration};
    return std::shared_ptr<const TlsContext>(made);
}

TlsSession TlsContext::begin(const std::string& host, int socket) const {
    TlsSession session(SSL_new(context_.get()));
    if (!session || SSL_set_fd(session.get(), socket) != 1) return nullptr;
    const bool is_ip = base::parse_ip_address(host).has_value();
    X509_VERIFY_PARAM* wanted = SSL_get0_param(session.get());
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const int named = is_ip ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str())
                            : X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), 0);
    if (named != 1) return nullptr;  // Else any certificate would do.
    if (!is_ip && SSL_set_tlsext_host_name(session.get(), host.c_str()) != 1) return nullptr;
    SSL_set_connect_state(session.get());
    return session;
}

std::string TlsContext::failure(const SSL& session) {
    const int system_error = errno;
    const long verified = SSL_get_verify_result(&session);
    if (verified != X509_V_OK) {
        ERR_clear_error();
        return fmt::format("its certificate is refused: {}", X509_verify_cert_error_string(verified));
    }
    if (ERR_peek_error() != 0) return latest_reason();
    return system_error != 0 ? std::strerror(system_error) : "the peer has ended the connection";
}

}  // namespace flowsift::output
