# SPDX-License-Identifier: GPL-3.0-or-later
"""Saved servers: no network is used here."""

import json
import os
from pathlib import Path

from harness import case, fails, folder, main, ok, run

COMMON = ('--host', 'sftp.example.com', '--user', 'vendor')
FINGERPRINT = 'SHA256:' + 'A' * 43


@case
def a_server_is_saved_whole():
    ok('account', 'add', '--issuer', 'Example', '--label', 'me', text='GEZDGNBVGY3TQOJQ')
    with folder() as here:
        (here / 'key').write_text('a key')
        ok('server', 'add', 'Prod', *COMMON, '--port', 2222, '--login', 'key,password+code', '--account', 'example',
           '--identity', 'key', '--start', '/in box', cwd=here)
        server, = json.loads(ok('server', 'list', '--json'))
        assert server['identity'] == str(here / 'key'), server
    account, = json.loads(ok('account', 'list', '--json'))
    expected = {'name': 'Prod', 'host': 'sftp.example.com', 'port': 2222, 'user': 'vendor',
                'login': 'key,password+code', 'account': account['id'], 'jump': '', 'start': '/in box'}
    assert expected.items() <= server.items(), server
    text = ok('server', 'show', 'prod')
    for value in ('sftp.example.com:2222', 'vendor', 'key,password+code', 'Example:me', '/in box'):
        assert value in text, text


@case
def a_jump_is_a_saved_server():
    ok('server', 'add', 'Inner', *COMMON, '--login', 'password', '--jump', 'prod')
    assert json.loads(ok('server', 'show', 'inner', '--json'))['jump'] == 'Prod'
    fails(2, 'moon', 'server', 'add', 'Far', *COMMON, '--login', 'password', '--jump', 'moon')


@case
def bad_input_is_told_in_one_sentence():
    for pattern, arguments in (
            ('1 to 65535', ('X', *COMMON, '--login', 'password', '--port', '0')),
            ('1 to 65535', ('X', *COMMON, '--login', 'password', '--port', '70000')),
            ('1 to 65535', ('X', *COMMON, '--login', 'password', '--port', 'ssh')),
            ('password\\+code', ('X', *COMMON, '--login', 'passwort')),
            ('nobody', ('X', *COMMON, '--login', 'password+code', '--account', 'nobody')),
            ('6 to 8', ('X', *COMMON, '--login', 'password', '--code-length', '5')),
            ('regular expression', ('X', *COMMON, '--login', 'password', '--code-prompt', '(')),
            ('16', ('X', *COMMON, '--login', 'password', '--separator', 17 * '-')),
            ('prod', ('prod', *COMMON, '--login', 'password')),
            ('--host', ('X', '--user', 'u', '--login', 'password')),
            ('--user', ('X', '--host', 'h', '--login', 'password')),
            ('--login', ('X', '--host', 'h', '--user', 'u')),
            ('key file', ('X', *COMMON, '--login', 'key', '--identity', '/nonexistent/key')),
            ('', ('a:b', *COMMON, '--login', 'password')),
            ('', ('a/b', *COMMON, '--login', 'password')),
            ('', ('', *COMMON, '--login', 'password'))):
        fails(2, f'(?i){pattern}', 'server', 'add', *arguments)
    assert len(json.loads(ok('server', 'list', '--json'))) == 2
    fails(2, 'moon', 'server', 'show', 'moon')
    fails(2, 'moon', 'ls', 'moon:')
    fails(2, 'NAME:PATH', 'ls', 'prod')
    fails(2, 'NAME:PATH', 'put', '/etc/hostname', '/tmp')
    fails(2, 'NAME:PATH', 'get', '/etc/hostname')
    fails(2, 'usage', 'mv', 'prod:a')


@case
def how_it_asks_is_saved():
    ok('server', 'add', 'Asks', *COMMON, '--login', 'password,code', '--separator', ',', '--code-length', '8',
       '--password-prompt', '^passwor[dt]', '--code-prompt', 'code|pin')
    server = json.loads(ok('server', 'show', 'asks', '--json'))
    expected = {'account': '', 'separator': ',', 'code_length': 8, 'password_prompt': '^passwor[dt]',
                'code_prompt': 'code|pin'}
    assert expected.items() <= server.items(), server
    text = ok('server', 'show', 'asks')
    for value in ('^passwor[dt]', 'code|pin', '8'):
        assert value in text, text
    ok('server', 'remove', 'asks')


@case
def trust_wants_a_fingerprint():
    ok('server', 'trust', 'prod', FINGERPRINT)
    for text in ('SHA256:short', 'MD5:00:11', ''):
        fails(2, 'fingerprint', 'server', 'trust', 'prod', text)


@case
def an_empty_password_removes_it():
    ok('server', 'password', 'prod', text='test password\n')
    assert 'Saved' in ok('server', 'password', 'prod', text='another')
    assert 'Removed' in ok('server', 'password', 'prod', text='\n')


@case
def nothing_is_connected():
    assert ok('status') == ''
    assert ok('status', '--json') == '[]\n'
    ok('disconnect', 'prod')
    fails(2, 'moon', 'disconnect', 'moon')


@case
def an_unreadable_list_is_no_empty_list():
    path = Path(os.environ['XDG_CONFIG_HOME'], 'sallyport', 'servers.conf')
    content = path.read_bytes()
    path.write_bytes(b'\xff\xfe no key file [')
    result = run('server', 'list')
    assert result.returncode != 0 and b'sally: ' in result.stderr, result
    path.write_bytes(content)
    assert 'Prod' in ok('server', 'list')


@case
def removal():
    ok('server', 'remove', 'INNER')
    ok('server', 'remove', 'prod')
    assert ok('server', 'list') == ''


main()
