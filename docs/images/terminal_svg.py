#!/usr/bin/env python3
"""Draws what a program printed on a terminal as an SVG picture.

usage: script -qec 'COMMAND' /dev/null | terminal_svg.py TITLE [FIRST_LINE [LINES]] > picture.svg
Understands SGR colours (ESC [ … m); everything else of terminal control is left out. Standard library only.
"""
import html
import re
import sys

COLOURS = {31: '#e5675a', 32: '#7fb86a', 33: '#d9a441', 36: '#5fb3b3'}
PAPER, INK, DIM = '#15191e', '#d5dae0', '#7d8794'
CHARACTER, LINE, MARGIN, BAR = 8.43, 19, 18, 34
WORDS = re.compile(r'\S+(?: \S+)*')
SEQUENCE = re.compile(r'\x1b\[([0-9;?]*)([A-Za-z])')


def spans(line):
    """(column, text, style) pieces of a line."""
    style, at, column = {}, 0, 0
    for match in list(SEQUENCE.finditer(line)) + [None]:
        text = line[at:match.start() if match else len(line)]
        if text:
            yield column, text, dict(style)
            column += len(text)
        if not match:
            return
        at = match.end()
        if match.group(2) == 'm':
            style = updated(style, [int(code or 0) for code in match.group(1).split(';')])


def updated(style, codes):
    for code in codes:
        if code == 0:
            style = {}
        elif code == 1:
            style = dict(style, bold=True)
        elif code == 2:
            style = dict(style, dim=True)
        elif code in COLOURS:
            style = dict(style, colour=COLOURS[code])
    return style


def draw(title, lines):
    width = MARGIN * 2 + CHARACTER * max(len(SEQUENCE.sub('', line)) for line in lines)
    height = BAR + MARGIN + LINE * len(lines)
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}" '
           f'font-family="DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="14" xml:space="preserve">')
    yield f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>'
    yield f'<text x="{MARGIN}" y="23" fill="{DIM}">{html.escape(title)}</text>'
    for row, line in enumerate(lines):
        for column, text, style in spans(line):
            fill = style.get('colour', DIM if style.get('dim') else INK)
            weight = ' font-weight="bold"' if style.get('bold') else ''
            for words in WORDS.finditer(text):  # a picture of its own for each cell: SVG folds runs of blanks
                yield (f'<text x="{MARGIN + CHARACTER * (column + words.start()):.1f}" y="{BAR + LINE * (row + 1):.0f}" '
                       f'fill="{fill}"{weight} textLength="{CHARACTER * len(words.group()):.1f}">{html.escape(words.group())}</text>')
    yield '</svg>'


def main():
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    count = int(sys.argv[3]) if len(sys.argv) > 3 else None
    lines = [line.rstrip('\r').split('\r')[-1] for line in sys.stdin.read().rstrip('\n').split('\n')]
    lines = [''.join(c for c in line if c == '\x1b' or c >= ' ') for line in lines][first:]
    print('\n'.join(draw(sys.argv[1], lines[:count])))


if __name__ == '__main__':
    main()
