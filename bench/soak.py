#!/usr/bin/env python3
"""Hours of `watch` on a wire, with every output, a store that is full and models that are read again: memory and descriptors stay flat.

usage: bench/soak.py BUILD MODEL [--minutes 480] [--speed 4] [--sample 10] [--reload 120] [--program BUILD/flowsift]
Needs root. The wire is a virtual Ethernet pair of the bench's own. The lab's held-out recording is sent again and again at --speed times its
pace; each --reload seconds SIGHUP makes the sensor read model and policy again and begin its files anew. Each --sample seconds its
resident memory, threads and open descriptors are read. After a warm-up of a quarter of the time (store, caches and flow table have their size
then) the median memory of the last quarter may be 3 % above that of the second, and descriptors and threads may not grow at all.
Prints a line a minute and a picture at the end; exits with 1 where something grew, a sum does not close, or the sensor ended badly.
BUILD needs -DFLOWSIFT_BENCH=ON. With --program, a build under ThreadSanitizer say: memory of a sanitizer is its own, so only its reports count.
"""
import argparse
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from wire import RECORDING, Listener, at, finish_sender, start_sender, wire

GROWTH = 1.03
BARS = '▁▂▃▄▅▆▇█'


class Sample:
    def __init__(self, process, started):
        self.minutes = (time.monotonic() - started) / 60
        status = pathlib.Path(f'/proc/{process}/status').read_text(encoding='ascii')
        fields = dict(line.split(':\t', 1) for line in status.splitlines() if ':\t' in line)
        self.memory = int(fields['VmRSS'].split()[0]) / 1024
        self.threads = int(fields['Threads'])
        self.descriptors = len(os.listdir(f'/proc/{process}/fd'))


def configuration(folder):
    """Outputs of all kinds, whose files are put aside early and whose store is full after minutes."""
    path = folder / 'soak.toml'
    path.write_text(f'''version = 1
[watch]
eve = "{folder}/eve.json"
eve_flows = true
eve_size = "8M"
eve_keep = 2
store = "{folder}/store.db"
store_size = "64M"
metrics = "127.0.0.1:9464"
quiet = true
''', encoding='utf-8')
    return path


def metrics():
    """The listener is on the loopback of the far end."""
    return subprocess.run(at(1, sys.executable, '-c', 'import urllib.request as u; print(u.urlopen("http://127.0.0.1:9464/metrics").read().decode())'),
                          capture_output=True, text=True, check=False).stdout


def total(text, name):
    return int(next((float(line.split()[-1]) for line in text.splitlines() if line.startswith(f'flowsift_{name} ')), 0))


def watch_over(options, sensor):
    samples, started, sender = [], time.monotonic(), None
    next_reload, next_line = options.reload, 1
    while (elapsed := time.monotonic() - started) < options.minutes * 60:
        if sender is None or sender.poll() is not None:
            sender = start_sender(options.build, 'replay', options.speed, int(options.minutes * 60 - elapsed) + 1, RECORDING)
        if sensor.process.poll() is not None:
            sys.exit(f'the sensor ended: {sensor.process.stderr.read()}')
        if elapsed >= next_reload:
            sensor.process.send_signal(signal.SIGHUP)
            next_reload += options.reload
        samples.append(Sample(sensor.process.pid, started))
        if elapsed >= 60 * next_line:
            text = metrics()
            print(f'{samples[-1].minutes:6.1f} min  {samples[-1].memory:8.1f} MB  {samples[-1].descriptors:4} descriptors  '
                  f'{total(text, "packets_received_total"):>12,} packets  {total(text, "packets_dropped_total"):>6,} dropped', flush=True)
            next_line += 1
        time.sleep(options.sample)
    finish_sender(sender)
    return samples


def picture(samples):
    columns = [statistics.median(part) for part in parts([sample.memory for sample in samples], min(72, len(samples)))]
    low, high = min(columns), max(columns)
    bars = ''.join(BARS[int((value - low) / max(high - low, 1e-9) * (len(BARS) - 1))] for value in columns)
    return f'memory, {low:.1f} to {high:.1f} MB\n{bars}'


def parts(values, count):
    return [values[len(values) * i // count:len(values) * (i + 1) // count] for i in range(count)]


def judge(samples):
    second, last = (parts(samples, 4)[i] for i in (1, 3))
    memory = [statistics.median(sample.memory for sample in quarter) for quarter in (second, last)]
    faults = []
    if memory[1] > GROWTH * memory[0]:
        faults.append(f'memory grew from {memory[0]:.1f} to {memory[1]:.1f} MB')
    for name in ('descriptors', 'threads'):
        before, after = (max(getattr(sample, name) for sample in quarter) for quarter in (second, last))
        if after > before:
            faults.append(f'{name} grew from {before} to {after}')
    print(picture(samples))
    print(f'memory, medians of the second and the last quarter: {memory[0]:.1f} and {memory[1]:.1f} MB ({memory[1] / memory[0] - 1:+.2%})')
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build')
    parser.add_argument('model')
    parser.add_argument('--minutes', type=float, default=480)
    parser.add_argument('--speed', type=float, default=4)
    parser.add_argument('--sample', type=float, default=10)
    parser.add_argument('--reload', type=float, default=120)
    parser.add_argument('--program')
    options = parser.parse_args()
    program = options.program or f'{options.build}/flowsift'
    folder = pathlib.Path(tempfile.mkdtemp(prefix='flowsift-soak-'))
    try:
        with wire():
            subprocess.run(at(1, 'ip', 'link', 'set', 'lo', 'up'), check=True)
            sensor = Listener(program, 'watch', options.model, '-i', 'wire1', '--config', configuration(folder), '--flows', '/dev/null')
            samples = watch_over(options, sensor)
            out = sensor.stop()
    finally:
        shutil.rmtree(folder)
    print(out)
    faults = judge(samples) if not options.program else []
    if 'All sums close' not in out:
        faults.append('a sum does not close')
    print('flat' if not faults else '\n'.join(faults))
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
