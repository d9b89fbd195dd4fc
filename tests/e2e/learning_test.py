"""Training, judging and watching on the lab's recordings: the path that a user walks."""
import json
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from program import PROGRAM, RECORDINGS, ProgramTest, flowsift, rows_of

TRAIN, HELDOUT = RECORDINGS / 'train.pcap.zst', RECORDINGS / 'heldout.pcap.zst'
TRAIN_RULES, HELDOUT_RULES = RECORDINGS / 'train.rules.toml', RECORDINGS / 'heldout.rules.toml'


class Learning(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls._models = tempfile.TemporaryDirectory(prefix='flowsift-test-')
        cls.model = pathlib.Path(cls._models.name) / 'lab.fsm'
        cls.training = flowsift('train', TRAIN, '--rules', TRAIN_RULES, '-o', cls.model, '--trees', '100')

    @classmethod
    def tearDownClass(cls):
        cls._models.cleanup()

    def setUp(self):
        super().setUp()
        self.assertEqual(self.training.returncode, 0, self.training.stderr)

    def test_held_out_recording_is_recognised_without_ports_and_addresses(self):
        report, figures = self.folder / 'report.html', self.folder / 'figures.json'
        run = self.succeed('evaluate', self.model, HELDOUT, '--rules', HELDOUT_RULES, '--report', report, '--json', figures)
        result = json.loads(figures.read_text())
        self.assertGreaterEqual(result['macro_f1'], 0.90, run.stdout)
        self.assertGreater(result['macro_f1'], result['baseline']['macro_f1'])
        model = json.loads(self.succeed('model', self.model, '--json').stdout)
        self.assertFalse([name for name in model['features'] if 'Port' in name or 'IP' in name])
        self.assertIn('<svg', report.read_text())
        self.assertNotIn('<script', report.read_text())

        self.assertGreater(result['alarms']['attack_recall'], 0.9)
        self.assertEqual(len(result['curves']), len(result['evaluation']['classes']))

    def test_report_of_a_training_says_which_split_to_believe(self):
        page, figures = self.folder / 'report.html', self.folder / 'report.json'
        run = self.succeed('train', TRAIN, '--rules', TRAIN_RULES, '--trees', '8', '-o', self.folder / 'model.fsm',
                           '--report', page, '--report-json', figures, '--flows-per-day', '500000')
        result = json.loads(figures.read_text())
        self.assertEqual([split['name'] for split in result['splits']], ['stratified', 'five-tuple', 'time', 'time-global'])
        self.assertEqual(result['trusted_split'], 'time')
        random, five_tuple = result['splits'][0]['overlap'], result['splits'][1]['overlap']
        self.assertGreater(random['twins_in_training'], 0)
        self.assertEqual(five_tuple['five_tuple_in_training'], 0)
        self.assertIn('What may be trusted', run.stdout)
        self.assertIn('500,000', page.read_text())
        self.assertNotIn('<script', page.read_text())

    def test_every_model_on_every_data_set(self):
        other, csv, table = self.folder / 'other.fsm', self.folder / 'heldout.csv', self.folder / 'cross.json'
        self.succeed('train', TRAIN, '--rules', TRAIN_RULES, '--trees', '4', '--features', 'Flow Duration,Flow IAT Max',
                     '-o', other)
        rows = self.folder / 'rows.csv'
        self.succeed('flows', HELDOUT, '-o', rows)
        self.succeed('label', HELDOUT_RULES, rows, '-o', csv)
        run = self.succeed('evaluate', self.model, other, csv, HELDOUT, '--rules', HELDOUT_RULES, '--json', table,
                           '--report', self.folder / 'cross.html')
        results = json.loads(table.read_text())['results']
        self.assertEqual([(r['model'], r['data']) for r in results],
                         [(m, d) for m in ('lab.fsm', 'other.fsm') for d in ('heldout.csv', 'heldout.pcap.zst')])
        self.assertGreater(results[0]['macro_f1'], results[2]['macro_f1'])
        self.assertFalse(any(r['learnt_from_it'] for r in results))
        self.assertIn('other.fsm', run.stdout)
        self.assertIn('<table', (self.folder / 'cross.html').read_text())
        self.assertEqual(flowsift('evaluate', self.model, other).returncode, 2)

    def test_same_seed_same_model_on_any_number_of_threads(self):
        hashes = set()
        for threads in ('1', '2'):
            path = self.folder / f'model{threads}.fsm'
            self.succeed('train', TRAIN, '--rules', TRAIN_RULES, '--trees', '8', '--threads', threads, '--seed', '7',
                         '-o', path)
            model = json.loads(self.succeed('model', path, '--json').stdout)
            hashes.add(json.dumps([model['importance'], model['metrics'], model['stages']]))
        self.assertEqual(len(hashes), 1)

    def test_classifying_a_capture_and_its_rows_agree(self):
        csv = self.folder / 'heldout.csv'
        self.succeed('flows', HELDOUT, '-o', csv)
        for source, name in ((HELDOUT, 'a.csv'), (csv, 'b.csv')):
            self.succeed('classify', self.model, source, '-o', self.folder / name)
        from_capture, from_rows = rows_of(self.folder / 'a.csv'), rows_of(self.folder / 'b.csv')
        columns = [name for name in from_rows[0] if name != 'Row']
        self.assertGreater(len(from_rows), 1000)
        self.assertEqual([[row[c] for c in columns] for row in from_capture], [[row[c] for c in columns] for row in from_rows])

    def test_watching_a_replay_gives_the_rows_of_flows_and_alerts(self):
        eve, live, rows = self.folder / 'eve.json', self.folder / 'live.csv', self.folder / 'rows.csv'
        run = self.succeed('watch', self.model, '-r', HELDOUT, '--eve', eve, '--flows', live)
        self.succeed('flows', HELDOUT, '-o', rows)
        self.assertEqual(sorted(live.read_text().splitlines()), sorted(rows.read_text().splitlines()))
        events = [json.loads(line) for line in eve.read_text().splitlines()]
        alerts = [event for event in events if event['event_type'] == 'alert']
        metadata = alerts[0]['alert']['metadata']
        self.assertEqual(metadata['episode_state'], ['opened'])
        self.assertRegex(metadata['reasons'][0], r'^[A-Z].* -?[\d.e+]+ \(usual .*\.\..*\): \+\d\.\d{4}$')
        self.assertEqual(metadata['packets_dropped'], ['0'])
        self.assertGreater(int(metadata['packets_received'][0]), 0)
        model = json.loads(self.succeed('model', self.model, '--json').stdout)
        self.assertIn(model['hash'], json.dumps(metadata))
        self.assertTrue(alerts[0]['community_id'].startswith('1:'))
        self.assertEqual(events[-1]['event_type'], 'stats')
        self.assertIn('PortScan', run.stdout)
        self.assertNotIn('do not close', run.stdout)

    def test_a_model_of_stages_judges_flows_that_go_on_by_the_forest_of_their_depth(self):
        model, live = self.folder / 'staged.fsm', self.folder / 'live.csv'
        run = self.succeed('train', TRAIN, '--rules', TRAIN_RULES, '--checkpoints', '8,end', '--trees', '20', '-o', model)
        self.assertRegex(run.stdout, r'flows after 8 packets: [\d,]+ rows learnt from, [\d,]+ held out, accuracy 0\.9')
        stages = json.loads(self.succeed('model', model, '--json').stdout)['stages']
        self.assertEqual([stage['packets'] for stage in stages], [8, 0])
        self.succeed('flows', HELDOUT, '--checkpoint', '4,8,16,32,64,128,256,512,1024,2048,4096,8192,16384', '-o', live)
        for source, name in ((HELDOUT, 'a.csv'), (live, 'b.csv')):
            run = self.succeed('classify', model, source, '-o', self.folder / name)
        self.assertRegex(run.stderr, r'note: [\d,]+ rows are of flows that had too few packets')
        from_capture, from_rows = rows_of(self.folder / 'a.csv'), rows_of(self.folder / 'b.csv')
        self.assertEqual({row['Stage'] for row in from_rows}, {'8', 'end'})
        self.assertGreater(sum(row['Stage'] == '8' for row in from_rows), 1000)
        columns = [name for name in from_rows[0] if name != 'Row']
        self.assertEqual([[row[c] for c in columns] for row in from_capture], [[row[c] for c in columns] for row in from_rows])

    def test_watching_with_stages_alerts_before_a_flow_ends_and_once(self):
        model, eve = self.folder / 'staged.fsm', self.folder / 'eve.json'
        self.succeed('train', TRAIN, '--rules', TRAIN_RULES, '--checkpoints', '8,end', '--trees', '20', '-o', model)
        self.succeed('watch', model, '-r', HELDOUT, '--eve', eve, '-q')
        alerts = [event for event in map(json.loads, eve.read_text().splitlines()) if event['event_type'] == 'alert']
        opened = [a for a in alerts if a['alert']['metadata']['episode_state'] == ['opened']]
        at_eight = [a for a in opened if a['flow']['pkts_toserver'] + a['flow']['pkts_toclient'] == 8]
        self.assertGreater(len(at_eight), 3)
        numbers = [int(a['alert']['metadata']['episode'][0]) for a in opened]
        self.assertEqual(numbers, list(range(1, len(opened) + 1)))

    def test_thousands_of_alarming_flows_are_a_handful_of_alerts(self):
        eve = self.folder / 'eve.json'
        run = self.succeed('watch', self.model, '-r', HELDOUT, '--eve', eve)
        events = [event['alert'] for event in map(json.loads, eve.read_text().splitlines()) if event['event_type'] == 'alert']
        by_state = lambda state: [event['metadata'] for event in events if event['metadata']['episode_state'] == [state]]
        self.assertLess(len(by_state('opened')), 200)
        self.assertGreater(sum(int(episode['flows'][0]) for episode in by_state('ended')), 5000)
        scan = max(int(episode['flows'][0]) for episode in by_state('ended') if episode['label'] == ['PortScan'])
        self.assertGreater(scan, 400)
        self.assertRegex(run.stdout, rf'#\d+ PortScan ended: {scan:,} flows in [\d,]+ s, .* target')

    def test_an_xgboost_model_walks_the_same_path(self):
        model = self.folder / 'boosted.fsm'
        run = self.succeed('train', TRAIN, '--rules', TRAIN_RULES, '--algorithm', 'xgboost', '--rounds', '10', '-o', model)
        self.assertRegex(run.stdout, r'accuracy 0\.9')
        told = json.loads(self.succeed('model', model, '--json').stdout)
        self.assertEqual(told['options']['algorithm'], 'XGBoost')
        self.succeed('classify', model, HELDOUT, '--sets', '0.05', '-o', self.folder / 'predictions.csv')
        rows = rows_of(self.folder / 'predictions.csv')
        self.assertGreater(len(rows), 10_000)
        self.assertEqual({row['Novel'] for row in rows}, {'0', '1'})
        sure = [row for row in rows if row['Set'] == row['Label']]
        self.assertGreater(len(sure), len(rows) / 2)

    def test_comparing_answers_in_one_table_and_writes_no_model(self):
        run = self.succeed('train', TRAIN, '--rules', TRAIN_RULES, '--compare', '--trees', '5', '--rounds', '3', '--smote', 'plain',
                           '--smote-cap', '500')
        for name in ('Random Forest ', 'Random Forest + SMOTE', 'XGBoost ', 'XGBoost + SMOTE'):
            self.assertIn(name, run.stdout)
        refused = flowsift('train', TRAIN, '--rules', TRAIN_RULES)
        self.assertEqual(refused.returncode, 2)
        self.assertIn('-o', refused.stderr)

    def test_ctrl_c_stops_cleanly(self):
        with subprocess.Popen([PROGRAM, 'watch', str(self.model), '-r', str(HELDOUT), '--speed', '1'],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            time.sleep(2)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)
        self.assertIn('All sums close', out)


if __name__ == '__main__':
    unittest.main(verbosity=2)
