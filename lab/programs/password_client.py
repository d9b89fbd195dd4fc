#!/usr/bin/python3
"""Logs in by password over ssh (paramiko) or FTP (ftplib): guesses a list of words, or works honestly.

The same libraries on both sides, so that a library is no sign of an attack. guess: words of a file, some tries per
connection, some connections at a time. work: perhaps one slip, then the right password, then a few commands.
"""
import argparse
import concurrent.futures
import ftplib
import random
import socket
import time

import paramiko


def ssh_transport(options):
    wire = socket.create_connection((options.server, options.port), timeout=12,
                                    source_address=(options.source, 0) if options.source else None)
    transport = paramiko.Transport(wire)
    transport.start_client(timeout=12)
    return transport


def guess_ssh(options, words):
    transport = ssh_transport(options)
    try:
        for word in words:
            try:
                transport.auth_password(options.user, word)
            except paramiko.AuthenticationException:
                time.sleep(options.pause)
    finally:
        transport.close()


def guess_ftp(options, words):
    connection = ftplib.FTP()
    connection.connect(options.server, options.port, timeout=12)
    for word in words:
        try:
            connection.login(options.user, word)
        except ftplib.error_perm:
            time.sleep(options.pause)
    connection.quit() if options.polite else connection.close()


def work_ssh(options, words):
    transport = ssh_transport(options)
    for word in words:
        try:
            transport.auth_password(options.user, word)
        except paramiko.AuthenticationException:
            time.sleep(random.uniform(1, 3))
    for command in random.choices(["true", "uptime", "ls -l", "cat notes.txt", "sleep 1; id"], k=random.randint(1, 4)):
        channel = transport.open_session()
        channel.exec_command(command)
        while channel.recv(4096):
            pass
        time.sleep(random.uniform(0, 0.6))
    transport.close()


def work_ftp(options, words):
    connection = ftplib.FTP(timeout=12, source_address=(options.source, 0) if options.source else None)
    connection.connect(options.server, options.port)
    for word in words:
        try:
            connection.login(options.user, word)
        except ftplib.error_perm:
            time.sleep(random.uniform(1, 3))
    for _ in range(random.randint(0, 3)):
        random.choice([connection.pwd, connection.nlst, lambda: connection.voidcmd("NOOP")])()
        time.sleep(random.uniform(0, 0.6))
    connection.quit()


def words_of(options):
    if options.what == "work":
        return [["mistaken" + options.password] * random.choice([0, 0, 0, 1]) + [options.password]]
    with open(options.words, encoding="utf-8") as file:
        words = random.sample(file.read().split(), options.tries)
    return [words[i:i + options.per_connection] for i in range(0, len(words), options.per_connection)]


def attempt(options, words):
    act = {"ssh": {"guess": guess_ssh, "work": work_ssh}, "ftp": {"guess": guess_ftp, "work": work_ftp}}
    try:
        act[options.protocol][options.what](options, words)
    except (OSError, EOFError, ftplib.Error, paramiko.SSHException):
        pass  # refused, or hung up on: that is on the recording


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["guess", "work"])
    parser.add_argument("protocol", choices=["ssh", "ftp"])
    parser.add_argument("server")
    parser.add_argument("port", type=int)
    parser.add_argument("--source")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", default="")
    parser.add_argument("--words")
    parser.add_argument("--tries", type=int, default=20)
    parser.add_argument("--per-connection", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0)
    parser.add_argument("--polite", action="store_true", help="FTP: say QUIT")
    options = parser.parse_args()
    with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
        list(pool.map(lambda words: attempt(options, words), words_of(options)))


if __name__ == "__main__":
    main()
