"""Makes one recording: builds the network, starts servers and tcpdump, lets the plan happen, writes the files."""
import asyncio
import os
import shutil
import signal
import subprocess
import time

from . import network, rules, services
from .activity import Activity
from .plan import WORK

SNAPLEN = 512
SETTLE_S = 2.0
BUSY_MACHINE_NICE = -6  # pauses and delays are part of what is recorded; other work on the machine must not stretch them
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"  # the distribution's programs, whatever else the user has installed


def start_capture(plan, path):
    bridge = next("br-" + segment["name"] for segment in plan.segments.values() if segment.get("recorded"))
    log = open(WORK / "logs" / "tcpdump.txt", "w")
    words = ["tcpdump", "-i", bridge, "-n", "-s", str(SNAPLEN), "-B", "65536", "-Z", "root", "-w", str(path)]
    capture = subprocess.Popen(network.inside("router", "nice", "-n", "-10", *words), stderr=log)
    time.sleep(SETTLE_S)
    return capture


def stop_capture(capture):
    time.sleep(SETTLE_S)
    capture.send_signal(signal.SIGINT)
    capture.wait(timeout=30)
    summary = (WORK / "logs" / "tcpdump.txt").read_text().strip()
    print(summary, flush=True)
    if "\n0 packets dropped by kernel" not in summary:
        raise RuntimeError("tcpdump lost packets: the recording is not complete, make it again on a quieter machine")


def build_lab(plan):
    services.mount_private_run()
    services.make_accounts(plan.data["accounts"])
    services.bind_names(plan)
    services.make_keys()
    services.make_login_keys(plan.data["accounts"])
    services.make_site(plan)
    services.write_word_lists(plan)
    lab_network = network.Network(plan)
    lab_network.build()
    running = services.start_services(plan)
    time.sleep(SETTLE_S)
    if any(wire.poll() is not None for wire in lab_network.wires):
        raise RuntimeError("a delaying wire ended at once")
    for row, process in zip(plan.rows("service"), running):
        if process.poll() is not None:
            print(f"service on {row['host']} ended at once: {row['command']}", flush=True)
    print(f"{plan.name}: {len(plan.hosts)} hosts, netem: {'yes' if lab_network.has_netem else 'no, delaying wires'}", flush=True)


def report(activity):
    for name, codes in sorted(activity.exit_codes.items()):
        print(f"  honest {name}: {sum(codes.values())} runs, exit codes {dict(codes)}")
    for episode in activity.episodes:
        print(f"  attack {episode.row['label']} by {episode.row['tool']} ({episode.row['mode']}): "
              f"{episode.end - episode.start:.1f} s, exit code {episode.exit_code}")


def write_files(plan, raw, episodes, out):
    rules.write_rules(plan, episodes, out / f"{plan.name}.rules.toml", f"{plan.name}.pcap")
    rules.write_episodes(plan, episodes, out / f"{plan.name}.episodes.csv")
    partial = out / f"{plan.name}.pcap.zst.partial"
    subprocess.run(["zstd", "-q", "-f", "-19", str(raw), "-o", str(partial)], check=True)
    os.replace(partial, out / f"{plan.name}.pcap.zst")


def make_recording(plan, minutes, out, keep_logs):
    os.environ.update(PATH=SYSTEM_PATH, HOME=str(WORK / "state"))  # tools leave settings in the home folder
    os.nice(BUSY_MACHINE_NICE)
    seconds = 60 * (minutes or plan.data["minutes"])
    raw = out / f"{plan.name}.pcap.partial"
    try:
        build_lab(plan)
        capture = start_capture(plan, raw)
        activity = Activity(plan, seconds)
        asyncio.run(activity.run())
        stop_capture(capture)
        report(activity)
        write_files(plan, raw, activity.episodes, out)
    finally:
        raw.unlink(missing_ok=True)
        if keep_logs and (WORK / "logs").exists():
            shutil.copytree(WORK / "logs", keep_logs / plan.name, dirs_exist_ok=True)
    return 0
