#include "serve/self_signed.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/ip_address.h"

namespace flowsift::serve {
namespace {

template <auto Free>
struct Freer {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Freer<std::fclose>>;

constexpr long kLifetimeSeconds = 10L * 365 * 24 * 3'600;
constexpr long kClockErrorSeconds = 24 * 3'600;
constexpr int kVersion3 = 2;
constexpr int kSerialBytes = 16;

base::Error system_error(const std::string& path) {
    return {fmt::format("cannot write the self-signed certificate: {}: {}", path, std::strerror(errno))};
}

bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

/// "IP:127.0.0.1,DNS:localhost": only what an address or a name is made of gets into it.
std::string alternative_names(std::span<const std::string> names) {
    std::string text = "DNS:localhost,IP:127.0.0.1,IP:::1";
    for (const std::string& name : names) {
        const bool is_address = base::parse_ip_address(name).has_value();
        const bool is_plain = name.find_first_not_of(
                                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.-*") == std::string::npos;
        if (is_address || (is_plain && !name.empty())) text += (is_address ? ",IP:" : ",DNS:") + name;
    }
    return text;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
    std::array<unsigned char, kSerialBytes> bytes{};
    if (RAND_bytes(bytes.data(), kSerialBytes) != 1) return false;
    bytes[0] &= 0x7f;
    const std::unique_ptr<BIGNUM, Freer<BN_free>> number(BN_bin2bn(bytes.data(), kSerialBytes, nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

Certificate make_certificate(EVP_PKEY* key, std::span<const std::string> names) {
    Certificate certificate(X509_new());
    if (!certificate) return nullptr;
    X509* x = certificate.get();
    X509_NAME* subject = X509_get_subject_name(x);
    const auto* name = reinterpret_cast<const unsigned char*>("flowsift");
    const bool is_made = X509_set_version(x, kVersion3) == 1 && set_serial(x) &&
                         X509_gmtime_adj(X509_getm_notBefore(x), -kClockErrorSeconds) &&
                         X509_gmtime_adj(X509_getm_notAfter(x), kLifetimeSeconds) &&
                         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) == 1 &&
                         X509_set_issuer_name(x, subject) == 1 && X509_set_pubkey(x, key) == 1 &&
                         add_extension(x, NID_subject_alt_name, alternative_names(names)) &&
                         add_extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
                         add_extension(x, NID_ext_key_usage, "serverAuth") && X509_sign(x, key, EVP_sha256()) > 0;
    return is_made ? std::move(certificate) : nullptr;
}

/// Not followed where it is a link; never readable by others, not even for a moment.
File create_private(const std::string& path) {
    const int number = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return number < 0 ? nullptr : File(::fdopen(number, "w"));
}

base::Result<void> make_files(const CertificateFiles& files, std::span<const std::string> names) {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate = key ? make_certificate(key.get(), names) : nullptr;
    if (!certificate) return base::Error{"OpenSSL could not make a self-signed certificate"};
    const File key_file = create_private(files.key);
    if (!key_file) return system_error(files.key);
    if (PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
        std::fflush(key_file.get()) != 0)
        return system_error(files.key);
    const File certificate_file = create_private(files.certificate);
    if (!certificate_file) return system_error(files.certificate);
    if (PEM_write_X509(certificate_file.get(), certificate.get()) != 1 || std::fflush(certificate_file.get()) != 0)
        return system_error(files.certificate);
    return {};
}

base::Result<std::string> fingerprint(const std::string& path) {
    const File file(std::fopen(path.c_str(), "re"));
    const Certificate certificate(file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (!certificate || X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1)
        return base::Error{path + " is no certificate; delete it, and another one is made"};
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{}{:02X}", i ? ":" : "", digest[i]);
    return text;
}

}  // namespace

base::Result<CertificateFiles> self_signed(const std::string& folder, std::span<const std::string> names) {
    CertificateFiles files{folder + "/flowsift-cert.pem", folder + "/flowsift-key.pem", ""};
    if (!exists(files.certificate) || !exists(files.key))
        if (const auto made = make_files(files, names); !made) return made.error();
    auto print = fingerprint(files.certificate);
    if (!print) return print.error();
    files.fingerprint = std::move(*print);
    return files;
}

}  // namespace flowsift::serve
