#!/usr/bin/env python3
"""Each of the 27 traps that older flow extractors fell into has a test that bears its number: TEST(…, T07_…).

usage: check_traps.py SOURCE
"""
import pathlib
import re
import sys

TRAPS = 27


def main():
    tests = pathlib.Path(sys.argv[1]) / 'tests'
    found = {int(number) for path in tests.rglob('*_test.cpp')
             for number in re.findall(r'^TEST(?:_F)?\(\w+, T(\d\d)_', path.read_text(encoding='utf-8'), re.MULTILINE)}
    missing = sorted(set(range(1, TRAPS + 1)) - found)
    if missing:
        sys.exit(f'layout: traps without a test: {missing}')
    print(f'layout: each of the {TRAPS} traps has its test')


if __name__ == '__main__':
    main()
