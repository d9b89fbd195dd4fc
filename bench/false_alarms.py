#!/usr/bin/env python3
"""How many alerts a day the model of `make run` gives on benign captures, none of them in its training: by the real `watch`.

usage: false_alarms.py PROGRAM CAPTURE|FOLDER...

Each capture is put in the order of time first (as a wire would have it; some tools write a file by conversation), and files of one dumpcap set
are one capture. It is watched with the policy as it is without a configuration, and once more without a budget: its episodes
are what the budget had to choose from. Thresholds are those of `flowsift bench detect` without options.

A rate is the count over the time in which 99 % of the packets came (stragglers do not stretch it), with the exact 95 % interval of a Poisson
count (Garwood 1936), as if alerts came independently. A capture of less than a second has a count and no rate, and is not in the sums.
"""
import collections
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import captures

TRAIN = pathlib.Path(__file__).resolve().parent.parent / 'lab' / 'train-model'
DAY = 86_400
LEAST_SECONDS = 1


def poisson_share(count, mean):
    """P(X <= count)."""
    return sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))


def solve(is_below, high):
    low = 1e-9
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return high


def interval(count):
    """Of the mean of a Poisson variable that came out as `count`: exact, 95 %."""
    high = solve(lambda mean: poisson_share(count, mean) > 0.025, 10 * count + 20)
    low = solve(lambda mean: poisson_share(count - 1, mean) > 0.975, count) if count else 0
    return low, high


def rate_text(count, seconds):
    if seconds < LEAST_SECONDS:
        return '-'
    low, high = interval(count)
    return f'{count / seconds * DAY:,.0f} ({low / seconds * DAY:,.0f} to {high / seconds * DAY:,.0f})'


def watch(program, model, capture, folder, policy):
    """Alerts by class, the last statistics, and what drift said."""
    eve, config = folder / 'eve.json', folder / 'flowsift.toml'
    config.write_text(f'version = 1\n[alerts]\n{policy}\n')
    subprocess.run([program, 'watch', model, '--config', config, '-r', capture, '--eve', eve, '-q'], stdout=subprocess.DEVNULL, check=True)
    events = [json.loads(line) for line in eve.read_text().splitlines()]
    alerts = collections.Counter(event['alert']['metadata']['label'][0] for event in events
                                 if event['event_type'] == 'alert' and event['alert']['metadata']['episode_state'] == ['opened'])
    drift = [event['engine']['message'] for event in events if event['event_type'] == 'engine' and event['engine']['module'] == 'drift']
    return alerts, [event['stats'] for event in events if event['event_type'] == 'stats'][-1], drift


def judge(program, model, name, paths, folder):
    link, packets = captures.in_order(paths)
    seconds = (packets[len(packets) * 99 // 100][0] - packets[0][0]) / 1e9
    ordered = folder / f'{name}.pcap'
    captures.write(ordered, link, packets)
    told, _, drift = watch(program, model, ordered, folder, '')
    alerts, statistics, _ = watch(program, model, ordered, folder, 'per_hour = 0')
    count = sum(alerts.values())
    print(f'{name:24}{seconds:10,.1f}{statistics["flow"]["total"]:8,}{count:8,}{sum(told.values()):8,}  {rate_text(count, seconds)}')
    for label, each in alerts.most_common():
        print(f'    {label:30}{each:16,}{told[label]:8,}  {rate_text(each, seconds)}')
    for sentence in drift:
        print('    drift:', sentence)
    ordered.unlink()
    return seconds, alerts


def main(program, *places):
    sums, watched = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model = folder / 'model.fsm'
        subprocess.run([TRAIN, program, model], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        print(f'{"capture":24}{"seconds":>10}{"flows":>8}{"alerts":>8}{"told":>8}  a day (95 % interval)')
        for capture, paths in captures.in_folders(places).items():
            seconds, alerts = judge(program, model, capture, paths, folder)
            if seconds >= LEAST_SECONDS:
                watched += seconds
                sums += alerts
    print(f'\n{"of a second or more":24}{watched:10,.1f}{"":8}{sum(sums.values()):8,}{"":8}  {rate_text(sum(sums.values()), watched)}')
    for label, each in sums.most_common():
        print(f'    {label:30}{each:16,}{"":8}  {rate_text(each, watched)}')


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
