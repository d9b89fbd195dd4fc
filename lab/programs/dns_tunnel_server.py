#!/usr/bin/env python3
"""The far end of the DNS-tunnel-like client: answers every query of its domain with bytes."""
import argparse
import base64
import random
import socket
import struct

TXT, NULL, CNAME, MX, A, AAAA = 16, 10, 5, 15, 1, 28


def end_of_question(query):
    at = 12
    while query[at]:
        at += query[at] + 1
    return at + 5


def as_labels(text):
    parts = [text[at:at + 60] for at in range(0, len(text), 60)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def record_data(record_type, payload_bytes):
    payload = random.randbytes(payload_bytes)
    text = base64.b64encode(payload)
    if record_type == TXT:
        return b"".join(bytes([len(text[at:at + 255])]) + text[at:at + 255] for at in range(0, len(text), 255))
    if record_type == NULL:
        return payload
    if record_type == CNAME:
        return as_labels(base64.b32encode(payload).rstrip(b"=").lower()[:220])
    if record_type == MX:
        return b"\0\x0a" + as_labels(base64.b32encode(payload).rstrip(b"=").lower()[:220])
    return random.randbytes(16 if record_type == AAAA else 4)


def answer(query, low, high):
    end = end_of_question(query)
    record_type = struct.unpack(">H", query[end - 4:end - 2])[0]
    data = record_data(record_type, random.randint(low, high))
    header = query[:2] + struct.pack(">HHHHH", 0x8580, 1, 1, 0, 0)
    return header + query[12:end] + struct.pack(">HHHIH", 0xC00C, record_type, 1, 0, len(data)) + data


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("--min-bytes", type=int, default=40)
    parser.add_argument("--max-bytes", type=int, default=240)
    options = parser.parse_args()
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((options.address, 53))
    while True:
        query, client = server.recvfrom(4096)
        try:
            server.sendto(answer(query, options.min_bytes, options.max_bytes), client)
        except (IndexError, struct.error):
            continue  # not a query


if __name__ == "__main__":
    main()
