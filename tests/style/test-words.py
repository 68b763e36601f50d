#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every file has, and what none has."""

import re

from tap import ROOT, all_files, lines, report, sources

MAX_LINES = 800
# Written in two halves, so that this file does not accuse itself.
FORBIDDEN = re.compile('|'.join([
    r'\bTO' r'DO\b', r'\bFIX' r'ME\b', r'\bXX' r'X\b', r'\bHA' r'CK\b', 'not ' 'implemented', 'for ' 'now\\b',
]))
FIRST_LINES = 3
TEXTS = ('.blp', '.c', '.css', '.h', '.in', '.py', '.sh', '.xml')
# Folders of one machine; what every Debian has (/usr, /etc, /run) is none.
MACHINE_PATH = re.compile(r'(?<![\w.$}])/(?:home|work|Users|mnt)/\w+')


def owned(path):
    """Files of foreign make or of data in which a comment has no place."""
    return path.suffix in TEXTS or path.name == 'meson.build' or is_script(path)


def is_script(path):
    text = lines(path)
    return bool(text) and text[0].startswith('#!')


def too_long():
    for path in sources('.blp', '.c', '.css', '.h', '.py', '.sh'):
        if (count := len(lines(path))) > MAX_LINES:
            yield f'{path}: {count} lines, at most {MAX_LINES}'


def without_licence():
    for path in all_files():
        if path.suffix in TEXTS or is_script(path):
            if not any('SPDX-License-Identifier:' in line for line in lines(path)[:FIRST_LINES + 1]):
                yield f'{path}: no SPDX-License-Identifier in its first lines'


def headers_without_purpose():
    for path in sources('.h'):
        text = lines(path)
        if len(text) < 2 or not text[1].startswith('/*'):
            yield f'{path}:2: a header says its purpose in its second line'


def matches(pattern, what):
    for path in all_files():
        if path.suffix == '.po':
            continue
        for number, line in enumerate(lines(path), 1):
            if match := pattern.search(line):
                yield f'{path}:{number}: {what} "{match[0]}"'


def untidy():
    for path in all_files():
        if path.suffix in ('.png', '.po'):
            continue
        data = (ROOT / path).read_bytes()
        if data and not data.endswith(b'\n') and lines(path) and owned(path):
            yield f'{path}: does not end with a newline'
        for number, line in enumerate(lines(path), 1):
            if owned(path) and (line != line.rstrip() or '\t' in line):
                yield f'{path}:{number}: a tab, or blanks at the end'


report([
    (f'files have at most {MAX_LINES} lines', list(too_long())),
    ('files name their licence', list(without_licence())),
    ('headers say their purpose', list(headers_without_purpose())),
    ('nothing is left undone', list(matches(FORBIDDEN, 'forbidden:'))),
    ('no path of one machine', list(matches(MACHINE_PATH, 'a path of one machine:'))),
    ('no tabs, no blanks at line ends', list(untidy())),
])
