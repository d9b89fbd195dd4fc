#!/usr/bin/env python3
"""A small web application: takes uploads, answers late (long polling), drips, and knows errors."""
import argparse
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MAX_WAIT_S = 25.0
TEXT = b"A reply of the application, of which there are many alike. "


class Application(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def number(self, name, default):
        return float(parse_qs(urlsplit(self.path).query).get(name, [default])[0])

    def do_GET(self):
        path = "/" + urlsplit(self.path).path.rsplit("/", 1)[-1]  # some proxies leave their prefix on
        if path == "/poll":
            time.sleep(min(MAX_WAIT_S, self.number("wait", 5)))
            self.reply(200, TEXT)
        elif path == "/drip":
            self.drip(int(self.number("count", 10)), self.number("gap", 0.5))
        elif path == "/data":
            self.reply(200, TEXT * int(self.number("count", 3)))
        else:
            self.reply(404, b"no such thing\n")

    def drip(self, count, gap):
        self.send_response(200)
        self.send_header("Content-Length", str(count * len(TEXT)))
        self.end_headers()
        for _ in range(min(count, 100)):
            self.wfile.write(TEXT)
            time.sleep(min(gap, MAX_WAIT_S))

    def take_upload(self):
        left = int(self.headers.get("Content-Length", 0))
        while left > 0:
            piece = self.rfile.read(min(left, 65536))
            if not piece:
                return
            left -= len(piece)
        self.reply(201, b"stored\n")

    do_POST = take_upload
    do_PUT = take_upload

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass  # clients that hang up are part of the plan


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    Server((options.address, options.port), Application).serve_forever()


if __name__ == "__main__":
    main()
