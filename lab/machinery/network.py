"""Namespaces, cables and routes of the lab.

      hosts ── switch bridge ── wire (delay, loss, rate) ── router ══ server bridge ── servers
                                                                   ^ tcpdump listens here

Only packets to or from the server segment pass the server bridge, each of them once.
"""
import subprocess
import sys

from .plan import LAB

PREFIX = "lab-"
OFFLOADS = ("tso", "gso", "gro", "tx", "rx", "sg")


def run(*words, check=True):
    done = subprocess.run(words, capture_output=True, text=True)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done


def ip(namespace, *words):
    run("ip", "-n", PREFIX + namespace, *words)


def inside(namespace, *words):
    """The command line that runs words in a namespace of the lab."""
    return ["nsenter", f"--net=/run/netns/{PREFIX}{namespace}", "--", *words]


def kernel_has_netem():
    """Tries it on a loopback that nobody uses."""
    probe = ("dev", "lo", "root", "netem")
    added = run("tc", "-n", PREFIX + "wire", "qdisc", "add", *probe, "delay", "1ms", check=False)
    run("tc", "-n", PREFIX + "wire", "qdisc", "del", *probe, check=False)
    return added.returncode == 0


class Network:
    def __init__(self, plan):
        self.plan = plan
        self.wires = []  # processes that stand in for netem

    def build(self):
        for name in ("router", "switch", "wire", *self.plan.hosts):
            self._add_namespace(name)
        run(*inside("router", "sysctl", "-qw", "net.ipv4.ip_forward=1"))
        ip("router", "route", "add", "blackhole", "default")
        self.has_netem = kernel_has_netem()
        for segment in self.plan.segments.values():
            self._add_segment(segment)
        for host in self.plan.hosts.values():
            self._add_host(host)
        self._add_silent_addresses()
        self._add_spoofed_routes()

    def _add_namespace(self, name):
        run("ip", "netns", "add", PREFIX + name)
        settings = ["net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1",
                    "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0"]
        settings += [f"{key}={value}" for key, value in self.plan.hosts.get(name, {}).get("sysctl", {}).items()]
        for setting in settings:
            run(*inside(name, "sysctl", "-qw", setting))
        ip(name, "link", "set", "lo", "up")

    def _add_cable(self, space_a, end_a, space_b, end_b):
        ip(space_a, "link", "add", end_a, "type", "veth", "peer", "name", end_b, "netns", PREFIX + space_b)
        for space, end in ((space_a, end_a), (space_b, end_b)):
            for offload in OFFLOADS:  # no super-frames, true checksums; not every kernel knows each of them
                run(*inside(space, "ethtool", "-K", end, offload, "off"), check=False)
            ip(space, "link", "set", end, "up")

    def _add_bridge(self, space, name):
        ip(space, "link", "add", name, "type", "bridge", "forward_delay", "0")
        ip(space, "link", "set", name, "up")

    def _add_segment(self, segment):
        name, gateway = segment["name"], segment["gateway"] + "/" + segment["prefix"].split("/")[1]
        if segment.get("recorded"):
            self._add_bridge("router", "br-" + name)
            ip("router", "addr", "add", gateway, "dev", "br-" + name)
            return
        self._add_bridge("switch", "br-" + name)
        if self.has_netem:
            self._add_cable("router", "r-" + name, "switch", "s-" + name)
            self._set_netem("router", "r-" + name, segment)
            self._set_netem("switch", "s-" + name, segment)
        else:
            self._add_cable("router", "r-" + name, "wire", "a-" + name)
            self._add_cable("wire", "b-" + name, "switch", "s-" + name)
            self._start_wire(segment)
        ip("switch", "link", "set", "s-" + name, "master", "br-" + name)
        ip("router", "addr", "add", gateway, "dev", "r-" + name)

    def _set_netem(self, space, device, segment):
        run("tc", "-n", PREFIX + space, "qdisc", "add", "dev", device, "root", "netem",
            "delay", f"{segment['delay_ms'] + segment['spread_ms'] / 2}ms", f"{segment['jitter_ms']}ms",
            "loss", f"{100 * segment['loss']}%", "rate", f"{segment['rate_mbit']}mbit", "limit", "20000")

    def _start_wire(self, segment):
        name = segment["name"]
        words = [sys.executable, str(LAB / "programs" / "delaying_wire.py"), "a-" + name, "b-" + name]
        for key in ("delay_ms", "spread_ms", "jitter_ms", "loss", "rate_mbit"):
            words += ["--" + key.replace("_", "-"), str(segment[key])]
        self.wires.append(subprocess.Popen(inside("wire", "nice", "-n", "-10", *words)))

    def _add_host(self, host):
        name, segment = host["name"], self.plan.segments[host["segment"]]
        space = "router" if segment.get("recorded") else "switch"
        self._add_cable(name, "eth0", space, "p-" + name)
        ip(space, "link", "set", "p-" + name, "master", "br-" + segment["name"])
        if "mtu" in host:
            ip(name, "link", "set", "eth0", "mtu", str(host["mtu"]))
        for address in host["addresses"]:
            ip(name, "addr", "add", f"{address}/{self.plan.prefix_length(host)}", "dev", "eth0")
        ip(name, "route", "add", "default", "via", segment["gateway"])

    def _add_silent_addresses(self):
        """Addresses of the server segment where packets arrive and nobody answers."""
        for row in self.plan.rows("silent"):
            ip("router", "neigh", "add", row["address"], "lladdr", "02:00:00:00:00:99",
               "dev", "br-" + row["segment"], "nud", "permanent")

    def _add_spoofed_routes(self):
        """Forged sources are the lab's own: answers travel to the forger's host and end there."""
        for row in self.plan.rows("spoofed"):
            ip("router", "route", "add", row["prefix"], "via", self.plan.address(row["host"]))
            ip(row["host"], "route", "add", "blackhole", row["prefix"])
