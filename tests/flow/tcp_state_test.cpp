#include "flow/tcp_state.h"

#include <gtest/gtest.h>

namespace flowsift::flow {
namespace {

namespace tcp_flag = decode::tcp_flag;
constexpr int kFin = tcp_flag::kFin, kSyn = tcp_flag::kSyn, kAck = tcp_flag::kAck, kRst = tcp_flag::kRst;

decode::Packet tcp(int flags, std::uint32_t sequence, std::uint32_t acknowledgement, std::uint32_t payload = 0) {
    decode::Packet packet;
    packet.protocol = decode::ip_protocol::kTcp;
    packet.tcp_flags = static_cast<std::uint8_t>(flags);
    packet.tcp_sequence = sequence;
    packet.tcp_acknowledgement = acknowledgement;
    packet.payload_length = payload;
    return packet;
}

TEST(TcpState, ClosesWithTheAckThatCoversTheSecondFin) {
    TcpState state;
    EXPECT_EQ(state.observe(tcp(kFin | kAck, 100, 900), kForward), TcpEvent::kNone);
    EXPECT_EQ(state.observe(tcp(kFin | kAck, 900, 101, 20), kBackward), TcpEvent::kNone);
    // Its FIN follows 20 bytes of data: 900 + 20 + 1 = 921 covers it.
    EXPECT_EQ(state.observe(tcp(kAck, 101, 920), kForward), TcpEvent::kNone);
    EXPECT_EQ(state.observe(tcp(kAck, 921, 921), kBackward), TcpEvent::kNone);  // From the wrong side.
    EXPECT_EQ(state.observe(tcp(kAck, 101, 921), kForward), TcpEvent::kFinished);
}

TEST(TcpState, TheOrderOfCaptureDoesNotMatter) {
    // The final ACK is captured before the FIN that it covers.
    TcpState state;
    state.observe(tcp(kFin | kAck, 100, 900), kForward);
    EXPECT_EQ(state.observe(tcp(kAck, 101, 901), kForward), TcpEvent::kNone);
    EXPECT_EQ(state.observe(tcp(kFin | kAck, 900, 101), kBackward), TcpEvent::kFinished);
}

TEST(TcpState, SequenceNumbersWrapAround) {
    TcpState state;
    state.observe(tcp(kAck, 5, 0xfffffff0), kForward);
    state.observe(tcp(kFin | kAck, 5, 0xfffffff0), kForward);
    state.observe(tcp(kFin | kAck, 0xffffffff, 6), kBackward);  // Covered by 0.
    EXPECT_EQ(state.observe(tcp(kAck, 6, 0xffffffff), kForward), TcpEvent::kNone);
    EXPECT_EQ(state.observe(tcp(kAck, 6, 0), kForward), TcpEvent::kFinished);
}

TEST(TcpState, AnOlderAckDoesNotUndoANewerOne) {
    TcpState state;
    state.observe(tcp(kFin | kAck, 100, 900), kForward);
    state.observe(tcp(kAck, 101, 901), kForward);
    state.observe(tcp(kAck, 101, 850), kForward);
    EXPECT_EQ(state.observe(tcp(kFin, 900, 0), kBackward), TcpEvent::kFinished);
}

TEST(TcpState, RstClosesAtOnce) {
    TcpState state;
    EXPECT_EQ(state.observe(tcp(kRst | kAck, 0, 1), kBackward), TcpEvent::kReset);
}

TEST(TcpState, ReuseIsASynOfTheSameSenderWithAnotherNumber) {
    TcpState state;
    const decode::Packet syn = tcp(kSyn, 100, 0);
    EXPECT_FALSE(state.is_reuse(syn, kForward));  // There was none before.
    state.observe(syn, kForward);
    EXPECT_FALSE(state.is_reuse(syn, kForward));
    EXPECT_TRUE(state.is_reuse(tcp(kSyn, 101, 0), kForward));
    EXPECT_FALSE(state.is_reuse(tcp(kSyn, 101, 0), kBackward));  // Simultaneous open.
    EXPECT_FALSE(state.is_reuse(tcp(kSyn | kAck, 101, 1), kForward));
    state.observe(tcp(kSyn | kAck, 500, 101), kBackward);
    EXPECT_TRUE(state.is_reuse(tcp(kSyn, 501, 0), kBackward));  // The former server calls from the same port.
}

}  // namespace
}  // namespace flowsift::flow
