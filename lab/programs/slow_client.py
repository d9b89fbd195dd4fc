#!/usr/bin/env python3
"""Slow but honest HTTP clients: they pause, yet always finish what they began.

upload: a body in pieces over a thin line; read: a download taken slowly; idle: a kept-alive
connection with long thinking pauses; chat: small posts, one after another, at a human's pace.
"""
import argparse
import random
import socket
import time


def connect(options):
    return socket.create_connection((options.server, options.port), timeout=30, source_address=(options.source, 0))


def request(method, path, options, body_bytes=0):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {options.server}", "User-Agent: slow-line/1.0", "Accept: */*"]
    if method != "GET":
        lines += ["Content-Type: text/plain", f"Content-Length: {body_bytes}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_answer(connection, pause=0.0, piece=65536):
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(piece) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    left = int(lengths[0]) - len(body) if lengths else 0
    while left > 0:
        got = connection.recv(min(left, piece))
        if not got:
            return
        left -= len(got)
        time.sleep(pause)


def upload(connection, options):
    size = options.pieces * options.size
    connection.sendall(request("POST", options.path, options, size))
    for _ in range(options.pieces):
        time.sleep(options.pause * random.uniform(0.5, 1.5))
        connection.sendall(b"u" * options.size)
    read_answer(connection)


def read(connection, options):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    connection.sendall(request("GET", options.path, options))
    read_answer(connection, options.pause, options.size)


def idle(connection, options):
    for _ in range(options.pieces):
        connection.sendall(request("GET", options.path, options))
        read_answer(connection)
        time.sleep(options.pause * random.uniform(0.5, 1.5))


def chat(connection, options):
    for _ in range(options.pieces):
        size = random.randint(5, options.size)
        connection.sendall(request("POST", options.path, options, size) + b"c" * size)
        read_answer(connection)
        time.sleep(random.expovariate(1 / options.pause))


def main():
    kinds = {"upload": upload, "read": read, "idle": idle, "chat": chat}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("source")
    parser.add_argument("server")
    parser.add_argument("port", type=int)
    parser.add_argument("--path", default="/")
    parser.add_argument("--pieces", type=int, default=10)
    parser.add_argument("--size", type=int, default=400, help="bytes per piece")
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between pieces")
    options = parser.parse_args()
    with connect(options) as connection:
        kinds[options.kind](connection, options)


if __name__ == "__main__":
    main()
