#!/usr/bin/env python3
"""Every capture of a corpus, and mutants of each, through the program: no crash, no sanitizer report, no file over 5 s,
every frame accounted for.

usage: corpus_sweep.py PROGRAM DATA [--mutants 2] [--every 1] [--seed 1]
DATA holds corpus/captures.tar.zst. Prints what failed and exits with 1; the offending bytes are kept in ./corpus-findings.
"""
import argparse
import concurrent.futures
import io
import os
import pathlib
import random
import subprocess
import sys
import tarfile

SECONDS_PER_FILE = 5
FINDINGS = pathlib.Path('corpus-findings')


def captures(archive):
    raw = subprocess.run(['zstd', '-dcq', archive], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        for member in tar:
            if member.isfile():
                yield member.name, tar.extractfile(member).read()


def mutated(data, draw):
    """A few bytes changed, a piece doubled or removed, or the end cut off."""
    data = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        if not data:
            break
        at = draw.randrange(len(data))
        kind = draw.randrange(4)
        if kind == 0:
            data[at] = draw.randrange(256)
        elif kind == 1:
            data[at:at + 4] = draw.choice([b'\xff\xff\xff\xff', b'\0\0\0\0', b'\x7f\xff\xff\xff', b'\0\0\0\x80'])
        elif kind == 2:
            del data[at:at + draw.randint(1, 64)]
        else:
            data[at:at] = data[at:at + draw.randint(1, 64)]
    return bytes(data)


def judge(program, name, data):
    """None, or what is wrong. Exit 1 (damaged, foreign) is a right answer."""
    try:
        run = subprocess.run([program, 'flows', '-', '-o', '/dev/null'], input=data, capture_output=True,
                             timeout=SECONDS_PER_FILE, check=False)
    except subprocess.TimeoutExpired:
        return f'{name}: over {SECONDS_PER_FILE} s'
    told = run.stderr.decode('utf-8', 'replace')
    if run.returncode not in (0, 1) or 'unexpected fault' in told or 'Sanitizer' in told:
        return f'{name}: exit {run.returncode}\n{told[-2000:]}'
    if 'received' in told and 'All sums close' not in told:
        return f'{name}: the sums do not close\n{told[-2000:]}'
    return None


def cases(arguments):
    draw = random.Random(arguments.seed)
    archive = os.path.join(arguments.data, 'corpus', 'captures.tar.zst')
    for number, (name, data) in enumerate(captures(archive)):
        mutants = [mutated(data, draw) for _ in range(arguments.mutants)]
        if number % arguments.every:
            continue
        yield name, data
        for i, mutant in enumerate(mutants):
            yield f'{name} (mutant {i})', mutant


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('data')
    parser.add_argument('--mutants', type=int, default=2)
    parser.add_argument('--every', type=int, default=1, help='only every Nth capture')
    parser.add_argument('--seed', type=int, default=1)
    arguments = parser.parse_args()
    done = failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = ((data, pool.submit(judge, arguments.program, name, data)) for name, data in list(cases(arguments)))
        for data, future in list(work):
            done += 1
            wrong = future.result()
            if wrong:
                failed += 1
                FINDINGS.mkdir(exist_ok=True)
                (FINDINGS / f'{failed}.bin').write_bytes(data)
                print(f'{wrong}\n  kept as {FINDINGS}/{failed}.bin')
    print(f'corpus: {done} captures and mutants, {failed} failed')
    sys.exit(failed > 0)


if __name__ == '__main__':
    main()
