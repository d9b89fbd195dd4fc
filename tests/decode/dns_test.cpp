// The first question of DNS messages, friendly and hostile.

#include <gtest/gtest.h>

#include <string>

#include "decode/dns_message.h"
#include "tests/decode/hello_builder.h"

namespace flowsift::decode {
namespace {

using namespace test;

/// A name in wire format from its labels.
Buffer name(const std::vector<std::string>& labels) {
    Buffer wire;
    for (const std::string& label : labels) wire = wire + vector8(text(label));
    return wire + u8(0);
}

struct Message {
    std::size_t flags = 0x0100;  // A query that wants recursion.
    std::size_t questions = 1, answers = 0, authorities = 0, additional = 0;
    std::size_t type = 1, network = 1;
};
Buffer dns(const Buffer& name, const Message& message = {}) {
    return be16(0x1234) + be16(message.flags) + be16(message.questions) + be16(message.answers) +
           be16(message.authorities) + be16(message.additional) + name + be16(message.type) + be16(message.network);
}

/// What is asked for; "(none)" where the bytes are not taken for DNS.
std::string query(const Buffer& message, bool is_dns_port = true) {
    Attributes attributes;
    if (!read_dns_message(message, is_dns_port, attributes)) return "(none)";
    EXPECT_EQ(attributes.application, Application::kDns);
    return std::string(attributes.dns_query());
}

TEST(DnsMessage, TellsTheNameThatIsAskedFor) {
    EXPECT_EQ(query(dns(name({"www", "Example", "com"}))), "www.Example.com");
    EXPECT_EQ(query(dns(name({}))), ".");
    EXPECT_EQ(query(dns(name({"a"}), {.flags = 0x8180, .answers = 3})), "a");
}

// RFC 4343 section 2.1: otherwise the label "a.b" and the labels "a", "b" would look the same.
TEST(DnsMessage, DotsAndBackslashesWithinALabelAreMarked) {
    EXPECT_EQ(query(dns(name({"a.b", "c\\"}))), "a\\.b.c\\\\");
}

TEST(DnsMessage, HostileBytesStayAsTheyAre) {
    const std::string hostile("\x1b[2J\0\xff,\n", 9);
    EXPECT_EQ(query(dns(name({hostile, "com"}))), hostile + ".com");
}

TEST(DnsMessage, NamesAreAsLongAsTheRfcAllows) {
    const std::string label(63, 'x');
    // Four labels of 63 bytes would take 4 x 64 + 1 = 257 bytes; 63, 63, 63 and 61 take 255.
    EXPECT_EQ(query(dns(name({label, label, label, label}))), "(none)");
    EXPECT_EQ(query(dns(name({label, label, label, label.substr(2)}))).size(), 63u * 3 + 61 + 3);
    // Every byte marked: twice as long as there is room for, and cut.
    EXPECT_EQ(query(dns(name({std::string(63, '.'), std::string(63, '.'), std::string(63, '.')}))).size(), 255u);
    Buffer long_label = dns(name({label}));
    long_label[12] = 64;
    EXPECT_EQ(query(long_label), "(none)");
}

TEST(DnsMessage, CompressionInTheFirstNameIsRefused) {
    EXPECT_EQ(query(dns({0xc0, 0x0c})), "(none)");                // To itself.
    EXPECT_EQ(query(dns(Buffer{1, 'a', 0xc0, 0x0c})), "(none)");  // A loop.
    EXPECT_EQ(query(dns(Buffer{1, 'a', 0xc0, 0x00})), "(none)");  // Into the header.
    EXPECT_EQ(query(dns(Buffer{0x40, 'a', 0x00})), "(none)");     // A reserved kind of label.
}

TEST(DnsMessage, CutAnywhereIsNone) {
    const Buffer message = dns(name({"www", "example", "com"}));
    for (std::size_t size = 0; size < message.size(); ++size)
        EXPECT_EQ(query(Buffer(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size))), "(none)");
}

TEST(DnsMessage, OnOtherPortsItMustBePlausible) {
    const Buffer usual = name({"www", "example", "com"});
    EXPECT_EQ(query(dns(usual), false), "www.example.com");
    EXPECT_EQ(query(dns(usual, {.flags = 0x8180, .answers = 1}), false), "www.example.com");
    EXPECT_EQ(query(dns(usual, {.additional = 1}) + bytes(11), false), "www.example.com");
    EXPECT_EQ(query(dns(usual, {.network = 0x8001}), false), "www.example.com");  // mDNS wants a unicast response.
    EXPECT_EQ(query(dns(usual) + bytes(1), false), "(none)");
    EXPECT_EQ(query(dns(usual, {.type = 7777}), false), "(none)");
    EXPECT_EQ(query(dns(usual, {.network = 3}), false), "(none)");
    EXPECT_EQ(query(dns(usual, {.questions = 2}), false), "(none)");
    EXPECT_EQ(query(dns(usual, {.answers = 1}), false), "(none)");
    EXPECT_EQ(query(dns(usual, {.flags = 0x2900}), false), "(none)");  // Opcode 5, an update.
    EXPECT_EQ(query(dns(usual, {.flags = 0x0140}), false), "(none)");  // The reserved bit.
    EXPECT_EQ(query(dns(name({"w w"})), false), "(none)");
    EXPECT_EQ(query(dns(name({})), false), "(none)");
    // On a port of DNS all of these are questions.
    EXPECT_EQ(query(dns(name({"w w"}), {.flags = 0x2900, .questions = 2, .type = 7777, .network = 3})), "w w");
    EXPECT_EQ(query(dns(usual, {.questions = 0})), "(none)");
    EXPECT_EQ(query(dns(usual, {.flags = 0x7900})), "(none)");  // Opcode 15 does not exist.
}

TEST(DnsMessage, PortsOfDns) {
    for (const std::uint16_t port : std::initializer_list<std::uint16_t>{53, 5353, 5355})
        EXPECT_TRUE(is_dns_port(port));
    for (const std::uint16_t port : std::initializer_list<std::uint16_t>{0, 54, 137, 853})
        EXPECT_FALSE(is_dns_port(port));
}

TEST(DnsStream, HasALengthInFront) {
    Attributes attributes;
    const Buffer stream = vector16(dns(name({"www", "example", "com"})));
    for (std::size_t size = 0; size < stream.size(); ++size) {
        EXPECT_EQ(read_dns_stream(base::Bytes(stream).first(size), true, attributes), Reading::kNeedsMore) << size;
        EXPECT_EQ(read_dns_stream(base::Bytes(stream).first(size), false, attributes), Reading::kForeign) << size;
    }
    EXPECT_EQ(read_dns_stream(stream, false, attributes), Reading::kDone);
    EXPECT_EQ(attributes.dns_query(), "www.example.com");
    EXPECT_EQ(read_dns_stream(vector16(bytes(11)), true, attributes), Reading::kForeign);
    EXPECT_EQ(read_dns_stream(vector16(dns({0xc0, 0x0c})), true, attributes), Reading::kForeign);
}

// A zone transfer's question is known long before its last byte.
TEST(DnsStream, ALongMessageNeedNotBeWhole) {
    Attributes attributes;
    const Buffer stream = be16(60'000) + dns(name({"example", "com"}), {.flags = 0x8400, .answers = 500}) + bytes(100);
    EXPECT_EQ(read_dns_stream(stream, true, attributes), Reading::kDone);
    EXPECT_EQ(attributes.dns_query(), "example.com");
}

}  // namespace
}  // namespace flowsift::decode
