#!/usr/bin/env python3
"""What a model is worth on networks that it has never seen: learnt from CIC-IDS2017 and the lab, judged on other people's captures.

usage: transfer.py PROGRAM DATA [option of train]...
DATA holds cicids2017/, attacks/ with labels.csv, and benign/. Ports and addresses are not used. Prints the share of attack flows that are
noticed (named as any attack) per capture, its median per class, the median of these, and false alarms per benign capture with the upper 95 %
bound (Wilson). Every attack flow is between the attacker and the victim that labels.csv names; other flows of these captures are not judged.
"""
import csv
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

LAB = pathlib.Path(__file__).resolve().parent.parent / 'lab' / 'recordings'
PROFILE = 'cicflowmeter'  # That of the public rows.


def run(*arguments):
    done = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1):  # 1: a damaged capture, read as far as it goes.
        sys.exit(f'{arguments}\n{done.stderr}')
    return done.stdout


def predictions(program, model, capture, folder):
    out = folder / 'predictions.csv'
    run(program, 'classify', model, capture, '-o', out)
    with open(out, encoding='utf-8') as file:
        return [(row['Flow ID'], row['Label']) for row in csv.DictReader(file)]


def is_between(flow_id, attacker, victim):
    source, destination = flow_id.split('-')[:2]
    ends = {source, destination}
    return (attacker == '*' or attacker in ends) and (victim == '*' or victim in ends)


def upper_bound(count, trials, z=1.96):
    """Wilson's, of a share."""
    if trials == 0:
        return 1.0
    share = count / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return (middle + spread) / (1 + z * z / trials)


def train(program, data, folder, options):
    tables = [data / 'cicids2017' / 'cicids2017-corrected.csv']
    for name in ('train', 'heldout'):
        rows = folder / f'{name}.csv'
        run(program, 'flows', LAB / f'{name}.pcap.zst', '--profile', PROFILE, '-o', rows)
        run(program, 'label', LAB / f'{name}.rules.toml', rows)
        tables.append(rows)
    model = folder / 'model.fsm'
    run(program, 'train', *tables, '--split', 'none', '--merge', 'Infiltration - Portscan=Portscan', '-o', model, *options)
    return model


def main(program, data, *options):
    data = pathlib.Path(data)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model = train(program, data, folder, options)
        per_class = {}
        print(f'{"attack capture":44}{"flows":>8}{"noticed":>10}')
        with open(data / 'attacks' / 'labels.csv', encoding='utf-8') as file:
            for row in csv.DictReader(file):
                said = [label for flow, label in predictions(program, model, data / 'attacks' / row['capture'], folder)
                        if is_between(flow, row['attacker'], row['victim'])]
                if not said:
                    print(f'{row["capture"]:44}{0:8}         -')
                    continue
                recall = sum(label.upper() != 'BENIGN' for label in said) / len(said)
                per_class.setdefault(row['class'], []).append(recall)
                print(f'{row["capture"]:44}{len(said):8}{recall:10.3f}')
        medians = {name: statistics.median(values) for name, values in per_class.items()}
        print(f'\n{"class":44}{"captures":>8}{"median":>10}')
        for name, median in sorted(medians.items(), key=lambda item: item[1]):
            print(f'{name:44}{len(per_class[name]):8}{median:10.3f}')
        print(f'{"median of the medians":52}{statistics.median(medians.values()):10.3f}')
        print(f'\n{"benign capture":44}{"flows":>8}{"alarms":>8}{"share":>8}{"at most":>9}')
        flows = alarms = 0
        for capture in sorted((data / 'benign').iterdir()):
            if capture.suffix not in ('.pcap', '.pcapng', '.gz', '.zst', '.cap'):
                continue
            said = [label for _, label in predictions(program, model, capture, folder)]
            wrong = sum(label.upper() != 'BENIGN' for label in said)
            flows, alarms = flows + len(said), alarms + wrong
            print(f'{capture.name:44}{len(said):8}{wrong:8}{wrong / max(len(said), 1):8.3f}{upper_bound(wrong, len(said)):9.3f}')
        print(f'{"all":44}{flows:8}{alarms:8}{alarms / max(flows, 1):8.3f}{upper_bound(alarms, flows):9.3f}')


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
