"""Frames and captures built by hand, byte by byte, for tests that need to know exactly what is in them."""
import socket
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def ethernet_ip(source, destination, protocol, body, identification=0, fragment=0x4000):
    """fragment: flags and offset as in the header; don't fragment unless said otherwise."""
    header = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(body), identification, fragment, 64, protocol, 0,
                         socket.inet_aton(source), socket.inet_aton(destination))
    return b'\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0' + header + body


def tcp(source, destination, flags, payload=b'', seq=1, ack=1, window=1000):
    """source, destination: (address, port)."""
    header = struct.pack('>HHIIBBHHH', source[1], destination[1], seq, ack, 0x50, flags, window, 0, 0)
    return ethernet_ip(source[0], destination[0], 6, header + payload)


def udp(source, destination, payload=b''):
    header = struct.pack('>HHHH', source[1], destination[1], 8 + len(payload), 0)
    return ethernet_ip(source[0], destination[0], 17, header + payload)


def arp():
    return b'\xff' * 6 + b'\x02\0\0\0\0\x01\x08\x06' + bytes(46)


def pcap(frames, start=1_700_000_000):
    """frames: (seconds after start, bytes). Little-endian, microseconds, Ethernet."""
    out = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for seconds, frame in frames:
        microseconds = round(seconds * 1e6)
        out += struct.pack('<IIII', start + microseconds // 10**6, microseconds % 10**6, len(frame), len(frame)) + frame
    return out


def web_request():
    """One whole TCP connection: handshake, a request of 100 bytes, an answer of 300, both FINs, the final ACK."""
    client, server = ('10.0.0.1', 40000), ('10.0.0.2', 80)
    return [
        (0.000, tcp(client, server, SYN, seq=100, ack=0, window=64000)),
        (0.010, tcp(server, client, SYN | ACK, seq=500, ack=101, window=65000)),
        (0.020, tcp(client, server, ACK, seq=101, ack=501)),
        (0.030, tcp(client, server, PSH | ACK, b'q' * 100, seq=101, ack=501)),
        (0.050, tcp(server, client, PSH | ACK, b'a' * 300, seq=501, ack=201)),
        (0.060, tcp(server, client, FIN | ACK, seq=801, ack=201)),
        (0.070, tcp(client, server, FIN | ACK, seq=201, ack=802)),
        (0.080, tcp(server, client, ACK, seq=802, ack=202)),
    ]


def dns_lookup(port=5353, at=0.5):
    client, server = ('10.0.0.1', port), ('10.0.0.53', 53)
    return [(at, udp(client, server, b'?' * 30)), (at + 0.004, udp(server, client, b'!' * 90))]
