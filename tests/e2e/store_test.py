"""The store: what was told is kept when the program is killed, and a full disk stops neither capture nor alerts.

FLOWSIFT_KILLS: how many times the program is killed, 5 unless set; 100 before a release. The full disk needs root (a mount namespace).
"""
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
import unittest
import urllib.request

import packets
from program import PROGRAM, ProgramTest

KILLS = int(os.environ.get('FLOWSIFT_KILLS', 5))
ROWS = ''.join(f'{i},{i % 7},{"BENIGN,PortScan".split(",")[i % 7 > 3]}\n' for i in range(400))
CONFIG = 'version = 1\n[alerts]\nthreshold = 0.0\n'


def refusals(count, seconds):
    """`count` connections, each of hosts of its own, refused at the fifth SYN, which the model takes for a scan: evenly over the time."""
    frames = []
    for i in range(count):
        client, server = (f'10.1.{i >> 8}.{i & 255}', 40000), (f'10.2.{i >> 8}.{i & 255}', 80)
        at = i * seconds / count
        frames += [(at, packets.tcp(client, server, packets.SYN, seq=100, ack=0))] * 5
        frames += [(at + 0.0005, packets.tcp(server, client, packets.RST | packets.ACK, seq=0, ack=101))]
    return frames


def alert_numbers(eve):
    """Of the whole lines of an EVE file."""
    lines = eve.read_text().split('\n')[:-1] if eve.exists() else []
    events = [json.loads(line) for line in lines]
    alerts = [event['alert']['metadata'] for event in events if event['event_type'] == 'alert']
    return [int(alert['episode'][0]) for alert in alerts if alert.get('episode_state') == ['opened']]


