// ClientHello, JA3 and JA4 against the examples of their specifications, and hostile input.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/hash.h"
#include "decode/application.h"
#include "tests/decode/hello_builder.h"

namespace flowsift::decode {
namespace {

using namespace test;

std::string ja3(const Buffer& message) {
    const auto fingerprinter = std::make_unique<TlsFingerprinter>();
    return base::to_hex(fingerprinter->of(parse_client_hello(message).value(), 't').ja3);
}
std::string ja4(const Buffer& message, char transport = 't') {
    const auto fingerprinter = std::make_unique<TlsFingerprinter>();
    const TlsFingerprint print = fingerprinter->of(parse_client_hello(message).value(), transport);
    return {print.ja4.begin(), print.ja4.end()};
}

struct Read {
    Reading reading = Reading::kForeign;
    Attributes attributes;
};
Read read_stream(const Buffer& stream, std::uint16_t port = 443) {
    Packet packet;
    packet.destination_port = port;
    Read read;
    read.reading = std::make_unique<ApplicationReader>()->read_stream(stream, packet, read.attributes);
    return read;
}

// Both examples of salesforce/ja3's README: "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0" and
// "769,4-5-10-9-100-98-3-6-19-18-99,,,". GREASE between the values must not change the first.
TEST(Ja3, EqualsTheExamplesOfItsAuthors) {
    const std::vector<std::size_t> ciphers = {0xcaca, 47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4};
    const Buffer message = client_hello(
        {.version = 769,
         .ciphers = ciphers,
         .extensions = {
             {{0x1a1a}, server_name("a.example"), groups({0xfafa, 23, 24, 25}), point_formats({0}), {0x0a0a}}}});
    EXPECT_EQ(ja3(message), "ada70206e40642a3e4461f35503241d5");
    const Buffer without =
        client_hello({.version = 769, .ciphers = {4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99}, .extensions = std::nullopt});
    EXPECT_EQ(ja3(without), "de350869b8c85de67a350c8d186f11e6");
}

/// The hello of JA4's technical details, in the order of its "-o" example, GREASE added as browsers do.
Hello hello_of_ja4_details() {
    return {.ciphers = {0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
                        0x009c, 0x009d, 0x002f, 0x0035},
            .extensions = {{{0x3a3a},
                            {0x001b},
                            server_name("a.example"),
                            {0x0033},
                            alpn({"h2", "http/1.1"}),
                            {0x4469},
                            {0x0017},
                            {0x002d},
                            signature_algorithms({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}),
                            {0x0005},
                            {0x0023},
                            {0x0012},
                            supported_versions({0x7a7a, 0x0304, 0x0303}),
                            {0xff01},
                            {0x000b},
                            {0x000a},
                            {0x0015},
                            {0x4a4a}}}};
}

TEST(Ja4, EqualsTheExampleOfItsAuthors) {
    EXPECT_EQ(ja4(client_hello(hello_of_ja4_details())), "t13d1516h2_8daaf6152771_e5627efa2ab1");
    EXPECT_EQ(ja4(client_hello(hello_of_ja4_details()), 'q'), "q13d1516h2_8daaf6152771_e5627efa2ab1");
}

// "If there are no signature algorithms in the hello packet, then the string ends without an underscore": their
// example.
TEST(Ja4, WithoutSignatureAlgorithms) {
    Hello hello = hello_of_ja4_details();
    for (Extension& extension : *hello.extensions)
        if (extension.type == 13) extension.content.clear();
    EXPECT_EQ(ja4(client_hello(hello)), "t13d1516h2_8daaf6152771_6d807ffa2a79");
}

TEST(Ja4, GreaseAmongSignatureAlgorithmsDoesNotCount) {
    Hello hello = hello_of_ja4_details();
    for (Extension& extension : *hello.extensions)
        if (extension.type == 13)
            extension = signature_algorithms({0x5a5a, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601});
    EXPECT_EQ(ja4(client_hello(hello)), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

// Missing lists are zeros; the version is the hello's own where supported_versions is missing.
TEST(Ja4, SaysWhatIsMissing) {
    const std::string none = ja4(client_hello({.version = 0x0301, .ciphers = {}, .extensions = std::nullopt}));
    EXPECT_EQ(none, "t10i000000_000000000000_000000000000");
    const std::string only_grease = ja4(client_hello({.ciphers = {0x0a0a}, .extensions = {{{0x1a1a}}}}));
    EXPECT_EQ(only_grease, "t12i000000_000000000000_000000000000");
    // Name and protocol are counted, but not in the list.
    const std::string named = ja4(client_hello({.ciphers = {}, .extensions = {{server_name("a"), alpn({"h3"})}}}));
    EXPECT_EQ(named, "t12d0002h3_000000000000_000000000000");
}

TEST(Ja4, VersionsAndCounts) {
    const auto begin = [](std::size_t version) {
        return ja4(client_hello({.ciphers = {}, .extensions = {{supported_versions({version})}}})).substr(0, 3);
    };
    EXPECT_EQ(begin(0x0304), "t13");
    EXPECT_EQ(begin(0x0302), "t11");
    EXPECT_EQ(begin(0x0300), "ts3");
    EXPECT_EQ(begin(0x0305), "t00");
    // 100 ciphers: "If there's > 99, then output 99".
    EXPECT_EQ(ja4(client_hello({.ciphers = std::vector<std::size_t>(100, 0x2f)})).substr(4, 2), "99");
}

// The list of JA4's technical details, section "ALPN Extension Value".
TEST(Ja4, AlpnThatIsNoText) {
    const auto mark = [](std::string_view protocol) {
        return ja4(client_hello({.ciphers = {}, .extensions = {{alpn({protocol})}}})).substr(8, 2);
    };
    EXPECT_EQ(mark("http/1.1"), "h1");
    EXPECT_EQ(mark("h"), "hh");
    EXPECT_EQ(mark("\xab"), "ab");
    EXPECT_EQ(mark("\xab\xcd"), "ad");
    EXPECT_EQ(mark("0\xab"), "3b");
    EXPECT_EQ(mark("01\xab\xcd"), "3d");
    EXPECT_EQ(mark("0\xab\xcd"
                   "1"),
              "01");
    EXPECT_EQ(mark(""), "00");
}

TEST(ClientHello, TellsNameAndProtocol) {
    const Read read = read_stream(tls_record(client_hello(hello_of_ja4_details())));
    ASSERT_EQ(read.reading, Reading::kDone);
    EXPECT_EQ(read.attributes.application, Application::kTls);
    EXPECT_EQ(read.attributes.server_name(), "a.example");
    EXPECT_EQ(read.attributes.alpn.view(), "h2");
    EXPECT_TRUE(read.attributes.has_fingerprint);
    EXPECT_EQ(read.attributes.dns_query(), "");
    EXPECT_EQ(read.attributes.http_host(), "");
}

TEST(ClientHello, CutAnywhereNeedsMore) {
    const Buffer stream = tls_record(client_hello(hello_of_ja4_details()));
    for (std::size_t size = 0; size < stream.size(); ++size)
        EXPECT_EQ(read_stream(Buffer(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(size))).reading,
                  Reading::kNeedsMore)
            << size;
}

TEST(ClientHello, InRecordsOfEverySize) {
    const Buffer message = client_hello(hello_of_ja4_details());
    for (std::size_t size = 1; size <= message.size(); ++size) {
        Buffer stream;
        for (std::size_t begin = 0; begin < message.size(); begin += size) {
            const auto first = message.begin() + static_cast<std::ptrdiff_t>(begin);
            stream = stream + tls_record(Buffer(
                                  first, first + static_cast<std::ptrdiff_t>(std::min(size, message.size() - begin))));
        }
        const Read read = read_stream(stream);
        ASSERT_EQ(read.reading, Reading::kDone) << size;
        EXPECT_EQ(read.attributes.server_name(), "a.example");
        EXPECT_EQ(std::string(read.attributes.fingerprint.ja4.begin(), read.attributes.fingerprint.ja4.end()),
                  "t13d1516h2_8daaf6152771_e5627efa2ab1");
    }
}

TEST(ClientHello, OtherStreamsAreForeign) {
    const Buffer hello = tls_record(client_hello({}));
    const auto with = [&](std::size_t place, std::uint8_t value) {
        Buffer changed = hello;
        changed[place] = value;
        return read_stream(changed).reading;
    };
    EXPECT_EQ(with(0, 23), Reading::kForeign);  // Application data.
    EXPECT_EQ(with(1, 2), Reading::kForeign);
    EXPECT_EQ(with(2, 5), Reading::kForeign);
    EXPECT_EQ(with(3, 0x41), Reading::kForeign);  // A record of 16 KiB + 256.
    EXPECT_EQ(with(5, 2), Reading::kForeign);     // ServerHello.
    EXPECT_EQ(with(6, 1), Reading::kForeign);     // A message of 64 KiB and more.
    EXPECT_EQ(with(43, 33), Reading::kForeign);   // A session id too long.
    EXPECT_EQ(read_stream(tls_record({})).reading, Reading::kForeign);
}

TEST(ClientHello, LengthsThatContradictEachOtherAreRefused) {
    const Buffer message = client_hello(hello_of_ja4_details());
    ASSERT_TRUE(parse_client_hello(message));
    for (std::size_t size = 0; size < message.size(); ++size)
        EXPECT_FALSE(parse_client_hello(base::Bytes(message).first(size))) << size;
    // A length of one extension that reaches beyond the list: the last one's.
    Buffer changed = message;
    changed.back() = 1;
    EXPECT_FALSE(parse_client_hello(changed));
    EXPECT_FALSE(parse_client_hello(client_hello({.extensions = {{{5, bytes(3)}}}})).value().has_server_name);
}

TEST(ClientHello, MalformedContentOfAnExtensionIsAsIfEmpty) {
    const Buffer message =
        client_hello({.extensions = {{{0, {0, 9, 0}}, {16, {0, 9, 40}}, {43, {200, 3}}, {10, {9}}}}});
    const auto hello = parse_client_hello(message);
    ASSERT_TRUE(hello);
    EXPECT_TRUE(hello->has_server_name);
    EXPECT_TRUE(hello->server_name.empty());
    EXPECT_TRUE(hello->alpn.empty());
    EXPECT_TRUE(hello->groups.empty());
    EXPECT_EQ(hello->newest_version, 0x0303);
}

TEST(ClientHello, LongNamesAreCutAndHostileOnesKept) {
    const std::string hostile("\x1b[2J\0=cmd|'\xff", 13);
    EXPECT_EQ(read_stream(tls_record(client_hello({.extensions = {{server_name(hostile)}}}))).attributes.server_name(),
              hostile);
    const std::string longest(300, 'x');
    const Read read = read_stream(tls_record(
        client_hello({.extensions = {{server_name(longest), alpn({std::string_view(longest).substr(50, 40)})}}})));
    EXPECT_EQ(read.attributes.server_name(), longest.substr(0, 255));
    EXPECT_EQ(read.attributes.alpn.view(), longest.substr(0, 31));
}

TEST(ClientHello, TheFirstHostNameCounts) {
    const Buffer names =
        u8(7) + vector16(text("other kind")) + u8(0) + vector16(text("first")) + u8(0) + vector16(text("second"));
    const auto message = client_hello({.extensions = {{{0, vector16(names)}}}});
    const auto hello = parse_client_hello(message);
    ASSERT_TRUE(hello);
    EXPECT_EQ(std::string(hello->server_name.begin(), hello->server_name.end()), "first");
}

}  // namespace
}  // namespace flowsift::decode
