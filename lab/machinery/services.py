"""Test accounts, web content and the servers of a plan.

Everything lives under /run/lab, a tmpfs of the lab's private mount namespace. The account
files that the servers see are copies bound over the host's, with every host password locked.
"""
import os
import subprocess
from pathlib import Path

from . import network
from .plan import WORK

SMALL_OBJECTS = 40  # the first of them; encrypted traffic asks for these, as it does not compress
SENTENCE = b"The quick brown fox jumps over the lazy dog while the router counts packets. "


def mount_private_run():
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "lab", "/run"], check=True)
    for folder in ("netns", "sshd", "vsftpd/empty", "lab/logs", "lab/site", "lab/home", "lab/etc", "lab/state"):
        os.makedirs(f"/run/{folder}", mode=0o755)


def hash_password(password):
    return subprocess.run(["openssl", "passwd", "-6", password], check=True, capture_output=True, text=True).stdout.strip()


def make_accounts(accounts):
    """Binds account files over the host's: its system users without passwords, plus the test users."""
    passwd = [line for line in Path("/etc/passwd").read_text().splitlines() if int(line.split(":")[2]) < 1000]
    shadow = [f"{line.split(':')[0]}:*:19000:0:99999:7:::" for line in passwd]
    for number, (user, password) in enumerate(accounts.items(), start=4000):
        home = WORK / "home" / user
        home.mkdir()
        os.chown(home, number, 100)
        (home / "notes.txt").write_bytes(SENTENCE * 40)
        passwd.append(f"{user}:x:{number}:100::{home}:/bin/sh")
        shadow.append(f"{user}:{hash_password(password)}:19000:0:99999:7:::")
    for name, lines, mode in (("passwd", passwd, 0o644), ("shadow", shadow, 0o600)):
        copy = WORK / "etc" / name
        copy.write_text("\n".join(lines) + "\n")
        copy.chmod(mode)
        subprocess.run(["mount", "--bind", str(copy), f"/etc/{name}"], check=True)


def bind_names(plan):
    """One hosts file for the lab: names of its servers, nothing of the host's network."""
    lines = ["127.0.0.1 localhost"]
    lines += [f"{plan.address(name)} {name}.{plan.data['domain']} {name}" for name in plan.hosts]
    (WORK / "etc" / "hosts").write_text("\n".join(lines) + "\n")
    (WORK / "etc" / "resolv.conf").write_text(f"nameserver {plan.address(plan.data['resolver'])}\n")
    for name in ("hosts", "resolv.conf"):
        subprocess.run(["mount", "--bind", str(WORK / "etc" / name), os.path.realpath(f"/etc/{name}")], check=True)


def make_keys():
    run = network.run
    for kind in ("rsa", "ecdsa", "ed25519"):
        run("ssh-keygen", "-q", "-N", "", "-t", kind, "-f", str(WORK / "etc" / f"host_{kind}"))
        run("dropbearkey", "-t", kind, "-f", str(WORK / "etc" / f"dropbear_{kind}"))
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=www.lab.example",
        "-keyout", str(WORK / "etc/tls.key"), "-out", str(WORK / "etc/tls.crt"))
    pem = (WORK / "etc/tls.key").read_text() + (WORK / "etc/tls.crt").read_text()
    (WORK / "etc/tls.pem").write_text(pem)


def make_login_keys(accounts):
    key = WORK / "etc" / "user_key"
    network.run("ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", str(key))
    for number, user in enumerate(accounts, start=4000):
        folder = WORK / "home" / user / ".ssh"
        folder.mkdir(mode=0o700)
        (folder / "authorized_keys").write_bytes((WORK / "etc" / "user_key.pub").read_bytes())
        for path in (folder, folder / "authorized_keys"):
            os.chown(path, number, 100)
            path.chmod(0o700)


def make_site(plan):
    """Objects of many sizes, of text that compresses well; pages that link to them."""
    site, draw, shape = WORK / "site", plan.random, plan.data["site"]
    (site / "obj").mkdir()
    names = []
    for number in range(120):
        largest = 5_000 if number < SMALL_OBJECTS else 60_000
        size = min(largest, int(draw.lognormvariate(shape["size_mu"], shape["size_sigma"])))
        name = f"obj/{number}.html"
        (site / name).write_bytes((SENTENCE * (size // len(SENTENCE) + 1))[:size])
        names.append(name)
    for number in range(20):
        links = "".join(f'<img src="/{name}">' for name in draw.sample(names, draw.randint(2, 12)))
        (site / f"page{number}.html").write_text(f"<html><body>{links}</body></html>")
    (site / "index.html").write_bytes(b"<html><body>" + SENTENCE * shape["index_sentences"] + b"</body></html>")
    for kilobytes in (200, 400, 800, 1500):
        (site / f"big{kilobytes}.txt").write_bytes((SENTENCE * (kilobytes * 14))[:kilobytes * 1000])


def write_word_lists(plan):
    for name, text in plan.data.get("file", {}).items():
        (WORK / "etc" / name).write_text(plan.fill(text))


def start_services(plan):
    processes = []
    for number, row in enumerate(plan.rows("service")):
        config = WORK / "etc" / f"service{number}.conf"
        state = WORK / "state" / str(number)
        state.mkdir()
        config.write_text(plan.fill(row.get("config", ""), state=state, host=plan.address(row["host"])))
        command = plan.fill(row["command"], config=config, state=state, host=plan.address(row["host"]))
        log = open(WORK / "logs" / f"service{number}-{row['host']}.txt", "w")
        processes.append(subprocess.Popen(network.inside(row["host"], "bash", "-c", "exec " + command),
                                          stdout=log, stderr=log, stdin=subprocess.DEVNULL))
    return processes
