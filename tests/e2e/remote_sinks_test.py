"""Syslog and webhook of the real, confined program, against servers that work, fail, hang, are absent and die.

What is delivered is compared with the EVE file of the same run. As root the program becomes the user nobody.
"""
import json
import os
import re
import shutil
import subprocess
import time
import unittest
import urllib.request

import packets
from program import PROGRAM, ProgramTest
from remote_peers import Certificates, HttpServer, SilentServer, SyslogServer, free_port

ROWS = ''.join(f'{i},{i % 7},{"BENIGN,PortScan".split(",")[i % 7 > 3]}\n' for i in range(400))
CONFIG = 'version = 1\n[alerts]\nthreshold = 0.0\nper_hour = 1000\n'
HEADER = re.compile(rb'<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (\S+) flowsift (\d+) alert '
                    rb'\[flowsift@32473((?: [a-z_]+="(?:[^"\\\]]|\\["\\\]])*")*)\] \xef\xbb\xbf(.*)', re.DOTALL)


def refusals(count, seconds):
    """`count` pairs of hosts, each refused at the fifth SYN, which the model takes for a scan: evenly over the time."""
    frames = []
    for i in range(count):
        client, server = (f'10.1.{i >> 8}.{i & 255}', 40000), (f'10.2.{i >> 8}.{i & 255}', 80)
        at = i * seconds / count
        frames += [(at, packets.tcp(client, server, packets.SYN, seq=100, ack=0))] * 5
        frames += [(at + 0.0005, packets.tcp(server, client, packets.RST | packets.ACK, seq=0, ack=101))]
    return frames


def parse(message):
    """(PRI, structured data) of a message of RFC 5424; fails where it is none."""
    match = HEADER.fullmatch(message)
    assert match, message
    data = dict(re.findall(r'([a-z_]+)="((?:[^"\\\]]|\\.)*)"', match[5].decode()))
    return int(match[1]), {key: re.sub(r'\\(.)', r'\1', value) for key, value in data.items()}


