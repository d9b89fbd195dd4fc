"""What a user does wrong is told in one sentence, with an exit code, and loses nothing."""
import os
import unittest

import packets
from program import ProgramTest, rows_of

CIC_HEADER = 'Flow Duration,Total Fwd Packet,Label\n'


class Errors(ProgramTest):
    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def train(self, *data, options=()):
        return ['train', *data, '-o', self.folder / 'model.fsm', *options]

    def test_captures(self):
        missing = self.folder / 'no.pcap'
        self.fail_with(1, 'no.pcap', 'flows', missing, '-o', '-')
        self.fail_with(1, 'empty', 'flows', self.write('empty.pcap', ''), '-o', '-')
        self.fail_with(1, 'notes.pcap', 'flows', self.write('notes.pcap', 'Dear diary, today ' * 10), '-o', '-')
        capture = self.write('ok.pcap', packets.pcap(packets.web_request()))
        self.fail_with(2, 'filter', 'flows', capture, '--filter', 'tcp porte 80', '-o', '-')
        self.fail_with(2, 'profile', 'flows', capture, '--profile', 'mine', '-o', '-')
        self.fail_with(1, '/no/such/folder', 'flows', capture, '-o', '/no/such/folder/x.csv')
        self.fail_with(1, 'space', 'flows', capture, '-o', '/dev/full')

    def test_training_data(self):
        good = CIC_HEADER + '1,2,A\n3,4,B\n' * 20
        self.fail_with(1, 'empty', *self.train(self.write('empty.csv', '')))
        self.fail_with(1, 'row', *self.train(self.write('header.csv', CIC_HEADER)))
        self.fail_with(1, 'Label', *self.train(self.write('nolabel.csv', 'Flow Duration,Total Fwd Packet\n1,2\n')))
        self.fail_with(1, 'two classes', *self.train(self.write('one.csv', CIC_HEADER + '1,2,A\n' * 20)))
        self.fail_with(1, 'Flow Duratoin', *self.train(self.write('good.csv', good), options=['--features', 'Flow Duratoin']))
        self.fail_with(1, 'no.csv', *self.train(self.folder / 'no.csv'))
        capture = self.write('ok.pcap', packets.pcap(packets.web_request()))
        self.fail_with(2, '--rules', *self.train(capture))
        self.assertFalse((self.folder / 'model.fsm').exists())

    def test_data_that_may_not_be_read(self):
        closed = self.write('closed.csv', CIC_HEADER + '1,2,A\n3,4,B\n')
        closed.chmod(0)
        if os.geteuid() == 0:
            self.skipTest('waits for a user other than root, who may read everything')
        self.fail_with(77, 'Permission denied', *self.train(closed))

    def test_bad_rows_lose_no_good_ones(self):
        rows = ''.join(f'{i},{i % 7},{"AB"[i % 2]}\n' for i in range(100))
        run = self.succeed(*self.train(self.write('bad.csv', CIC_HEADER + rows + 'x,1,A\n1,2\n')))
        self.assertIn('102', run.stderr)  # The line of the first bad row.

    def test_models(self):
        capture = self.write('ok.pcap', packets.pcap(packets.web_request()))
        self.fail_with(1, 'not a flowsift model', 'classify', capture, capture)
        self.fail_with(1, 'no.fsm', 'watch', self.folder / 'no.fsm', '-r', capture)
        rows = ''.join(f'{i},{i % 7},{"AB"[i % 2]}\n' for i in range(100))
        model = self.folder / 'model.fsm'
        self.succeed(*self.train(self.write('good.csv', CIC_HEADER + rows)))
        data = bytearray(model.read_bytes())
        self.fail_with(1, 'truncated', 'model', self.write('cut.fsm', bytes(data[:-7])))
        data[len(data) // 2] ^= 1
        self.fail_with(1, 'checksum', 'model', self.write('altered.fsm', bytes(data)))
        self.fail_with(2, '-r', 'watch', model)

    def test_rules(self):
        capture = self.write('ok.pcap', packets.pcap(packets.web_request()))
        csv = self.folder / 'flows.csv'
        self.succeed('flows', capture, '-o', csv)
        before = csv.read_text()
        for content, fragment in [('version = 1\n[[rule]]\nlable = "x"\n', 'lable'), ('version = 1\n[[rule]\n', 'line 2'),
                                  ('version = 1\n[[rule]]\nlabel = "x"\nsource = "10.0.0"\n', 'source')]:
            self.fail_with(78, fragment, 'label', self.write('rules.toml', content), csv)
        self.assertEqual(csv.read_text(), before)
        self.assertEqual(len(rows_of(csv)), 1)

    def test_unknown_interface_names_the_known_ones(self):
        rows = ''.join(f'{i},{i % 7},{"AB"[i % 2]}\n' for i in range(100))
        self.succeed(*self.train(self.write('good.csv', CIC_HEADER + rows)))
        run = self.fail_with(2, 'nosuch0', 'watch', self.folder / 'model.fsm', '-i', 'nosuch0')
        self.assertIn('lo', run.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2)
