#include "decode/tls_fingerprint.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace flowsift::decode {
namespace {

constexpr std::uint16_t kServerNameExtension = 0;
constexpr std::uint16_t kAlpnExtension = 16;

char hex_digit(unsigned value) {
    return "0123456789abcdef"[value & 15];
}

/// Collects text for a digest, so that it is not called for every number.
template <class Digest>
class Text {
  public:
    explicit Text(Digest& digest) : digest_(digest) {}

    void put(char character) {
        if (size_ == text_.size()) flush();
        text_[size_++] = static_cast<std::uint8_t>(character);
    }
    void put_decimal(std::uint16_t value) {
        char digits[5];
        const char* end = std::to_chars(digits, std::end(digits), value).ptr;
        for (const char digit : std::string_view(digits, end)) put(digit);
    }
    void put_hex(std::uint16_t value) {
        for (int shift = 12; shift >= 0; shift -= 4) put(hex_digit(value >> shift));
    }
    void flush() {
        digest_.update(base::Bytes(text_).first(size_));
        size_ = 0;
    }

  private:
    Digest& digest_;
    std::size_t size_ = 0;
    std::array<std::uint8_t, 1024> text_;
};

/// Calls `visit` for every value of the list that is not GREASE.
template <class Visit>
void for_each_value(base::Bytes list, Visit&& visit) {
    for (base::ByteReader reader(list); reader.remaining() >= 2;)
        if (const std::uint16_t value = reader.be16(); !is_grease(value)) visit(value);
}
template <class Visit>
void for_each_extension(const ClientHello& hello, Visit&& visit) {
    for (base::ByteReader reader(hello.extensions); reader.remaining() > 0;)
        if (const std::uint16_t type = next_extension(reader); !is_grease(type)) visit(type);
}

/// Numbers with '-' between them.
template <class Digest>
class DashedList {
  public:
    explicit DashedList(Text<Digest>& text) : text_(text) {}
    void operator()(std::uint16_t value) {
        if (!is_first_) text_.put('-');
        is_first_ = false;
        text_.put_decimal(value);
    }

  private:
    Text<Digest>& text_;
    bool is_first_ = true;
};

std::string_view version_mark(std::uint16_t version) {
    constexpr std::pair<std::uint16_t, std::string_view> kMarks[] = {
        {0x0304, "13"}, {0x0303, "12"}, {0x0302, "11"}, {0x0301, "10"}, {0x0300, "s3"}, {0x0002, "s2"},
    };
    for (const auto& [number, mark] : kMarks)
        if (number == version) return mark;
    return "00";
}

bool is_alphanumeric(std::uint8_t byte) {
    const auto is_between = [byte](char low, char high) { return byte >= low && byte <= high; };
    return is_between('0', '9') || is_between('A', 'Z') || is_between('a', 'z');
}

/// First and last character of the protocol, or of its bytes in hexadecimal where one of them is no letter or digit.
char* put_alpn(char* out, base::Bytes alpn) {
    if (alpn.empty()) {
        *out++ = '0';
        *out++ = '0';
        return out;
    }
    const std::uint8_t first = alpn.front(), last = alpn.back();
    const bool is_readable = is_alphanumeric(first) && is_alphanumeric(last);
    *out++ = is_readable ? static_cast<char>(first) : hex_digit(first >> 4);
    *out++ = is_readable ? static_cast<char>(last) : hex_digit(last);
    return out;
}

/// Two digits; 99 for more.
char* put_count(char* out, std::size_t count) {
    count = std::min<std::size_t>(count, 99);
    *out++ = static_cast<char>('0' + count / 10);
    *out++ = static_cast<char>('0' + count % 10);
    return out;
}

}  // namespace

std::array<std::uint8_t, 16> TlsFingerprinter::ja3(const ClientHello& hello) {
    Text text(md5_);
    text.put_decimal(hello.legacy_version);
    text.put(',');
    for_each_value(hello.ciphers, DashedList(text));
    text.put(',');
    for_each_extension(hello, DashedList(text));
    text.put(',');
    for_each_value(hello.groups, DashedList(text));
    text.put(',');
    std::ranges::for_each(hello.point_formats, DashedList(text));
    text.flush();
    return md5_.finish();
}

char* TlsFingerprinter::put_hash(char* out, std::span<std::uint16_t> values, base::Bytes tail) {
    constexpr int kBytes = 6;
    if (values.empty()) return std::fill_n(out, 2 * kBytes, '0');  // So that a missing list is seen as one.
    std::ranges::sort(values);
    Text text(sha256_);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) text.put(',');
        text.put_hex(values[i]);
    }
    char separator = '_';
    for_each_value(tail, [&](std::uint16_t value) {
        text.put(separator);
        text.put_hex(value);
        separator = ',';
    });
    text.flush();
    const auto hash = sha256_.finish();
    for (int i = 0; i < kBytes; ++i) {
        *out++ = hex_digit(hash[static_cast<std::size_t>(i)] >> 4);
        *out++ = hex_digit(hash[static_cast<std::size_t>(i)]);
    }
    return out;
}

TlsFingerprint TlsFingerprinter::of(const ClientHello& hello, char transport) {
    TlsFingerprint print{.ja3 = ja3(hello)};
    std::size_t ciphers = 0, extensions = 0, all_extensions = 0;
    for_each_value(hello.ciphers, [&](std::uint16_t cipher) { sorted_[ciphers++] = cipher; });
    for_each_extension(hello, [&](std::uint16_t) { ++all_extensions; });

    char* out = print.ja4.data();
    *out++ = transport;
    out = std::ranges::copy(version_mark(hello.newest_version), out).out;
    *out++ = hello.has_server_name ? 'd' : 'i';
    out = put_alpn(put_count(put_count(out, ciphers), all_extensions), hello.alpn);
    *out++ = '_';
    out = put_hash(out, std::span(sorted_).first(ciphers), {});
    *out++ = '_';
    for_each_extension(hello, [&](std::uint16_t type) {
        if (type != kServerNameExtension && type != kAlpnExtension) sorted_[extensions++] = type;
    });
    put_hash(out, std::span(sorted_).first(extensions), hello.signature_algorithms);
    return print;
}

}  // namespace flowsift::decode
