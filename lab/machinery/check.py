"""Counts what recordings hold: flows per label, flows per episode, quiet time between episodes."""
import collections
import csv
import ipaddress
import statistics
import tomllib
from datetime import datetime

from .flows import ICMP, TCP, UDP, read_flows

PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP}
WANTED_FLOWS = 60
WANTED_QUIET_S = 10.0


def as_list(value):
    return value if isinstance(value, list) else [value]


class Rule:
    """One rule of a rules file, of the conditions that lab/run writes."""

    def __init__(self, row):
        self.label = row["label"]
        self.start = row["from"].timestamp() if "from" in row else 0.0
        self.end = row["until"].timestamp() if "until" in row else float("inf")
        self.source = self._networks(row.get("source"))
        self.destination = self._networks(row.get("destination"))
        self.ports = as_list(row["destination_port"]) if "destination_port" in row else None
        self.protocol = PROTOCOLS.get(row.get("protocol"))

    @staticmethod
    def _networks(value):
        return [ipaddress.ip_network(item) for item in as_list(value)] if value else None

    def meets(self, flow):
        return (self.start <= flow.start < self.end
                and self.protocol in (None, flow.protocol)
                and (self.ports is None or flow.destination_port in self.ports)
                and self._holds(self.source, flow.source) and self._holds(self.destination, flow.destination))

    @staticmethod
    def _holds(networks, address):
        return networks is None or any(ipaddress.ip_address(address) in network for network in networks)


def label_of(flow, rules):
    for number in range(len(rules) - 1, -1, -1):
        if rules[number].meets(flow):
            return number
    return 0


def print_flows(flows, rules):
    per_rule = collections.defaultdict(list)
    for flow in flows:
        per_rule[label_of(flow, rules)].append(flow)
    per_label = collections.defaultdict(list)
    for number, members in per_rule.items():
        per_label[rules[number].label] += members
    for label, members in sorted(per_label.items()):
        sizes = [flow.forward + flow.backward for flow in members]
        answered = sum(flow.backward > 0 for flow in members) / len(members)
        few = "" if len(members) >= WANTED_FLOWS else "  TOO FEW"
        print(f"  {label:16} {len(members):6} flows {sum(sizes):8} packets, median {statistics.median(sizes):5.1f} per flow, "
              f"{answered:4.0%} answered{few}")
    return per_rule


def print_quiet_times(path):
    last_end = {}
    with open(path) as file:
        for row in csv.DictReader(file):
            start, end = (datetime.fromisoformat(row[key]).timestamp() for key in ("start", "end"))
            quiet = start - last_end.get(row["class"], 0.0)
            if quiet < WANTED_QUIET_S:
                print(f"  only {quiet:.1f} s of quiet before {row['class']} at {row['start']}")
            last_end[row["class"]] = max(end, last_end.get(row["class"], 0.0))


def check_recordings(folder):
    for capture in sorted(folder.glob("*.pcap.zst")):
        name = capture.name.split(".")[0]
        table = tomllib.loads((folder / f"{name}.rules.toml").read_text())["rule"]
        rules = [Rule(row) for row in table]
        flows = read_flows(capture)
        print(f"{name}: {capture.stat().st_size / 1e6:.2f} MB, {len(flows)} flows, "
              f"{max(flow.last for flow in flows) - flows[0].start:.0f} s")
        per_rule = print_flows(flows, rules)
        for number, row in enumerate(table[1:], start=1):
            print(f"    {len(per_rule[number]):5} flows  {row['label']}: {row['note']} from {row['source']}")
        print_quiet_times(folder / f"{name}.episodes.csv")
    return 0
