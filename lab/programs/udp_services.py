#!/usr/bin/env python3
"""Honest UDP servers: an NTP-like clock, a silent log sink, an echoing and a silent media port."""
import argparse
import selectors
import socket
import struct
import time

NTP_EPOCH = 2208988800


def clock_answer(request):
    now = time.time() + NTP_EPOCH
    stamp = struct.pack(">II", int(now), int(now % 1 * 2**32))
    return b"\x24\x02\x06\xe8" + bytes(8) + b"LAB0" + stamp + request[40:48].ljust(8, b"\0") + stamp + stamp


def echo(request):
    return request


def silence(_request):
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("--clock", type=int, nargs="*", default=[123])
    parser.add_argument("--sink", type=int, nargs="*", default=[514], help="ports that take and never answer")
    parser.add_argument("--echo", type=int, nargs="*", default=[5004], help="ports that send everything back")
    options = parser.parse_args()
    selector = selectors.DefaultSelector()
    for ports, reply in ((options.clock, clock_answer), (options.sink, silence), (options.echo, echo)):
        for port in ports:
            server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            server.bind((options.address, port))
            selector.register(server, selectors.EVENT_READ, reply)
    while True:
        for key, _ in selector.select():
            request, client = key.fileobj.recvfrom(65536)
            response = key.data(request)
            if response is not None:
                key.fileobj.sendto(response, client)


if __name__ == "__main__":
    main()
