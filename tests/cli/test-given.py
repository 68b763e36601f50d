# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that an administrator gives to everybody: connection files below XDG_CONFIG_DIRS."""

import contextlib
import json
import os
from pathlib import Path

import harness
from harness import Rig, case, folder, main

ADMINISTRATORS = []


def environment():
    return {'XDG_CONFIG_DIRS': ':'.join(map(str, ADMINISTRATORS))}


def ok(*arguments, **options):
    return harness.ok(*arguments, env=environment(), **options)


def fails(code, pattern, *arguments, **options):
    return harness.fails(code, pattern, *arguments, env=environment(), **options)


@contextlib.contextmanager
def given(**files):
    """Files in a folder of the system's; it goes before those that are there already."""
    with folder() as place:
        ADMINISTRATORS.insert(0, place)
        (place / 'sallyport' / 'connections').mkdir(parents=True)
        for name, text in files.items():
            (place / 'sallyport' / 'connections' / f'{name}.sallyport').write_text(text)
        try:
            yield place / 'sallyport' / 'connections'
        finally:
            ADMINISTRATORS.remove(place)


def connection(name, *lines, host='sftp.example.com', recipe='password'):
    return '\n'.join(('[Sallyport]', 'Version=1', '[Server]', f'Name={name}', f'Host={host}', f'Recipe={recipe}',
                      *lines)) + '\n'


def servers():
    return {server['name']: server for server in json.loads(ok('server', 'list', '--json'))}


@case
def they_are_listed_and_marked():
    harness.ok('server', 'add', 'Mine', '--host', 'h', '--user', 'u', '--login', 'password')
    with given(box=connection('Drop box', 'Port=2222', 'User=vendor')) as place:
        assert set(servers()) == {'Drop box', 'Mine'}
        assert servers()['Drop box']['given_by'] == str(place / 'box.sallyport')
        assert servers()['Mine']['given_by'] == ''
        lines = ok('server', 'list').splitlines()
        assert lines == ['Drop box\tvendor@sftp.example.com:2222\tpassword\tgiven by the administrator',
                         'Mine\tu@h\tpassword'], lines
        assert str(place / 'box.sallyport') in ok('server', 'show', 'drop box')
    assert set(servers()) == {'Mine'}


@case
def only_what_is_ones_own_can_be_changed():
    with given(box=connection('Drop box', 'Port=2222')):
        fails(2, 'user name.*--user', 'ls', 'drop box:')
        ok('server', 'set', 'drop box', '--user', 'me', '--start', '/inbox')
        for option in (('--host', 'evil.example.com'), ('--port', '22'), ('--login', 'key'), ('--jump', 'Mine'),
                       ('--separator', '-'), ('--code-length', '8')):
            fails(2, 'administrator', 'server', 'set', 'drop box', *option)
        fails(2, 'administrator', 'server', 'remove', 'drop box')
        fails(2, 'already', 'server', 'add', 'DROP BOX', '--host', 'h', '--user', 'u', '--login', 'password')
        server = servers()['Drop box']
        assert (server['user'], server['start'], server['host'], server['port']) == \
            ('me', '/inbox', 'sftp.example.com', 2222)


@case
def the_next_start_sees_a_changed_file_and_keeps_what_is_ones_own():
    with given(box=connection('Drop box', 'Port=2222', 'User=everybody')) as place:
        assert servers()['Drop box']['user'] == 'me'
        (place / 'box.sallyport').write_text(connection('Delivery', 'Port=2200', 'StartDirectory=/new', recipe='key',
                                                        host='files.example.com'))
        server, = (server for server in servers().values() if server['given_by'])
        assert (server['name'], server['host'], server['port'], server['login']) == \
            ('Delivery', 'files.example.com', 2200, 'key')
        assert (server['user'], server['start']) == ('me', '/inbox')
    # Nothing of it is written down as the person's own.
    text = (Path(os.environ['XDG_CONFIG_HOME']) / 'sallyport' / 'servers.conf').read_text()
    assert 'example.com' not in text and 'Drop box' not in text, text


@case
def bad_files_are_told_and_passed_over():
    with given(a_good=connection('Good', 'User=u'), b_bad='[Sallyport]\nVersion=1\n[Server]\nName=Bad\n',
               c_garbage='no connection', d_new='[Sallyport]\nVersion=9\n[Server]\nName=N\nHost=h\n') as place:
        (place / '.hidden.sallyport').write_text('hidden')
        (place / 'readme.txt').write_text('no connection file')
        result = harness.run('server', 'list', env=environment())
        assert result.returncode == 0
        assert b'Good\tu@' in result.stdout
        complaints = harness.words(result).splitlines()
        assert len(complaints) == 3 and all('left out' in line for line in complaints), complaints
        for name, line in zip(('b_bad', 'c_garbage', 'd_new'), complaints):
            assert name in line, complaints
        # A good one is of use all the same, without complaints about others.
        assert 'Good' in ok('server', 'show', 'good')


@case
def the_first_folder_counts():
    with given(box=connection('From everybody', 'User=u')), given(box=connection('From the department', 'User=u')):
        assert set(servers()) == {'From the department', 'Mine'}


@case
def they_sign_in_with_the_keys_that_the_administrator_says():
    bastion, inner = Rig('openssh-password'), Rig('openssh-password')
    good = connection('Inner', f'Port={inner.port}', f'HostKeys={inner.host_key};', 'Jump=Gate',
                      '[Gate]', 'Name=Gate', 'Host=127.0.0.1', f'Port={bastion.port}', f'User={bastion.user}',
                      'Recipe=password', f'HostKeys={bastion.host_key};', host='127.0.0.1')
    try:
        with given(inner=good) as place:
            ok('server', 'set', 'inner', '--user', inner.user)
            ok('server', 'password', 'inner', text=inner.secret('password'))
            ok('server', 'password', 'gate', text=bastion.secret('password'))
            assert json.loads(ok('server', 'show', 'inner', '--json'))['jump'] == 'Gate'
            # No question about the host keys: they are known.
            assert 'README.txt' in ok('ls', 'inner:')
            assert (bastion.accepted(), inner.accepted()) == (1, 1)
            ok('disconnect', 'inner')
            ok('disconnect', 'gate')
            fails(2, 'administrator', 'server', 'forget-key', 'inner')
            fails(2, 'administrator', 'server', 'trust', 'inner', bastion.host_key)

            # The administrator says that the key is another one now: so what the server shows is not right.
            (place / 'inner.sallyport').write_text(good.replace(inner.host_key, 'SHA256:' + 'A' * 43))
            text = fails(4, 'administrator has to say so', 'ls', 'inner:')
            assert inner.host_key in text and 'forget-key' not in text, text
            assert inner.accepted() == 1
    finally:
        for name in 'inner', 'gate':
            harness.run('disconnect', name, env=environment())
        inner.stop()
        bastion.stop()


main()
