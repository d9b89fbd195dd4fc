"""A wire for the live benches: two network namespaces with a virtual Ethernet pair between them, and who sends and listens there.

Needs root. Touches nothing outside the two namespaces, which go when the bench ends.
"""
import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[1]
RECORDING = SOURCE / 'lab' / 'recordings' / 'heldout.pcap.zst'
NAMESPACES = tuple(f'flowsift-bench-{os.getpid()}-{end}' for end in 'ab')
SO_TIMESTAMPNS = 35


def command(*words):
    subprocess.run(words, check=True, capture_output=True, text=True)


def at(end, *words):
    """The command at one end of the wire: 0 sends, 1 listens."""
    return ['nsenter', f'--net=/run/netns/{NAMESPACES[end]}', '--', *map(str, words)]


@contextlib.contextmanager
def wire():
    if os.geteuid() != 0:
        sys.exit('needs root, to make network namespaces')
    # While anyone asks for them the kernel stamps packets when they arrive, so that all who listen see the same times.
    stamped = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stamped.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    try:
        for name in NAMESPACES:
            command('ip', 'netns', 'add', name)
        for end in (0, 1):
            command(*at(end, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'))
        command(*at(0, 'ip', 'link', 'add', 'wire0', 'mtu', '9000', 'type', 'veth', 'peer', 'name', 'wire1', 'mtu', '9000',
                    'netns', NAMESPACES[1]))
        for end, device in enumerate(('wire0', 'wire1')):
            command(*at(end, 'ip', 'link', 'set', device, 'arp', 'off', 'up'))
        yield
    finally:
        stamped.close()
        for name in NAMESPACES:
            subprocess.run(['ip', 'netns', 'del', name], check=False, capture_output=True)


def sockets():
    """How many packet sockets listen at the far end."""
    listed = subprocess.run(at(1, 'cat', '/proc/net/packet'), check=True, capture_output=True, text=True).stdout
    return sum(line.split()[3:4] == ['0003'] for line in listed.splitlines()[1:])


class Listener:
    """A program at the far end, from the moment at which all its `rings` listen."""

    def __init__(self, *words, rings=1, core=None):
        pinned = ['taskset', '-c', core] if core is not None else []
        wanted = sockets() + rings
        self.process = subprocess.Popen(at(1, *pinned, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while sockets() < wanted:
            if self.process.poll() is not None:
                sys.exit(f'{words[0]} ended: {self.process.stderr.read()}')
            time.sleep(0.05)
        time.sleep(0.3)

    def peak_memory(self):
        """Bytes of the process and what it has mapped, so far."""
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text(encoding='ascii')
        return int(re.search(r'VmHWM:\s+(\d+) kB', status)[1]) * 1024

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=600)
        if self.process.returncode != 0:
            sys.exit(f'ended with {self.process.returncode}: {err}\n{out}')
        return out


def count(out, name):
    """A line of the summary that `watch` prints; 0 where it has none."""
    found = re.search(rf'(?m)^ *{re.escape(name)} +([\d,]+)$', out)
    return int(found[1].replace(',', '')) if found else 0


def start_sender(build, *words, core=0):
    return subprocess.Popen(at(0, 'taskset', '-c', core, f'{build}/bench/wire_sender', 'wire0', *words),
                            stdout=subprocess.PIPE, text=True)


def finish_sender(process):
    """(packets sent, seconds that it took)"""
    out, _ = process.communicate()
    if process.returncode != 0:
        sys.exit('the sender failed')
    sent, seconds, refused = re.fullmatch(r'sent (\d+) seconds ([\d.]+) refused (\d+)\n', out).groups()
    if refused != '0':
        print(f'  the device refused {refused} packets')
    return int(sent), float(seconds)
