#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checkers of each language say: formatters, validators, interpreters."""

import subprocess
import tempfile

from tap import ROOT, all_files, report, scripts, sources


def run(*command):
    """What the command complained about, as a list of problems."""
    result = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors='replace')
    if result.returncode == 0:
        return []
    return [result.stdout.strip() or f'{command[0]} ended with {result.returncode}']


def each(command, paths):
    return [problem for path in paths for problem in run(*command, str(path))]


def clang_format():
    files = [str(path) for path in sources('.c', '.h')]
    return run('clang-format', '--dry-run', '-Werror', *files) if files else []


def blueprints():
    files = [str(path) for path in sources('.blp')]
    return run('blueprint-compiler', 'format', *files) if files else []


def settings_schemas():
    folders = {path.parent for path in all_files() if path.name.endswith('.gschema.xml')}
    return each(['glib-compile-schemas', '--strict', '--dry-run'], sorted(folders))


def desktop_entries():
    """A template is a desktop entry already, but for its name."""
    problems = []
    for path in all_files():
        if path.name.endswith(('.desktop', '.desktop.in')):
            with tempfile.TemporaryDirectory() as folder:
                copy = f'{folder}/{path.name.removesuffix(".in")}'
                with open(copy, 'wb') as file:
                    file.write((ROOT / path).read_bytes())
                problems += [f'{path}: {problem}' for problem in run('desktop-file-validate', copy)]
    return problems


def metainfo():
    files = [path for path in all_files() if path.name.endswith(('.metainfo.xml', '.metainfo.xml.in'))]
    return each(['appstreamcli', 'validate', '--no-net', '--explain'], files)


def python_sources():
    problems = []
    for path in sources('.py') + scripts('python3'):
        try:
            compile((ROOT / path).read_bytes(), str(path), 'exec')
        except SyntaxError as error:
            problems.append(f'{path}:{error.lineno}: {error.msg}')
    return problems


report([
    ('clang-format finds nothing to change', clang_format()),
    ('blueprint-compiler format finds nothing to change', blueprints()),
    ('bash reads every script', each(['bash', '-n'], scripts('bash') + sources('.sh'))),
    ('python reads every script', python_sources()),
    ('the settings schema is strict', settings_schemas()),
    ('the desktop entry is valid', desktop_entries()),
    ('the metainfo is valid', metainfo()),
])
