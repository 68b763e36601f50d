#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever translates gets all the words: po/POTFILES names every file that has some."""

import re

from tap import ROOT, lines, report, sources

WORDS = re.compile(r'(?<![\w_])(?:_|N_|C_|NC_|ngettext) ?\(\s*"')


def listed():
    return [line.strip() for line in lines(ROOT / 'po' / 'POTFILES') if line.strip() and not line.startswith('#')]


def missing():
    names = set(listed())
    for path in sources('.c', '.blp'):
        if path.parts[0] in ('app', 'ui') and str(path) not in names:
            if WORDS.search((ROOT / path).read_text(encoding='utf-8')):
                yield f'{path}: has words to translate, and is not in po/POTFILES'


def gone():
    for name in listed():
        if not (ROOT / name).is_file():
            yield f'po/POTFILES: {name} is not there'


def unsorted():
    names = listed()
    if names != sorted(names):
        yield 'po/POTFILES: is not sorted'


if __name__ == '__main__':
    report([
        ('every file with words is listed', list(missing())),
        ('every listed file is there', list(gone())),
        ('the list is sorted', list(unsorted())),
    ])
