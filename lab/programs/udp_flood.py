#!/usr/bin/env python3
"""A bounded UDP flood: several sockets, many packets each, of fixed or varied size."""
import argparse
import random
import socket
import time

MAX_PACKETS = 20_000


def flood(arguments):
    sockets = []
    for _ in range(arguments.sockets):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.bind(("0.0.0.0", 0))
        sockets.append(sender)
    sent = 0
    due = time.monotonic()
    for number in range(min(arguments.packets * arguments.sockets, MAX_PACKETS)):
        size = random.randint(arguments.min_size, arguments.max_size)
        sender = sockets[number // arguments.run % arguments.sockets]
        try:
            sender.sendto(arguments.fill.encode() * size, (arguments.target, random.choice(arguments.port)))
            sent += 1
        except OSError:
            pass  # the kernel's queue is full: a flood does not mind
        due += 1 / arguments.rate
        time.sleep(max(0.0, due - time.monotonic()))
    print(f"sent {sent} packets from {arguments.sockets} sockets")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target")
    parser.add_argument("--port", type=int, nargs="+", default=[514])
    parser.add_argument("--sockets", type=int, default=20)
    parser.add_argument("--packets", type=int, default=50, help="per socket")
    parser.add_argument("--run", type=int, default=1, help="packets of one socket in a row")
    parser.add_argument("--min-size", type=int, default=512)
    parser.add_argument("--max-size", type=int, default=1400)
    parser.add_argument("--rate", type=float, default=1000.0, help="packets per second, over all sockets")
    parser.add_argument("--fill", default="A", help="the payload's character")
    flood(parser.parse_args())


if __name__ == "__main__":
    main()
