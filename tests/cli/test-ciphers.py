# SPDX-License-Identifier: GPL-3.0-or-later
"""Every cipher that is offered to servers: what arrives is what was sent, and a changed bit never gets through."""

import os
import subprocess

from harness import case, folder, main, ok, relayed, run, server, start, words

# Around the ends of a block and of a packet, and large enough to go over several lanes.
SIZES = (0, 1, 11, 12, 15, 16, 17, 4096, 32768, 35001, 9 * 1024 * 1024 + 7)
# Somewhere in the large file, long after the sign-in.
CHANGE_AFTER = 5 * 1024 * 1024

GCM = ('aes128-gcm@openssh.com', 'aes256-gcm@openssh.com')
CTR = {
    'aes128-ctr': 'hmac-sha2-256-etm@openssh.com',
    'aes192-ctr': 'hmac-sha2-512-etm@openssh.com',
    'aes256-ctr': 'hmac-sha2-256',
}


def options(cipher, mac=None):
    return ('--sshd-option', f'Ciphers {cipher}', *(('--sshd-option', f'MACs {mac}') if mac else ()))


def make_files(path):
    path.mkdir()
    for size in SIZES:
        (path / f'{size}.bin').write_bytes(os.urandom(size))


def same(one, other):
    return subprocess.run(['diff', '-r', one, other], check=False).returncode == 0


def there_and_back(name, cipher, mac=None):
    with server(name, 'openssh-password', 'password', rig_options=options(cipher, mac)) as rig, folder() as here:
        make_files(here / 'files')
        ok('put', '-r', here / 'files', f'{name}:inbox')
        assert same(here / 'files', rig.home / 'inbox' / 'files')
        ok('get', '-r', f'{name}:inbox/files', here / 'back')
        assert same(here / 'files', here / 'back')
        assert rig.accepted() == 1


@case
def gcm_there_and_back():
    for number, cipher in enumerate(GCM):
        there_and_back(f'gcm-{number}', cipher)


@case
def ctr_there_and_back():
    for number, (cipher, mac) in enumerate(CTR.items()):
        there_and_back(f'ctr-{number}', cipher, mac)


def changed_on_the_way(name, cipher):
    """The line is given up at once; what was on its way is asked for again over a new one."""
    data = os.urandom(2 * CHANGE_AFTER)
    for direction in ('put', 'get'):
        with server(f'{name}-direct', 'openssh-password', 'password', rig_options=options(cipher)) as rig, \
                relayed(rig, '--change-after', str(CHANGE_AFTER), delay='1') as (port, _), folder() as here:
            ok('server', 'add', name, '--host', '127.0.0.1', '--port', port, '--user', rig.user, '--login', 'password')
            ok('server', 'password', name, text=rig.secret('password'))
            ok('server', 'trust', name, rig.host_key)
            try:
                if direction == 'put':
                    (here / 'file').write_bytes(data)
                    result = run('put', here / 'file', f'{name}:inbox')
                    arrived = rig.home / 'inbox' / 'file'
                else:
                    (rig.home / 'outbox' / 'file').write_bytes(data)
                    result = run('get', f'{name}:outbox/file', here)
                    arrived = here / 'file'
                assert result.returncode == 0, words(result)
                assert arrived.read_bytes() == data
                assert rig.accepted() == 2, rig.log.read_text()
            finally:
                run('disconnect', name)
                run('server', 'remove', name)
                run('server', 'remove', f'{name}-direct')


@case
def changed_bit_with_gcm():
    changed_on_the_way('bit-gcm', GCM[0])


@case
def changed_bit_with_ctr():
    changed_on_the_way('bit-ctr', 'aes128-ctr')


@case
def keys_are_exchanged_on_a_full_line():
    """Both ways are busy, so that the server asks for new keys while its socket takes no more."""
    data = {f'{number}.bin': os.urandom(48 * 1024 * 1024) for number in range(4)}
    with server('rekey', 'openssh-password', 'password', rig_options=('--rekey-limit', '1M')) as rig, folder() as here:
        for place in (here / 'up', rig.home / 'inbox' / 'down'):
            place.mkdir()
            for name, content in data.items():
                (place / name).write_bytes(content)
        ok('ls', 'rekey:')
        down = start('get', '-r', 'rekey:inbox/down', here)
        ok('put', '-r', here / 'up', 'rekey:inbox')
        _, complaints = down.communicate(timeout=60)
        assert down.returncode == 0, complaints
        assert same(here / 'up', rig.home / 'inbox' / 'up') and same(here / 'up', here / 'down')
        assert rig.accepted() == 1, rig.log.read_text()


main()
