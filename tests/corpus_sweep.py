#!/usr/bin/env python3
"""Every capture of a corpus, and mutants of each, through the extractor: no crash, no sanitizer report, no file over 5 s
of processor time, every frame accounted for.

usage: corpus_sweep.py DRIVER [DATA] [--mutants 10] [--every 1] [--seed 1]
DRIVER is tests/corpus_driver of a build folder; DATA (or FLOWSIFT_DATA) holds corpus/captures.tar.zst. Prints what failed
and exits with 1, the offending bytes are kept in ./corpus-findings; with 77 where there is no corpus.
"""
import argparse
import collections
import io
import os
import pathlib
import random
import select
import subprocess
import sys
import tarfile
import tempfile
import threading

SECONDS_PER_FILE = 5  # Of the processor: other work on the machine is not the program's fault.
SECONDS_TO_HANG = 60
FINDINGS = pathlib.Path('corpus-findings')


def captures(archive):
    raw = subprocess.run(['zstd', '-dcq', archive], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        for member in tar:
            if member.isfile():
                yield member.name, tar.extractfile(member).read()


def mutated(data, draw):
    """A few bytes changed, half of the time near the start, where the headers of a small capture are. In one mutant of
    three pieces are doubled or removed as well, or the end is cut off: little of the file can be read after that."""
    data = bytearray(data)
    reach = len(data) if draw.randrange(2) else 1000
    kinds = 17 if draw.randrange(3) == 0 else 8
    for _ in range(draw.randint(1, 8)):
        if not data:
            break
        at = draw.randrange(min(reach, len(data)))
        kind = draw.randrange(kinds)
        if kind < 4:
            data[at] = draw.randrange(256)
        elif kind < 8:
            data[at:at + 4] = draw.choice([b'\xff\xff\xff\xff', b'\0\0\0\0', b'\x7f\xff\xff\xff', b'\0\0\0\x80'])
        elif kind < 12:
            del data[at:at + draw.randint(1, 64)]
        elif kind < 16:
            data[at:at] = data[at:at + draw.randint(1, 64)]
        else:
            del data[at:]
    return bytes(data)


class Driver:
    """One process of the driver, started anew after each death."""

    def __init__(self, program, folder):
        self.program, self.case, self.errors = program, folder / 'case', folder / 'errors'
        self.process = None
        self.frames = 0

    def start(self):
        with open(self.errors, 'wb') as errors:
            self.process = subprocess.Popen([self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)

    def kill(self):
        self.process.kill()
        self.process.communicate()
        self.process = None

    def finish(self):
        """None, or what was wrong at the end: leaks are reported there."""
        if not self.process:
            return None
        self.process.stdin.close()
        code = self.process.wait()
        return f'at its end, exit {code}\n{self.told()}' if code else None

    def told(self):
        return self.errors.read_text(errors='replace')[-4000:]

    def judge(self, data):
        """None, or what is wrong."""
        if not self.process:
            self.start()
        self.case.write_bytes(data)
        self.process.stdin.write(f'{self.case}\n'.encode())
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], SECONDS_TO_HANG)[0]:
            self.kill()
            return f'no answer within {SECONDS_TO_HANG} s'
        answer = self.process.stdout.readline().decode('utf-8', 'replace').strip()
        if not answer:
            code = self.process.wait()
            self.process = None
            return f'died, exit {code}\n{self.told()}'
        seconds, frames, fault = answer.split(' ', 2)
        self.frames += int(frames)
        if float(seconds) > SECONDS_PER_FILE:
            return f'{seconds} s'
        return None if fault == 'ok' else fault


class Sweep:
    """The threads take captures from one queue; each has a driver."""

    def __init__(self, arguments, queue):
        self.arguments, self.queue, self.lock = arguments, queue, threading.Lock()
        self.done = self.failed = self.frames = 0

    def run(self):
        threads = [threading.Thread(target=self.work) for _ in range(os.cpu_count())]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def work(self):
        with tempfile.TemporaryDirectory(prefix='flowsift-corpus-') as folder:
            driver = Driver(self.arguments.driver, pathlib.Path(folder))
            while True:
                try:
                    name, data = self.queue.popleft()
                except IndexError:
                    break
                draw = random.Random(f'{self.arguments.seed} {name}')
                self.note(name, data, driver.judge(data))
                for i in range(self.arguments.mutants):
                    mutant = mutated(data, draw)
                    self.note(f'{name} (mutant {i})', mutant, driver.judge(mutant))
            if fault := driver.finish():
                self.note('driver', b'', fault)
            with self.lock:
                self.frames += driver.frames

    def note(self, name, data, fault):
        with self.lock:
            self.done += 1
            if fault is None:
                return
            self.failed += 1
            FINDINGS.mkdir(exist_ok=True)
            kept = FINDINGS / f'{self.failed}.bin'
            kept.write_bytes(data)
            print(f'{name}: {fault}\n  kept as {kept}', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('driver')
    parser.add_argument('data', nargs='?', default=os.environ.get('FLOWSIFT_DATA'))
    parser.add_argument('--mutants', type=int, default=10)
    parser.add_argument('--every', type=int, default=1, help='only every Nth capture')
    parser.add_argument('--seed', type=int, default=1)
    arguments = parser.parse_args()
    if not arguments.data:
        print('skipped: FLOWSIFT_DATA is not set')
        sys.exit(77)
    archive = os.path.join(arguments.data, 'corpus', 'captures.tar.zst')
    sweep = Sweep(arguments, collections.deque(list(captures(archive))[::arguments.every]))
    sweep.run()
    print(f'corpus: {sweep.done} captures and mutants with {sweep.frames} frames, {sweep.failed} failed')
    sys.exit(sweep.failed > 0 or sweep.frames == 0)


if __name__ == '__main__':
    main()
