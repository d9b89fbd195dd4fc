"""What becomes of verdicts: episodes, budget, unknown traffic, drift, allowances and policy, as a reader of EVE and of the terminal gets them.

One model learns from captures made here: requests to web servers (benign), refused SYNs (PortScan), large datagrams (UDP flood), and probes of
one kind that are an attack four times in five (Probe), so that their probability is near 0.8.
"""
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

import packets
from program import SOURCE, ProgramTest, flowsift, rows_of

HOUR = 3600
SCHEMA = pathlib.Path(os.environ.get('FLOWSIFT_DATA', '')) / 'eve-schema.json'


def scan(source, target, port, at):
    prober, server = (source, 40000), (target, port)
    return [(at, packets.tcp(prober, server, packets.SYN, seq=100, ack=0)),
            (at + 0.001, packets.tcp(server, prober, packets.RST | packets.ACK, seq=0, ack=101))]


def flood(source, target, at):
    return [(at + i * 0.001, packets.udp((source, 3000), (target, 80), bytes(1200))) for i in range(6)]


def probe(source, target, at):
    return [(at + i * 0.25, packets.udp((source, 4000), (target, 7777), bytes(40))) for i in range(2)]


def request(draw, number, at, stretch=1):
    """A web request of its own sizes and pauses, from a client of its own."""
    client = (f'10.0.{number >> 8 & 255}.{number & 255}', 20000 + number % 30000)
    server, sizes = ('10.8.0.2', 80), (draw.randint(80, 400), draw.randint(200, 1400))
    steps = [(client, server, packets.SYN, b''), (server, client, packets.SYN | packets.ACK, b''), (client, server, packets.ACK, b''),
             (client, server, packets.PSH | packets.ACK, b'q' * sizes[0])]
    steps += [(server, client, packets.PSH | packets.ACK, b'a' * sizes[1])] * draw.randint(1, 5)
    steps += [(server, client, packets.FIN | packets.ACK, b''), (client, server, packets.FIN | packets.ACK, b''),
              (server, client, packets.ACK, b'')]
    frames = []
    for source, target, flags, payload in steps:
        frames.append((at, packets.tcp(source, target, flags, payload)))
        at += stretch * draw.uniform(0.005, 0.03)
    return frames


def strange(number, at):
    """Like nothing learnt from: hundreds of tiny datagrams in both directions over seconds."""
    client, server = ('10.66.0.1', 5000 + number), ('10.8.0.9', 9999)
    return [(at + i * 0.02, packets.udp(*((client, server) if i % 3 else (server, client)), bytes(3))) for i in range(300)]


def training_frames():
    draw = random.Random(1)
    frames = [frame for i in range(600) for frame in request(draw, i, i * 0.5)]
    for i in range(150):
        frames += scan('10.9.0.1', f'10.8.1.{i}', 1000 + i, i * 2.0) + flood('10.9.0.2', f'10.8.2.{i}', i * 2.0)
        frames += probe(f'10.7.0.{i}', f'10.8.3.{i}', i * 2.0)
    return sorted(frames, key=lambda frame: frame[0])


def label_of(row):
    if row['Dst Port'] == '7777':
        return 'BENIGN' if int(row['Src IP'].split('.')[3]) % 5 == 0 else 'Probe'
    return {'10.9.0.1': 'PortScan', '10.9.0.2': 'UDP flood'}.get(row['Src IP'], 'BENIGN')


def make_model(folder):
    capture, rows, model = folder / 'train.pcap', folder / 'rows.csv', folder / 'model.fsm'
    capture.write_bytes(packets.pcap(training_frames()))
    flowsift('flows', capture, '-o', rows)
    labelled = [dict(row, Label=label_of(row)) for row in rows_of(rows)]
    with open(rows, 'w', encoding='utf-8') as file:
        for line in [list(labelled[0])] + [list(row.values()) for row in labelled]:
            file.write(','.join(line) + '\n')
    run = flowsift('train', rows, '--split', 'none', '-o', model)
    if run.returncode:
        raise AssertionError(run.stderr)
    return model


