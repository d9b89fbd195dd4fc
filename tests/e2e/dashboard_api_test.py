"""Every route of docs/openapi.yaml is asked of the real binary, and what it answers is held against its schema."""
import json
import pathlib
import sys
import time
import unittest

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f'skipped DashboardApi: waits for {missing.name} (packages python3-jsonschema, python3-yaml)')
    sys.exit(77)

from dashboard import HOSTILE_NAME, PASSWORD, Browser, Server, read_events, set_up, temporary_folder

DOCUMENT = yaml.safe_load((pathlib.Path(__file__).resolve().parents[2] / 'docs' / 'openapi.yaml').read_text(encoding='utf-8'))
FORMULAS = '=+-@\t\r'


def as_json_schema(node):
    """OpenAPI 3.0 to JSON Schema: `nullable` is a type of its own there."""
    if isinstance(node, list):
        return [as_json_schema(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    node = {key: as_json_schema(value) for key, value in node.items()}
    if not node.pop('nullable', False):
        return node
    return {'anyOf': [{'type': 'null'}, node]}


SCHEMAS = as_json_schema(DOCUMENT['components']['schemas'])


def check(value, name):
    schema = {'$ref': f'#/components/schemas/{name}', 'components': {'schemas': SCHEMAS}}
    jsonschema.Draft4Validator(schema).validate(value)


class DashboardApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = temporary_folder()
        cls.server = Server(cls._folder.name, '--store', 'store.db').wait()
        cls.browsers = set_up(cls.server)
        cls.asked = {('POST', '/api/setup'), ('POST', '/api/users'), ('POST', '/api/login')}
        deadline = time.monotonic() + 60  # Until the store has flows and alerts, of a hostile name among others.
        while time.monotonic() < deadline:
            flows = cls.browsers['viewer'].get('/api/flows?filter=name%3A*script*').body
            if b'script' in flows and cls.browsers['viewer'].get('/api/alerts').json()['total'] > 20:
                break
            time.sleep(0.5)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls._folder.cleanup()

    def ask(self, method, path, pattern=None, status=None, body=None, role='admin', **headers):
        """Asks, and holds the answer against what the document says of the route."""
        route = DOCUMENT['paths'][pattern or path.split('?')[0]][method.lower()]
        self.asked.add((method, pattern or path.split('?')[0]))
        browser = self.browsers[role]
        if method == 'GET':
            answer = browser.get(path)
        else:
            answer = browser.post(path, body, **headers) if method == 'POST' else browser.delete(path)
        expected = status or int(next(code for code in route['responses'] if code != 'default'))
        self.assertEqual(answer.status, expected, answer.body)
        if answer.status >= 400:
            check(answer.json(), 'Error')
            return answer
        (content_type, content), = route['responses'][str(expected)].get('content', {None: {}}).items()
        if content_type:
            self.assertTrue(answer.headers['Content-Type'].startswith(content_type), answer.headers['Content-Type'])
        if '$ref' in content.get('schema', {}):
            check(answer.json(), content['schema']['$ref'].split('/')[-1])
        return answer

    def lines(self, answer):
        return [json.loads(line) for line in answer.body.splitlines()]

    def rows(self, answer):
        rows = [row for line in self.lines(answer) for row in line.get('rows', [])]
        for row in rows:
            check(row, 'FlowRow')
        return rows

    def test_every_route_answers_as_the_document_says(self):
        self.check_session()
        self.check_live()
        self.check_store()
        self.check_alerts()
        self.check_absent()
        routes = {(method.upper(), path) for path, methods in DOCUMENT['paths'].items() for method in methods}
        self.assertEqual(routes - self.asked, set(), 'never asked')

    def check_session(self):
        self.ask('GET', '/api/session')
        self.ask('GET', '/api/users')
        self.ask('GET', '/api/audit')
        self.ask('GET', '/api/audit?limit=x', status=400)
        self.ask('POST', '/api/users', body={'user': 'kim', 'role': 'viewer', 'password': PASSWORD})
        self.browsers['kim'] = Browser(self.server).sign_in('kim')
        self.ask('POST', '/api/password', body={'old': PASSWORD, 'new': PASSWORD + '!'}, role='kim')
        self.ask('POST', '/api/logout', role='kim')
        self.ask('DELETE', '/api/users/kim', '/api/users/{user}')

    def check_live(self):
        self.ask('GET', '/api/health')
        self.ask('GET', '/api/health/details')
        self.ask('GET', '/metrics')
        status = self.ask('GET', '/api/status').json()
        self.assertEqual(status['capture']['state'], 'running')
        self.assertGreater(status['totals']['packets_received'], 0)
        self.assertEqual(len(self.ask('GET', '/api/series?from=-10s').json()['packets']), 10)
        self.ask('GET', '/api/series?step=0', status=400)
        self.ask('GET', '/api/features')
        self.asked.add(('GET', '/api/events'))
        connection, response = self.browsers['viewer'].events()
        events = read_events(response, 10, lambda seen: {'status', 'flows', 'alert'} <= {event for _, event, _ in seen})
        connection.close()
        schemas = {'status': 'Status', 'flows': 'LatestFlows', 'alert': 'AlertRow', 'episode': 'AlertRow'}
        self.assertLessEqual({'status', 'flows', 'alert'}, {event for _, event, _ in events})
        for _, event, data in events:
            check(data, schemas[event])

    def check_store(self):
        fields = self.ask('GET', '/api/filter/fields').json()['fields']
        self.assertIn('src.port', [field['name'] for field in fields])
        whole = self.ask('GET', '/api/overview').json()
        self.assertGreater(whole['totals']['flows'], 0)
        self.ask('GET', '/api/overview?filter=class%3APortScan&from=-1h')
        self.assertGreater(self.ask('GET', '/api/overview?filter=nosuch%3A1', status=400).json()['at'], 0)
        answer = self.ask('GET', '/api/flows?limit=5&filter=dst.port%3A80')
        self.assertEqual(len(self.rows(answer)), 5)
        end = self.lines(answer)[-1]
        self.assertTrue(end['end'])
        again = self.rows(self.ask('GET', f'/api/flows?limit=5&filter=dst.port%3A80&cursor={end["next"]}'))
        self.assertEqual(len(again), 5)
        self.assertEqual({row['id'] for row in again} & {row['id'] for row in self.rows(answer)}, set())
        flow = self.ask('GET', f'/api/flows/{again[0]["id"]}', '/api/flows/{id}').json()
        self.assertEqual({key: flow[key] for key in again[0]}, again[0])
        self.ask('GET', '/api/flows/999999999', '/api/flows/{id}', status=404)
        self.ask('GET', '/api/flows?sort=nosuch', status=400)
        named = self.rows(self.ask('GET', '/api/flows?filter=name%3A*script*'))
        self.assertEqual(named[0]['name'], HOSTILE_NAME)
        table = self.ask('GET', '/api/flows.csv').body.decode()
        self.assertGreater(table.count('\n'), 10)
        for cell in table.replace('\n', ',').split(','):
            self.assertFalse(cell[:1] and cell[0] in FORMULAS, cell)

    def check_alerts(self):
        listed = self.ask('GET', '/api/alerts?group=class&limit=3').json()
        self.assertEqual(listed['groups'][0]['key'], 'PortScan')
        number = listed['alerts'][0]['number']
        one = f'/api/alerts/{number}'
        self.assertEqual(self.ask('GET', one, '/api/alerts/{number}').json()['number'], number)
        self.ask('GET', '/api/alerts/999999', '/api/alerts/{number}', status=404)
        self.ask('GET', '/api/alerts?state=nosuch', status=400)
        self.rows(self.ask('GET', one + '/flows', '/api/alerts/{number}/flows'))
        self.ask('GET', one + '/flows.csv', '/api/alerts/{number}/flows.csv')
        event = self.ask('GET', one + '/eve', '/api/alerts/{number}/eve').json()
        self.assertEqual((event['event_type'], event['src_ip'], event['alert']['metadata']['episode']),
                         ('alert', listed['alerts'][0]['source'], [str(number)]))
        self.ask('GET', '/api/alerts/999999/eve', '/api/alerts/{number}/eve', status=404)
        act = {'numbers': [number], 'action': 'archive'}
        self.ask('POST', '/api/alerts/actions', body=act, role='viewer', status=403)
        self.assertEqual(self.ask('POST', '/api/alerts/actions', body=act, role='analyst').json(), {'changed': 1})
        self.ask('POST', '/api/alerts/actions', body={'numbers': [number], 'action': 'feedback'}, status=400)
        self.ask('POST', '/api/alerts/actions', body={**act, 'action': 'feedback', 'is_right': False, 'label': 'BENIGN'})
        changed = self.ask('GET', one, '/api/alerts/{number}').json()
        self.assertEqual((changed['state'], changed['feedback']['label']), ('archived', 'BENIGN'))
        self.assertEqual([entry['user'] for entry in changed['history']], ['analyst', 'admin'])
        mute = {'alert': number, 'class': True, 'source': True, 'expires_in': 60}
        made = self.ask('POST', '/api/mutes', body=mute, role='analyst').json()
        self.assertEqual(self.ask('GET', '/api/mutes').json()['mutes'], [made])
        self.ask('POST', '/api/mutes', body={**mute, 'expires_in': 0}, status=400)
        self.ask('DELETE', f'/api/mutes/{made["id"]}', '/api/mutes/{id}')
        self.ask('DELETE', f'/api/mutes/{made["id"]}', '/api/mutes/{id}', status=404)

    def check_absent(self):
        """What `watch` has no place for says so."""
        self.ask('GET', '/api/models')
        self.ask('GET', '/api/models/x', '/api/models/{name}', status=404)
        self.ask('POST', '/api/models/x/activate', '/api/models/{name}/activate', status=409)
        self.ask('POST', '/api/models/rollback', status=409)
        self.ask('DELETE', '/api/models/x', '/api/models/{name}', status=409)
        self.ask('POST', '/api/training', body={'name': 'x', 'data': ['1'], 'trees': 0}, status=400)
        self.ask('POST', '/api/training', body={'name': 'x', 'data': ['1']}, status=409)
        self.ask('GET', '/api/jobs')
        self.ask('DELETE', '/api/jobs/1', '/api/jobs/{id}', status=409)
        self.ask('GET', '/api/interfaces')
        self.ask('GET', '/api/capture')
        self.ask('POST', '/api/capture/start', body={'interface': 'lo', 'upload': '1'}, status=400)
        self.ask('POST', '/api/capture/start', body={'interface': 'lo'}, status=409)
        self.ask('POST', '/api/capture/stop', status=409)
        self.ask('GET', '/api/uploads')
        self.ask('POST', '/api/uploads?name=x.pcap', body=b'x', status=409, **{'Content-Type': 'application/octet-stream'})
        self.ask('DELETE', '/api/uploads/1', '/api/uploads/{id}', status=409)

    def test_a_search_ends_with_its_client(self):
        connection = self.server.connect()
        connection.request('GET', '/api/flows', headers={'Cookie': self.browsers['viewer'].cookie})
        connection.getresponse()
        connection.close()
        for _ in range(20):  # More than run at once: the ones before have ended.
            self.assertEqual(self.browsers['viewer'].get('/api/flows?limit=1').status, 200)

    def test_the_page_of_any_address_of_its_own(self):
        for path in ('/', '/alerts/12', '/flows', '/login'):
            answer = self.server.ask('GET', path)
            self.assertEqual(answer.status, 200)
            self.assertIn(b'<!doctype html>', answer.body[:100].lower())
        self.assertEqual(self.server.ask('GET', '/assets/nothing.js').status, 404)


if __name__ == '__main__':
    unittest.main(verbosity=2)
