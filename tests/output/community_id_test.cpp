#include "output/community_id.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <utility>

#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

struct Published {
    int protocol;
    const char* source;
    const char* destination;
    int source_port;       // ICMP: the message type.
    int destination_port;  // ICMP: its code, which stands for nothing where the type has an answer.
    const char* id;
};

flow::FlowIdentity flow_of(const Published& vector) {
    const auto protocol = static_cast<std::uint8_t>(vector.protocol);
    if (protocol == 1 || protocol == 58)
        return portless_flow(vector.source, vector.destination, protocol, static_cast<std::int16_t>(vector.source_port),
                             static_cast<std::int16_t>(vector.destination_port));
    flow::FlowIdentity flow = tcp_flow(vector.source, static_cast<std::uint16_t>(vector.source_port),
                                       vector.destination, static_cast<std::uint16_t>(vector.destination_port));
    flow.protocol = protocol;
    return flow;
}

// The values of corelight/community-id-spec (baseline/baseline_deflt.json) and of the tests of corelight/pycommunityid.
TEST(CommunityId, EqualsThePublishedVectors) {
    const Published vectors[] = {
        {58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
        {58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
        {58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 135, 0, "1:zavyT/cezQr1fmImYCwYnMXbgck="},
        {58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 136, 0, "1:zavyT/cezQr1fmImYCwYnMXbgck="},
        {58, "3ffe:501:1800:2345::2", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0, "1:2ObVBgIn28oZvibYZhZMBgh7WdQ="},
        {58, "3ffe:501:410:0:2c0:dfff:fe47:33e", "3ffe:507:0:1:200:86ff:fe05:80da", 1, 4,
         "1:hLZd0XGWojozrvxqE0dWB1iM6R0="},
        {58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2", 128, 0, "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg="},
        {58, "3ffe:501:0:1001::2", "3ffe:507:0:1:200:86ff:fe05:80da", 129, 0, "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg="},
        {58, "fe80::200:86ff:fe05:80da", "ff02::2", 133, 0, "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0="},
        {58, "fe80::260:97ff:fe07:69ea", "ff02::1", 134, 0, "1:pkvHqCL88/tg1k4cPigmZXUtL00="},
        {58, "3ffe:507:0:1:260:97ff:fe07:69ea", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0,
         "1:NdobDX8PQNJbAyfkWxhtL2Pqp5w="},
        {58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:507:0:1:260:97ff:fe07:69ea", 3, 0,
         "1:/OGBt9BN1ofenrmSPWYicpij2Vc="},
        {1, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
        {1, "192.168.0.1", "192.168.0.89", 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
        {1, "192.168.0.1", "192.168.0.89", 0, 20, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
        {1, "192.168.0.89", "192.168.0.1", 20, 0, "1:3o2RFccXzUgjl7zDpqmY7yJi8rI="},
        {1, "192.168.0.89", "192.168.0.1", 20, 1, "1:tz/fHIDUHs19NkixVVoOZywde+I="},
        {1, "10.0.0.1", "10.0.0.2", 11, 0, "1:YHxtAirCG//0OzkcVAukqKQN9xM="},
        {6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25,
         "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
        {6, "2607:f8b0:400c:c03::1a", "2001:470:e5bf:dead:4957:2174:e82c:4887", 25, 63943,
         "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
        {6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
        {6, "66.35.250.204", "128.232.110.120", 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
        {6, "10.0.0.1", "10.0.0.2", 10, 11569, "1:SXBGMX1lBOwhhoDrZynfROxnhnM="},
        {132, "192.168.170.8", "192.168.170.56", 7, 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="},
        {132, "192.168.170.56", "192.168.170.8", 80, 7, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
        {17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
        {17, "8.8.8.8", "192.168.1.52", 53, 54585, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
        {46, "10.1.12.1", "10.1.12.2", 0, 0, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw="},
        {46, "10.1.24.4", "10.1.12.1", 0, 0, "1:/nQI4Rh/TtY3mf0R2gJFBkVlgS4="},
    };
    for (const Published& vector : vectors)
        EXPECT_EQ(community_id(flow_of(vector)), vector.id)
            << vector.protocol << " " << vector.source << " > " << vector.destination << " " << vector.source_port;
}

// One request of each pair, answered by the other side with the reply's type, is one flow.
TEST(CommunityId, RequestAndReplyAreOneFlowForEveryPair) {
    const std::pair<int, int> pairs4[] = {{8, 0}, {10, 9}, {13, 14}, {15, 16}, {17, 18}};
    const std::pair<int, int> pairs6[] = {{128, 129}, {130, 131}, {133, 134}, {135, 136}, {139, 140}, {144, 145}};
    const auto both = [](int protocol, int request, int reply, const char* a, const char* b) {
        EXPECT_EQ(community_id(flow_of({protocol, a, b, request, 0, ""})),
                  community_id(flow_of({protocol, b, a, reply, 0, ""})));
        EXPECT_NE(community_id(flow_of({protocol, a, b, request, 0, ""})),
                  community_id(flow_of({protocol, a, b, reply, 0, ""})));
    };
    for (const auto& [request, reply] : pairs4) both(1, request, reply, "10.0.0.2", "10.0.0.1");
    for (const auto& [request, reply] : pairs6) both(58, request, reply, "fe80::2", "fe80::1");
}

}  // namespace
}  // namespace flowsift::output
