#!/usr/bin/env python3
"""The dashboard's server under hostile load: 500 live clients that read nothing, 100 that send their headers a byte a second, and an
honest one that asks the API. Prints the honest one's latency, the memory that the others cost each, and when they were closed.

usage: bench/dashboard_load.py PROGRAM [STALLED] [SLOW]
Fails where the 99th percentile is 50 ms or more, a client costs more than 64 kB, or a stalled one is open after 30 s.
"""
import os
import pathlib
import select
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tests' / 'e2e'))
os.environ['FLOWSIFT_PROGRAM'] = sys.argv[1]
from dashboard import Server, set_up, temporary_folder  # noqa: E402

STALLED = int(sys.argv[2]) if len(sys.argv) > 2 else 500
SLOW = int(sys.argv[3]) if len(sys.argv) > 3 else 100
SECONDS = 35


def resident_kb(process):
    text = pathlib.Path(f'/proc/{process.pid}/status').read_text(encoding='utf-8')
    return int(text.split('VmRSS:')[1].split()[0])


def stall(server, cookie):
    """Connections that asked for the event stream with little room for it, and their time of opening."""
    wires = []
    for _ in range(STALLED):
        wire = socket.socket()
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.connect((server.host, server.port))
        wire.sendall(f'GET /api/events HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n'.encode())
        wires.append(wire)
    return wires


def dribble(server, stop):
    """SLOW connections that send a byte a second, and come again when they are closed."""
    wires = {}
    while not stop.is_set():
        while len(wires) < SLOW:
            wire = socket.create_connection((server.host, server.port))
            wires[wire.fileno()] = wire
        for number, wire in list(wires.items()):
            try:
                wire.send(b'G')
            except OSError:
                wires.pop(number).close()
        stop.wait(1)


def is_reset(wire):
    poll = select.poll()
    poll.register(wire, 0)
    return bool(poll.poll(0))  # POLLHUP or POLLERR.


def watch_stalled(wires, started, closed_after, stop):
    while wires and not stop.is_set():
        for wire in [wire for wire in wires if is_reset(wire)]:
            closed_after.append(time.monotonic() - started)
            wires.remove(wire)
            wire.close()
        time.sleep(0.2)


def ask(browser, seconds):
    """Milliseconds of each request of an honest page on one kept connection."""
    took, connection = [], browser.server.connect()
    paths = ['/api/status', '/api/series?step=10', '/api/health/details', '/api/session']
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        started = time.monotonic()
        answer = browser.server.ask('GET', paths[len(took) % len(paths)], headers={'Cookie': browser.cookie}, connection=connection)
        took.append(1000 * (time.monotonic() - started))
        assert answer.status == 200, answer.body
        time.sleep(0.01)
    return sorted(took)


def main():
    with temporary_folder() as folder:
        server = Server(folder, seconds=120).wait()
        browser = set_up(server)['viewer']
        quiet = ask(browser, 3)
        before = resident_kb(server.run)
        started, stop, closed_after = time.monotonic(), threading.Event(), []
        wires = stall(server, browser.cookie)
        opened = time.monotonic() - started
        threads = [threading.Thread(target=dribble, args=(server, stop)),
                   threading.Thread(target=watch_stalled, args=(wires, started, closed_after, stop))]
        for thread in threads:
            thread.start()
        busy = ask(browser, 5)
        most = resident_kb(server.run)
        busy = sorted(busy + ask(browser, SECONDS - 5 - opened))
        stop.set()
        for thread in threads:
            thread.join()
        details = browser.get('/api/health/details').json()
        server.stop()
    each = (most - before) / (STALLED + SLOW)
    p99 = busy[int(0.99 * len(busy))]
    last = max(closed_after, default=float('inf')) if len(closed_after) == STALLED else float('inf')
    dropped = sum(row['count'] for row in details['packets'] if row['is_loss'])
    print(f'honest client: median {busy[len(busy) // 2]:.1f} ms, p99 {p99:.1f} ms of {len(busy)} (alone: p99 {quiet[int(0.99 * len(quiet))]:.1f} ms)')
    print(f'memory: {each:.1f} kB for each of {STALLED} stalled and {SLOW} slow clients ({before} -> {most} kB)')
    print(f'stalled: {len(closed_after)} of {STALLED} closed, the last after {last:.1f} s; packets dropped: {dropped}')
    sys.exit(not (p99 < 50 and each <= 64 and last <= 30))


if __name__ == '__main__':
    main()
