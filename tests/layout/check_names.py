#!/usr/bin/env python3
"""One name, one type: two classes of one name in the headers of a room are one to the linker, which takes either's code.

usage: check_names.py SOURCE_FOLDER
"""
import collections
import pathlib
import re
import sys

TYPE = re.compile(r'^(?:struct|class|enum class) (\w+)(?: final)?(?: :| \{)', re.M)


def main():
    places = collections.defaultdict(set)
    for header in sorted(pathlib.Path(sys.argv[1], 'src').glob('*/*.h')):
        for name in TYPE.findall(header.read_text(encoding='utf-8')):
            places[header.parent.name, name].add(header.name)
    twice = {key: files for key, files in places.items() if len(files) > 1}
    for (room, name), files in twice.items():
        print(f'{room}::{name} is in {", ".join(sorted(files))}')
    assert places, 'found no header'
    return 1 if twice else 0


if __name__ == '__main__':
    sys.exit(main())
