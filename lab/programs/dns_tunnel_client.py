#!/usr/bin/env python3
"""A DNS-tunnel-like client: carries bytes out in query names and takes bytes back in answers.

Two modes: a new socket per query (every query is a flow of its own), or one socket for the
whole dialogue. It asks only the resolver it is told to, and a bounded number of times.
"""
import argparse
import base64
import random
import socket
import struct
import time

RECORD_TYPES = {"A": 1, "NULL": 10, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28}
ENCODERS = {
    "base32": lambda data: base64.b32encode(data).decode().rstrip("=").lower(),
    "base64": lambda data: base64.urlsafe_b64encode(data).decode().rstrip("="),
    "hex": lambda data: data.hex(),
}
MAX_NAME = 250  # RFC 1035: 255 octets with lengths and the root
MAX_LABEL = 63


def encode_name(payload_bytes, options):
    """Payload as labels of at most label_bytes before the tunnel's domain."""
    text = ENCODERS[options.encoding](random.randbytes(payload_bytes))
    labels = [text[at:at + options.label_bytes] for at in range(0, len(text), options.label_bytes)]
    while sum(len(label) + 1 for label in labels) + len(options.domain) > MAX_NAME:
        labels.pop()
    return ".".join(labels + [options.domain])


def build_query(name, record_type, with_edns):
    header = struct.pack(">HHHHHH", random.getrandbits(16), 0x0100, 1, 0, 0, 1 if with_edns else 0)
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    query = header + question + struct.pack(">HH", RECORD_TYPES[record_type], 1)
    return query + (struct.pack(">BHHIH", 0, 41, 4096, 0, 0) if with_edns else b"")


def ask(endpoint, options):
    payload = random.randint(options.min_bytes, options.max_bytes)
    query = build_query(encode_name(payload, options), random.choice(options.record.split(",")), options.edns)
    endpoint.send(query)
    try:
        return len(endpoint.recv(4096))
    except (TimeoutError, ConnectionError):
        return 0


def open_socket(options):
    endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.settimeout(1.0)
    if options.source:
        endpoint.bind((options.source, 0))
    endpoint.connect((options.server, 53))
    return endpoint


def pause(options):
    time.sleep(max(0.0, options.pace * random.uniform(1 - options.jitter, 1 + options.jitter)))


def run(options):
    answered = received = 0
    endpoint = None
    for number in range(options.queries):
        if endpoint is None or (options.queries_per_socket and number % options.queries_per_socket == 0):
            if endpoint:
                endpoint.close()
            endpoint = open_socket(options)
        size = ask(endpoint, options)
        answered += size > 0
        received += size
        pause(options)
    print(f"asked {options.queries}, answered {answered}, received {received} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True)
    parser.add_argument("--source")
    parser.add_argument("--domain", required=True)
    parser.add_argument("--encoding", choices=ENCODERS, default="base32")
    parser.add_argument("--record", default="TXT", help="record types, comma between")
    parser.add_argument("--label-bytes", type=int, default=MAX_LABEL)
    parser.add_argument("--min-bytes", type=int, default=60)
    parser.add_argument("--max-bytes", type=int, default=120)
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("--queries-per-socket", type=int, default=0, help="0: one socket for all")
    parser.add_argument("--pace", type=float, default=0.1, help="seconds between queries")
    parser.add_argument("--jitter", type=float, default=0.5, help="share of the pace")
    parser.add_argument("--edns", action="store_true")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
