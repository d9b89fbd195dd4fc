// The `payload` group against hand-worked values and a plain oracle.

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "features/flow_meter.h"
#include "tests/features/payload_packets.h"

namespace flowsift::features {
namespace {

using namespace decode::test;
using Packets = std::vector<decode::Packet>;

constexpr std::string_view kNames[] = {"Fwd Payload Entropy", "Bwd Payload Entropy", "TLS SNI Length",
                                       "JA3 Present",         "JA4 Present",         "ALPN Code"};

Schema payload_schema() {
    Schema schema{"payload", {}};
    for (const std::string_view name : kNames) schema.features.push_back(find_feature(name).value());
    return schema;
}

std::vector<double> row_of(const Packets& packets) {
    AttributeListener listener;
    FlowMeter meter({.hash_key = {1, 2}}, payload_schema(), listener);
    for (const decode::Packet& packet : packets) meter.add(packet);
    meter.finish();
    EXPECT_EQ(listener.flows.size(), 1u);
    return listener.flows.at(0).values;
}

Buffer counting(std::size_t count) {
    Buffer values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<std::uint8_t>(i));
    return values;
}

TEST(PayloadGroup, EntropyByHand) {
    PayloadTalk talk;
    // Forward: "aabb" and "cd": a and b 2 of 6 each, c and d 1 of 6 each:
    // 2 * 1/3 * log2(3) + 2 * 1/6 * log2(6) = 1.0566... + 0.8616... = 1.918295834054...
    // Backward: one value only.
    const std::vector<double> row =
        row_of({talk.says(text("aabb")), talk.hears(text("zzzzzz")), talk.says(text("cd"), 4)});
    EXPECT_NEAR(row[0], 2.0 / 3 * std::log2(3.0) + 1.0 / 3 * std::log2(6.0), 1e-12);
    EXPECT_EQ(row[1], 0);
}

TEST(PayloadGroup, EntropyIsAtItsEndsExact) {
    PayloadTalk talk;
    // All 256 values once, then twice: 8 bits. Nothing: 0.
    EXPECT_EQ(row_of({talk.says(counting(256))})[0], 8);
    EXPECT_EQ(row_of({talk.says(counting(256)), talk.says(counting(256))})[0], 8);
    EXPECT_EQ(row_of({talk.says({})})[0], 0);
    EXPECT_EQ(row_of({talk.says(text("ab"))})[0], 1);
}

TEST(PayloadGroup, TheFirstKibibyteOfADirectionCounts) {
    PayloadTalk talk;
    // 1,000 zeros and 24 ones, over two packets, the second longer than what still counts.
    const std::vector<double> row = row_of({talk.says(bytes(1000, 0)), talk.says(bytes(24, 1) + counting(256)),
                                            talk.says(counting(256)), talk.hears(counting(256))});
    const double p = 24.0 / 1024;
    EXPECT_NEAR(row[0], -p * std::log2(p) - (1 - p) * std::log2(1 - p), 1e-12);
    EXPECT_EQ(row[1], 8);
}

TEST(PayloadGroup, OfOtherProtocolsThereIsNoEntropy) {
    PayloadTalk talk;
    talk.protocol = 47;
    EXPECT_EQ(row_of({talk.says(counting(256))})[0], 0);
}

TEST(PayloadGroup, EntropyEqualsAPlainOne) {
    std::uint32_t state = 1;
    const auto random = [&] { return state = state * 1'664'525 + 1'013'904'223; };
    for (int round = 0; round < 100; ++round) {
        PayloadTalk talk;
        Packets packets;
        Buffer first;
        const std::uint32_t values = 1 + (random() >> 24);
        for (int i = 0; i < 8; ++i) {
            Buffer payload(random() >> 23);
            for (std::uint8_t& byte : payload) byte = static_cast<std::uint8_t>((random() >> 16) % values);
            packets.push_back(talk.says(payload));
            first = first + payload;
        }
        first.resize(std::min<std::size_t>(first.size(), 1024));
        std::map<std::uint8_t, double> counts;
        for (const std::uint8_t byte : first) ++counts[byte];
        double entropy = 0;
        for (const auto& [byte, count] : counts) {
            const double p = count / static_cast<double>(first.size());
            entropy -= p * std::log2(p);
        }
        EXPECT_NEAR(row_of(packets)[0], entropy, 1e-9);
    }
}

TEST(PayloadGroup, TellsHowTheClientIntroducesItself) {
    const auto row = [](const std::vector<Extension>& extensions) {
        PayloadTalk talk;
        const std::vector<double> all = row_of({talk.says(tls_record(client_hello({.extensions = extensions})))});
        return std::vector<double>(all.begin() + 2, all.end());
    };
    EXPECT_EQ(row({server_name("a.example"), alpn({"h2", "http/1.1"})}), (std::vector<double>{9, 1, 1, 2}));
    EXPECT_EQ(row({}), (std::vector<double>{0, 1, 1, 0}));
    EXPECT_EQ(row({alpn({"http/1.1"})}), (std::vector<double>{0, 1, 1, 1}));
    EXPECT_EQ(row({alpn({"h3"})}), (std::vector<double>{0, 1, 1, 3}));
    EXPECT_EQ(row({alpn({"h3-29"})}), (std::vector<double>{0, 1, 1, 4}));
    EXPECT_EQ(row({server_name(std::string(300, 'x'))}), (std::vector<double>{255, 1, 1, 0}));
    // Names of other protocols are no server names of TLS.
    PayloadTalk talk;
    EXPECT_EQ(row_of({talk.says(text("GET / HTTP/1.1\r\nHost: a.example\r\n"))})[2], 0);
    EXPECT_EQ(row_of({talk.says(bytes(10))})[3], 0);
}

}  // namespace
}  // namespace flowsift::features
