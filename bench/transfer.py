#!/usr/bin/env python3
"""What a model is worth on networks that it has never seen: learnt from CIC-IDS2017 and the lab, judged on other people's captures.

usage: transfer.py PROGRAM DATA [option of train]...
DATA holds cicids2017/, attacks/ with labels.csv, and benign/. Ports and addresses are not used. Prints the share of attack flows that are
noticed per capture, its median per class, the median of these, and false alarms per benign capture with the upper 95 % bound (Wilson). Every
attack flow is between the attacker and the victim that labels.csv names; other flows of these captures are not judged.

A flow is noticed where the most probable class is an attack; and, beside that, where P(BENIGN) is below a threshold that the site's own
benign traffic sets: at most 0.5 % of the flows of the first two benign captures are. Those two then judge no false alarms of the second way.

Models: all columns; and those that carry over best, without times, initial windows, header lengths and bulk, with leaves of 20 rows.
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
FALSE_ALARMS = 0.005
OF_PLACE = ('FWD Init Win Bytes,Bwd Init Win Bytes,Fwd Header Length,Bwd Header Length,Fwd Seg Size Min,Total TCP Flow Time,Flow Duration,'
            'Flow IAT Mean,Flow IAT Std,Flow IAT Max,Flow IAT Min,Fwd IAT Total,Fwd IAT Mean,Fwd IAT Std,Fwd IAT Max,Fwd IAT Min,'
            'Bwd IAT Total,Bwd IAT Mean,Bwd IAT Std,Bwd IAT Max,Bwd IAT Min,Flow Bytes/s,Flow Packets/s,Fwd Packets/s,Bwd Packets/s,'
            'Active Mean,Active Std,Active Max,Active Min,Idle Mean,Idle Std,Idle Max,Idle Min,Fwd Bytes/Bulk Avg,Fwd Packet/Bulk Avg,'
            'Fwd Bulk Rate Avg,Bwd Bytes/Bulk Avg,Bwd Packet/Bulk Avg,Bwd Bulk Rate Avg,Subflow Fwd Packets,Subflow Fwd Bytes,'
            'Subflow Bwd Packets,Subflow Bwd Bytes')
MODELS = {'all columns': [], 'columns that carry over': ['--without', OF_PLACE, '--min-leaf', '20']}


def run(*arguments):
    done = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1):  # 1: a damaged capture, read as far as it goes.
        sys.exit(f'{arguments}\n{done.stderr}')
    return done.stdout


def predictions(program, model, capture, folder):
    """Flow ID, whether the most probable class is an attack, and P(BENIGN)."""
    out = folder / 'predictions.csv'
    run(program, 'classify', model, capture, '-o', out)
    with open(out, encoding='utf-8') as file:
        return [(row['Flow ID'], row['Label'].upper() != 'BENIGN', float(row['P(BENIGN)'])) for row in csv.DictReader(file)]


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


def tables_of(program, data, folder):
    tables = [data / 'cicids2017' / 'cicids2017-corrected.csv']
    for name in ('train', 'heldout'):
        rows = folder / f'{name}.csv'
        run(program, 'flows', LAB / f'{name}.pcap.zst', '--profile', PROFILE, '-o', rows)
        run(program, 'label', LAB / f'{name}.rules.toml', rows)
        tables.append(rows)
    return tables


def threshold_of(captures):
    """The largest below which lie at most FALSE_ALARMS of the flows."""
    benign = sorted(p for flows in captures for _, _, p in flows)
    return benign[int(FALSE_ALARMS * len(benign))]


def judge_attacks(program, data, model, folder, threshold):
    per_class = {}
    print(f'{"attack capture":44}{"flows":>8}{"named":>8}{"below":>8}')
    with open(data / 'attacks' / 'labels.csv', encoding='utf-8') as file:
        for row in csv.DictReader(file):
            said = [(named, p < threshold) for flow, named, p in predictions(program, model, data / 'attacks' / row['capture'], folder)
                    if is_between(flow, row['attacker'], row['victim'])]
            if not said:
                print(f'{row["capture"]:44}{0:8}       -')
                continue
            shares = [sum(way) / len(said) for way in zip(*said)]
            per_class.setdefault(row['class'], []).append(shares)
            print(f'{row["capture"]:44}{len(said):8}{shares[0]:8.3f}{shares[1]:8.3f}')
    medians = {name: [statistics.median(way) for way in zip(*shares)] for name, shares in per_class.items()}
    print(f'\n{"class":44}{"captures":>8}{"named":>8}{"below":>8}')
    for name, (named, below) in sorted(medians.items(), key=lambda item: item[1]):
        print(f'{name:44}{len(per_class[name]):8}{named:8.3f}{below:8.3f}')
    named, below = (statistics.median(way) for way in zip(*medians.values()))
    print(f'{"median of the medians":52}{named:8.3f}{below:8.3f}')


def judge_benign(captures, threshold):
    print(f'\n{"benign capture":44}{"flows":>8}{"named":>8}{"at most":>9}{"below":>8}{"at most":>9}')
    sums = {}
    for place, (name, flows) in enumerate(captures.items()):
        ways = [[named for _, named, _ in flows], [] if place < 2 else [p < threshold for _, _, p in flows]]
        line = f'{name:44}{len(flows):8}'
        for way, said in enumerate(ways):
            count, trials = sums.get(way, (0, 0))
            sums[way] = (count + sum(said), trials + len(said))
            line += f'{sum(said) / len(said):8.4f}{upper_bound(sum(said), len(said)):9.4f}' if said else '  sets it        '
        print(line)
    print(f'{"all":52}' + ''.join(f'{count / trials:8.4f}{upper_bound(count, trials):9.4f}' for count, trials in sums.values()))


def main(program, data, *options):
    data = pathlib.Path(data)
    benign = [path for path in sorted((data / 'benign').iterdir()) if path.suffix in ('.pcap', '.pcapng', '.gz', '.zst', '.cap')]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tables = tables_of(program, data, folder)
        for title, choice in MODELS.items():
            model = folder / 'model.fsm'
            run(program, 'train', *tables, '--split', 'none', '--merge', 'Infiltration - Portscan=Portscan', '-o', model, *choice, *options)
            captures = {path.name: predictions(program, model, path, folder) for path in benign}
            threshold = threshold_of(list(captures.values())[:2])
            print(f'\n{title}: named as an attack; P(BENIGN) below {threshold:.3f}\n')
            judge_attacks(program, data, model, folder, threshold)
            judge_benign(captures, threshold)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
