// Made-up traffic that visits every corner of flow assembly: few hosts and ports, so that keys collide, are reused and
// come late; gaps around every limit; misordered and absurd timestamps; TCP sessions from the handshake to the last ACK
// beside packets with any flags. Reproducible by seed.
#pragma once

#include <vector>

#include "base/random.h"
#include "decode/packet.h"
#include "packet_makers.h"

namespace flowsift::features {

class RandomTraffic {
  public:
    explicit RandomTraffic(std::uint64_t seed) : random_(seed) {}

    std::vector<decode::Packet> packets(std::size_t count) {
        std::vector<decode::Packet> result;
        for (std::size_t i = 0; i < count; ++i) {
            clock_ += gap();
            decode::Packet packet = random_.below(3) == 0 ? any_packet() : disturbed_session_packet();
            packet.timestamp = kStart + clock_ + misorder();
            result.push_back(packet);
        }
        return result;
    }

  private:
    struct Session {
        Talk talk;
        std::uint32_t client_sequence = 0;
        std::uint32_t server_sequence = 0;
        std::uint32_t step = 100;            ///< Beyond the last: to be opened anew.
        std::vector<decode::Packet> recent;  ///< What may come again.
    };

    template <class T>
    T one_of(std::initializer_list<T> choices) {
        return choices.begin()[random_.below(static_cast<std::uint32_t>(choices.size()))];
    }

    base::Nanoseconds below(base::Nanoseconds bound) {
        return static_cast<base::Nanoseconds>(random_.uniform() * static_cast<double>(bound));
    }

