"""A plain reader of recordings: packets of a pcap, put together into flows the obvious way.

It only serves to check recordings; flowsift's own extractor is the one that counts.
"""
import ipaddress
import struct
import subprocess
from dataclasses import dataclass, field

IDLE_S = 120.0
TCP, UDP, ICMP = 6, 17, 1
FIN, SYN, RST, ACK = 1, 2, 4, 16


@dataclass
class Flow:
    start: float
    source: str
    source_port: int
    destination: str
    destination_port: int
    protocol: int
    last: float = 0.0
    sequence: int = 0
    closed: bool = False
    forward: int = 0
    backward: int = 0
    payloads: list = field(default_factory=list)  # signed: backward packets negative


def packets(path):
    """Yields time, addresses, protocol, ports, flags, sequence number and payload length of each IPv4 packet."""
    command = ["zstd", "-dcq", str(path)] if path.suffix == ".zst" else ["cat", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        stream = process.stdout
        stream.read(24)
        while header := stream.read(16):
            seconds, micros, length, _ = struct.unpack("<IIII", header)
            frame = stream.read(length)
            if frame[12:14] == b"\x08\x00":
                yield (seconds + micros / 1e6, *parse_ip(frame[14:]))


def parse_ip(data):
    header, total, protocol = (data[0] & 15) * 4, struct.unpack(">H", data[2:4])[0], data[9]
    source, destination = (str(ipaddress.ip_address(data[at:at + 4])) for at in (12, 16))
    transport = data[header:]
    if protocol == TCP:
        ports = struct.unpack(">HH", transport[:4])
        payload = total - header - (transport[12] >> 4) * 4
        return source, destination, protocol, *ports, transport[13], struct.unpack(">I", transport[4:8])[0], payload
    if protocol == UDP:
        return source, destination, protocol, *struct.unpack(">HH", transport[:4]), 0, 0, total - header - 8
    return source, destination, protocol, 0, 0, 0, 0, total - header


def is_new(flow, source, time, flags, sequence):
    if flow is None or time - flow.last > IDLE_S:
        return True
    if flow.protocol != TCP or flags & (SYN | ACK) != SYN:
        return False
    return flow.closed or (source == flow.source and sequence != flow.sequence)


def read_flows(path):
    table, flows = {}, []
    for time, source, destination, protocol, source_port, destination_port, flags, sequence, payload in packets(path):
        key = (protocol, *sorted([(source, source_port), (destination, destination_port)]))
        flow = table.get(key)
        if is_new(flow, source, time, flags, sequence):
            flow = Flow(time, source, source_port, destination, destination_port, protocol, sequence=sequence)
            table[key] = flow
            flows.append(flow)
        forward = source == flow.source and source_port == flow.source_port
        flow.forward += forward
        flow.backward += not forward
        flow.last = time
        flow.closed = flow.closed or bool(flags & (FIN | RST))
        flow.payloads.append(payload if forward else -payload)
    return flows
