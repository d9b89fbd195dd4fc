"""The rules of the dashboard's server, one by one, against the real binary: who may ask, what is refused, what is closed."""
import http.client
import json
import os
import re
import socket
import stat
import struct
import subprocess
import time
import unittest

from dashboard import HOSTILE_NAME, PASSWORD, Browser, Server, read_events, set_up, temporary_folder


class OneServer(unittest.TestCase):
    """Tests that share a run of `watch`, its users, and nothing else."""
    options = ()

    @classmethod
    def setUpClass(cls):
        cls._folder = temporary_folder()
        cls.server = Server(cls._folder.name, *cls.options).wait()
        cls.browsers = set_up(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls._folder.cleanup()

    def assert_refused(self, answer, status, fragment=''):
        self.assertEqual(answer.status, status, answer.body)
        self.assertIn(fragment, answer.json()['error'])


class Rules(OneServer):
    def test_every_answer_has_the_headers_of_security(self):
        for path in ('/', '/api/health', '/api/status', '/no/such.js', '/metrics'):
            headers = self.server.ask('GET', path).headers
            policy = headers['Content-Security-Policy']
            self.assertIn("default-src 'none'", policy)
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertNotIn('unsafe', policy)
            self.assertEqual(headers['X-Content-Type-Options'], 'nosniff')
            self.assertEqual(headers['Referrer-Policy'], 'no-referrer')
            self.assertEqual(headers['X-Frame-Options'], 'DENY')

    def test_a_foreign_host_is_refused(self):
        for host in ('evil.example', f'evil.example:{self.server.port}', '127.0.0.1.evil.example', 'localhost.evil.example', '', '[::2]'):
            answer = self.server.ask('GET', '/api/session', headers={'Host': host})
            self.assert_refused(answer, 403, 'does not answer under that name')
        for host in ('localhost', 'LOCALHOST:1', '127.0.0.1', '[::1]:80'):
            self.assertEqual(self.server.ask('GET', '/api/session', headers={'Host': host}).status, 200, host)
        self.assertIn(b' 400 ', self.server.raw(b'GET / HTTP/1.1\r\n\r\n'))
        self.assertIn(b' 400 ', self.server.raw(b'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n'))

    def test_a_change_needs_the_sessions_own_token(self):
        admin = self.browsers['admin']
        for token in (None, '', 'wrong', self.browsers['viewer'].csrf, Browser(self.server).csrf):
            answer = admin.post('/api/users', {}, **{'X-CSRF-Token': token})
            self.assert_refused(answer, 403, 'X-CSRF-Token')
        self.assert_refused(admin.post('/api/users', {}), 400)  # Passed the gate.

    def test_a_change_needs_our_own_origin(self):
        admin, port = self.browsers['admin'], self.server.port
        for origin in (None, 'null', 'http://evil.example', f'https://127.0.0.1:{port}', f'http://127.0.0.1:{port + 1}',
                       f'http://127.0.0.1:{port}.evil.example'):
            self.assert_refused(admin.post('/api/users', {}, Origin=origin), 403, 'Origin')
        self.assert_refused(admin.post('/api/users', {}, **{'Sec-Fetch-Site': 'cross-site'}), 403, 'Sec-Fetch-Site')
        self.assert_refused(admin.delete('/api/users/viewer', Origin=None), 403, 'Origin')

    def test_who_is_nobody_sees_nothing(self):
        nobody = Browser(self.server)
        for path in ('/api/status', '/api/series', '/api/events', '/api/models', '/api/models/x', '/api/features', '/api/jobs',
                     '/api/interfaces', '/api/capture', '/api/uploads', '/api/health/details', '/api/users', '/api/audit'):
            self.assert_refused(nobody.get(path), 401)
        for path in ('/api/logout', '/api/capture/stop', '/api/training', '/api/users', '/api/models/x/activate'):
            self.assert_refused(nobody.post(path), 401)

    def test_roles(self):
        viewer, analyst = self.browsers['viewer'], self.browsers['analyst']
        self.assertEqual(viewer.get('/api/status').status, 200)
        for path in ('/api/capture/stop', '/api/capture/start', '/api/training', '/api/models/x/activate'):
            self.assert_refused(viewer.post(path, {}), 403, 'that takes the role')
        self.assert_refused(viewer.delete('/api/uploads/1'), 403)
        self.assert_refused(analyst.post('/api/capture/stop'), 409)  # May; but this run cannot.
        for answer in (analyst.get('/api/users'), analyst.get('/api/audit'), analyst.post('/api/users', {}),
                       analyst.delete('/api/users/viewer'), analyst.post('/api/models/x/activate')):
            self.assert_refused(answer, 403, 'admin')

    def test_no_path_leads_out(self):
        for path in ('/../etc/passwd', '/assets/../../etc/passwd', '/%2e%2e/etc/passwd', '/assets/%2e%2e/%2e%2e/etc/passwd',
                     '/assets/..%2f..%2fetc/passwd', '/assets/%5c..%5cetc', '/index.html%00.js', '/%c0%ae%c0%ae/', '/%', '/%zz',
                     '/a%0d%0aSet-Cookie:x', '//../x'):
            answer = self.server.ask('GET', path)
            self.assertIn(answer.status, (400, 404), path)
            self.assertNotIn(b'root:', answer.body)
            self.assertIsNone(answer.headers['Set-Cookie'])
        self.assertIn(b' 400 ', self.server.raw(b'GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n'))

    def test_what_is_too_large_is_refused(self):
        self.assertIn(b' 431 ', self.server.raw(b'GET / HTTP/1.1\r\nHost: localhost\r\nX: ' + b'x' * 9000 + b'\r\n\r\n'))
        self.assertIn(b' 431 ', self.server.raw(b'GET / HTTP/1.1\r\nHost: localhost\r\n' + b'X: y\r\n' * 100 + b'\r\n'))
        self.assert_refused(self.server.ask('GET', '/?' + 'a' * 5000), 400)
        self.assert_refused(self.server.ask('GET', '/?' + 'a=b&' * 40), 400)
        nobody = Browser(self.server)
        self.assert_refused(nobody.post('/api/login', b'{"user":"' + b'x' * 5000 + b'"}'), 413)
        self.assert_refused(nobody.post('/api/login', b'x=1', **{'Content-Type': 'application/x-www-form-urlencoded'}), 415)
        self.assert_refused(nobody.post('/api/login', b'[' * 1000 + b']' * 1000), 400)
        chunks = b'3e8\r\n' + b'x' * 1000 + b'\r\n'
        head = ''.join(f'{name}: {value}\r\n' for name, value in nobody.headers().items())
        told = f'POST /api/login HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n{head}Content-Type: application/json\r\n'
        self.assertIn(b' 413 ', self.server.raw(told.encode() + b'Transfer-Encoding: chunked\r\n\r\n' + chunks * 6))
        self.assertIn(b' 413 ', self.server.raw(b'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello'))

    def test_a_request_that_ends_in_two_places_is_refused(self):
        head = b'POST /api/login HTTP/1.1\r\nHost: localhost\r\n'
        for lengths in (b'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', b'Content-Length: 5\r\nContent-Length: 6\r\n',
                        b'Transfer-Encoding: gzip\r\n', b'Content-Length: -1\r\n', b'Content-Length: 99999999999999999999\r\n'):
            answers = self.server.raw(head + lengths + b'\r\n0\r\n\r\nGET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n')
            self.assertEqual(answers.count(b'HTTP/1.1 '), 1, lengths)
            self.assertRegex(answers, rb'^HTTP/1.1 4')

    def test_requests_that_are_sent_at_once_are_answered_in_order(self):
        one = b'GET /api/%s HTTP/1.1\r\nHost: localhost\r\n\r\n'
        answers = self.server.raw(one % b'health' + one % b'status' + one % b'session' + one % b'health')
        self.assertEqual(re.findall(rb'HTTP/1.1 (\d+)', answers), [b'200', b'401', b'200', b'200'])

    def test_head_has_the_headers_without_the_body(self):
        answer = self.server.raw(b'HEAD /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
        self.assertIn(b'Content-Length: 15\r\n', answer)
        self.assertTrue(answer.endswith(b'\r\n\r\n'))
        self.assertIn(b'Allow: GET, HEAD', self.server.raw(b'DELETE /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n'))
        self.assertIn(b' 405 ', self.server.raw(b'TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n'))

    def test_a_login_makes_a_new_session(self):
        browser = Browser(self.server)
        name = self.browsers['admin'].cookie.split('=')[0]
        browser.cookie = f'{name}={"a" * 64}'  # That an attacker chose.
        browser.sign_in('viewer')
        self.assertNotIn('a' * 64, browser.cookie)
        first = browser.cookie
        browser.sign_in('viewer')
        self.assertNotEqual(browser.cookie, first)
        self.assertIsNone(self.server.ask('GET', '/api/session', headers={'Cookie': first}).json()['user'])

    def test_a_logout_ends_the_session(self):
        browser = Browser(self.server).sign_in('viewer')
        cookie = browser.cookie
        answer = browser.post('/api/logout')
        self.assertEqual(answer.status, 204)
        self.assertIn('Max-Age=0', answer.headers['Set-Cookie'])
        self.assert_refused(self.server.ask('GET', '/api/status', headers={'Cookie': cookie}), 401)

    def test_the_cookie_is_the_servers_alone(self):
        answer = Browser(self.server).post('/api/login', {'user': 'viewer', 'password': PASSWORD})
        self.assertRegex(answer.headers['Set-Cookie'],
                         rf'^flowsift-{self.server.port}=[0-9a-f]{{64}}; Path=/; HttpOnly; SameSite=Strict$')

    def test_a_user_who_is_deleted_or_has_a_new_password_is_out(self):
        admin = self.browsers['admin']
        for _ in range(2):  # The second of that name does not inherit the session.
            self.assertEqual(admin.post('/api/users', {'user': 'kim', 'role': 'viewer', 'password': PASSWORD}).status, 201)
            first, second = Browser(self.server).sign_in('kim'), Browser(self.server).sign_in('kim')
            self.assert_refused(first.post('/api/password', {'old': 'wrong password', 'new': PASSWORD + '!'}), 403)
            self.assert_refused(first.post('/api/password', {'old': PASSWORD, 'new': 'short'}), 400)
            self.assertEqual(first.post('/api/password', {'old': PASSWORD, 'new': PASSWORD + '!'}).status, 204)
            self.assert_refused(second.get('/api/status'), 401)
            self.assertEqual(first.get('/api/status').status, 200)
            self.assertEqual(admin.delete('/api/users/kim').status, 204)
            self.assert_refused(first.get('/api/status'), 401)
        self.assert_refused(admin.delete('/api/users/admin'), 409, 'last admin')

    def test_every_change_is_in_the_audit_log(self):
        admin = self.browsers['admin']
        admin.post('/api/users', {'user': 'noted', 'role': 'viewer', 'password': PASSWORD})
        Browser(self.server).post('/api/login', {'user': 'noted', 'password': 'wrong password'})
        admin.delete('/api/users/noted')
        entries = admin.get('/api/audit?limit=1000').json()['entries']
        told = [(entry['user'], entry['action'], entry['detail']) for entry in entries]
        self.assertIn(('admin', 'POST /api/users', 'noted as viewer'), told)
        self.assertIn(('admin', 'DELETE /api/users/noted', 'noted'), told)
        self.assertIn(('-', 'POST /api/login', 'refused: 401 noted'), told)
        self.assertNotIn(PASSWORD, json.dumps(entries))
        older = admin.get(f'/api/audit?limit=1&before={entries[0]["id"]}').json()['entries']
        self.assertEqual(older, entries[1:2])

    def test_the_setup_token_opens_once(self):
        answer = Browser(self.server).post('/api/setup', {'token': self.server.token(), 'user': 'eve', 'password': PASSWORD})
        self.assert_refused(answer, 409)
        self.assertFalse(Browser(self.server).get('/api/session').json()['needs_setup'])

    def test_this_run_takes_no_uploads(self):
        answer = self.browsers['analyst'].post('/api/uploads?name=x.pcap', b'abc', **{'Content-Type': 'application/octet-stream'})
        self.assert_refused(answer, 409)

    def test_metrics_are_for_this_machine(self):
        self.assertIn(b'flowsift_packets_received_total', self.server.ask('GET', '/metrics').body)


class Live(OneServer):
    def test_names_from_the_wire_are_escaped(self):
        connection, response = self.browsers['viewer'].events()
        self.assertEqual(response.headers['Content-Type'], 'text/event-stream')
        raw, deadline = b'', time.monotonic() + 20
        while not (b'script' in raw and b'"flows":[' in raw.split(b'\n')[-2]) and time.monotonic() < deadline:
            raw += response.readline()
        connection.close()
        self.assertIn(b"\\u003cscript\\u003ealert('x')\\u003c/script\\u003e.example", raw)
        self.assertNotIn(b'<', raw)
        self.assertIn(HOSTILE_NAME, [flow['name'] for flow in json.loads(raw.split(b'data: ')[-1])['flows']])

    def test_who_comes_back_gets_what_was_missed(self):
        viewer = self.browsers['viewer']
        connection, response = viewer.events()
        seen = read_events(response, 20, lambda events: sum(event == 'alert' for _, event, _ in events) >= 3)
        connection.close()
        self.assertIn('status', {event for _, event, _ in seen})
        alerts = [entry for entry in seen if entry[1] == 'alert']
        connection, response = viewer.events(alerts[0][0])
        again = read_events(response, 10, lambda events: sum(event == 'alert' for _, event, _ in events) >= 2)
        connection.close()
        self.assertEqual([entry for entry in again if entry[1] == 'alert'][:2], alerts[1:3])
        connection, response = viewer.events('another-1')
        self.assertIn(b'event: reset', b''.join(response.readline() for _ in range(3)))
        connection.close()

    def test_a_stream_ends_with_its_session(self):
        browser = Browser(self.server).sign_in('viewer')
        connection, response = browser.events()
        browser.post('/api/logout')
        started = time.monotonic()
        with self.assertRaises(http.client.IncompleteRead):
            response.read()  # To its end.
        connection.close()
        self.assertLess(time.monotonic() - started, 25)

    def test_a_client_that_reads_nothing_is_closed(self):
        wire = socket.socket()
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.connect((self.server.host, self.server.port))
        cookie = self.browsers['viewer'].cookie
        wire.sendall(f'GET /api/events HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n'.encode())
        established, deadline = 1, time.monotonic() + 30
        while established == 1 and time.monotonic() < deadline:
            time.sleep(0.2)
            established = struct.unpack_from('B', wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8))[0]
        wire.close()
        self.assertNotEqual(established, 1, 'still connected after 30 s')

    def test_a_client_that_sends_slowly_is_closed(self):
        with socket.create_connection((self.server.host, self.server.port)) as wire:
            wire.settimeout(1)
            started, is_open = time.monotonic(), True
            for byte in b'GET / HTTP/1.1\r\nX: ' + b'y' * 40:
                try:
                    wire.sendall(bytes([byte]))
                    is_open = wire.recv(1) != b''
                except TimeoutError:
                    continue
                except OSError:
                    is_open = False
                if not is_open:
                    break
            self.assertFalse(is_open)
            self.assertLess(time.monotonic() - started, 20)


class Starting(unittest.TestCase):
    """Runs with options of their own."""

    def setUp(self):
        self._folder = temporary_folder()
        self.servers = []

    def tearDown(self):
        for server in self.servers:
            server.stop()
        self._folder.cleanup()

    def serve(self, *options, **more):
        self.servers.append(Server(self._folder.name, *options, **more))
        return self.servers[-1]

    def fail_to_serve(self, fragment, *options, **more):
        server = self.serve(*options, **more)
        self.assertEqual(server.run.wait(timeout=60), 2, server.said())
        self.assertIn(fragment, server.said())

    def test_others_are_not_let_in_without_tls_and_a_password(self):
        self.fail_to_serve('that takes TLS', address='0.0.0.0')
        self.fail_to_serve('nobody has a password yet', '--serve-self-signed', address='0.0.0.0')
        self.fail_to_serve('nobody has a password yet', '--serve-self-signed', address='0.0.0.0', accounts=None)
        self.fail_to_serve('go together', '--serve-cert', 'x.pem')
        first = self.serve().wait()
        set_up(first)
        first.stop()
        self.fail_to_serve('that takes TLS', address='0.0.0.0')
        open_one = self.serve('--serve-self-signed', '--serve-host', 'sensor.example', address='0.0.0.0').wait()
        self.assertEqual(open_one.ask('GET', '/api/session', headers={'Host': 'sensor.example'}).status, 200)
        self.assertEqual(open_one.ask('GET', '/api/session', headers={'Host': 'evil.example'}).status, 403)

    def test_tls(self):
        server = self.serve('--serve-self-signed').wait()
        browser = set_up(server)['viewer']
        answer = browser.post('/api/login', {'user': 'viewer', 'password': PASSWORD})
        self.assertRegex(answer.headers['Set-Cookie'],
                         rf'^__Host-flowsift-{server.port}=[0-9a-f]{{64}}; Path=/; HttpOnly; SameSite=Strict; Secure$')
        self.assertEqual(browser.get('/api/status').status, 200)
        self.assertEqual(server.raw(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').count(b'HTTP/1.1 2'), 0)
        key = server.folder / 'flowsift-key.pem'
        self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        text = subprocess.run(['openssl', 'x509', '-noout', '-text', '-in', server.folder / 'flowsift-cert.pem'], check=True,
                              capture_output=True, text=True).stdout
        self.assertIn('IP Address:127.0.0.1', text)
        before = key.read_bytes()
        server.stop()
        self.serve('--serve-self-signed', port=server.port).wait()
        self.assertEqual(key.read_bytes(), before)

    def test_sessions_outlive_a_restart_and_live_pages_come_back(self):
        first = self.serve().wait()
        viewer = set_up(first)['viewer']
        first.stop()
        second = self.serve(port=first.port).wait()
        viewer.server = second
        self.assertEqual(viewer.get('/api/session').json()['user'], 'viewer')
        connection, response = viewer.events('0123456789ab-7')
        self.assertIn(b'event: reset', b''.join(response.readline() for _ in range(3)))
        connection.close()
        self.assertEqual(stat.S_IMODE(os.stat(second.folder / 'accounts.db').st_mode), 0o600)

    def test_a_link_opens_once_where_nobody_has_an_account(self):
        server = self.serve(accounts=None).wait()
        browser = Browser(server)
        self.assertFalse(browser.get('/api/session').json()['needs_setup'])
        self.assertEqual(browser.post('/api/login', {'token': server.token()}).json()['role'], 'admin')
        self.assertEqual(browser.get('/api/status').json()['capture']['state'], 'running')
        self.assertEqual(Browser(server).post('/api/login', {'token': server.token()}).status, 401)
        self.assertEqual(Browser(server).post('/api/login', {'user': 'local user', 'password': ''}).status, 401)

    def test_guessing_is_stopped(self):
        server = self.serve().wait()
        set_up(server)
        guesser = Browser(server)
        statuses = [guesser.post('/api/login', {'user': f'user{i}', 'password': 'a wrong guess'}).status for i in range(12)]
        self.assertEqual(statuses, [401] * 10 + [429] * 2)
        answer = guesser.post('/api/login', {'user': 'admin', 'password': PASSWORD})
        self.assertEqual(answer.status, 429)
        self.assertEqual(answer.headers['Retry-After'], '300')

    def test_the_port_may_be_taken(self):
        first = self.serve().wait()
        second = self.serve(port=first.port)
        self.assertEqual(second.run.wait(timeout=60), 1)
        self.assertIn('cannot listen on', second.said())


if __name__ == '__main__':
    unittest.main(verbosity=2)
