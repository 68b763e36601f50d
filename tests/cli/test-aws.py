# SPDX-License-Identifier: GPL-3.0-or-later
"""An endpoint that is to a client what AWS Transfer Family is: sign-in, files and trees, without a complaint."""

import os
import subprocess

from harness import Rig, case, fails, folder, main, ok, run, server

FILES = 60


def make_tree(path):
    for number in range(FILES):
        file = path / f'folder {number % 7}' / f'file-{number}.dat'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(number * 997))
    (path / 'empty').mkdir()
    (path / 'big.bin').write_bytes(os.urandom(9 * 1024 * 1024 + 11))


def same(one, other):
    return subprocess.run(['diff', '-r', one, other], check=False).returncode == 0


def whole_job(rig, name):
    """Lists, downloads, a tree up and down: one sign-in, and no error is shown (ok() sees to that)."""
    assert 'README.txt' in ok('ls', f'{name}:')
    with folder() as here:
        ok('get', f'{name}:outbox/photo.bin', here / 'photo.bin')
        assert (here / 'photo.bin').read_bytes() == (rig.home / 'outbox' / 'photo.bin').read_bytes()
        make_tree(here / 'tree')
        ok('put', '-r', here / 'tree', f'{name}:inbox')
        assert same(here / 'tree', rig.home / 'inbox' / 'tree')
        ok('get', '-r', f'{name}:inbox/tree', here / 'back')
        assert same(here / 'tree', here / 'back')
        # A second delivery of the same name, and no temporary name in a bucket that raises events.
        ok('put', '-r', here / 'tree', f'{name}:inbox')
        assert not [path for path in rig.home.rglob('*') if path.name.endswith('.part')]
    assert rig.accepted() == 1, rig.log.read_text()
    assert rig.count('^Failed ') == 0
    assert 'AWS Transfer' in ok('status')


@case
def password_and_code_in_one():
    with server('aws', 'aws-transfer', 'password+code') as rig:
        whole_job(rig, 'aws')


@case
def key_then_password_and_code():
    rig = Rig('aws-transfer', '--key')
    try:
        ok('account', 'add', '--issuer', 'Rig', '--label', 'both', text=rig.secret('secret'))
        ok('server', 'add', 'both', '--host', '127.0.0.1', '--port', rig.port, '--user', rig.user,
           '--login', 'key,password+code', '--account', 'Rig:both', '--identity', rig.state / 'key')
        ok('server', 'password', 'both', text=rig.secret('password'))
        ok('server', 'trust', 'both', rig.host_key)
        whole_job(rig, 'both')
    finally:
        run('disconnect', 'both')
        rig.stop()


@case
def wrong_password_is_refused_once():
    with server('wrong', 'aws-transfer', 'password+code', password=False) as rig:
        ok('server', 'password', 'wrong', text='not the password')
        fails(3, 'refused', 'ls', 'wrong:')
        assert rig.count('^Failed password') == 1, rig.log.read_text()


main()
