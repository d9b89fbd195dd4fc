#!/usr/bin/env python3
"""When `watch` says that it is time to train again, by the model of `make run`: on other recordings of the network that it was learnt from, and on
other networks.

usage: drift.py PROGRAM [CAPTURE|FOLDER]...

`lab/run train --honest` makes a recording of the model's own network, `lab/run heldout --honest` one of another. Prints for each period how many
times drift was told, how many of these were a sign, and the least and most of both measures. Periods are shorter than the hour of ordinary
use, because recordings are: less averages out, so the figures are worse than those of an hour. Not shorter than five minutes: flows
that end by being idle are missing from the first two.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import captures

LAB = pathlib.Path(__file__).resolve().parent.parent / 'lab'
PERIODS = ('5m', '20m')
SENTENCE = re.compile(r'(\d+) of (\d+) features.*no class fits ([\d.]+) %')


def drift(program, model, capture, period, folder):
    eve, config = folder / 'eve.json', folder / 'flowsift.toml'
    config.write_text(f'version = 1\n[alerts]\ndrift_period = "{period}"\n')
    subprocess.run([program, 'watch', model, '--config', config, '-r', capture, '--eve', eve, '-q'], stdout=subprocess.DEVNULL, check=True)
    events = [json.loads(line) for line in eve.read_text().splitlines()]
    return [event['engine']['message'] for event in events if event['event_type'] == 'engine' and event['engine']['module'] == 'drift']


def report(program, model, name, capture, folder):
    for period in PERIODS:
        said = drift(program, model, capture, period, folder)
        if not said:
            continue
        found = [SENTENCE.search(sentence) for sentence in said]
        changed, unfit = sorted(int(m[1]) for m in found), sorted(float(m[3]) for m in found)
        signs = sum(sentence.startswith('RETRAIN') for sentence in said)
        print(f'{name:24}{period:>6}{len(said):9}{signs:7}{changed[0]:9} to {changed[-1]:3} of {found[0][2]}{unfit[0]:9.1f} to {unfit[-1]:.1f} %')


def main(program, *places):
    print(f'{"watched":24}{"period":>6}{"periods":>9}{"signs":>7}{"features changed":>20}{"fit no class":>20}')
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        model = folder / 'model.fsm'
        subprocess.run([LAB / 'train-model', program, model], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        report(program, model, 'heldout', LAB / 'recordings' / 'heldout.pcap.zst', folder)
        for name, paths in captures.in_folders(places).items():
            capture = folder / f'{name}.pcap'
            captures.write(capture, *captures.in_order(paths))
            report(program, model, name, capture, folder)


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
