#!/usr/bin/env python3
"""Fail on an include that the house does not allow, on a file that is too long, and on a name that says nothing.

usage: check_includes.py SOURCE_FOLDER
The table below is the one of ARCHITECTURE.md; src/CMakeLists.txt links the same.
"""
import pathlib
import re
import sys

MAY_INCLUDE = {
    'base': [],
    'capture': ['base'],
    'decode': ['base', 'capture/raw_packet.h'],
    'flow': ['decode', 'base'],
    'features': ['flow', 'decode', 'base'],
    'dataset': ['features', 'base'],
    'model': ['features', 'base'],
    'learn': ['dataset', 'model', 'features', 'base'],
    'detect': ['model', 'features', 'flow', 'base'],
    'output': ['detect', 'model', 'features', 'flow', 'base'],
    'store': ['detect', 'features', 'flow', 'base'],
    'serve': ['store', 'output', 'detect', 'model', 'features', 'base'],
    'app': ['serve', 'store', 'output', 'detect', 'learn', 'model', 'dataset', 'features', 'flow', 'decode', 'capture', 'base'],
}
VAGUE = re.compile(r'^(utils?|helpers?|common|misc)([._]|$)', re.I)
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
LONGEST_FILE = 400


def faults(top):
    for path in sorted((top / 'src').rglob('*')):
        where = path.relative_to(top)
        if VAGUE.match(path.name):
            yield f'{where}: a name that says nothing'
        if path.suffix not in ('.h', '.cpp'):
            continue
        room, text = where.parts[1], path.read_text()
        if text.count('\n') > LONGEST_FILE:
            yield f'{where}: longer than {LONGEST_FILE} lines'
        if path.suffix == '.h' and not text.startswith('//'):
            yield f'{where}: a header opens with what it is, why, who owns it'
        for included in INCLUDE.findall(text):
            other = included.split('/')[0]
            if other != room and other not in MAY_INCLUDE[room] and included not in MAY_INCLUDE[room]:
                yield f'{where}: room "{room}" may not include "{included}"'


def main():
    found = list(faults(pathlib.Path(sys.argv[1])))
    print('\n'.join(found) or 'layout: every include goes the right way')
    sys.exit(bool(found))


if __name__ == '__main__':
    main()
