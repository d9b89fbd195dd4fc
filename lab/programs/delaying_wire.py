#!/usr/bin/env python3
"""A cable with delay, jitter, loss and rate, for kernels without netem.

Joins two interfaces at layer 2 and hands every frame on after the delay that belongs to
the far host's address: base + a fixed share of the spread per host + a little jitter.
Frames of one host and direction keep their order.
"""
import argparse
import heapq
import random
import select
import socket
import time
import zlib

SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33  # Linux; not named in the socket module
BATCH = 64


def open_end(interface):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    end.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    end.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
    end.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 16 << 20)
    end.bind((interface, 0))
    end.setblocking(False)
    return end


class Wire:
    def __init__(self, router_side, host_side, options):
        self.options = options
        self.ends = {router_side: (host_side, slice(30, 34)), host_side: (router_side, slice(26, 30))}
        self.waiting = []
        self.busy_until = {}
        self.host_delay = {}
        self.sequence = 0

    def delay_of(self, address):
        if address not in self.host_delay:
            share = zlib.crc32(address) % 1000 / 1000
            self.host_delay[address] = (self.options.delay_ms + share * self.options.spread_ms) / 1000
        return self.host_delay[address]

    def accept(self, end, now):
        target, address_bytes = self.ends[end]
        for _ in range(BATCH):
            try:
                frame = end.recv(65536)
            except BlockingIOError:
                return
            is_ip = frame[12:14] == b"\x08\x00"
            if is_ip and random.random() < self.options.loss:
                continue
            address = frame[address_bytes] if is_ip else b""
            jitter = random.expovariate(1.0) * self.options.jitter_ms / 1000
            due = max(now + self.delay_of(address) + jitter, self.busy_until.get((target, address), 0.0))
            self.busy_until[target, address] = due + len(frame) * 8 / (self.options.rate_mbit * 1e6)
            self.sequence += 1
            heapq.heappush(self.waiting, (due, self.sequence, target, frame))

    def deliver(self, now):
        while self.waiting and self.waiting[0][0] <= now:
            _, _, target, frame = heapq.heappop(self.waiting)
            try:
                target.send(frame)
            except OSError:
                pass  # a full queue loses frames, as a real cable's router does

    def run(self):
        while True:
            timeout = max(0.0, self.waiting[0][0] - time.monotonic()) if self.waiting else None
            readable, _, _ = select.select(list(self.ends), [], [], timeout)
            now = time.monotonic()
            for end in readable:
                self.accept(end, now)
            self.deliver(time.monotonic())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("router_interface")
    parser.add_argument("host_interface")
    for name in ("delay-ms", "spread-ms", "jitter-ms", "loss"):
        parser.add_argument("--" + name, type=float, default=0.0)
    parser.add_argument("--rate-mbit", type=float, default=100.0)
    options = parser.parse_args()
    Wire(open_end(options.router_interface), open_end(options.host_interface), options).run()


if __name__ == "__main__":
    main()
