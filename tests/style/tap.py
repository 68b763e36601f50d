# SPDX-License-Identifier: GPL-3.0-or-later
"""What the style tests share: the project's files, and reports in TAP."""

import os
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])
FOLDERS = ['.ci', 'app', 'data', 'demo', 'dev.d', 'flatpak', 'po', 'tests', 'ui']
TOP_FILES = ['dev', 'meson.build', 'meson.options', 'README.md', 'HACKING.md']


def all_files():
    """Every file that belongs to the project, relative to its top, sorted."""
    found = [Path(name) for name in TOP_FILES if (ROOT / name).is_file()]
    for folder in FOLDERS:
        for directory, subdirectories, names in os.walk(ROOT / folder):
            subdirectories[:] = [d for d in subdirectories if d != '__pycache__']
            found += [(Path(directory) / name).relative_to(ROOT) for name in names]
    return sorted(path for path in found if not path.name.endswith(('~', '.swp')))


def sources(*suffixes):
    return [path for path in all_files() if path.suffix in suffixes]


def scripts(interpreter):
    """Executable texts whose first line names the interpreter."""
    return [path for path in all_files()
            if not path.suffix and lines(path)[:1] and lines(path)[0].startswith('#!')
            and interpreter in lines(path)[0]]


def lines(path):
    try:
        return (ROOT / path).read_text(encoding='utf-8').splitlines()
    except UnicodeDecodeError:
        return []


def report(cases):
    """cases: (name, problems or None where there is nothing to check) pairs. Ends the program."""
    failed = False
    print(f'TAP version 14\n1..{len(cases)}')
    for number, (name, problems) in enumerate(cases, 1):
        failed = failed or bool(problems)
        print(f'{"not " if problems else ""}ok {number} - {name}')
        for problem in problems or []:
            for line in str(problem).splitlines():
                print(f'# {line}')
    sys.exit(1 if failed else 0)
