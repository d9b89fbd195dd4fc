"""What the processes of a running `watch` may do, as the kernel tells it in /proc.

Needs root, to have rights to give up; otherwise exits with 77, which ctest shows as skipped. Captures on the loopback only.
"""
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from program import PROGRAM, SOURCE, ProgramTest, flowsift

CAP_NET_RAW = 1 << 13  # linux/capability.h
SETS = ('CapInh', 'CapPrm', 'CapEff', 'CapAmb')


def status_of(process):
    lines = pathlib.Path(f'/proc/{process}/status').read_text(encoding='ascii').splitlines()
    return dict(line.split(':\t', 1) for line in lines if ':\t' in line)


def children_of(process):
    lists = pathlib.Path(f'/proc/{process}/task').glob('*/children')
    return [int(child) for text in lists for child in text.read_text(encoding='ascii').split()]


class Confinement(ProgramTest):
    def setUp(self):
        super().setUp()
        rows, self.model = self.folder / 'rows.csv', self.folder / 'model.fsm'
        rows.write_text('Flow Duration,Total Fwd Packet,Label,Assembly Profile\n' + '1,2,A,default\n9,1,B,default\n' * 20)
        self.succeed('train', rows, '-o', self.model, '--trees', '3')

    def watch(self, *options):
        """A sensor on the loopback that has begun to watch."""
        sensor = subprocess.Popen([PROGRAM, 'watch', self.model, '-i', 'lo', *map(str, options)], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
        self.addCleanup(sensor.kill)
        said = ''
        while 'watching lo' not in said:
            line = sensor.stderr.readline()
            self.assertTrue(line, said)
            said += line
        return sensor, said

    def end(self, sensor):
        sensor.send_signal(signal.SIGINT)
        out, err = sensor.communicate(timeout=60)
        self.assertEqual(sensor.returncode, 0, err)
        self.assertIn('All sums close', out)

    def assert_rights(self, process, capabilities, bounds=0):
        status = status_of(process)
        for kind in SETS:
            wanted = capabilities if kind in ('CapPrm', 'CapEff') else 0
            self.assertEqual(int(status[kind], 16), wanted, f'{kind} of {status["Name"]}')
        self.assertEqual(int(status['CapBnd'], 16), bounds)
        self.assertEqual(status['NoNewPrivs'], '1')
        self.assertEqual(status['Seccomp'], '2')  # A filter.
        return status

    def test_the_sensor_keeps_no_right_and_the_broker_one(self):
        sensor, _ = self.watch()
        brokers = children_of(sensor.pid)
        self.assertEqual(len(brokers), 1)
        self.assert_rights(sensor.pid, 0)
        self.assertEqual(self.assert_rights(brokers[0], CAP_NET_RAW)['Name'], 'flowsift-broker')
        for thread in os.listdir(f'/proc/{sensor.pid}/task'):
            self.assert_rights(f'{sensor.pid}/task/{thread}', 0)
        self.end(sensor)
        self.assertFalse(pathlib.Path(f'/proc/{brokers[0]}').exists())

    def test_the_broker_holds_nothing_open_but_its_socket(self):
        sensor, _ = self.watch('--record', self.folder / 'seen.pcap')
        files = sorted(os.readlink(path) for path in pathlib.Path(f'/proc/{children_of(sensor.pid)[0]}/fd').iterdir())
        self.assertEqual(files[:3], ['/dev/null'] * 3)
        self.assertEqual(len(files), 4)
        self.assertTrue(files[3].startswith('socket:'))
        self.end(sensor)

    def test_libpcap_needs_no_broker_and_keeps_no_right(self):
        sensor, _ = self.watch('--capture', 'libpcap')
        self.assertEqual(children_of(sensor.pid), [])
        self.assert_rights(sensor.pid, 0)
        self.end(sensor)

    def test_both_become_the_user(self):
        nobody = pwd.getpwnam('nobody')
        os.chmod(self.folder, 0o755)
        room = self.folder / 'room'
        room.mkdir()
        os.chown(room, nobody.pw_uid, nobody.pw_gid)
        sensor, said = self.watch('--user', 'nobody', '--eve', room / 'eve.json')
        self.assertIn('working as nobody', said)
        for process, rights in ((sensor.pid, 0), (children_of(sensor.pid)[0], CAP_NET_RAW)):
            status = self.assert_rights(process, rights)
            self.assertEqual(status['Uid'].split(), [str(nobody.pw_uid)] * 4)
            self.assertEqual(status['Gid'].split(), [str(nobody.pw_gid)] * 4)
            self.assertNotIn('0', status['Groups'].split())
        self.end(sensor)
        self.assertEqual((room / 'eve.json').stat().st_uid, nobody.pw_uid)

    def test_the_sensor_outlives_a_broker_that_was_killed(self):
        sensor, _ = self.watch()
        os.kill(children_of(sensor.pid)[0], signal.SIGKILL)
        time.sleep(0.3)
        self.assertIsNone(sensor.poll())  # Its ring is its own.
        self.end(sensor)

    def test_a_replay_keeps_no_right_either(self):
        sensor = subprocess.Popen([PROGRAM, 'watch', self.model, '-r', '-', '-q'], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while status_of(sensor.pid)['Seccomp'] == '0' and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assert_rights(sensor.pid, 0)
        sensor.communicate(timeout=60)

    def test_work_on_files_keeps_no_right_and_makes_no_socket(self):
        capture = (SOURCE / 'lab' / 'recordings' / 'heldout.pcap.zst').read_bytes()
        for command in (['flows', '-', '-o', self.folder / 'rows.csv'],
                        ['classify', self.model, '-', '-o', self.folder / 'rows.csv']):
            work = subprocess.Popen([PROGRAM, *map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.PIPE)
            self.addCleanup(work.kill)
            work.stdin.write(capture[:100_000])  # More than a pipe holds: it has begun to read.
            work.stdin.flush()
            self.assert_rights(work.pid, 0)
            work.stdin.write(capture[100_000:])
            _, err = work.communicate(timeout=60)
            self.assertEqual(work.returncode, 0, err)

    def test_root_is_told_why_a_file_of_somebody_else_may_not_be_read(self):
        secret = self.folder / 'secret.csv'
        secret.write_text('Flow Duration,Label\n1,A\n')
        os.chown(secret, pwd.getpwnam('nobody').pw_uid, -1)
        secret.chmod(0o600)
        self.assertIn("root's rights are given up", self.fail_with(77, 'Permission denied', 'train', secret, '-o',
                                                                   self.folder / 'x.fsm').stderr)

    def test_without_the_right_it_ends_with_77_and_the_line_that_grants_it(self):
        self.folder.chmod(0o755)
        run = subprocess.run(['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw', PROGRAM, 'watch', self.model,
                              '-i', 'lo'], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(run.returncode, 77, run.stderr)
        self.assertIn(f'sudo setcap cap_net_raw=ep {os.path.realpath(PROGRAM)}\n', run.stderr)

    def test_interfaces_are_listed_with_what_can_be_captured(self):
        lines = self.succeed('interfaces').stdout.splitlines()
        loopback = next(line for line in lines if line.startswith('lo '))
        self.assertRegex(loopback, r'^lo +(up|no carrier) +loopback +65536 +- +yes, ring +127\.0\.0\.1/8')
        run = subprocess.run(['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw', PROGRAM, 'interfaces'],
                             capture_output=True, text=True, check=True, timeout=60)
        self.assertIn('no: no permission', run.stdout)
        self.assertIn('sudo setcap cap_net_raw=ep ', run.stdout)

    @unittest.skipUnless(shutil.which('systemd-analyze'), 'needs systemd-analyze')
    def test_the_unit_is_exposed_to_little(self):
        run = subprocess.run(['systemd-analyze', 'security', '--offline=yes', SOURCE / 'packaging' / 'flowsift.service'],
                             capture_output=True, text=True, check=False, timeout=60)
        level = re.search(r'Overall exposure level for flowsift.service: ([\d.]+)', run.stdout)
        self.assertTrue(level, run.stdout + run.stderr)
        self.assertLessEqual(float(level[1]), 2.0)

    def test_no_such_user(self):
        run = flowsift('watch', self.model, '-i', 'lo', '--user', 'no-such-user')
        self.assertEqual(run.returncode, 2)
        self.assertIn('there is no user no-such-user', run.stderr)


if __name__ == '__main__':
    if os.geteuid() != 0:
        print('skipped Confinement: needs root, to have rights to give up')
        sys.exit(77)
    unittest.main(verbosity=2)
