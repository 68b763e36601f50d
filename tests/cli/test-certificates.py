# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that somebody has signed: the certificate beside the file is offered, and the server knows only the signer."""

from harness import Rig, case, fails, main, ok, run

rig = Rig('openssh-certificate')


def add(name, key):
    ok('server', 'add', name, '--host', '127.0.0.1', '--port', rig.port, '--user', rig.user, '--login', 'key',
       '--identity', rig.state / key)
    ok('server', 'trust', name, rig.host_key)


@case
def each_kind_of_certificate_signs_in():
    for n, key in enumerate(('key', 'key-ecdsa', 'key-rsa'), 1):
        add(key, key)
        assert 'README.txt' in ok('ls', f'{key}:'), key
        assert rig.accepted() == n, rig.log.read_text()
        assert f'ID {key} ' in rig.log.read_text(), 'signed in, but not with the certificate'
        ok('disconnect', key)


@case
def an_expired_one_is_named():
    add('old', 'key-expired')
    words = fails(3, 'refused', 'ls', 'old:')
    assert 'expired' in words, words


@case
def a_key_without_one_is_refused():
    add('plain', 'key-plain')
    fails(3, 'refused', 'ls', 'plain:')


try:
    main()
finally:
    rig.stop()