class RemoteSinks(ProgramTest):
    def setUp(self):
        super().setUp()
        rows = self.folder / 'rows.csv'
        rows.write_text('Flow Duration,Total Fwd Packet,Label\n' + ROWS)
        self.model, self.config, self.eve = (self.folder / name for name in ('model.fsm', 'flowsift.toml', 'eve.json'))
        self.succeed('train', rows, '-o', self.model, '--trees', '5')
        self.config.write_text(CONFIG)
        self.folder.chmod(0o777)  # For nobody.

    def keep(self, server):
        self.addCleanup(server.close)
        return server

    def begin(self, count, seconds, *options, speed=0):
        capture = self.folder / 'refusals.pcap'
        capture.write_bytes(packets.pcap(refusals(count, seconds)))
        user = ['--user', 'nobody'] if os.geteuid() == 0 else []
        words = [PROGRAM, 'watch', self.model, '--config', self.config, '-r', capture, '--speed', speed, '-q', '--eve',
                 self.eve, *user, *options]
        run = subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.kill)
        return run

    def finish(self, run, code=0):
        """Ends by itself, in bounded time, with everything in EVE. (output, messages)."""
        out, err = run.communicate(timeout=100)
        self.assertEqual(run.returncode, code, out + err)
        self.assertIn('All sums close', out)
        return out, err

    def told(self):
        """EVE's events of alerts, each as its line."""
        lines = self.eve.read_text().splitlines()
        return [line for line in lines if json.loads(line)['event_type'] == 'alert']

    def steps_of_eve(self):
        found = []
        for line in self.told():
            event = json.loads(line)
            meta = event['alert']['metadata']
            found.append((meta['episode'][0], meta['episode_state'][0], meta['label'][0], event['src_ip'],
                          event['dest_ip'], event['community_id'], meta.get('model_hash', [None])[0]))
        self.assertGreater(len(found), 0)
        return found

    def steps_of_syslog(self, messages):
        found = []
        for message in messages:
            priority, data = parse(message)
            self.assertEqual(priority, 128 + {'high': 2, 'medium': 4, 'low': 5}[data['severity']])
            self.assertRegex(data['probability'], r'^[01]\.\d{4}$')
            found.append((data['episode'], data['state'], data['class'], data['src'], data['dst'], data['community_id'],
                          data.get('model_hash')))
        return found

    def losses(self, out, name):
        """(written, queue full, not written, refused) of the summary."""
        row = re.search(rf'^  {name} +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+)$', out, re.MULTILINE)
        self.assertTrue(row, out)
        return tuple(int(cell.replace(',', '')) for cell in row.groups())

    # Syslog.

    def test_syslog_gets_what_eve_gets(self):
        server = SyslogServer()
        out, err = self.finish(self.begin(40, 1, '--syslog', f'tcp://127.0.0.1:{server.port}'))
        self.assertEqual(self.steps_of_syslog(server.finish()), self.steps_of_eve())
        self.assertNotIn('warning', err)
        self.assertNotIn('losses', out)

    def test_syslog_over_tls_of_a_host_by_name(self):
        authority = Certificates(self.folder)
        server = SyslogServer(context=authority.server_context('DNS:localhost'))
        run = self.begin(40, 1, '--syslog', f'tls://localhost:{server.port}', '--syslog-ca', authority.ca)
        self.assertNotIn('warning', self.finish(run)[1])
        self.assertEqual(self.steps_of_syslog(server.finish()), self.steps_of_eve())

    def test_a_certificate_of_another_host_or_authority_is_refused(self):
        ours, others = Certificates(self.folder), Certificates(self.folder, 'other')
        for context, why in ((ours.server_context('DNS:elsewhere.example'), 'hostname mismatch'),
                             (others.server_context('DNS:localhost'), 'self-signed certificate in certificate chain|'
                                                                      'unable to get local issuer certificate')):
            server = SyslogServer(context=context)
            run = self.begin(5, 1, '--syslog', f'tls://localhost:{server.port}', '--syslog-ca', ours.ca)
            out, err = self.finish(run, code=1)
            self.assertRegex(err, f'warning: syslog to tls://localhost:{server.port}: TLS: its certificate is refused: ({why})')
            self.assertEqual(self.losses(out, 'syslog'), (0, 0, len(self.told()), 0))
            self.assertEqual(server.finish(), [])

    def test_syslog_that_comes_up_later_misses_nothing(self):
        port = free_port()
        run = self.begin(40, 4, '--syslog', f'tcp://127.0.0.1:{port}', speed=1)
        time.sleep(2)
        server = SyslogServer(port)
        self.assertIn('Connection refused', self.finish(run)[1])
        self.assertEqual(self.steps_of_syslog(server.finish()), self.steps_of_eve())

    def test_syslog_that_dies_and_comes_back_misses_nothing(self):
        first = SyslogServer(dies_after=5)
        run = self.begin(60, 6, '--syslog', f'tcp://127.0.0.1:{first.port}', speed=1)
        self.assertTrue(first.died.wait(60))
        time.sleep(0.5)
        second = SyslogServer(first.port)
        self.assertIn('the peer has closed the connection', self.finish(run)[1])
        got = self.steps_of_syslog(first.messages() + second.finish())
        self.assertEqual(sorted(set(got)), sorted(self.steps_of_eve()))  # Some may have come twice.

    def test_syslog_that_never_comes_is_counted_and_stops_nothing(self):
        out, err = self.finish(self.begin(40, 1, '--syslog', f'tcp://127.0.0.1:{free_port()}'), code=1)
        self.assertEqual(self.losses(out, 'syslog'), (0, 0, len(self.told()), 0))
        self.assertEqual(len({json.loads(line)['src_ip'] for line in self.told()}), 40)  # Of every host in the capture.
        self.assertIn(f'{len(self.told())} alerts were not delivered: Connection refused', err)

    def test_a_silent_tls_server_stops_nothing(self):
        server = self.keep(SilentServer())
        out, _ = self.finish(self.begin(5, 1, '--syslog', f'tls://127.0.0.1:{server.port}'), code=1)
        self.assertEqual(self.losses(out, 'syslog'), (0, 0, len(self.told()), 0))

    # Webhook.

    def test_webhook_gets_the_objects_of_eve(self):
        server = self.keep(HttpServer())
        self.assertNotIn('warning', self.finish(self.begin(40, 1, '--webhook', f'http://127.0.0.1:{server.port}/a?b=c'))[1])
        self.assertEqual([body.decode() for body in server.accepted()], self.told())
        path, headers, _, _ = server.requests[0]
        self.assertEqual(path, '/a?b=c')
        self.assertEqual(headers['Content-Type'], 'application/json')
        self.assertEqual(headers['Host'], f'127.0.0.1:{server.port}')

    def test_webhook_over_https_with_a_secret(self):
        authority = Certificates(self.folder)
        server = self.keep(HttpServer(context=authority.server_context('IP:127.0.0.1')))
        secret = self.folder / 'headers'
        secret.write_text('# of the test\nAuthorization: Bearer s3cret\n')
        run = self.begin(5, 1, '--webhook', f'https://127.0.0.1:{server.port}/', '--webhook-ca', authority.ca,
                         '--webhook-header-file', secret)
        out, err = self.finish(run)
        self.assertEqual([body.decode() for body in server.accepted()], self.told())
        self.assertEqual({headers['Authorization'] for _, headers, _, _ in server.requests}, {'Bearer s3cret'})
        self.assertNotIn('s3cret', out + err)

    def test_a_webhook_of_an_unknown_authority_is_refused(self):
        server = self.keep(HttpServer(context=Certificates(self.folder).server_context('DNS:localhost')))
        out, err = self.finish(self.begin(5, 1, '--webhook', f'https://localhost:{server.port}/'), code=1)
        self.assertIn('its certificate is refused', err)
        self.assertEqual(server.requests, [])
        self.assertEqual(self.losses(out, 'webhook'), (0, 0, len(self.told()), 0))

    def test_a_webhook_that_fails_at_first_misses_nothing(self):
        script = [(503, {}), (429, {'Retry-After': '1'}), (500, {}), (408, {})]
        server = self.keep(HttpServer(script=script))
        _, err = self.finish(self.begin(20, 2, '--webhook', f'http://127.0.0.1:{server.port}/', speed=1))
        self.assertEqual([body.decode() for body in server.accepted()], self.told())
        self.assertEqual(len({body for _, _, body, _ in server.requests[:5]}), 1)  # The same one, until it is taken.
        self.assertIn('it answers 503; trying again', err)
        self.assertIn('works again', err)

    def test_what_a_webhook_refuses_is_counted_and_sent_once(self):
        server = self.keep(HttpServer(script=[(404, {}), (400, {}), (301, {'Location': '/'})]))
        out, err = self.finish(self.begin(10, 1, '--webhook', f'http://127.0.0.1:{server.port}/secret-path'), code=1)
        told = self.told()
        self.assertEqual([body.decode() for _, _, body, _ in server.requests], told)
        self.assertEqual(self.losses(out, 'webhook'), (len(told) - 3, 0, 0, 3))
        self.assertIn('it answers 404; alerts so refused are counted and not sent again', err)
        self.assertNotIn('secret-path', out + err)

    def test_a_webhook_that_always_fails_is_given_up(self):
        server = self.keep(HttpServer(script=[(503, {})] * 1000))
        out, _ = self.finish(self.begin(3, 1, '--webhook', f'http://127.0.0.1:{server.port}/'), code=1)
        self.assertEqual(self.losses(out, 'webhook'), (0, 0, len(self.told()), 0))

    def test_a_webhook_that_hangs_stops_nothing(self):
        server = self.keep(SilentServer())
        out, _ = self.finish(self.begin(40, 1, '--webhook', f'http://127.0.0.1:{server.port}/'), code=1)
        self.assertEqual(self.losses(out, 'webhook'), (0, 0, len(self.told()), 0))
        self.assertEqual(len({json.loads(line)['src_ip'] for line in self.told()}), 40)

    def test_a_webhook_that_dies_and_comes_back_misses_nothing(self):
        first = HttpServer()
        run = self.begin(60, 6, '--webhook', f'http://127.0.0.1:{first.port}/', speed=1)
        while len(first.requests) < 5:
            time.sleep(0.05)
        first.close()
        time.sleep(1)
        second = self.keep(HttpServer(first.port))
        self.finish(run)
        got = [body.decode() for body in first.accepted() + second.accepted()]
        self.assertEqual(sorted(set(got)), sorted(self.told()))

    # Both.

    def test_metrics_count_what_waits_and_what_was_written(self):
        server, metrics = self.keep(HttpServer()), free_port()
        run = self.begin(20, 20, '--webhook', f'http://127.0.0.1:{server.port}/', '--syslog',
                         f'tcp://127.0.0.1:{free_port()}', '--metrics', f'127.0.0.1:{metrics}', speed=2)
        text, wanted = '', re.compile(r'written_total\{output="webhook"\} [1-9].*queue_length\{output="syslog"\} [1-9]', re.DOTALL)
        for _ in range(100):
            try:
                with urllib.request.urlopen(f'http://127.0.0.1:{metrics}/metrics', timeout=5) as answer:
                    text = answer.read().decode()
            except OSError:
                pass
            if wanted.search(text):
                break
            time.sleep(0.1)
        self.assertRegex(text, wanted)
        self.assertIn('flowsift_output_written_total{output="syslog"} 0\n', text)
        self.assertIn('flowsift_output_refused_total{output="webhook"} 0\n', text)
        out, _ = self.finish(run, code=1)
        self.assertEqual(self.losses(out, 'syslog'), (0, 0, len(self.told()), 0))

    def test_wrong_options_are_told_without_their_secrets(self):
        for words, code, fragment in (
                (['--syslog', 'udp://a:1'], 2, 'must begin with tcp:// or tls://'),
                (['--syslog', 'tls://a', '--syslog-ca', '/nonexistent'], 78, 'cannot read certificates to trust from /nonexistent'),
                (['--webhook', 'https://me:s3cret@a/'], 2, 'must not hold a user name or password'),
                (['--webhook', 'https://a/s3cret path'], 2, 'has a blank'),
                (['--webhook', 'https://a/', '--webhook-header-file', '/nonexistent'], 78, 'header file /nonexistent')):
            run = self.begin(1, 1, *words)
            _, err = run.communicate(timeout=60)
            self.assertEqual(run.returncode, code, err)
            self.assertIn(fragment, err)
            self.assertNotIn('s3cret', err)

    def test_config_show_keeps_the_path_of_a_webhook_back(self):
        self.config.write_text(f'version = 1\n[watch]\nmodel = "{self.model}"\nwebhook = "https://hooks.example/s3cret"\n')
        shown = self.succeed('config', 'show', self.config).stdout
        self.assertIn("webhook = 'https://hooks.example/...'\n", shown)
        self.assertNotIn('s3cret', shown)

    # Names, in namespaces with a name server of the test's own.

    def in_namespaces(self, answers):
        """Runs with a name server that knows "collector.example", or that never answers; (run, server)."""
        if os.geteuid() != 0 or not shutil.which('unshare'):
            self.skipTest('waits for root: it makes namespaces')
        resolv = self.folder / 'resolv.conf'
        resolv.write_text('nameserver 127.0.0.1\noptions timeout:10 attempts:5\n')
        child = self.folder / 'server.py'
        child.write_text(NAME_SERVER)
        capture = self.folder / 'refusals.pcap'
        capture.write_bytes(packets.pcap(refusals(5, 1)))
        got = self.folder / 'got'
        script = f'''ip link set lo up && mount --bind {resolv} /etc/resolv.conf || exit 77
            PYTHONPATH={os.path.dirname(os.path.abspath(__file__))} python3 {child} {got} {int(answers)} & server=$!
            while [ ! -e {got}.ready ]; do sleep 0.1; done
            {PROGRAM} watch {self.model} --config {self.config} -r {capture} -q --eve {self.eve} --user nobody \\
                --syslog tcp://collector.example:6010; code=$?; sleep 0.5; kill $server; exit $code'''
        run = subprocess.run(['unshare', '--net', '--mount', 'sh', '-c', script], capture_output=True, text=True, timeout=100,
                             check=False)
        if run.returncode == 77 or 'unshare' in run.stderr:
            self.skipTest('waits for namespaces')
        return run, got

    def test_a_name_is_looked_up_by_the_confined_program(self):
        run, got = self.in_namespaces(answers=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        messages = [text.encode('latin1') for text in json.loads(got.read_text())]
        self.assertEqual(self.steps_of_syslog(messages), self.steps_of_eve())

    def test_a_name_server_that_hangs_stops_nothing(self):
        run, _ = self.in_namespaces(answers=False)
        self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
        self.assertEqual(self.losses(run.stdout, 'syslog'), (0, 0, len(self.told()), 0))


NAME_SERVER = '''
import json, pathlib, socket, sys, threading
from remote_peers import SyslogServer
got, answers = pathlib.Path(sys.argv[1]), sys.argv[2] == '1'
names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(('127.0.0.1', 53))
syslog = SyslogServer(6010)
got.with_name(got.name + '.ready').touch()

def keep():
    while True:
        threading.Event().wait(0.05)
        text = json.dumps([message.decode('latin1') for message in syslog.messages()])
        got.with_suffix('.new').write_text(text)
        got.with_suffix('.new').rename(got)

threading.Thread(target=keep, daemon=True).start()
while True:
    query, peer = names.recvfrom(512)
    end = query.index(0, 12) + 5
    is_a = query[end - 4:end - 2] == bytes([0, 1])
    head = query[:2] + bytes([0x81, 0x80, 0, 1, 0, int(is_a), 0, 0, 0, 0]) + query[12:end]
    answer = bytes([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]) if is_a else b''
    if answers:
        names.sendto(head + answer, peer)
'''


if __name__ == '__main__':
    unittest.main(verbosity=2)
