# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that are no OpenSSH, ProFTPD and Dropbear: sign-in, files and trees, without a complaint."""

import json
import os
import subprocess

from harness import Rig, case, fails, folder, main, ok, relayed, run, server, start, wait_for

FILES = 60
BIG = 9 * 1024 * 1024 + 11
# The line's, so that there is time to cut it.
MB_A_SECOND = '8'


def make_tree(path):
    for number in range(FILES):
        file = path / f'folder {number % 7}' / f'file-{number}.dat'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(number * 997))
    (path / 'empty').mkdir()
    (path / 'Grüße').write_text('Ein Name mit Umlauten.\n')
    (path / 'big.bin').write_bytes(os.urandom(BIG))
    os.utime(path / 'big.bin', (1600000000, 1600000000))


def same(one, other):
    return subprocess.run(['diff', '-r', one, other], check=False).returncode == 0


def whole_job(rig, name, dialect):
    """Lists, downloads, a tree up and down, twice, names: one sign-in, and no error is shown (ok() sees to that)."""
    assert 'README.txt' in ok('ls', f'{name}:')
    assert '.profile-note' in ok('ls', '-a', f'{name}:')
    with folder() as here:
        ok('get', f'{name}:outbox/photo.bin', here / 'photo.bin')
        assert (here / 'photo.bin').read_bytes() == (rig.home / 'outbox' / 'photo.bin').read_bytes()
        make_tree(here / 'tree')
        ok('put', '-r', here / 'tree', f'{name}:inbox')
        assert same(here / 'tree', rig.home / 'inbox' / 'tree')
        assert int((rig.home / 'inbox' / 'tree' / 'big.bin').stat().st_mtime) == 1600000000
        ok('get', '-r', f'{name}:inbox/tree', here / 'back')
        assert same(here / 'tree', here / 'back')
        # What is there already is replaced, whole.
        (here / 'tree' / 'big.bin').write_bytes(os.urandom(BIG // 2))
        ok('put', '-r', here / 'tree', f'{name}:inbox')
        assert same(here / 'tree', rig.home / 'inbox' / 'tree')
    assert not [path for path in rig.home.rglob('*') if path.name.endswith('.part')]
    ok('mkdir', f'{name}:inbox/new')
    ok('mv', f'{name}:inbox/tree/Grüße', f'{name}:inbox/new/Gruß')
    assert (rig.home / 'inbox' / 'new' / 'Gruß').exists()
    ok('rm', '-r', f'{name}:inbox/tree', f'{name}:inbox/new')
    assert os.listdir(rig.home / 'inbox') == []
    assert rig.accepted() == 1, rig.log.read_text()
    assert dialect in ok('status')


def arrived(path):
    return sum(file.stat().st_blocks * 512 for file in path.rglob('*') if file.is_file())


def goes_on(rig, name, login, *options):
    """Both ways, killed in the middle and gone on with, in what the server has of the file."""
    with folder() as here, relayed(rig, speed=(MB_A_SECOND,)) as (port, _):
        ok('server', 'add', name, '--host', '127.0.0.1', '--port', port, '--user', rig.user, '--login', login, *options)
        if 'password' in login:
            ok('server', 'password', name, text=rig.secret('password'))
        ok('server', 'trust', name, rig.host_key)
        try:
            (here / 'up.bin').write_bytes(os.urandom(BIG))
            (here / 'target').mkdir()
            ok('ls', f'{name}:')
            for arguments, place in ((('put', here / 'up.bin', f'{name}:inbox'), rig.home / 'inbox'),
                                     (('get', f'{name}:inbox/up.bin', here / 'target'), here / 'target')):
                program = start(*arguments)
                wait_for(lambda place=place: arrived(place) > BIG // 3, 'a third of it')
                program.kill()
                program.communicate()
                assert [path for path in place.iterdir() if path.name.endswith('.part')]
                entries = json.loads(ok('transfers', '--json'))
                assert len(entries) == 1, entries
                ok('resume', entries[0]['id'])
                assert json.loads(ok('transfers', '--json')) == []
                assert (place / 'up.bin').read_bytes() == (here / 'up.bin').read_bytes()
                assert os.listdir(place) == ['up.bin']
        finally:
            run('disconnect', name)


@case
def proftpd_password_and_code_in_one():
    with server('proftpd', 'proftpd', 'password+code') as rig:
        whole_job(rig, 'proftpd', 'ProFTPD')


@case
def proftpd_password_and_code_apart():
    with server('apart', 'proftpd', 'password,code', rig_options=('--login', 'two-prompts')) as rig:
        assert 'README.txt' in ok('ls', 'apart:')
        assert rig.accepted() == 1, rig.log.read_text()


@case
def proftpd_key_then_code():
    rig = Rig('proftpd', '--login', 'key-code')
    try:
        ok('account', 'add', '--issuer', 'Rig', '--label', 'chain', text=rig.secret('secret'))
        ok('server', 'add', 'chain', '--host', '127.0.0.1', '--port', rig.port, '--user', rig.user,
           '--login', 'key,code', '--account', 'Rig:chain', '--identity', rig.state / 'key')
        ok('server', 'trust', 'chain', rig.host_key)
        assert 'README.txt' in ok('ls', 'chain:')
        assert rig.accepted() == 1, rig.log.read_text()
    finally:
        run('disconnect', 'chain')
        rig.stop()


@case
def proftpd_goes_on_with_a_file():
    rig = Rig('proftpd')
    try:
        ok('account', 'add', '--issuer', 'Rig', '--label', 'resumed', text=rig.secret('secret'))
        goes_on(rig, 'proftpd-resumed', 'password+code', '--account', 'Rig:resumed')
    finally:
        rig.stop()


@case
def proftpd_refuses_a_wrong_password_once():
    with server('wrong', 'proftpd', 'password+code', password=False) as rig:
        ok('server', 'password', 'wrong', text='not the password')
        fails(3, 'refused', 'ls', 'wrong:')
        assert rig.accepted() == 0


@case
def dropbear_password():
    with server('dropbear', 'dropbear', 'password') as rig:
        whole_job(rig, 'dropbear', 'Dropbear')


@case
def dropbear_key():
    rig = Rig('dropbear')
    try:
        ok('server', 'add', 'keyed', '--host', '127.0.0.1', '--port', rig.port, '--user', rig.user,
           '--login', 'key', '--identity', rig.state / 'key')
        ok('server', 'trust', 'keyed', rig.host_key)
        assert 'README.txt' in ok('ls', 'keyed:')
        assert rig.accepted() == 1, rig.log.read_text()
    finally:
        run('disconnect', 'keyed')
        rig.stop()


@case
def dropbear_goes_on_with_a_file():
    rig = Rig('dropbear')
    try:
        goes_on(rig, 'dropbear-resumed', 'password')
    finally:
        rig.stop()


main()