class Alerts(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls._models = tempfile.TemporaryDirectory(prefix='flowsift-test-')
        cls.model = make_model(pathlib.Path(cls._models.name))

    @classmethod
    def tearDownClass(cls):
        cls._models.cleanup()

    def watch(self, frames, policy=''):
        """The run, and its EVE events, which are valid by Suricata's schema where that is at hand."""
        capture, config, eve = self.folder / 'watched.pcap', self.folder / 'flowsift.toml', self.folder / 'eve.json'
        capture.write_bytes(packets.pcap(sorted(frames, key=lambda frame: frame[0])))
        config.write_text(f'version = 1\n{policy}\n')
        run = self.succeed('watch', self.model, '--config', config, '-r', capture, '--eve', eve)
        self.assertIn('All sums close', run.stdout)
        if SCHEMA.is_file():
            valid = subprocess.run(['/usr/bin/python3', SOURCE / 'tests' / 'output' / 'validate_eve.py', SCHEMA, eve],
                                   capture_output=True, text=True, check=False)
            self.assertIn(valid.returncode, (0, 77), valid.stdout)
        return run, [json.loads(line) for line in eve.read_text().splitlines()]

    def alerts(self, events, state='opened'):
        return [event['alert'] for event in events if event['event_type'] == 'alert'
                and event['alert']['metadata']['episode_state'] == [state]]

    def labels(self, events):
        return sorted(alert['metadata']['label'][0] for alert in self.alerts(events))

    def said(self, events, subject):
        return [(event['timestamp'], event['engine']['message']) for event in events
                if event['event_type'] == 'engine' and event['engine']['module'] == subject]

    def test_a_scan_is_one_episode_that_grows_and_ends(self):
        frames = [frame for i in range(200) for frame in scan('10.9.0.5', f'10.8.5.{i}', 1000 + i, i * 0.5)]
        run, events = self.watch(frames)
        self.assertEqual(self.labels(events), ['PortScan'])
        flows = [int(alert['metadata']['flows'][0]) for alert in self.alerts(events, 'grown')]
        self.assertGreater(len(flows), 3)
        for before, after in zip([1] + flows, flows):
            self.assertGreaterEqual(after, 2 * before)
        ended, = self.alerts(events, 'ended')
        self.assertEqual([ended['metadata'][key] for key in ('flows', 'sources', 'targets', 'packets')], [['200'], ['1'], ['200'], ['400']])
        self.assertIn('ended', run.stdout)

    def test_reasons_have_values_contributions_and_usual_ranges(self):
        _, events = self.watch(flood('10.9.0.6', '10.8.6.1', 0))
        alert, = self.alerts(events)
        reasons = alert['metadata']['reasons']
        self.assertTrue(1 <= len(reasons) <= 5)
        for reason in reasons:
            self.assertRegex(reason, r'^[A-Z].* \S+ \(usual \S+\.\.\S+\): \+0\.\d{4}$')

    def test_the_budget_holds_back_says_so_and_tells_later(self):
        """Of 4 an hour scans may use 3; the others wait, and those that go on are told when there is room."""
        scans = [frame for i in range(10) for frame in scan(f'10.9.1.{i}', f'10.8.7.{i}', 80, i * 10)]
        goes_on = [frame for i in (8, 9) for frame in scan(f'10.9.1.{i}', f'10.8.7.{i}', 80, HOUR + 1200 + i)]
        run, events = self.watch(scans + goes_on, '[alerts]\nper_hour = 4\nquiet_time = "2h"')
        self.assertEqual(len(self.alerts(events)), 5)
        self.assertRegex(run.stdout, r'alerts_held_back_by_budget +7\n')
        self.assertRegex(run.stdout, r'of_them_told_later +2\n')
        spent, room = (message for _, message in self.said(events, 'budget'))
        self.assertIn('3 of 4 alerts of the budget are spent: episodes of medium and low severity need a higher probability', spent)
        self.assertIn('held back meanwhile: 0 high, 0 medium, 7 low', room)
        self.assertIn('budget: 3 of 4', run.stdout)
        self.assertEqual([event['stats']['detect']['alerts_suppressed'] for event in events if event['event_type'] == 'stats'][-1], 7)

    def test_the_budget_raises_the_threshold_before_it_holds_everything_back(self):
        """Of 12 an hour, 8 told, an episode that is not of high severity needs 0.5 + 0.5 * 2/3 = 0.83: a probe's 0.8 is too little."""
        frames = [frame for i in range(8) for frame in scan(f'10.9.1.{i}', f'10.8.7.{i}', 80, i * 10)]
        frames += [frame for i in range(3) for frame in probe(f'10.7.0.{i}', f'10.8.3.{i}', 80 + i)]  # Told when they have been idle.
        frames += scan('10.9.1.9', '10.8.7.9', 80, 1000)
        run, events = self.watch(frames, '[alerts]\nper_hour = 12\n')
        self.assertEqual(self.labels(events), ['PortScan'] * 9)
        self.assertIn('8 of 12 alerts of the budget are spent', ' '.join(run.stdout.split()))
        _, events = self.watch(frames, '[alerts]\nper_hour = 0\n')
        self.assertEqual(self.labels(events), ['PortScan'] * 9 + ['Probe'] * 3)

    def test_the_last_quarter_of_the_budget_is_for_high_severity_and_when_all_is_spent_that_is_a_warning(self):
        scans = [frame for i in range(5) for frame in scan(f'10.9.1.{i}', f'10.8.7.{i}', 80, i * 10)]
        floods = [frame for i in range(3) for frame in flood(f'10.9.2.{i}', f'10.8.8.{i}', 100 + i * 10)]
        run, events = self.watch(scans + floods, '[alerts]\nper_hour = 4')
        self.assertEqual(self.labels(events), ['PortScan'] * 3 + ['UDP flood'])
        self.assertIn('▲ budget: 4 of 4 alerts of the budget are spent: even episodes of high severity', ' '.join(run.stdout.split()))

    def test_a_storm_of_episodes_keeps_to_sixty_an_hour_unless_told_otherwise(self):
        storm = [frame for i in range(200) for frame in flood(f'10.9.3.{i}', f'10.8.9.{i}', i * 0.1)]
        _, events = self.watch(storm)
        self.assertEqual(len(self.alerts(events)), 60)
        _, events = self.watch(storm, '[alerts]\nper_hour = 0')
        self.assertEqual(len(self.alerts(events)), 200)

    def test_unknown_traffic_is_an_alert_of_its_own_from_some_flows_on(self):
        frames = [frame for i in range(12) for frame in strange(i, i * 7)]
        quiet = '[alerts]\nthreshold = 1.0\n'  # What class is nearest does not matter here.
        self.assertEqual(self.labels(self.watch(frames, quiet)[1]), [])
        run, events = self.watch(frames, quiet + 'unknown = true')
        alert, = self.alerts(events)
        self.assertEqual((alert['metadata']['label'], alert['severity']), (['Unknown'], 3))
        self.assertNotIn('reasons', alert['metadata'])
        self.assertNotIn('probability', alert['metadata'])
        self.assertRegex(run.stdout, r'\n  Unknown +0 +1\n')
        self.assertEqual(self.labels(self.watch(frames, quiet + 'unknown = true\nunknown_flows = 13')[1]), [])
        _, events = self.watch(frames, quiet + 'unknown = true\nunknown_flows = 1\nunknown_severity = "high"')
        self.assertEqual([alert['severity'] for alert in self.alerts(events)], [1])

    def test_drift_is_told_once_an_hour_of_packet_time(self):
        draw = random.Random(2)
        frames = [frame for i in range(1300) for frame in request(draw, i, i * 7200 / 1250)]
        run, events = self.watch(frames)
        said = self.said(events, 'drift')
        self.assertEqual([time[:16] for time, _ in said], ['2023-11-14T23:13', '2023-11-15T00:13'])  # It began at 22:13:20.
        for _, message in said:
            self.assertTrue(message.startswith('no need to retrain: '), message)
        self.assertIn('drift: no need to retrain', run.stdout)

    def test_changed_traffic_is_the_sign_to_train_again(self):
        draw = random.Random(2)
        frames = [frame for i in range(700) for frame in request(draw, i, i * HOUR / 650, stretch=40)]
        run, events = self.watch(frames, '[alerts]\nthreshold = 1.0')
        (_, message), = self.said(events, 'drift')
        self.assertTrue(message.startswith('RETRAIN'), message)
        self.assertIn('▲ drift: RETRAIN, traffic is not what was learnt from', ' '.join(run.stdout.split()))

    def test_an_attack_is_no_drift_though_it_is_muted_or_allowed(self):
        draw = random.Random(2)
        frames = [frame for i in range(600) for frame in request(draw, i, i * HOUR / 550)]
        frames += [frame for i in range(3000) for frame in scan('10.9.0.5', f'10.8.{20 + i // 250}.{i % 250}', 80, i * 1.1)]
        for policy in ('', '[alerts.class.PortScan]\nmuted = true', '[[alerts.allow]]\nsource = "10.9.0.5"'):
            (_, message), = self.said(self.watch(frames, policy)[1], 'drift')
            self.assertTrue(message.startswith('no need to retrain: '), message)

    def test_what_is_allowed_raises_no_alert_and_the_rest_does(self):
        frames = scan('10.9.0.5', '10.8.5.1', 80, 0) + flood('10.9.0.5', '10.8.5.2', 1) + flood('10.9.0.6', '10.8.5.3', 2)
        for allowance, labels in [('class = "PortScan"\nsource = "10.9.0.0/24"', ['UDP flood'] * 2),
                                  ('host = "10.9.0.5"', ['UDP flood']),
                                  ('destination = ["10.8.5.1", "10.8.5.3"]', ['UDP flood']),
                                  ('source = "10.9.0.5"\nuntil = 2023-11-14', ['PortScan', 'UDP flood', 'UDP flood']),
                                  ('source = "10.9.0.5"\nuntil = 2023-11-15', ['UDP flood'])]:
            _, events = self.watch(frames, '[[alerts.allow]]\n' + allowance)
            self.assertEqual(self.labels(events), labels, allowance)

    def test_each_class_has_its_severity_threshold_and_technique(self):
        frames = scan('10.9.0.5', '10.8.5.1', 80, 0) + flood('10.9.0.6', '10.8.5.3', 2) + probe('10.7.0.9', '10.8.3.9', 4)
        told = {alert['metadata']['label'][0]: alert for alert in self.alerts(self.watch(frames)[1])}
        self.assertEqual({label: alert['severity'] for label, alert in told.items()}, {'PortScan': 3, 'UDP flood': 1, 'Probe': 2})
        self.assertEqual(told['PortScan']['metadata']['mitre_technique_id'], ['T1046'])
        self.assertTrue(0.6 < float(told['Probe']['metadata']['probability'][0]) < 0.95, told['Probe'])
        policy = '[alerts.class.PortScan]\nseverity = "high"\ntechnique = "T1595.001"\n[alerts.class.Probe]\nthreshold = 0.97\n'
        run, events = self.watch(frames, policy + '[alerts.class."UDP flood"]\nmuted = true\n')
        alert, = self.alerts(events)
        self.assertEqual((alert['severity'], alert['metadata']['mitre_technique_id']), (1, ['T1595.001']))
        self.assertRegex(run.stdout, r'\n  UDP flood +1 +0\n')

    def test_statistics_tell_what_became_of_every_output(self):
        _, events = self.watch(scan('10.9.0.5', '10.8.5.1', 80, 0))
        outputs = [event['metadata']['flowints'] for event in events if event['event_type'] == 'stats'][-1]
        for output in ('eve', 'terminal'):
            self.assertEqual(outputs[f'output.{output}.dropped'] + outputs[f'output.{output}.lost'], 0)
            self.assertGreater(outputs[f'output.{output}.written'] + outputs[f'output.{output}.waiting'], 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
