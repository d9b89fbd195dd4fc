"""A real wire: what `watch` sees on a virtual Ethernet pair is what `flows` reads from its recording, row for row.

Needs root (network namespaces) and a kernel that allows it; otherwise exits with 77, which ctest shows as skipped. Touches nothing outside the two
namespaces that it makes and removes.
"""
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest

from packets import ethernet_ip, udp
from program import PROGRAM, RECORDINGS, ProgramTest, flowsift, rows_of

SECONDS = 8           # Of the held-out recording, replayed at its own speed.
SKIP_SECONDS = 60     # Into the recording, where attacks and honest traffic mix.
PCAP_HEADER = struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 65535, 1)
SO_TIMESTAMPNS = 35   # While anyone asks for it, the kernel stamps packets once, for all who capture.
NAMESPACES = tuple(f'flowsift-wire-{os.getpid()}-{end}' for end in 'ab')  # Two runs must not meet.


def command(*words):
    subprocess.run(words, check=True, capture_output=True, text=True)


def in_namespace(number, *words):
    # Not `ip netns exec`: that remounts /sys, which a container or chroot does not allow.
    return ['nsenter', f'--net=/run/netns/{NAMESPACES[number]}', '--', *map(str, words)]


def make_wire():
    for number, name in enumerate(NAMESPACES):
        command('ip', 'netns', 'add', name)
        # Silence: no router solicitations or multicast reports of the kernel's own.
        command(*in_namespace(number, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'))
    command(*in_namespace(0, 'ip', 'link', 'add', 'wire0', 'mtu', '9000', 'type', 'veth', 'peer', 'name', 'wire1', 'mtu',
                          '9000', 'netns', NAMESPACES[1]))
    for number, device in enumerate(('wire0', 'wire1')):
        command(*in_namespace(number, 'ip', 'link', 'set', device, 'arp', 'off', 'up'))


def wait_for_capture(rings=1):
    """Until so many packet sockets listen at the far end."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        sockets = subprocess.run(in_namespace(1, 'cat', '/proc/net/packet'), check=True, capture_output=True, text=True)
        if sum(line.split()[3:4] == ['0003'] for line in sockets.stdout.splitlines()[1:]) >= rings:  # ETH_P_ALL
            time.sleep(0.3)  # Its filter, if libpcap is still about it.
            return
        time.sleep(0.05)
    raise TimeoutError('nobody captures')


def remove_wire():
    for name in NAMESPACES:
        subprocess.run(['ip', 'netns', 'del', name], check=False, capture_output=True)


def packets_of(path):
    """(nanoseconds, original length, bytes) of a little-endian pcap, plain or .zst."""
    data = path.read_bytes()
    if path.suffix == '.zst':
        data = subprocess.run(['zstd', '-dcq'], input=data, check=True, capture_output=True).stdout
    unit = {0xa1b2c3d4: 1000, 0xa1b23c4d: 1}[struct.unpack_from('<I', data)[0]]
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, captured, original = struct.unpack_from('<IIII', data, at)
        yield seconds * 10**9 + fraction * unit, original, data[at + 16:at + 16 + captured]
        at += 16 + captured


def cut(source, target):
    """SECONDS of the recording, as frames of at most the captured length; returns their number."""
    first, kept = None, 0
    with open(target, 'wb') as out:
        out.write(PCAP_HEADER)
        for time_ns, _, frame in packets_of(source):
            first = first or time_ns
            if SKIP_SECONDS <= (time_ns - first) / 1e9 < SKIP_SECONDS + SECONDS:
                out.write(struct.pack('<IIII', time_ns // 10**9, time_ns % 10**9, len(frame), len(frame)) + frame)
                kept += 1
    return kept


def add_odd_packets(path):
    """Over the recording's time: flows in GRE whose directions lie between other ends, and flows of fragments; returns
    how many packets were added."""
    def gre(source, destination, inner):
        return ethernet_ip(source, destination, 47, b'\0\0\x08\0' + inner[14:])

    frames = [(time_ns, frame) for time_ns, _, frame in packets_of(path)]
    first, odd = frames[0][0], []
    for flow in range(30):
        client, server = (f'172.16.0.{flow}', 1000 + flow), (f'172.16.1.{flow % 7}', 80)
        for step in range(10):
            way = (client, server) if step % 2 == 0 or flow % 3 == 0 else (server, client)
            packet = udp(*way, bytes(20 + step))
            if flow % 3 == 0:  # Datagrams in two pieces, of which the second bears no ports; one in between is whole.
                piece = packet[34:58] if step % 2 == 0 else bytes(16)
                if step != 4:
                    packet = ethernet_ip(way[0][0], way[1][0], 17, piece, 1 + step // 2, 0x2000 if step % 2 == 0 else 3)
            else:
                packet = gre(f'192.0.2.{step % 5}', f'198.51.100.{flow}', packet)
            odd.append((first + flow * 150_000_000 + step * 3_000_000, packet))
    frames = sorted(frames + odd, key=lambda each: each[0])
    with open(path, 'wb') as out:
        out.write(PCAP_HEADER)
        for time_ns, frame in frames:
            out.write(struct.pack('<IIII', time_ns // 10**9, time_ns % 10**9, len(frame), len(frame)) + frame)
    return len(odd)


def send(path, device, is_paced):
    """Put the frames of a nanosecond pcap on the device at the times that they bear, or all at once."""
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((device, 0))
    with open(path, 'rb') as file:
        data = file.read()
    at, first, started = 24, None, time.monotonic_ns()
    while at < len(data):
        seconds, fraction, captured, _ = struct.unpack_from('<IIII', data, at)
        due = seconds * 10**9 + fraction
        first = first or due
        wait = (due - first) - (time.monotonic_ns() - started)
        if is_paced and wait > 0:
            time.sleep(wait / 1e9)
        wire.send(data[at + 16:at + 16 + captured])
        at += 16 + captured


def why_no_wire():
    """Empty where a wire can be made here; otherwise what is missing."""
    if os.geteuid() != 0:
        return 'needs root, to make network namespaces'
    try:
        make_wire()
    except (OSError, subprocess.CalledProcessError) as error:
        return f'cannot make network namespaces here: {getattr(error, "stderr", None) or error}'.strip()
    finally:
        remove_wire()
    return ''


class Wire(ProgramTest):
    def setUp(self):
        super().setUp()
        make_wire()

    def tearDown(self):
        remove_wire()
        super().tearDown()

    def model(self):
        rows, model = self.folder / 'rows.csv', self.folder / 'model.fsm'
        rows.write_text('Flow Duration,Total Fwd Packet,Label,Assembly Profile\n' + '1,2,A,default\n9,1,B,default\n' * 20)
        self.succeed('train', rows, '-o', model, '--trees', '3')
        return model

    def watch_while_sending(self, model, slice_path, *options, rings_before=0):
        """The summary that watch prints; the rows are in live.csv then, the packets in seen.pcap."""
        arguments = ['watch', model, '-i', 'wire1', '--record', self.folder / 'seen.pcap', '--flows',
                     self.folder / 'live.csv', '--quiet', *options]
        watcher = subprocess.Popen(in_namespace(1, PROGRAM, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        wait_for_capture(rings_before + 1)
        # On one core: what another core sends would overtake.
        subprocess.run(in_namespace(0, 'taskset', '-c', '0', sys.executable, __file__, '--send', slice_path, 'wire0'), check=True)
        time.sleep(1)
        watcher.send_signal(signal.SIGINT)
        out, err = watcher.communicate(timeout=60)
        self.assertEqual(watcher.returncode, 0, err)
        return out

    def rows(self, path, columns=None):
        rows = rows_of(path)
        columns = columns or [name for name in rows[0] if name != 'Capture']
        return sorted([row[name] for name in columns] for row in rows)

    def assert_count(self, out, name, count):
        self.assertRegex(out, rf'(?m)^ *{re.escape(name)} +{count:,}$')

    def test_live_rows_are_the_recordings_rows_in_a_ring(self):
        self.check_rows('--capture', 'ring')

    def test_live_rows_are_the_recordings_rows_in_libpcap(self):
        self.check_rows('--capture', 'libpcap')

    def test_live_rows_are_the_recordings_rows_where_one_thread_does_all(self):
        self.check_rows('--workers', '0')

    def test_three_rings_tell_what_one_thread_tells(self):
        # Beside the recording, what comes by another ring than its flow's: both directions of flows in GRE, each between
        # other ends, and fragments.
        slice_path = self.folder / 'slice.pcap'
        sent = cut(RECORDINGS / 'heldout.pcap.zst', slice_path) + add_odd_packets(slice_path)
        rings = subprocess.Popen(in_namespace(1, PROGRAM, 'watch', self.model(), '-i', 'wire1', '--workers', '3', '--flows',
                                              self.folder / 'rings.csv', '-q'),
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for_capture(rings=3)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stamped:
            stamped.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self.watch_while_sending(self.model(), slice_path, '--workers', '0', rings_before=3)
        rings.send_signal(signal.SIGINT)
        out, err = rings.communicate(timeout=60)
        self.assertEqual(rings.returncode, 0, err)
        self.assert_count(out, 'offered by the kernel', sent)
        self.assert_count(out, 'received', sent)
        self.assertIn('All sums close', out)
        self.succeed('flows', self.folder / 'seen.pcap', '-o', self.folder / 'seen.csv', '-q', '--workers', '0')
        rows = self.rows(self.folder / 'seen.csv')
        self.assertGreater(sum('172.16.' in row[0] for row in rows), 20)
        self.assertEqual(self.rows(self.folder / 'rings.csv'), rows)

    def test_a_burst_that_finds_no_room_is_accounted_for(self):
        for workers in '0', '1', '3':
            with self.subTest(workers=workers):
                self.check_burst(workers)

    def check_burst(self, workers):
        sent = cut(RECORDINGS / 'heldout.pcap.zst', self.folder / 'slice.pcap')
        watcher = subprocess.Popen(in_namespace(1, PROGRAM, 'watch', self.model(), '-i', 'wire1', '--ring', '1M', '-q',
                                                '--workers', workers),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for_capture(rings=max(1, int(workers)))
        watcher.send_signal(signal.SIGSTOP)  # Nobody reads; the ring of 1 MiB fills.
        for _ in range(4):  # Once would just about fit, where the sender is quick.
            subprocess.run(in_namespace(0, sys.executable, __file__, '--flood', self.folder / 'slice.pcap', 'wire0'), check=True)
        sent *= 4
        watcher.send_signal(signal.SIGCONT)
        watcher.send_signal(signal.SIGINT)
        out, err = watcher.communicate(timeout=60)
        self.assertEqual(watcher.returncode, 0, err)
        self.assert_count(out, 'offered by the kernel', sent)
        counts = dict(re.findall(r'(?m)^  (received|dropped before us) +([\d,]+)$', out))
        received, dropped = (int(counts[name].replace(',', '')) for name in ('received', 'dropped before us'))
        self.assertEqual(received + dropped, sent)
        self.assertGreater(dropped, 0)
        self.assertIn('All sums close', out)

    def test_tags_that_the_kernel_takes_off_stand_in_the_recording(self):
        frames = [bytes.fromhex('020000000002020000000001') + tags + b'\x08\x00' + bytes(46)
                  for tags in (b'', b'\x81\x00\x20\x05', b'\x88\xa8\x00\x07\x81\x00\x00\x09')]
        with open(self.folder / 'tagged.pcap', 'wb') as out:
            out.write(PCAP_HEADER)
            for frame in frames:
                out.write(struct.pack('<IIII', 1, 0, len(frame), len(frame)) + frame)
        for way in ('ring', 'libpcap'):
            self.watch_while_sending(self.model(), self.folder / 'tagged.pcap', '--capture', way)
            self.assertEqual([frame for _, _, frame in packets_of(self.folder / 'seen.pcap')], frames, way)
        out = self.watch_while_sending(self.model(), self.folder / 'tagged.pcap', '--filter', 'vlan 7')
        self.assertEqual([frame for _, _, frame in packets_of(self.folder / 'seen.pcap')], frames[2:])
        self.assertIn('All sums close', out)

    def test_an_interface_that_goes_away_ends_the_run_with_its_reason(self):
        watcher = subprocess.Popen(in_namespace(1, PROGRAM, 'watch', self.model(), '-i', 'wire1', '-q'),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for_capture()
        for state in ('down', 'up'):  # That alone ends nothing.
            command(*in_namespace(1, 'ip', 'link', 'set', 'wire1', state))
        time.sleep(0.5)
        self.assertIsNone(watcher.poll())
        command(*in_namespace(0, 'ip', 'link', 'del', 'wire0'))
        out, err = watcher.communicate(timeout=60)
        self.assertEqual(watcher.returncode, 1, err)
        self.assertIn('capture on wire1 ended: the interface is gone', err)
        self.assertIn('All sums close', out)

    def check_rows(self, *options):
        model = self.model()
        sent = cut(RECORDINGS / 'heldout.pcap.zst', self.folder / 'slice.pcap')
        self.assertGreater(sent, 1000)
        out = self.watch_while_sending(model, self.folder / 'slice.pcap', *options)
        self.assert_count(out, 'received', sent)
        self.assertIn('All sums close', out)

        self.succeed('flows', self.folder / 'seen.pcap', '-o', self.folder / 'seen.csv', '-q')
        self.assertEqual(self.rows(self.folder / 'live.csv'), self.rows(self.folder / 'seen.csv'))

        # The wire has times of its own; who sent what to whom does not change.
        self.succeed('flows', self.folder / 'slice.pcap', '-o', self.folder / 'slice.csv', '-q')
        timeless = ['Flow ID', 'Total Fwd Packet', 'Total Bwd packets', 'Total Length of Fwd Packet',
                    'Total Length of Bwd Packet', 'Fwd Header Length', 'Bwd Header Length', 'Packet Length Variance',
                    'FIN Flag Count', 'SYN Flag Count', 'RST Flag Count', 'PSH Flag Count', 'ACK Flag Count',
                    'URG Flag Count', 'CWR Flag Count', 'ECE Flag Count', 'End Reason']
        self.assertEqual(self.rows(self.folder / 'live.csv', timeless), self.rows(self.folder / 'slice.csv', timeless))


if __name__ == '__main__':
    if sys.argv[1:2] in (['--send'], ['--flood']):
        send(sys.argv[2], sys.argv[3], is_paced=sys.argv[1] == '--send')
        sys.exit(0)
    missing = why_no_wire()
    if missing:
        print(f'skipped Wire: {missing}')
        sys.exit(77)
    unittest.main(verbosity=2)
