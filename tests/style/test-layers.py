#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Includes go down only, and each foreign library has its one place (DESIGN section 4)."""

import re

from tap import report, sources, lines

# Each folder and what it may include besides itself.
CORE = ['base', 'otp', 'model', 'backup', 'profiles', 'store', 'login', 'remote']
MAY_INCLUDE = {
    'base': [],
    'otp': ['base'],
    'model': ['base', 'otp'],
    'backup': ['base', 'otp', 'model'],
    'profiles': ['base', 'otp', 'model'],
    'search': ['base', 'otp', 'model'],
    # The ciphers of a backup are those of a vault.
    'store': ['base', 'otp', 'model', 'backup'],
    'login': ['base', 'otp', 'model', 'store'],
    'remote': ['base', 'otp', 'model', 'store', 'login'],
    # The helper program locks itself in as the engine does.
    'qr': ['base', 'engine', 'remote'],
    'export': ['base', 'otp', 'model', 'backup', 'store', 'qr'],
    'cli': CORE + ['export'],
    'engine': ['base'],
    'ui': CORE + ['search', 'qr', 'export'],
}
# Both sides of the wall are generated from engine.xml, and this is the client's.
THE_WALL = ('remote', 'engine/wire.h')
# The only places that see a library: a folder, or one file (with its header).
LIBRARIES = {
    'GTK and libadwaita': (r'gtk/|gdk/|gsk/|adwaita\.h', ['ui/'], None),
    'libssh2': (r'libssh2', ['app/engine/', 'tests/engine/'], None),
    'libsecret': (r'libsecret/', ['app/', 'tests/'], 1),
    # The queue's own database, and those of other programs.
    'SQLite': (r'sqlite3\.h', ['app/store/', 'app/backup/'], 2),
    'libarchive': (r'archive', ['app/backup/'], 1),
    'libargon2': (r'argon2', ['app/backup/'], 1),
    'libsodium': (r'sodium', ['app/backup/'], 1),
    'zbar': (r'zbar', ['app/', 'ui/'], 1),
    'qrencode': (r'qrencode', ['app/', 'ui/'], 1),
    'GStreamer': (r'gst/', ['ui/'], 1),
    # The printed sheet; what the window draws, it draws with GTK.
    'Cairo and Pango': (r'cairo|pango/', ['app/export/'], 1),
}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def includes():
    for path in sources('.c', '.h'):
        for number, line in enumerate(lines(path), 1):
            if match := INCLUDE.match(line):
                yield path, number, match[1] == '"', match[2]


def layer_of(path):
    parts = path.parts
    if parts[0] == 'app' and len(parts) > 2:
        return parts[1]
    return 'ui' if parts[0] == 'ui' else None


def upward_includes():
    for path, number, own, name in includes():
        layer = layer_of(path)
        target = name.split('/')[0] if own and '/' in name else None
        if layer is None or target == layer or (layer, name) == THE_WALL:
            continue
        if layer not in MAY_INCLUDE:
            yield f'{path}:{number}: the folder "{layer}" is in no layer'
        elif target in MAY_INCLUDE and target not in MAY_INCLUDE[layer]:
            yield f'{path}:{number}: {layer}/ may not include "{name}"'


def bare_includes():
    for path, number, own, name in includes():
        if own and '/' not in name and name != 'config.h':
            yield f'{path}:{number}: "{name}" is not rooted, as "login/ledger.h" is'


def strays(pattern, places, files_allowed):
    users = {}
    for path, number, own, name in includes():
        if not own and re.match(pattern, name):
            if path.parts[0] == 'tests' and 'tests/' not in places:
                # Tests of the window see GTK; nothing else of a test needs a foreign library.
                if path.parts[1] == 'ui':
                    continue
            if not str(path).startswith(tuple(places)):
                yield f'{path}:{number}: <{name}> belongs into {" or ".join(places)}'
            if path.parts[0] != 'tests':
                users.setdefault(path.with_suffix(''), path)
    if files_allowed and len(users) > files_allowed:
        yield 'more than one file includes it: ' + ', '.join(sorted(map(str, users.values())))


report([
    ('includes go down only', list(upward_includes())),
    ('includes are rooted', list(bare_includes())),
    *((f'{library} stays in its place', list(strays(*rule))) for library, rule in LIBRARIES.items()),
])
