"""Captures as lists of packets, for benches that must put them in order or cut them: pcap and pcapng, plain, .gz or .zst (by `zstd`)."""
import gzip
import pathlib
import re
import struct
import subprocess

SUFFIXES = ('.pcap', '.pcapng', '.cap', '.gz', '.zst')
FILE_SET = re.compile(r'(.+)_\d{5}_\d{14}')  # How dumpcap names the files that it cuts a capture into.


def content_of(path):
    if path.suffix == '.zst':
        return subprocess.run(['zstd', '-dcq', path], stdout=subprocess.PIPE, check=True).stdout
    return gzip.decompress(path.read_bytes()) if path.suffix == '.gz' else path.read_bytes()


def read_pcap(data):
    order = '<' if data[:4] in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1') else '>'
    magic, link = struct.unpack(order + 'I', data[:4])[0], struct.unpack(order + 'I', data[20:24])[0]
    unit = 1 if magic == 0xa1b23c4d else 1000
    packets, at = [], 24
    while at + 16 <= len(data):
        seconds, fraction, kept, length = struct.unpack(order + 'IIII', data[at:at + 16])
        packets.append((seconds * 10**9 + fraction * unit, length, data[at + 16:at + 16 + kept]))
        at += 16 + kept
    return link, packets


def resolution_of(order, options):
    """Nanoseconds per unit of a timestamp, by the options of an interface."""
    while len(options) >= 4:
        code, length = struct.unpack(order + 'HH', options[:4])
        if code == 9 and options[4] < 0x80:
            return 10**(9 - options[4])
        options = options[4 + (length + 3) // 4 * 4:] if code else b''
    return 1000


def read_pcapng(data):
    order = '<' if data[8:12] == b'\x4d\x3c\x2b\x1a' else '>'
    packets, interfaces, at = [], [], 0
    while at + 12 <= len(data):
        kind, length = struct.unpack(order + 'II', data[at:at + 8])
        if kind == 1:
            interfaces.append((struct.unpack(order + 'H', data[at + 8:at + 10])[0],
                               resolution_of(order, data[at + 16:at + length - 4])))
        if kind == 6:
            interface, high, low, kept, wire = struct.unpack(order + '5I', data[at + 8:at + 28])
            packets.append((((high << 32) + low) * interfaces[interface][1], wire, data[at + 28:at + 28 + kept]))
        at += length
    return interfaces[0][0], packets


def read(path):
    """Link type, and (nanoseconds, length on the wire, bytes) of each packet, as they stand in the file."""
    data = content_of(pathlib.Path(path))
    return read_pcapng(data) if data[:4] == b'\x0a\x0d\x0d\x0a' else read_pcap(data)


def write(path, link, packets):
    """As pcap with nanoseconds."""
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 262144, link))
        for time, length, content in packets:
            file.write(struct.pack('<IIII', time // 10**9, time % 10**9, len(content), length) + content)


def in_folders(places):
    """Paths by name of capture: of the files and folders given; files of one set are one capture."""
    paths = []
    for place in map(pathlib.Path, places):
        paths += sorted(path for path in place.iterdir() if path.suffix in SUFFIXES) if place.is_dir() else [place]
    captures = {}
    for path in paths:
        whole = FILE_SET.fullmatch(path.stem)
        captures.setdefault(whole[1] if whole else path.name.split('.')[0], []).append(path)
    return captures


def in_order(paths):
    """As the wire had them: some tools write a file by conversation. Link type and packets of all files together, by time."""
    read_files = [read(path) for path in paths]
    return read_files[0][0], sorted((packet for _, packets in read_files for packet in packets), key=lambda packet: packet[0])
