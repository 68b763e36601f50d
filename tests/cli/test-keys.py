# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that Sallyport makes: in the keyring alone, their public halves for the server, sign-in with them."""

import json
import os
import subprocess
from pathlib import Path

from harness import Rig, case, fails, folder, main, ok, run


def fingerprint(line):
    """As OpenSSH sees it."""
    with folder() as here:
        (here / 'key.pub').write_text(line)
        result = subprocess.run(['ssh-keygen', '-l', '-f', here / 'key.pub'], check=True, capture_output=True, text=True)
    return result.stdout.split()


def keys():
    return json.loads(ok('key', 'list', '--json'))


@case
def a_key_is_made_and_shown():
    line = ok('key', 'make', 'work')
    assert line.startswith('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA') and line.endswith(' work\n'), line
    assert ok('key', 'show', 'WORK') == line
    key, = keys()
    bits, print_, comment, kind = fingerprint(line)
    assert (bits, comment, kind) == ('256', 'work', '(ED25519)')
    assert (key['name'], key['fingerprint'], key['public']) == ('work', print_, line.strip())
    assert ok('key', 'list') == f'work\t{print_}\n'
    assert ok('key', 'make', 'Schlüssel für zu Hause') != line
    assert [key['name'] for key in keys()] == ['Schlüssel für zu Hause', 'work']
    assert fingerprint(ok('key', 'show', 'schlüssel für zu hause'))[1] == keys()[0]['fingerprint']


@case
def bad_names_are_told():
    fails(2, 'already', 'key', 'make', 'Work')
    fails(2, 'key’s name', 'key', 'make', '')
    fails(2, 'key’s name', 'key', 'make', 'a\nb')
    fails(2, 'key’s name', 'key', 'make', 'x' * 61)
    fails(2, 'work', 'key', 'show', 'moon')
    fails(2, 'exclude', 'server', 'add', 'X', '--host', 'h', '--user', 'u', '--login', 'key', '--key', 'work',
          '--identity', '/etc/passwd')
    fails(2, 'moon', 'server', 'add', 'X', '--host', 'h', '--user', 'u', '--login', 'key', '--key', 'moon')


@case
def it_signs_in_and_no_file_holds_it():
    rig = Rig('openssh-key')
    try:
        # What an administrator does with the line; the rig's own key is not let in any more.
        authorized = Path(f'/proc/{rig.process.pid}/root/run/rig/keys') / rig.user
        authorized.write_text(ok('key', 'show', 'work'))
        ok('server', 'add', 'door', '--host', '127.0.0.1', '--port', rig.port, '--user', rig.user, '--login', 'key',
           '--key', 'work')
        ok('server', 'trust', 'door', rig.host_key)
        assert 'README.txt' in ok('ls', 'door:')
        assert rig.accepted() == 1, rig.log.read_text()
        assert '“work”, made here' in ok('server', 'show', 'door')
        ok('disconnect', 'door')

        # Another key of ours is refused by the server, not by us.
        ok('server', 'set', 'door', '--key', 'schlüssel für zu Hause')
        fails(3, 'refused', 'ls', 'door:')
        ok('server', 'set', 'door', '--identity', rig.state / 'key')
        assert str(rig.state / 'key') in ok('server', 'show', 'door')
        ok('server', 'set', 'door', '--key', 'work')
    finally:
        run('disconnect', 'door')
        rig.stop()
    for place in map(Path, (os.environ['HOME'], os.environ['XDG_RUNTIME_DIR'])):
        for path in place.rglob('*'):
            if path.is_file() and rig.state not in path.parents and 'keyrings' not in path.parts:
                assert b'OPENSSH PRIVATE KEY' not in path.read_bytes(), path


@case
def a_key_in_use_is_not_removed_by_accident():
    fails(2, 'door', 'key', 'remove', 'work')
    ok('key', 'remove', 'work', '--force')
    assert [key['name'] for key in keys()] == ['Schlüssel für zu Hause']
    assert 'not in the keyring' in ok('server', 'show', 'door')
    ok('key', 'remove', 'schlüssel für zu Hause')
    assert keys() == []


@case
def a_lost_key_is_told_before_anything_is_sent():
    rig = Rig('openssh-key')
    try:
        ok('server', 'set', 'door', '--port', rig.port)
        ok('server', 'trust', 'door', rig.host_key)
        fails(3, 'not in the keyring any more', 'ls', 'door:')
        assert rig.count('Failed publickey') == 0
    finally:
        rig.stop()


main()
