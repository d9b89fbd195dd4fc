"""Starts `watch` with the dashboard on a replay made by hand, and speaks HTTP with it, for the tests of the dashboard."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time

import packets
from program import PROGRAM, flowsift

ROWS = ''.join(f'{i},{i % 7},{"BENIGN,PortScan".split(",")[i % 7 > 3]}\n' for i in range(400))
CONFIG = 'version = 1\n[alerts]\nthreshold = 0.0\nper_hour = 0\n'
HOSTILE_NAME = "<script>alert('x')</script>.example"
PASSWORD = 'correct horse battery'


def traffic(seconds, a_second=20):
    """Refused connections, which the model takes for scans; each tenth flow asks a web server of a hostile name."""
    frames = []
    for i in range(seconds * a_second):
        client, server = (f'10.1.{i >> 8 & 255}.{i & 255}', 40000), (f'10.2.{i >> 8 & 255}.{i & 255}', 80)
        at = i / a_second
        frames += [(at, packets.tcp(client, server, packets.SYN, seq=100, ack=0))] * 3
        if i % 10 == 0:
            request = f'GET / HTTP/1.1\r\nHost: {HOSTILE_NAME}\r\n\r\n'.encode()
            frames += [(at, packets.tcp(server, client, packets.SYN | packets.ACK, seq=500, ack=101)),
                       (at, packets.tcp(client, server, packets.ACK | packets.PSH, request, seq=101, ack=501))]
        frames += [(at + 0.0005, packets.tcp(server, client, packets.RST | packets.ACK, seq=501, ack=101))]
    return packets.pcap(frames)


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    def json(self):
        return json.loads(self.body)


class Server:
    """One run of `watch --serve`. Made once for many tests: a folder with model and capture can be handed on."""

    def __init__(self, folder, *options, address='127.0.0.1', accounts='accounts.db', port=None, seconds=300, speed=1):
        self.folder = pathlib.Path(folder)
        self.host, self.port = ('127.0.0.1' if address == '0.0.0.0' else address), port or free_port()
        self.is_tls = any('self-signed' in option or 'serve-cert' in option for option in options)
        self._prepare(seconds)
        words = ['watch', 'model.fsm', '--config', 'flowsift.toml', '-r', 'traffic.pcap', '--speed', speed, '-q',
                 '--serve', f'{address}:{self.port}', *options]
        if accounts:
            words += ['--accounts', accounts]
        self.log = open(self.folder / 'log', 'w+', encoding='utf-8')
        self.run = subprocess.Popen([os.path.abspath(PROGRAM), *map(str, words)], cwd=self.folder, stdout=subprocess.DEVNULL,
                                    stderr=self.log)

    def _prepare(self, seconds):
        if (self.folder / 'model.fsm').exists():
            return
        (self.folder / 'rows.csv').write_text('Flow Duration,Total Fwd Packet,Label\n' + ROWS)
        (self.folder / 'flowsift.toml').write_text(CONFIG)
        (self.folder / 'traffic.pcap').write_bytes(traffic(seconds))
        made = flowsift('train', self.folder / 'rows.csv', '-o', self.folder / 'model.fsm', '--trees', '5')
        assert made.returncode == 0, made.stderr

    def said(self):
        self.log.flush()
        return (self.folder / 'log').read_text(encoding='utf-8')

    def wait(self):
        """Until it answers."""
        for _ in range(300):
            if self.run.poll() is not None:
                break
            try:
                if self.ask('GET', '/api/health').status == 200:
                    return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f'the server does not answer: {self.said()}')

    def token(self):
        """Of the printed address."""
        return re.search(r'#token=([0-9a-f]{64})', self.said()).group(1)

    def connect(self, timeout=20):
        if not self.is_tls:
            return http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(self.host, self.port, timeout=timeout, context=context)

    def ask(self, method, path, body=None, headers=None, connection=None):
        own = connection or self.connect()
        own.putrequest(method, path, skip_host=bool(headers and 'Host' in headers), skip_accept_encoding=True)
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        for name, value in (headers or {}).items():
            own.putheader(name, value)
        if data is not None and 'Content-Type' not in (headers or {}):
            own.putheader('Content-Type', 'application/json')
        if data is not None or method != 'GET':
            own.putheader('Content-Length', str(len(data or b'')))
        own.endheaders(data)
        response = own.getresponse()
        answer = Answer(response, response.read())
        if not connection:
            own.close()
        return answer

    def raw(self, data, timeout=20):
        """All that comes back until the server closes or is silent for a second."""
        with socket.create_connection((self.host, self.port), timeout=timeout) as wire:
            wire.sendall(data)
            wire.settimeout(1)
            out = b''
            try:
                while piece := wire.recv(65536):
                    out += piece
            except (TimeoutError, ConnectionResetError):
                pass
            return out

    def stop(self):
        if self.run.poll() is None:
            self.run.send_signal(signal.SIGINT)
        self.run.wait(timeout=60)
        self.log.close()


class Browser:
    """A session: keeps its cookie and CSRF token as a page would."""

    def __init__(self, server):
        self.server, self.cookie = server, ''
        self.csrf = self.get('/api/session').json()['csrf']

    def headers(self, **more):
        scheme = 'https' if self.server.is_tls else 'http'
        own = {'Origin': f'{scheme}://{self.server.host}:{self.server.port}', 'X-CSRF-Token': self.csrf, 'Cookie': self.cookie}
        return {name: value for name, value in {**own, **more}.items() if value is not None}

    def get(self, path, **more):
        return self.server.ask('GET', path, headers={'Cookie': self.cookie, **more})

    def post(self, path, body=None, **more):
        return self._keep(self.server.ask('POST', path, body, self.headers(**more)))

    def delete(self, path, **more):
        return self._keep(self.server.ask('DELETE', path, None, self.headers(**more)))

    def _keep(self, answer):
        cookie = answer.headers.get('Set-Cookie')
        if cookie:
            self.cookie = cookie.split(';')[0]
        if answer.status in (200, 201) and b'"csrf"' in answer.body:
            self.csrf = answer.json()['csrf']
        return answer

    def sign_in(self, user, password=PASSWORD):
        answer = self.post('/api/login', {'user': user, 'password': password})
        assert answer.status == 200, answer.body
        return self

    def events(self, last_id=None):
        """Connection and response of the event stream."""
        connection = self.server.connect(timeout=30)
        headers = {'Cookie': self.cookie} | ({'Last-Event-ID': last_id} if last_id else {})
        connection.request('GET', '/api/events', headers=headers)
        return connection, connection.getresponse()


def set_up(server):
    """The first admin, and a user of each other role; signed-in browsers by role."""
    admin = Browser(server)
    answer = admin.post('/api/setup', {'token': server.token(), 'user': 'admin', 'password': PASSWORD})
    assert answer.status == 201, answer.body
    browsers = {'admin': admin}
    for role in ('analyst', 'viewer'):
        assert admin.post('/api/users', {'user': role, 'role': role, 'password': PASSWORD}).status == 201
        browsers[role] = Browser(server).sign_in(role)
    return browsers


def read_events(response, seconds, wanted=lambda events: False):
    """[(id, event, data)] of what comes within the time, or until `wanted`."""
    events, fields, deadline = [], {}, time.monotonic() + seconds
    while time.monotonic() < deadline and not wanted(events):
        line = response.readline().decode().rstrip('\n')
        if not line and fields:
            if 'event' in fields:
                events.append((fields.get('id'), fields['event'], json.loads(fields['data'])))
            fields = {}
        elif ': ' in line and not line.startswith(':'):
            name, _, value = line.partition(': ')
            fields[name] = value
    return events


def temporary_folder():
    return tempfile.TemporaryDirectory(prefix='flowsift-dashboard-')
