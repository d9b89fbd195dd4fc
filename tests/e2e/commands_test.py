"""Each command does its job on small captures whose content is known."""
import gzip
import json
import unittest

import packets
from program import COMMANDS, ProgramTest, flowsift, rows_of


class Help(ProgramTest):
    def test_every_command_explains_itself_with_examples(self):
        overview = self.succeed('--help').stdout
        for command in COMMANDS:
            self.assertIn(command, overview)
            text = self.succeed(command, '--help').stdout
            self.assertIn('Examples:', text)
            self.assertIn(f'flowsift {command} ', text)

    def test_version(self):
        self.assertRegex(self.succeed('--version').stdout, r'^flowsift \d+\.\d+\.\d+\n$')

    def test_usage_errors_point_to_help(self):
        for arguments in [[], ['fly'], ['flows'], ['flows', '--no-such-option', 'x'], ['watch', 'model', '--speed', '-1']]:
            run = flowsift(*arguments)
            self.assertEqual(run.returncode, 2, arguments)
            self.assertIn('--help', run.stderr)
            self.assertEqual(run.stdout, '')


class Flows(ProgramTest):
    def setUp(self):
        super().setUp()
        self.capture = self.folder / 'tiny.pcap'
        self.frames = sorted(packets.web_request() + packets.dns_lookup() + [(0.6, packets.arp())])
        self.capture.write_bytes(packets.pcap(self.frames))
        self.csv = self.folder / 'tiny.csv'

    def test_rows_hold_what_the_capture_holds(self):
        run = self.succeed('flows', self.capture, '-o', self.csv)
        self.assertIn('arp', run.stderr)  # The one frame that is in no flow is named.
        rows = {row['Protocol']: row for row in rows_of(self.csv)}
        self.assertEqual(set(rows), {'6', '17'})
        web = rows['6']
        self.assertEqual(web['Flow ID'], '10.0.0.1-10.0.0.2-40000-80-6')
        self.assertEqual(web['Timestamp'], '2023-11-14 22:13:20.000000')
        # 80 ms; client: SYN, ACK, data, FIN; server: SYN+ACK, data, FIN, final ACK.
        expected = {'Flow Duration': '80000', 'Total Fwd Packet': '4', 'Total Bwd packets': '4',
                    'Total Length of Fwd Packet': '100', 'Total Length of Bwd Packet': '300', 'FIN Flag Count': '2',
                    'SYN Flag Count': '2', 'PSH Flag Count': '2', 'ACK Flag Count': '7', 'FWD Init Win Bytes': '64000',
                    'Bwd Init Win Bytes': '65000', 'Packet Length Mean': '50', 'Down/Up Ratio': '1',
                    'End Reason': 'fin', 'Capture': 'tiny.pcap', 'Assembly Profile': 'default'}
        self.assertEqual({name: web[name] for name in expected}, expected)
        self.assertEqual(rows['17']['Flow Duration'], '4000')

    def test_a_tunnel_is_followed_unless_the_outermost_packet_is_wanted(self):
        inner = packets.udp(('192.168.0.1', 5000), ('192.168.0.2', 53), b'?' * 30)[14:]
        gre = packets.ethernet_ip('10.0.0.1', '10.0.0.2', 47, b'\x20\0\x08\0' + b'\0\0\0\x05' + inner)
        vxlan = packets.udp(('10.0.0.1', 9), ('10.0.0.2', 4789), b'\x08' + bytes(7) + bytes(12) + b'\x08\0' + inner)
        self.capture.write_bytes(packets.pcap([(0, gre), (1, vxlan)]))
        self.succeed('flows', self.capture, '-o', self.csv)
        self.assertEqual([row['Src IP'] for row in rows_of(self.csv)], ['192.168.0.1', '192.168.0.1'])
        run = self.succeed('flows', self.capture, '-o', self.csv, '--flow-layer', 'outermost')
        self.assertEqual([row['Dst Port'] for row in rows_of(self.csv)], ['4789'])
        self.assertRegex(run.stderr, r'\n +gre +1\n')

    def test_checksums_are_counted_on_request_and_change_no_row(self):
        self.succeed('flows', self.capture, '-o', self.csv)
        rows = rows_of(self.csv)
        run = self.succeed('flows', self.capture, '-o', self.csv, '--checksums')
        self.assertEqual(rows_of(self.csv), rows)
        # The frames have no checksums: 8 of TCP and the 10 IPv4 headers are wrong; UDP over IPv4 may have none.
        self.assertRegex(run.stderr, r'bad_ip_checksum +10\n')
        self.assertRegex(run.stderr, r'bad_tcp_checksum +8\n')
        self.assertNotIn('bad_udp_checksum', run.stderr)

    def test_standard_input_and_compression_make_no_difference(self):
        self.succeed('flows', self.capture, '-o', self.csv)
        plain = [dict(row, Capture='') for row in rows_of(self.csv)]
        packed = self.folder / 'tiny.pcap.gz'
        packed.write_bytes(gzip.compress(self.capture.read_bytes()))
        self.succeed('flows', packed, '-o', self.csv)
        self.assertEqual([dict(row, Capture='') for row in rows_of(self.csv)], plain)
        run = self.succeed('flows', '-', '-o', '-', '-q', stdin=self.capture.read_bytes())
        self.assertEqual(run.stdout.decode().count('\n'), 1 + len(plain))

    def test_pieces_of_one_capture_join(self):
        self.succeed('flows', self.capture, '-o', self.csv)
        whole = [dict(row, Capture='') for row in rows_of(self.csv)]
        for name, frames in (('a.pcap', self.frames[:5]), ('b.pcap', self.frames[5:])):
            (self.folder / name).write_bytes(packets.pcap(frames))
        self.succeed('flows', '--join', self.folder / 'a.pcap', self.folder / 'b.pcap', '-o', self.csv)
        self.assertEqual([dict(row, Capture='') for row in rows_of(self.csv)], whole)

    def test_attributes_tell_names_that_cannot_hurt(self):
        client, server, resolver = ('10.0.0.1', 40001), ('10.0.0.2', 8080), ('10.0.0.53', 53)
        question = b'\x12\x34\1\0\0\1\0\0\0\0\0\0' + b'\x05=\x1b[2J\3com\0' + b'\0\1\0\1'
        self.capture.write_bytes(packets.pcap([
            (0.0, packets.tcp(client, server, packets.SYN, seq=99)),
            # In two segments, the second one first.
            (0.1, packets.tcp(client, server, packets.ACK, b'Host: a.example\r\n\r\n', seq=116)),
            (0.2, packets.tcp(client, server, packets.ACK, b'GET / HTTP/1.1\r\n', seq=100)),
            (0.3, packets.udp(('10.0.0.1', 5000), resolver, question)),
            (0.4, packets.udp(('10.0.0.1', 5001), resolver, b'no question'))]))
        for workers in '0', '2':
            self.succeed('flows', '--attributes', '--workers', workers, self.capture, '-o', self.csv)
            rows = {row['Src Port']: row for row in rows_of(self.csv)}
            self.assertEqual((rows['40001']['App Protocol'], rows['40001']['HTTP Host']), ('http', 'a.example'))
            self.assertEqual((rows['5000']['App Protocol'], rows['5000']['DNS Query']), ('dns', "'=\\x1b[2J.com"))
            self.assertEqual((rows['5001']['App Protocol'], rows['5001']['DNS Query']), ('', ''))
        self.succeed('flows', self.capture, '-o', self.csv)
        self.assertNotIn('App Protocol', rows_of(self.csv)[0])

    def test_filter(self):
        self.succeed('flows', self.capture, '--filter', 'udp', '-o', self.csv)
        self.assertEqual([row['Protocol'] for row in rows_of(self.csv)], ['17'])

    def test_truncated_capture_gives_what_was_readable(self):
        data = self.capture.read_bytes()
        self.capture.write_bytes(data[:-10])
        last = len(packets.pcap(self.frames[:-1]))  # Where the record begins that is cut.
        run = flowsift('flows', self.capture, '-o', self.csv)
        self.assertEqual(run.returncode, 1)
        self.assertIn('warning', run.stderr)
        self.assertIn(str(last), run.stderr)
        self.assertEqual(len(rows_of(self.csv)), 2)


class Label(ProgramTest):
    def test_rules_label_and_the_rest_is_reported(self):
        capture, csv = self.folder / 'tiny.pcap', self.folder / 'tiny.csv'
        capture.write_bytes(packets.pcap(packets.web_request() + packets.dns_lookup()))
        self.succeed('flows', capture, '-o', csv)
        rules = self.folder / 'rules.toml'
        rules.write_text('version = 1\n[[rule]]\nlabel = "Web"\ncapture = "tiny*"\ndestination_port = 80\n')
        run = self.succeed('label', rules, csv)
        self.assertIn('no label', run.stdout)
        self.assertEqual({row['Protocol']: row['Label'] for row in rows_of(csv)}, {'6': 'Web', '17': 'NeedManualLabel'})


class Features(ProgramTest):
    def test_catalogue_in_three_forms(self):
        catalogue = json.loads(self.succeed('features', '--json').stdout)
        names = [feature['name'] for feature in catalogue['features']]
        text = self.succeed('features').stdout
        markdown = self.succeed('features', '--markdown').stdout
        self.assertIn('Flow Duration', names)
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertIn(name, text)
            self.assertIn(name, markdown)


if __name__ == '__main__':
    unittest.main(verbosity=2)