    /// Exactly a limit, one off it, or something between; mostly short.
    base::Nanoseconds gap() {
        const std::uint32_t kind = random_.below(1000);
        if (kind < 700) return below(20 * base::kMillisecond);
        if (kind < 780) return 0;
        if (kind < 900) return below(3 * base::kSecond);
        const base::Nanoseconds limit = one_of<base::Nanoseconds>({1, 1, 2, 5, 5, 7, 120, 120, 3'600}) * base::kSecond;
        if (kind < 980) return limit + one_of<base::Nanoseconds>({-1'000, -1, 0, 1, 1'000});
        if (kind < 997) return below(200 * base::kSecond);
        return below(4'000 * base::kSecond);
    }

    /// For this one timestamp only.
    base::Nanoseconds misorder() {
        const std::uint32_t kind = random_.below(1000);
        if (kind < 10) return -below(base::kSecond);
        if (kind < 12) return 3'600 * base::kSecond + below(100'000 * base::kSecond);
        if (kind < 13) return -below(100'000 * base::kSecond);
        return 0;
    }

    Talk any_talk() {
        Talk talk;
        talk.client = *base::parse_ip_address(one_of<const char*>({"10.0.0.1", "10.0.0.2", "2001:db8::7"}));
        talk.server = *base::parse_ip_address(one_of<const char*>({"10.0.0.2", "10.0.0.3", "2001:db8::8"}));
        talk.client_port = one_of<std::uint16_t>({80, 1024, 1025});
        talk.server_port = one_of<std::uint16_t>({80, 443});
        return talk;
    }

    decode::Packet any_packet() {
        Talk talk = any_talk();
        talk.protocol = one_of<std::uint8_t>({6, 6, 6, 17, 17, 1, 58, 132, 47});
        decode::Packet packet = random_.below(2) == 0 ? talk.from_client(0) : talk.from_server(0);
        packet.header_length = talk.protocol == 6 ? static_cast<std::uint16_t>(20 + 4 * random_.below(11)) : 8;
        packet.payload_length = one_of<std::uint32_t>({0, 0, 1, 100, 1460, 65'000});
        packet.wire_length = 60 + packet.payload_length;
        packet.tcp_flags = 0;
        packet.vlan = random_.below(20) == 0 ? 5 : 0;
        packet.tunnel_id = random_.below(20) == 0 ? 9 : 0;
        packet.icmp_type = one_of<std::uint8_t>({0, 3, 8, 11});
        packet.icmp_code = one_of<std::uint8_t>({0, 1});
        packet.is_echo = packet.icmp_type == 0 || packet.icmp_type == 8;
        packet.echo_identifier = packet.is_echo ? static_cast<std::uint16_t>(random_.below(3)) : std::uint16_t{0};
        if (talk.protocol == 6) make_tcp(packet);
        return packet;
    }

    void make_tcp(decode::Packet& packet) {
        packet.is_later_fragment = random_.below(30) == 0;
        if (packet.is_later_fragment) {
            packet.header_length = 0;
            return;
        }
        packet.tcp_flags = static_cast<std::uint8_t>(
            random_.below(4) == 0 ? random_.below(256) : one_of<std::uint32_t>({2, 18, 16, 24, 17, 4, 20}));
        packet.tcp_window = static_cast<std::uint16_t>(random_.below(65'536));
        packet.tcp_sequence = one_of<std::uint32_t>({100, 200, 0xffffffff});
        packet.tcp_acknowledgement = one_of<std::uint32_t>({0, 101, 250, 2'000, 0x80000000});
    }

    /// The next packet of one of a few TCP sessions; or one that is sent again, or overtakes another, or keeps alive.
    decode::Packet disturbed_session_packet() {
        Session& session = sessions_[random_.below(kSessions)];
        const std::uint32_t kind = random_.below(100);
        if (kind < 12 && !session.recent.empty())
            return session.recent[random_.below(static_cast<std::uint32_t>(session.recent.size()))];
        decode::Packet packet = session_packet(session);
        session.recent.push_back(packet);
        if (session.recent.size() > 4) session.recent.erase(session.recent.begin());
        if (kind < 20) return session_packet(session);  // The one before is lost, or comes late.
        if (kind < 23) {
            packet.payload_length = random_.below(2);
            packet.tcp_sequence = (packet.tcp_sequence + packet.payload_length) - 1;
        }
        if (kind < 26) packet.tcp_window = 0;
        return packet;
    }

    /// The sessions go their regular course, now and then leaving out a packet.
    decode::Packet session_packet(Session& session) {
        if (random_.below(50) == 0) ++session.step;
        if (session.step >= kLastStep) open(session);
        decode::Packet packet = packet_of(session);
        packet.tcp_window = static_cast<std::uint16_t>(500 + session.step);
        // Data goes on for a while; the other steps pass one by one. After the last ACK, stragglers.
        const bool stays = (session.step == 3 || session.step == 4 || session.step == 8) && random_.below(6) != 0;
        if (stays)
            session.step = session.step == 8 ? 8 : 3 + random_.below(2);
        else
            ++session.step;
        return packet;
    }

    void open(Session& session) {
        if (random_.below(3) != 0) session.talk = any_talk();  // Otherwise the same ports once more.
        session.recent.clear();
        session.client_sequence = random_.below(3) == 0 ? 0xfffffff0 : static_cast<std::uint32_t>(random_.next());
        session.server_sequence = static_cast<std::uint32_t>(random_.next());
        session.step = random_.below(10) == 0 ? 1 : 0;  // Some lack the first SYN.
    }

    decode::Packet packet_of(Session& session) {
        const bool from_client = session.step != 1 && session.step != 4 && session.step != 6;
        const std::uint32_t payload = session.step == 3 || session.step == 4 ? random_.below(1461) : 0;
        std::uint32_t& own = from_client ? session.client_sequence : session.server_sequence;
        const std::uint32_t other = from_client ? session.server_sequence : session.client_sequence;
        decode::Packet packet =
            from_client ? session.talk.from_client(0, payload) : session.talk.from_server(0, payload);
        packet = with_numbers(packet, own, other);
        const int kFlagsOfStep[] = {kSyn, kSyn | kAck, kAck, kPsh | kAck, kAck, kFin | kAck, kFin | kAck, kAck, kAck};
        packet.tcp_flags = static_cast<std::uint8_t>(kFlagsOfStep[session.step]);
        if (session.step > 2 && random_.below(40) == 0) packet.tcp_flags = kRst;
        own += payload + (packet.has_flag(kSyn | kFin) ? 1 : 0);
        return packet;
    }

    static constexpr std::uint32_t kSessions = 6;
    static constexpr std::uint32_t kLastStep = 9;

    base::Random random_;
    base::Nanoseconds clock_ = 0;
    Session sessions_[kSessions];
};

}  // namespace flowsift::features