class Store(ProgramTest):
    def setUp(self):
        super().setUp()
        rows = self.folder / 'rows.csv'
        rows.write_text('Flow Duration,Total Fwd Packet,Label\n' + ROWS)
        self.model, self.config = self.folder / 'model.fsm', self.folder / 'flowsift.toml'
        self.succeed('train', rows, '-o', self.model, '--trees', '5')
        self.config.write_text(CONFIG)
        self.store = self.folder / 'store.db'

    def capture(self, count, seconds):
        path = self.folder / f'refusals{count}.pcap'
        path.write_bytes(packets.pcap(refusals(count, seconds)))
        return path

    def watch(self, capture, *more):
        return ['watch', self.model, '--config', self.config, '-r', capture, '-q', *more]

    def rows(self, sql):
        with sqlite3.connect(self.store) as database:
            return database.execute(sql).fetchall()

    def test_alerts_and_flows_are_kept_and_numbers_go_on(self):
        capture = self.capture(300, 10)
        for run in (1, 2):
            eve = self.folder / f'eve{run}.json'
            self.succeed(*self.watch(capture, '--store', self.store, '--eve', eve))
            told = alert_numbers(eve)
            kept = [number for number, in self.rows('SELECT number FROM alerts ORDER BY number')]
            self.assertEqual(told, kept[-len(told):])
            self.assertEqual(kept, list(range(1, len(kept) + 1)))
            self.assertEqual(self.rows('SELECT count(*) FROM flows'), [(300 * run,)])

    def test_an_analysts_word_is_kept_and_listed(self):
        self.succeed(*self.watch(self.capture(3, 1), '--store', self.store))
        self.succeed('feedback', '1', 'wrong', '--class', 'BENIGN', '--store', self.store)
        listed = self.succeed('alerts', '--store', self.store).stdout
        self.assertIn('wrong: BENIGN', listed)
        self.assertIn('10.1.0.0:40000', listed)

    def test_alerts_are_chosen_and_shown_with_all_that_is_known(self):
        self.succeed(*self.watch(self.capture(3, 1), '--store', self.store))
        chosen = self.succeed('alerts', '--store', self.store, '--filter', 'src:10.1.0.1 class:PortScan', '--sort', '-flows').stdout
        self.assertEqual([line.split()[0] for line in chosen.splitlines()[1:]], ['2'])
        self.fail_with(2, "column 11: there is no field 'scr'; did you mean src?",
                       'alerts', '--store', self.store, '--filter', 'proto:tcp scr:10.0.0.1')
        shown = self.succeed('alerts', '2', '--store', self.store).stdout
        for part in ('10.1.0.1:40000', '1:', 'reasons', 'peers', '10.2.0.1'):
            self.assertIn(part, shown)
        features, flows = self.rows('SELECT (SELECT count(*) FROM flow_features), count(*) FROM flows WHERE alert IS NOT NULL')[0]
        self.assertEqual((features, flows), (3, 3))
        self.assertEqual(len(self.rows('SELECT row FROM flow_features')[0][0]), 4 * self.rows('SELECT features FROM schemas')[0][0].count('\n') + 4)

    def test_feature_values_can_be_left_out(self):
        self.succeed(*self.watch(self.capture(3, 1), '--store', self.store, '--no-store-features'))
        self.assertEqual(self.rows('SELECT count(*) FROM flow_features'), [(0,)])
        self.assertEqual(self.rows('SELECT count(*) FROM flows'), [(3,)])
        self.fail_with(1, 'no alert 999', 'feedback', '999', 'right', '--store', self.store)

    def test_what_was_told_survives_kill_9(self):
        capture = self.capture(2000, 8)
        told_in_all = 0
        for kill in range(KILLS):
            eve = self.folder / f'eve{kill}.json'
            words = map(str, self.watch(capture, '--speed', '4', '--store', self.store, '--eve', eve))
            with subprocess.Popen([PROGRAM, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
                time.sleep(random.uniform(0.1, 2.0))
                run.send_signal(signal.SIGKILL)
            told = set(alert_numbers(eve))
            kept = {number for number, in self.rows('SELECT number FROM alerts')}
            self.assertLessEqual(told, kept, f'kill {kill}: told and not kept: {sorted(told - kept)}')
            told_in_all += len(told)
        self.assertGreater(told_in_all, 0)
        self.assertEqual(self.rows('PRAGMA integrity_check'), [('ok',)])

    def test_metrics_can_be_fetched_while_it_runs(self):
        address = '127.0.0.1:9464'
        words = map(str, self.watch(self.capture(200, 60), '--speed', '1', '--store', self.store, '--metrics', address))
        with subprocess.Popen([PROGRAM, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
            text = ''
            for _ in range(100):
                try:
                    with urllib.request.urlopen(f'http://{address}/metrics', timeout=5) as answer:
                        text = answer.read().decode()
                except OSError:
                    pass
                if 'output_written_total{output="store"}' in text:
                    break
                time.sleep(0.1)
            run.send_signal(signal.SIGTERM)
            run.wait(timeout=60)
        self.assertIn('flowsift_packets_received_total ', text)
        self.assertIn('flowsift_output_written_total{output="store"}', text)

    @unittest.skipIf(os.geteuid() != 0, 'waits for root: it mounts a small disk')
    def test_a_full_disk_stops_nothing_and_writing_resumes(self):
        """A disk of 16 MB, filled up by another program before the run and emptied while it goes on."""
        disk = self.folder / 'disk'
        disk.mkdir()
        self.store = disk / 'store.db'
        kept, eve = self.folder / 'kept', self.folder / 'eve.json'
        kept.mkdir()
        run = map(str, [PROGRAM, *self.watch(self.capture(2000, 8), '--speed', '1', '--store', self.store, '--eve', eve)])
        script = f'''mount -t tmpfs -o size=16m disk {disk} || exit 77
            {' '.join(map(str, [PROGRAM, *self.watch(self.capture(10, 1), '--store', self.store)]))} > /dev/null || exit 1
            {' '.join(run)} & sleep 1; head -c 32m /dev/zero > {disk}/filler; sleep 3; rm {disk}/filler; wait $!; code=$?
            cp {self.store}* {kept}; exit $code'''
        done = subprocess.run(['unshare', '--mount', 'sh', '-c', script], capture_output=True, text=True, timeout=120, check=False)
        if done.returncode == 77 or 'unshare' in done.stderr:
            self.skipTest('waits for mount namespaces')
        self.assertEqual(done.returncode, 1, done.stderr)  # Said at the end: something is missing.
        self.assertIn('are missing in the store', done.stderr)
        self.store = kept / 'store.db'  # With its write-ahead log, if it has one.
        self.assertEqual(self.rows('PRAGMA integrity_check'), [('ok',)])
        flows = self.rows('SELECT count(*) FROM flows')[0][0]
        self.assertRegex(done.stdout, r'\n  store +[\d,]+ +[\d,]+ +[\d,]+ +[\d,]+\n')
        self.assertLess(flows, 2010)
        self.assertEqual(self.rows("SELECT count(*) FROM flows WHERE source_port = 40000 AND first >= (1700000000 + 7) * 1000000000 "
                                   "AND label IS NOT NULL")[0][0], 250)  # Of the last second, all.
        self.assertGreater(len(alert_numbers(eve)), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
