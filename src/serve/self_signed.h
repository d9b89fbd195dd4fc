// SelfSigned: a certificate and key of our own making, for whoever wants TLS and has none. Browsers warn of it, and
// show its fingerprint to compare. Stateless.
#pragma once

#include <span>
#include <string>

#include "base/result.h"

namespace flowsift::serve {

struct CertificateFiles {
    std::string certificate, key;
    std::string fingerprint;  ///< SHA-256, "AB:CD:…", as browsers show it.
};

/// FOLDER/flowsift-cert.pem and flowsift-key.pem (0600): ECDSA P-256, ten years, for `names` (DNS names and addresses)
/// and the loopback. Made where they are missing, kept where they are not. Error: cannot write, or a file is no
/// certificate.
base::Result<CertificateFiles> self_signed(const std::string& folder, std::span<const std::string> names);

}  // namespace flowsift::serve
