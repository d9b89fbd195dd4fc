#!/usr/bin/env python3
"""Up to which rate `watch` loses nothing, held against a reader of the same packet ring that only counts.

usage: bench/live_loss.py BUILD MODEL [--capture FILE] [--seconds 20] [--workers N]
MODEL: e.g. that of `make run` (build/release/demo/model.fsm). Needs root; the wire is a virtual Ethernet pair between two namespaces of
the bench's own. The sender has core 0 to itself as far as it can: whoever listens may use all cores, and so may the kernel, which for such
a pair delivers packets on the sender's core. For two kinds of traffic, a mix (a recording over and over, other hosts each time) and a SYN
flood (every packet a new flow): the highest rate at which the bare reader loses nothing, by bisection; then `watch` for --seconds at half
of it (mix) or a quarter (flood), where it must lose nothing; then the highest rate at which `watch` loses nothing.
"""
import argparse
import re
import sys
import time

from wire import RECORDING, Listener, count, finish_sender, start_sender, wire

UNPACED = 10**9     # Packets a second that no sender reaches.


class Bench:
    def __init__(self, options):
        self.options = options

    def send(self, way, rate, seconds):
        extra = [self.options.capture] if way == 'mix' else []
        return finish_sender(start_sender(self.options.build, way, int(rate), seconds, *extra))

    def bare(self, way, rate, seconds):
        """(sent, lost, packets a second that were really sent)"""
        reader = Listener(f'{self.options.build}/bench/ring_counter', 'wire1')
        sent, took = self.send(way, rate, seconds)
        time.sleep(0.3)
        received = int(re.match(r'received (\d+)', reader.stop())[1])
        return sent, sent - received, sent / took

    def watch(self, way, rate, seconds):
        workers = ['--workers', self.options.workers] if self.options.workers is not None else []
        watcher = Listener(f'{self.options.build}/flowsift', 'watch', self.options.model, '-i', 'wire1', '-q', '--eve', '/dev/null',
                           *workers, rings=max(1, int(self.options.workers or 1)))
        sent, took = self.send(way, rate, seconds)
        time.sleep(1)
        out = watcher.stop()
        if 'All sums close' not in out:
            sys.exit(f'a sum does not close:\n{out}')
        return sent, sent - count(out, 'received'), sent / took

    def highest(self, contestant, way):
        """Packets a second at which nothing is lost, by bisection below what the sender can do."""
        _, lost, top = contestant(way, UNPACED, self.options.round_seconds)
        if lost == 0:
            return top, True
        low, high = 0, top
        for _ in range(self.options.rounds):
            rate = (low + high) / 2
            _, lost, real = contestant(way, rate, self.options.round_seconds)
            low, high = (real, high) if lost == 0 else (low, min(high, rate))
        return low, False

    def run(self, way, share):
        bare, by_sender = self.highest(self.bare, way)
        print(f'{way}: the bare reader loses nothing at {bare:,.0f} packets a second{" (all that the sender can do)" if by_sender else ""}', flush=True)
        sent, lost, real = self.watch(way, bare * share, self.options.seconds)
        print(f'  watch at {real:,.0f} a second ({real / bare:.2f}; wanted {share}) for {sent / real:.0f} s: lost {lost:,} of {sent:,}', flush=True)
        most, by_sender = self.highest(self.watch, way)
        print(f'  watch loses nothing at {most:,.0f} a second: {most / bare:.2f} of the bare reader\'s'
              f'{" (all that the sender can do)" if by_sender else ""}', flush=True)
        return lost == 0 and real >= 0.95 * share * bare


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build')
    parser.add_argument('model')
    parser.add_argument('--capture', default=RECORDING)
    parser.add_argument('--seconds', type=float, default=20)
    parser.add_argument('--rounds', type=int, default=7, help='of bisection; 7: to a hundredth')
    parser.add_argument('--round-seconds', type=float, default=4)
    parser.add_argument('--workers')
    bench = Bench(parser.parse_args())
    with wire():
        results = [bench.run('mix', 0.5), bench.run('flood', 0.25)]
    return 0 if all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
