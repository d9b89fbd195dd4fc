#!/usr/bin/env python3
"""Honest UDP clients: ask a clock, send log lines, talk over a media stream."""
import argparse
import random
import socket
import time

LOG_LINES = ("<13>sshd[411]: session opened for user alice", "<30>cron[92]: job nightly started",
             "<11>app: request took 221 ms, slower than the limit of 200 ms; route=/search status=200 bytes=18211 user=bob",
             "<46>kernel: eth0 link becomes ready", "<14>nginx: 10.0.0.1 GET /obj/17.html 200 4711")


def ask_clock(endpoint, options):
    for _ in range(options.count):
        endpoint.send(b"\x23" + bytes(39) + random.randbytes(8))
        try:
            endpoint.recv(512)
        except (TimeoutError, ConnectionError):
            pass
        time.sleep(options.gap)


def send_log(endpoint, options):
    for _ in range(options.count):
        line = random.choice(LOG_LINES)
        endpoint.send((line + " " + "x" * random.randint(0, options.size)).encode())
        time.sleep(random.expovariate(1 / options.gap) if options.gap else 0)


def stream_media(endpoint, options):
    """Packets of a constant rate, as a codec sends them; answers are left in the socket."""
    header = b"\x80\x00"
    due = time.monotonic()
    for number in range(options.count):
        size = options.size if not options.varied else random.randint(options.size // 3, options.size)
        try:
            endpoint.send(header + number.to_bytes(2, "big") + bytes(size))
        except ConnectionError:
            return
        due += options.gap
        time.sleep(max(0.0, due - time.monotonic()))


def main():
    kinds = {"clock": ask_clock, "log": send_log, "media": stream_media}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("source")
    parser.add_argument("server")
    parser.add_argument("port", type=int)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--gap", type=float, default=0.0, help="seconds between packets")
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--varied", action="store_true", help="media sizes vary, as video does")
    options = parser.parse_args()
    endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.settimeout(1.0)
    endpoint.bind((options.source, 0))
    endpoint.connect((options.server, options.port))
    kinds[options.kind](endpoint, options)


if __name__ == "__main__":
    main()
