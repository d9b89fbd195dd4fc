"""`adapt`: a model learns what is usual here, but not the attacks that somebody hides in it, and never becomes worse unseen."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import packets
from program import PROGRAM, RECORDINGS, SOURCE, ProgramTest, flowsift, rows_of

TRAIN, HELDOUT = RECORDINGS / 'train.pcap.zst', RECORDINGS / 'heldout.pcap.zst'
TRAIN_RULES, HELDOUT_RULES = RECORDINGS / 'train.rules.toml', RECORDINGS / 'heldout.rules.toml'
FORMAT2 = SOURCE / 'tests' / 'model' / 'files' / 'format2.fsm'


def refusals(clients, first=0):
    """Each client, a host of its own, tries a service that is not there: three SYNs, one refusal. The lab's model takes it for a scan."""
    frames = []
    for i, client in enumerate(clients):
        ends = (client, 40000 + i % 20000), (f'10.2.{i >> 8}.{i & 255}', 80)
        frames += [(first + i + k / 1000, packets.tcp(*ends, packets.SYN, seq=100, ack=0)) for k in range(3)]
        frames += [(first + i + 0.0035, packets.tcp(*reversed(ends), packets.RST | packets.ACK, seq=0, ack=101))]
    return frames


def hosts(network, count):
    return [f'10.{network}.{i >> 8}.{i & 255}' for i in range(count)]


