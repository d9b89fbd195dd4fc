"""Writes what is known about a recording: the rules for `flowsift label` and episodes.csv."""
import csv
from datetime import datetime, timezone


def moment(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def toml_value(value):
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return str(value)


def conditions_of(plan, row):
    """One dict of conditions per rule of an attack: its own packets, then what it makes servers send."""
    victims = [plan.address(name) for name in row["to"]]
    attack = {"source": row.get("forged") or plan.address(row["from"]),
              "destination": victims if len(victims) > 1 else victims[0]}
    if "ports" in row:
        attack["destination_port"] = row["ports"]
    attack["protocol"] = row["protocol"]
    rules = [attack]
    if row["protocol"] == "udp" and row.get("unreachable"):
        rules.append({"source": attack["destination"], "destination": plan.address(row["from"]), "protocol": "icmp"})
    if "relayed_to" in row:
        rules.append({"source": attack["destination"], "destination": plan.address(row["relayed_to"]),
                      "destination_port": 53, "protocol": "udp"})
    return rules


def write_rules(plan, episodes, path, capture):
    lines = [f"# Who attacked whom, and when, in {capture}. Written by lab/run; see lab/README.md.",
             "version = 1", "# Later rules win.", "", "[[rule]]", 'label = "BENIGN"',
             'note = "everything that no attack below accounts for"']
    for episode in sorted(episodes, key=lambda episode: episode.start):
        row = episode.row
        for conditions in conditions_of(plan, row):
            lines += ["", "[[rule]]", f"label = {toml_value(row['label'])}",
                      f"note = {toml_value(row['tool'] + ': ' + row['mode'])}", f'capture = "{plan.name}.pcap*"',
                      f"from = {moment(episode.start)}", f"until = {moment(episode.end)}"]
            lines += [f"{key} = {toml_value(value)}" for key, value in conditions.items()]
    path.write_text("\n".join(lines) + "\n")


def write_episodes(plan, episodes, path):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["class", "start", "end", "attacker", "forged_sources", "victims", "tool", "mode"])
        for episode in sorted(episodes, key=lambda episode: episode.start):
            row = episode.row
            forged = row.get("forged", "")
            writer.writerow([row["label"], moment(episode.start), moment(episode.end), plan.address(row["from"]),
                             forged if isinstance(forged, str) else " ".join(forged),
                             " ".join(plan.address(name) for name in row["to"]), row["tool"], row["mode"]])
