"""`watch --config`: options and policy from a file; what is wrong in it is said with its line."""
import pathlib
import re
import signal
import subprocess
import time
import unittest

import packets
from program import PROGRAM, ProgramTest


def wait_until_caught(pid, number):
    """Until the process has a handler for the signal."""
    for _ in range(600):
        status = pathlib.Path(f'/proc/{pid}/status').read_text()
        if int(re.search(r'SigCgt:\s*([0-9a-f]+)', status)[1], 16) >> (number - 1) & 1:
            return
        time.sleep(0.1)
    raise AssertionError('the signal is not caught')


ROWS = ''.join(f'{i},{i % 7},{"BENIGN,PortScan".split(",")[i % 7 > 3]}\n' for i in range(400))


class Config(ProgramTest):
    def setUp(self):
        super().setUp()
        rows = self.folder / 'rows.csv'
        rows.write_text('Flow Duration,Total Fwd Packet,Label\n' + ROWS)
        self.model = self.folder / 'model.fsm'
        self.succeed('train', rows, '-o', self.model, '--trees', '5')
        self.capture = self.folder / 'web.pcap'
        self.capture.write_bytes(packets.pcap(packets.web_request()))

    def config(self, watch='', alerts=''):
        path = self.folder / 'flowsift.toml'
        path.write_text(f'version = 1\n[watch]\nmodel = "{self.model}"\nread = "{self.capture}"\nquiet = true\n{watch}\n{alerts}')
        return path

    def alerts_of(self, run):
        """Of the class, as the summary has it."""
        return int(next(line for line in run.stdout.splitlines() if line.strip().startswith('PortScan')).split()[-1])

    def test_options_come_from_the_file_and_the_command_line_wins(self):
        eve, other = self.folder / 'eve.json', self.folder / 'other.json'
        config = self.config(f'eve = "{eve}"\neve_flows = true')
        self.succeed('watch', '--config', config)
        self.assertEqual(eve.read_text().count('"event_type":"flow"'), 1)
        self.succeed('watch', '--config', config, '--eve', other)
        self.assertTrue(other.exists())

    def test_policy_decides_what_alerts(self):
        everything = self.alerts_of(self.succeed('watch', '--config', self.config(alerts='[alerts]\nthreshold = 0.0')))
        self.assertEqual(everything, 1)  # One flow of seven forward packets or fewer: a scan, as the rows above have it.
        for policy in ('[alerts.class.PortScan]\nmuted = true', '[alerts.class.PortScan]\nthreshold = 1.0',
                       '[[alerts.allow]]\nclass = "PortScan"\nsource = "0.0.0.0/0"'):
            self.assertEqual(self.alerts_of(self.succeed('watch', '--config', self.config(alerts=policy))), 0, policy)

    def test_show_is_a_configuration_again(self):
        config = self.config(alerts='[alerts]\nquiet_time = "90s"\nper_hour = 12')
        shown = self.folder / 'shown.toml'
        shown.write_text(self.succeed('config', 'show', config).stdout)
        self.assertIn('quiet_time = "90s"', shown.read_text())
        again = self.succeed('config', 'show', shown).stdout
        self.assertEqual(again.partition('[alerts]')[2], shown.read_text().partition('[alerts]')[2])
        self.assertIn(f"read = '{self.capture}'", again)
        self.assertIn('is right', self.succeed('config', 'check', shown).stdout)

    def test_faults_are_told_with_their_line(self):
        for watch, alerts, fragment in [('quite = 1', '', 'line 6, column 1'), ('speed = -1', '', 'line 6'),
                                        ('filters = "x"', '', "did you mean 'filter'"), ('speed = []', '', '`speed`'),
                                        ('eve_flows = "yes"', '', 'true or false'), ('config = "x"', '', "no key 'config'"),
                                        ('', '[alert]', "did you mean 'alerts'"),
                                        ('', '[alerts.class.Worm]\nmuted = true', 'line 7, column 15')]:
            config = self.config(watch, alerts)
            for command in (['watch', '--config', config], ['config', 'check', config]):
                self.fail_with(78, fragment, *command)
        config.write_text('version = 1\n')
        self.fail_with(2, 'model', 'watch', '--config', config)
        self.fail_with(78, 'names no model', 'config', 'check', config)
        self.fail_with(2, 'name a configuration file', 'config', 'check')
        self.fail_with(1, 'cannot read', 'watch', '--config', self.folder / 'nothing.toml')

    def test_sighup_reads_model_and_policy_again_and_keeps_the_old_ones_where_the_new_are_wrong(self):
        capture = self.folder / 'slow.pcap'  # A request at 0 s and one at 600 s, which nobody waits for.
        capture.write_bytes(packets.pcap([(start + at, frame) for start in (0, 600) for at, frame in packets.web_request()]))
        config = self.config('speed = 1')
        config.write_text(config.read_text().replace(str(self.capture), str(capture)))
        watch = subprocess.Popen([PROGRAM, 'watch', '--config', str(config)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = []
        try:
            for text in ('[alerts]\nthreshold = 7', '[alerts]\nthreshold = 0.9'):
                wait_until_caught(watch.pid, signal.SIGHUP)
                config.write_text(config.read_text().partition('[alerts]')[0] + text)
                watch.send_signal(signal.SIGHUP)
                said.append(watch.stderr.readline())
        finally:
            watch.send_signal(signal.SIGINT)
            out, _ = watch.communicate(timeout=60)
        self.assertIn('stay', said[0])
        self.assertIn('threshold', said[0])
        self.assertIn('were read again', said[1])
        self.assertIn('All sums close', out)
        self.assertEqual(watch.returncode, 0)

    def test_help_lists_every_key(self):
        text = self.succeed('config', 'help').stdout
        for key in ('interface', 'memory', 'per_hour', 'technique', 'destination_port'):
            self.assertIn(key, text)


if __name__ == '__main__':
    unittest.main(verbosity=2)
