#!/usr/bin/env python3
"""What a SYN flood does to `watch`: its memory, and the rows of the honest flows that go on meanwhile.

usage: bench/syn_flood.py BUILD MODEL [--minutes 10] [--rate 17000] [--memory 1G] [--workers N] [--keep FOLDER]
Needs root. Two `watch` listen on one wire (a virtual Ethernet pair of the bench's own): one sees everything, the other leaves the flood out by
its filter. The kernel stamps each packet once, so what they say of an honest flow must be the same row. Honest traffic is a recording at its
own pace, again and again; the flood is --rate SYNs a second, each of a flow of its own, for --minutes (ten at 17,000: ten million flows).
"""
import argparse
import collections
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from wire import RECORDING, Listener, count, finish_sender, start_sender, wire

VICTIM = '10.250.0.1'  # As wire_sender has it.
UNITS = {'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}


def watcher(options, folder, name, *more):
    """A `watch` whose rows, but for those of the flood, go to a file; and who leaves them out."""
    pipe = folder / f'{name}.pipe'
    os.mkfifo(pipe)
    rows = subprocess.Popen(['sh', '-c', f'grep -vF {VICTIM} < {pipe} > {folder / name}.csv'])
    workers = ['--workers', options.workers] if options.workers is not None else []
    listener = Listener(f'{options.build}/flowsift', 'watch', options.model, '-i', 'wire1', '-q', '--flows', pipe, '--eve', '/dev/null', '--memory',
                        options.memory, *workers, *more, rings=max(1, int(options.workers or 1)))
    return listener, rows


def is_established(row):
    """Both ends mean it: more than a TCP handshake and its refusal, or an answer."""
    least = 2 if row['Protocol'] == '6' else 1
    return int(row['Total Fwd Packet']) >= least and int(row['Total Bwd packets']) >= least


def rows_of(path):
    with open(path, newline='', encoding='utf-8') as file:
        return list(csv.DictReader(file))


def share_of_same(alone, flooded, left_out):
    """Of the rows `alone`, those that are among `flooded`, as often, without the columns that are left out."""
    counts = [collections.Counter(tuple(value for name, value in row.items() if name not in left_out) for row in rows)
              for rows in (alone, flooded)]
    return (counts[0] & counts[1]).total() / max(1, len(alone))


def send(options):
    """Both senders, until the flood's end."""
    seconds = options.minutes * 60
    flood = start_sender(options.build, 'flood', options.rate, seconds)
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 1:
        # On the flood's core: what two cores send at once may overtake each other between stamp and ring.
        finish_sender(start_sender(options.build, 'replay', 1, int(left), options.capture))
    return finish_sender(flood)


def report(options, folder, sent, flooded_out, peaks):
    offered, received, dropped = (count(flooded_out, name) for name in
                                  ('offered by the kernel', 'received', 'dropped before us'))
    cap = int(options.memory[:-1]) * UNITS[options.memory[-1]]
    catalogue = json.loads(subprocess.run([f'{options.build}/flowsift', 'features', '--json'], check=True, capture_output=True).stdout)
    host = {feature['name'] for feature in catalogue['features'] if feature['group'] == 'host'}
    alone, flooded = (rows_of(folder / f'{name}.csv') for name in ('alone', 'flooded'))
    established = [row for row in alone if is_established(row)]
    same = share_of_same(established, flooded, host)
    print(f'established flows: {len(established):,}; rows that the flood did not change: {same:.4f} (wanted 0.95); with the columns of the '
          f'`host` group {share_of_same(established, flooded, set()):.4f}; of all {len(alone):,} honest flows {share_of_same(alone, flooded, host):.4f}')
    print(f'flood: {sent:,} flows; offered {offered:,} = received {received:,} + dropped {dropped:,}; evicted '
          f'{count(flooded_out, "flows_evicted_for_memory"):,}')
    print(f'memory: peak {peaks["flooded"] / 1e6:,.0f} MB with the flood, {peaks["flooded"] / cap:.3f} of --memory (wanted 1.05); '
          f'{peaks["alone"] / 1e6:,.0f} MB without')
    is_closed = 'All sums close' in flooded_out and offered == received + dropped
    print('every sum closes' if is_closed else f'A SUM DOES NOT CLOSE\n{flooded_out}')
    return is_closed and same >= 0.95 and peaks['flooded'] <= 1.05 * cap


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build')
    parser.add_argument('model')
    parser.add_argument('--minutes', type=float, default=10)
    parser.add_argument('--rate', type=int, default=17000)
    parser.add_argument('--memory', default='1G')
    parser.add_argument('--workers')
    parser.add_argument('--keep', help='leave the rows of both in this folder')
    parser.add_argument('--capture', default=RECORDING)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, wire():
        folder = pathlib.Path(options.keep or name)
        flooded, rows = watcher(options, folder, 'flooded')
        alone, other_rows = watcher(options, folder, 'alone', '--filter', f'not host {VICTIM}')
        sent, _ = send(options)
        time.sleep(2)
        peaks = {'flooded': flooded.peak_memory(), 'alone': alone.peak_memory()}
        out, alone_out = flooded.stop(), alone.stop()
        rows.wait()
        other_rows.wait()
        if count(alone_out, 'dropped before us'):
            print('the run without the flood lost packets, too: this machine is too busy')
        return 0 if report(options, folder, sent, out, peaks) else 1


if __name__ == '__main__':
    sys.exit(main())
