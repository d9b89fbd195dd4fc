"""Reads a plan (plans/<name>/*.toml) and fills the placeholders of its texts.

A plan is data: networks, services, honest activities and attacks. Its commands hold
placeholders between at-signs: a host's address (@www@), a random pick of a list in
[choices] (@pick:page@), a number (@int:1-9@), hex digits (@hex:8@), a path (@work@), and
in attacks the first victim and port (@victim@, @port@).
"""
import ipaddress
import random
import re
import tomllib
from pathlib import Path

LAB = Path(__file__).resolve().parent.parent
WORK = Path("/run/lab")  # on a tmpfs of the private mount namespace
PLACEHOLDER = re.compile(r"@([a-z_0-9]+)(?::([^@\s]*))?@")


def single_attacks(row):
    """One row per start: where `at` is a list, `from`, `to`, `ports` and `variant` may be lists that take turns."""
    if not isinstance(row["at"], list):
        return [row]
    singles = []
    for number, at in enumerate(row["at"]):
        single = dict(row, at=at)
        for key in ("from", "to", "ports"):
            value = row.get(key)
            if isinstance(value, list) and (key == "from" or isinstance(value[0], list)):
                single[key] = value[number % len(value)]
        single.update(row["variant"][number % len(row["variant"])])
        singles.append(single)
    return singles


class Plan:
    def __init__(self, name, is_honest=False):
        """is_honest: without the attacks, and with other random draws than the recording that has them."""
        self.name = f"{name}-honest" if is_honest else name
        self.data = {}
        for path in sorted((LAB / "plans" / name).glob("*.toml")):
            for key, value in tomllib.loads(path.read_text()).items():
                self.data[key] = self.data.get(key, []) + value if isinstance(value, list) else value
        if is_honest:
            self.data.update(attack=[], seed=f"{self.data['seed']} honest")
        self.random = random.Random(self.data["seed"])
        self.data["attack"] = [single for row in self.rows("attack") for single in single_attacks(row)]
        self.hosts = {host["name"]: host for host in self.data["host"]}
        self.segments = {segment["name"]: segment for segment in self.data["segment"]}
        self.paths = {"work": str(WORK), "programs": str(LAB / "programs")}

    def rows(self, kind):
        return self.data.get(kind, [])

    def address(self, host_name):
        return self.hosts[host_name]["addresses"][0]

    def prefix_length(self, host):
        return ipaddress.ip_network(self.segments[host["segment"]]["prefix"]).prefixlen

    def fill(self, text, **given):
        """Replaces every placeholder; an unknown one is an error of the plan."""
        return PLACEHOLDER.sub(lambda match: self._value(match, given), text)

    def _value(self, match, given):
        name, argument = match.groups()
        if name in given:
            return str(given[name])
        if name in self.hosts:
            return self.address(name)
        if name in self.paths:
            return self.paths[name]
        if name == "pick":
            return self.fill(str(self.random.choice(self.data["choices"][argument])), **given)
        if name == "int":
            low, high = argument.split("-")
            return str(self.random.randint(int(low), int(high)))
        if name == "hex":
            return f"{self.random.getrandbits(4 * int(argument)):0{argument}x}"
        raise ValueError(f"plan {self.name}: unknown placeholder {match.group(0)}")
