"""`serve`: captures, uploads, trainings and models are steered over the API, by the real binary and real traffic."""
import json
import os
import pathlib
import signal
import subprocess
import time
import unittest

import packets
from dashboard import PASSWORD, Browser, Server, free_port
from program import PROGRAM, RECORDINGS, ProgramTest, flowsift

ROWS = 'Flow Duration,Total Fwd Packet,Label,Assembly Profile\n' + '1,2,A,default\n9,1,B,default\n' * 30


class ServeServer(Server):
    """`serve` in place of `watch --serve`."""

    def __init__(self, folder, *options):
        self.folder, self.host, self.port, self.is_tls = pathlib.Path(folder), '127.0.0.1', free_port(), False
        self.log = open(self.folder / 'log', 'w+', encoding='utf-8')
        self.run = subprocess.Popen([os.path.abspath(PROGRAM), 'serve', str(self.folder), '--serve', f'127.0.0.1:{self.port}',
                                     *map(str, options)], stdout=subprocess.DEVNULL, stderr=self.log)


class Serve(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / 'models').mkdir()

    def train(self, name, *options):
        rows = self.folder / 'rows.csv'
        rows.write_text(ROWS)
        self.succeed('train', rows, '-o', self.folder / 'models' / f'{name}.fsm', '--trees', '3', *options)

    def serve(self, *options):
        self.server = ServeServer(self.folder, *options)
        self.addCleanup(self.server.stop)
        self.server.wait()
        self.browser = Browser(self.server)
        answer = self.browser.post('/api/setup', {'token': self.server.token(), 'user': 'kim', 'password': PASSWORD})
        self.assertEqual(answer.status, 201, answer.body)
        return self.browser

    def upload(self, name, data):
        answer = self.browser.post(f'/api/uploads?name={name}', data, **{'Content-Type': 'application/octet-stream'})
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json()

    def wait_for(self, path, is_reached, seconds=120):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.browser.get(path).json()
            if is_reached(found):
                return found
            time.sleep(0.1)
        self.fail(f'{path}: {found}\n{self.server.said()}')

    def capture_ended(self):
        return self.wait_for('/api/capture', lambda capture: capture['state'] != 'running')

    def test_an_uploaded_capture_is_watched_to_its_end(self):
        self.train('one')
        self.serve()
        upload = self.upload('visit.pcap', packets.pcap(packets.web_request()))
        self.assertEqual(upload['kind'], 'capture')
        answer = self.browser.post('/api/capture/start', {'upload': upload['id'], 'speed': 0})
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(self.capture_ended()['state'], 'stopped')
        totals = self.browser.get('/api/status').json()['totals']
        self.assertEqual((totals['packets_received'], totals['flows_ended']), (len(packets.web_request()), 1))
        flows = self.browser.get('/api/flows').body.decode().splitlines()
        self.assertEqual(sum(len(json.loads(line).get('rows', [])) for line in flows), 1)
        self.assertEqual(self.browser.get('/api/models').json()['active'], 'one')  # There was no choice to make.

    def test_a_capture_is_started_and_stopped(self):
        self.train('one')
        self.serve('-r', RECORDINGS / 'heldout.pcap.zst', '--speed', '1', '--repeat')
        running = self.wait_for('/api/status', lambda status: status['totals']['packets_received'] > 0)
        self.assertEqual(running['capture']['state'], 'running')
        self.assertEqual(self.browser.post('/api/capture/start', {'interface': 'lo'}).status, 409)
        stopped = self.browser.post('/api/capture/stop').json()
        self.assertEqual(stopped['state'], 'stopped')
        before = self.browser.get('/api/status').json()['totals']['packets_received']
        time.sleep(0.5)
        self.assertEqual(self.browser.get('/api/status').json()['totals']['packets_received'], before)

    @unittest.skipUnless(os.geteuid() == 0, 'needs root, to capture')
    def test_an_interface_is_captured_again_and_again_without_rights(self):
        self.train('one')
        self.serve()
        loopback = next(row for row in self.browser.get('/api/interfaces').json()['interfaces'] if row['name'] == 'lo')
        if not loopback['can_capture']:
            self.skipTest(loopback['why_not'])
        self.assertIn('CapEff:\t0000000000000000', pathlib.Path(f'/proc/{self.server.run.pid}/status').read_text(encoding='ascii'))
        for _ in range(2):
            self.assertEqual(self.browser.post('/api/capture/start', {'interface': 'lo'}).status, 200)
            self.wait_for('/api/status', lambda status: status['totals']['packets_received'] > 0)
            self.assertEqual(self.browser.post('/api/capture/stop').json()['state'], 'stopped')
        self.assertEqual(self.browser.post('/api/capture/start', {'interface': 'none0'}).status, 409)

    def test_a_model_is_trained_from_an_upload_activated_and_rolled_back(self):
        self.train('one')
        self.serve()
        self.assertEqual(self.browser.post('/api/models/one/activate').status, 200)
        upload = self.upload('rows.csv', ROWS.encode())
        wish = {'name': 'two', 'data': [upload['id']], 'algorithm': 'forest', 'trees': 5, 'schema': 'cic', 'split': 'stratified'}
        answer = self.browser.post('/api/training', wish)
        self.assertEqual(answer.status, 202, answer.body)
        job = self.wait_for('/api/jobs', lambda jobs: jobs['jobs'][0]['ended'])['jobs'][0]
        self.assertEqual((job['state'], job['result']), ('done', {'model': 'two'}), job)
        details = self.browser.get('/api/models/two').json()
        self.assertEqual((details['trees'], details['classes'], details['fits']), (5, ['A', 'B'], True))
        self.assertTrue(details['report']['splits'][0]['confusion'])
        self.assertEqual(self.browser.post('/api/training', wish).status, 400)  # The name is taken.
        self.assertEqual(self.browser.post('/api/models/two/activate').status, 200)
        self.assertEqual(self.browser.get('/api/models').json()['active'], 'two')
        self.assertEqual(self.browser.post('/api/models/rollback').status, 200)
        self.assertEqual(self.browser.get('/api/models').json()['active'], 'one')
        self.assertEqual(self.browser.delete('/api/models/one').status, 409)
        self.assertEqual(self.browser.delete('/api/models/two').status, 204)

    def test_a_training_is_cancelled(self):
        self.serve()
        upload = self.upload('rows.csv', (ROWS + '5,1,A,default\n' * 40_000).encode())
        job = self.browser.post('/api/training', {'name': 'long', 'data': [upload['id']], 'trees': 10_000}).json()
        self.wait_for('/api/jobs', lambda jobs: jobs['jobs'][0]['state'] == 'running')
        self.assertEqual(self.browser.delete(f'/api/jobs/{job["id"]}').status, 204)
        ended = self.wait_for('/api/jobs', lambda jobs: jobs['jobs'][0]['ended'])['jobs'][0]
        self.assertEqual(ended['state'], 'cancelled')
        self.assertEqual(self.browser.get('/api/models').json()['models'], [])

    def test_a_mute_made_from_an_alert_silences_what_follows(self):
        (self.folder / 'policy.toml').write_text('version = 1\n[alerts]\nthreshold = 0.0\nper_hour = 0\n')
        self.train('one', '--split', 'none')
        frames = [(i, packets.tcp(('10.1.0.1', 1024 + i), ('10.2.0.2', 80), packets.SYN)) for i in range(4)]
        frames += [(i + 0.5, packets.tcp(('10.2.0.2', 80), ('10.1.0.1', 1024 + i), packets.RST)) for i in range(4)]
        self.serve('--config', self.folder / 'policy.toml')
        upload = self.upload('scan.pcap', packets.pcap(sorted(frames)))
        watch = {'upload': upload['id'], 'speed': 0}
        self.browser.post('/api/capture/start', watch)
        self.capture_ended()
        first = self.browser.get('/api/alerts').json()
        self.assertGreater(first['total'], 0)
        mute = {'alert': first['alerts'][0]['number'], 'class': True, 'source': False, 'target': False, 'expires_in': 3600}
        self.assertEqual(self.browser.post('/api/mutes', mute).status, 201)
        self.browser.post('/api/capture/start', watch)
        self.capture_ended()
        label = first['alerts'][0]['label']
        count = lambda page: sum(alert['label'] == label for alert in page['alerts'])
        self.assertEqual(count(self.browser.get('/api/alerts').json()), count(first))

    def test_without_a_model_it_says_what_to_do(self):
        self.serve()
        answer = self.browser.post('/api/capture/start', {'interface': 'lo'})
        self.assertEqual(answer.status, 409)
        self.assertIn('train one', answer.json()['error'])

    def test_a_folder_that_cannot_be(self):
        self.fail_with(1, 'cannot use /proc/none/models as the folder of models', 'serve', '/proc/none')
        run = flowsift('serve', self.folder, '-r', self.folder / 'x', '-i', 'lo')
        self.assertEqual(run.returncode, 2)

    def test_it_ends_cleanly_while_a_capture_and_a_training_run(self):
        self.train('one')
        self.serve('-r', RECORDINGS / 'heldout.pcap.zst', '--speed', '1')
        upload = self.upload('rows.csv', (ROWS + '5,1,A,default\n' * 40_000).encode())
        self.browser.post('/api/training', {'name': 'long', 'data': [upload['id']], 'trees': 10_000})
        self.wait_for('/api/jobs', lambda jobs: jobs['jobs'][0]['state'] == 'running')
        self.server.run.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.run.wait(timeout=60), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
