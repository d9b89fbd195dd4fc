#!/usr/bin/env python3
"""Types shell commands key by key at a human's pace; its output is piped into an ssh session."""
import argparse
import random
import sys
import time

COMMANDS = ("ls -l", "cat notes.txt | head -3", "uptime", "pwd", "df -h", "echo all is well", "grep fox notes.txt | wc -l", "ps")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commands", type=int, default=3)
    parser.add_argument("--key-gap", type=float, default=0.12, help="mean seconds between keys")
    parser.add_argument("--think", type=float, default=1.5, help="mean seconds between commands")
    options = parser.parse_args()
    for command in [*random.choices(COMMANDS, k=options.commands), "exit"]:
        time.sleep(random.expovariate(1 / options.think))
        for key in command + "\r":
            sys.stdout.write(key)
            sys.stdout.flush()
            time.sleep(random.expovariate(1 / options.key_gap))


if __name__ == "__main__":
    main()