class Adapt(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls._models = tempfile.TemporaryDirectory(prefix='flowsift-test-')
        cls.model = pathlib.Path(cls._models.name) / 'lab.fsm'
        cls.training = flowsift('train', TRAIN, '--rules', TRAIN_RULES, '-o', cls.model, '--trees', '15')

    @classmethod
    def tearDownClass(cls):
        cls._models.cleanup()

    def setUp(self):
        super().setUp()
        self.assertEqual(self.training.returncode, 0, self.training.stderr)
        self.new = self.folder / 'new.fsm'

    def capture(self, name, frames):
        path = self.folder / name
        path.write_bytes(packets.pcap(frames))
        return path

    def adapt(self, *arguments, model=None):
        return self.succeed('adapt', model or self.model, '-o', self.new, *arguments)

    def alarms(self, model, capture):
        predictions = self.folder / 'predictions.csv'
        self.succeed('classify', model, capture, '-o', predictions)
        return sum(row['Label'] != 'BENIGN' for row in rows_of(predictions))

    def recalls(self, model):
        """Of each class of the held-out recording."""
        figures = self.folder / 'figures.json'
        self.succeed('evaluate', model, HELDOUT, '--rules', HELDOUT_RULES, '--json', figures)
        return {each['name']: each['recall'] for each in json.loads(figures.read_text())['evaluation']['classes']}

    def about(self, model):
        return json.loads(self.succeed('model', model, '--json').stdout)

    def test_false_alarms_fall_and_attacks_are_still_found(self):
        seen = self.capture('seen.pcap', refusals(hosts(1, 300)))
        later = self.capture('later.pcap', refusals(hosts(3, 100), first=1000))
        self.assertEqual(self.alarms(self.model, later), 100)
        run = self.adapt('--benign', seen)
        self.assertIn('300 benign rows; the model raises an alarm for 300', run.stdout)
        self.assertIn('an hour', run.stdout)
        self.assertLessEqual(self.alarms(self.new, later), 5)
        before, after = self.recalls(self.model), self.recalls(self.new)
        self.assertGreaterEqual(sum(after.values()), sum(before.values()) - 0.03 * len(before), f'{before}\n{after}\n{run.stdout}')
        old, new = self.about(self.model), self.about(self.new)
        self.assertEqual(new['parent'], old['hash'])
        for same in ('classes', 'features', 'profile', 'stages'):
            keep = (lambda stages: [s['packets'] for s in stages]) if same == 'stages' else (lambda x: x)
            self.assertEqual(keep(new[same]), keep(old[same]))
        self.assertGreater(new['kept_rows_bytes'], 100_000)
        self.assertIn(old['hash'], self.succeed('model', self.new).stdout)

        # Once more, in place: what was learnt the first time is among the model's rows now.
        again = self.succeed('adapt', self.new, '--benign', later, '-o', self.new)
        self.assertIn('100 benign rows', again.stdout)
        self.assertEqual(self.about(self.new)['parent'], new['hash'])
        self.assertLessEqual(self.alarms(self.new, seen), 15)

    def test_rows_of_a_csv_are_as_good_as_captures(self):
        seen, rows = self.capture('seen.pcap', refusals(hosts(1, 300))), self.folder / 'rows.csv'
        self.succeed('flows', seen, '-o', rows)
        from_csv = self.adapt('--benign', rows)
        trees = self.about(self.new)['stages']
        from_capture = self.adapt('--benign', seen)
        figures = lambda run: run.stdout[:run.stdout.index('\nmodel ')]
        self.assertEqual(figures(from_csv), figures(from_capture))
        self.assertEqual(trees, self.about(self.new)['stages'])

    def test_what_one_host_alone_does_wants_somebodys_word(self):
        capture = self.capture('one.pcap', refusals(hosts(1, 50)[:1] * 200) + [
            (time + 500, frame) for time, frame in packets.web_request()])
        run = self.adapt('--benign', capture)
        self.assertIn('200 rows look like attacks', run.stdout)
        self.assertIn('by class: PortScan 200', run.stdout)
        self.assertIn('by source host: 10.1.0.0 200', run.stdout)
        self.assertIn('TCP 10.1.0.0:4', run.stdout)
        self.assertIn('warning: that is', run.stdout)
        self.assertGreater(self.alarms(self.new, capture), 190)

        trusted = self.adapt('--benign', capture, '--trust', '10.1.0.0/24')
        self.assertNotIn('look like attacks', trusted.stdout)
        self.assertLessEqual(self.alarms(self.new, capture), 5)

        store = self.folder / 'store.db'
        self.succeed('watch', self.model, '-r', capture, '-q', '--store', store)
        self.succeed('feedback', '1', 'wrong', '--store', store)
        heeded = self.adapt('--benign', capture, '--store', store)
        self.assertNotIn('look like attacks', heeded.stdout)
        self.assertIn("analysts' words heeded by models that have not seen them: 0 of 1 before, 1 after", heeded.stdout)
        self.assertLessEqual(self.alarms(self.new, capture), 5)

    def test_what_an_analyst_confirmed_is_left_out_of_benign_rows(self):
        seen, store = self.capture('seen.pcap', refusals(hosts(1, 300))), self.folder / 'store.db'
        self.succeed('watch', self.model, '-r', seen, '-q', '--store', store)
        self.succeed('feedback', '1', 'right', '--store', store)
        run = self.adapt('--benign', seen, '--store', store)
        self.assertIn('299 benign rows', run.stdout)

    def test_feedback_that_cannot_be_learnt_from_is_counted(self):
        seen, store = self.capture('seen.pcap', refusals(hosts(1, 300))), self.folder / 'store.db'
        self.succeed('watch', self.model, '-r', seen, '-q', '--store', store)
        self.succeed('feedback', '1', 'wrong', '--class', 'Chess', '--store', store)
        run = self.adapt('--benign', seen, '--store', store)
        self.assertIn('the word on 1 alert(s) could not be learnt from: the model has no class "Chess"', run.stderr)

    def test_attacks_among_the_benign_are_shown_and_left_out(self):
        """The other recording with all its attacks, given as benign: no class may be lost by it that the model knows well.

        It finds a third of the HTTP floods there; the rest are benign flows to it, and are learnt as such (docs/adapt.md)."""
        before = self.recalls(self.model)
        run = self.adapt('--benign', HELDOUT, '--show', '3')
        self.assertIn('DoS SYN flood', run.stdout)
        self.assertIn('more (--show)', run.stdout)
        self.assertIn('warning: that is', run.stdout)
        after = self.recalls(self.new)
        for name, recall in before.items():
            if name != 'BENIGN' and recall > 0.9:
                self.assertGreaterEqual(after[name], 0.8 * recall, f'{name}\n{before}\n{after}\n{run.stdout}')

    def test_a_worse_model_is_refused(self):
        """The model's own attacks as benign, on a user's word."""
        run = self.fail_with(1, 'the new model would be worse', 'adapt', self.model, '--benign', TRAIN, '--keep-suspicious', '-o',
                             self.new)
        self.assertIn('were found before', run.stderr)
        self.assertFalse(self.new.exists())

    def test_models_of_stages_and_of_boosting_are_adapted_as_they_were_trained(self):
        seen = self.capture('seen.pcap', refusals(hosts(1, 300)))
        for name, options in {'stages': ('--checkpoints', '3,end', '--trees', '20'),
                              'boosted': ('--algorithm', 'xgboost', '--rounds', '10')}.items():
            model = self.folder / f'{name}.fsm'
            self.succeed('train', TRAIN, '--rules', TRAIN_RULES, '-o', model, *options)
            run = self.adapt('--benign', seen, model=model)
            old, new = self.about(model)['options'], self.about(self.new)['options']
            self.assertEqual({k: v for k, v in new.items() if k in old and k != 'rounds'},
                             {k: v for k, v in old.items() if k != 'rounds'})
            if name == 'stages':
                self.assertIn('flows after 3 packets', run.stdout)

    def test_what_it_cannot_work_with_is_said(self):
        seen = self.capture('seen.pcap', refusals(hosts(1, 20)))
        rowless, empty, text = self.folder / 'rowless.fsm', self.folder / 'empty.csv', self.folder / 'text.csv'
        empty.write_text('')
        text.write_text('no,flows,here\n1,2,3\n')
        self.fail_with(1, 'train it again with this flowsift', 'adapt', FORMAT2, '--benign', seen, '-o', self.new)
        small = ('--trees', '3', '--keep-rows', '0')
        self.succeed('train', TRAIN, '--rules', TRAIN_RULES, '-o', rowless, *small)
        self.fail_with(1, 'train it again', 'adapt', rowless, '--benign', seen, '-o', self.new)
        self.fail_with(1, 'cannot read', 'adapt', self.model, '--benign', self.folder / 'absent', '-o', self.new)
        self.fail_with(1, '', 'adapt', self.model, '--benign', empty, '-o', self.new)
        self.fail_with(1, '', 'adapt', self.model, '--benign', text, '-o', self.new)
        self.fail_with(1, '', 'adapt', self.folder / 'absent.fsm', '--benign', seen, '-o', self.new)
        self.fail_with(1, '', 'adapt', self.model, '--benign', seen, '--store', self.folder / 'absent.db', '-o', self.new)
        self.fail_with(2, '--trust wants', 'adapt', self.model, '--benign', seen, '--trust', 'everybody', '-o', self.new)
        self.fail_with(2, 'benign', 'adapt', self.model, '-o', self.new)
        rows = self.folder / 'rows.csv'
        self.succeed('flows', seen, '--profile', 'cicflowmeter', '-o', rows)
        self.fail_with(1, 'their numbers do not compare', 'adapt', self.model, '--benign', rows, '-o', self.new)
        self.assertFalse(self.new.exists())
        self.fail_with(1, 'No such file', 'adapt', self.model, '--benign', seen, '-o', self.folder / 'no' / 'new.fsm')

    @unittest.skipIf(os.geteuid() == 0, 'waits for a user whom files can be kept from')
    def test_files_that_may_not_be_read_are_a_matter_of_rights(self):
        seen = self.capture('seen.pcap', refusals(hosts(1, 20)))
        seen.chmod(0)
        self.fail_with(77, 'Permission denied', 'adapt', self.model, '--benign', seen, '-o', self.new)

    def test_ctrl_c_leaves_nothing_half_written(self):
        model, before = self.folder / 'large.fsm', b'before'
        self.succeed('train', TRAIN, '--rules', TRAIN_RULES, '-o', model, '--trees', '400')
        self.new.write_bytes(before)
        seen = self.capture('seen.pcap', refusals(hosts(1, 300)))
        files = set(os.listdir(self.folder))
        for wait in (0.3, 1.0, 2.0):
            words = map(str, [PROGRAM, 'adapt', model, '--benign', seen, '-o', self.new])
            with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
                time.sleep(wait)
                run.send_signal(signal.SIGINT)
                _, errors = run.communicate(timeout=60)
            if run.returncode != 0:  # Otherwise it was done before.
                self.assertEqual(run.returncode, 1, errors)
                self.assertEqual(self.new.read_bytes(), before)
            self.assertEqual(set(os.listdir(self.folder)), files)

    def test_watch_takes_the_new_model_at_sighup(self):
        model = self.folder / 'model.fsm'
        shutil.copy(self.model, model)
        seen = self.capture('seen.pcap', refusals(hosts(1, 300)))
        words = map(str, [PROGRAM, 'watch', model, '-r', seen, '--speed', '10', '-q'])
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
            self.succeed('adapt', model, '--benign', seen, '-o', model)
            run.send_signal(signal.SIGHUP)
            time.sleep(2)
            run.send_signal(signal.SIGTERM)
            _, errors = run.communicate(timeout=60)
        self.assertIn('model and policy were read again', errors)


if __name__ == '__main__':
    unittest.main()
