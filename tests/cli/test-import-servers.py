# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers from other programs' files, and connection files that go from one person to another."""

import json
import os

from harness import case, fails, folder, main, ok, run, words

PIN = 'SHA256:' + 'A' * 42 + 'E'
OTHER = 'SHA256:' + 'B' * 42 + 'E'
SSH = '''Host gate
  HostName gate.example
  User me
Host inner
  HostName 10.0.0.1
  User me
  ProxyJump gate
  Ciphers aes128-ctr
Host *
  Port 2222
'''


def servers():
    return {server['name']: server for server in json.loads(ok('server', 'list', '--json'))}


def lines(*arguments):
    result = run('server', 'import', '--json', *arguments)
    assert result.returncode == 0, words(result)
    return [json.loads(line) for line in result.stdout.decode().splitlines()]


@case
def dry_run_shows_and_keeps_nothing():
    with folder() as here:
        (here / 'config').write_text(SSH)
        result = run('server', 'import', here / 'config', '--dry-run')
    text = result.stdout.decode()
    assert result.returncode == 0, words(result)
    assert 'new\tinner\tme@10.0.0.1:2222\tkey\n' in text and 'ciphers' in text, text
    assert '2 servers would be added' in text and servers() == {}


@case
def ssh_config_is_imported_with_its_jump_once():
    with folder() as here:
        (here / 'config').write_text(SSH)
        first, second = lines(here / 'config'), lines(here / 'config')
    assert [line['status'] for line in first] == ['new', 'new'], first
    assert [line['status'] for line in second] == ['same', 'same'], second
    assert servers()['inner']['jump'] == 'gate' and len(servers()) == 2


@case
def names_are_made_unique_and_nothing_is_overwritten():
    line, = lines('sftp://somebody@elsewhere.example:23/in', '--format', 'links')
    assert (line['name'], line['start'], line['port']) == ('elsewhere.example', '/in', 23), line
    with folder() as here:
        (here / 'bookmarks').write_text('sftp://x@new.example INNER\nfile:///tmp\n')
        result = run('server', 'import', here / 'bookmarks')
    assert result.returncode == 0 and '1 entry is not for SFTP' in words(result)
    assert servers()['INNER 2']['host'] == 'new.example' and servers()['inner']['host'] == '10.0.0.1'


@case
def several_files_are_all_or_none():
    before = servers()
    with folder() as here:
        (here / 'good').write_text('sftp://u@good.example\n')
        (here / 'bad').write_text('nothing of the kind\n')
        fails(2, 'bad: The file is not a list of servers', 'server', 'import', here / 'good', here / 'bad')
        assert servers() == before
        (here / 'bad').write_text('sftp://u@good.example/\nsftp://u@h:99999\n')
        result = run('server', 'import', here / 'good', here / 'bad')
    assert result.returncode == 1 and 'left out' in words(result), words(result)
    assert len(servers()) == len(before) + 1
    ok('server', 'remove', 'good.example')


@case
def bad_input_is_told_in_one_sentence():
    before = servers()
    with folder() as here:
        (here / 'empty').write_text('')
        (here / 'picture').write_bytes(b'\x89PNG\0\0')
        fails(2, 'empty', 'server', 'import', here / 'empty')
        fails(2, 'not a list', 'server', 'import', here / 'picture')
        fails(2, 'FileZilla', 'server', 'import', here / 'picture', '--format', 'filezilla')
        fails(2, 'ssh-config', 'server', 'import', here / 'empty', '--format', 'x')
        fails(1, 'absent', 'server', 'import', here / 'absent')
        fails(1, 'Is a directory', 'server', 'import', here)
    fails(2, 'usage', 'server', 'import')
    assert servers() == before


@case
def connection_file_goes_to_somebody_else():
    """Recipe, jump and host keys arrive; what is the sender's own does not."""
    ok('account', 'add', '--issuer', 'Mine', '--label', 'me', text='GEZDGNBVGY3TQOJQ')
    ok('server', 'add', 'Drop box', '--host', 'drop.example', '--user', 'vendor', '--login', 'password+code',
       '--separator', ',', '--account', 'mine', '--start', '/in box', '--jump', 'gate')
    ok('server', 'password', 'Drop box', text='only a test')
    ok('server', 'trust', 'Drop box', PIN)
    account = json.loads(ok('server', 'show', 'Drop box', '--json'))['account']
    with folder() as here:
        ok('server', 'export', 'Drop box', here / 'x.sallyport')
        text = (here / 'x.sallyport').read_text()
        assert PIN in text and account not in text and 'only a test' not in text, text
        fails(1, '--force', 'server', 'export', 'Drop box', here / 'x.sallyport')
        assert ok('server', 'export', 'Drop box') == text
        other = {name: str(here / name) for name in ('XDG_CONFIG_HOME', 'XDG_DATA_HOME')}
        result = run('server', 'import', '--json', here / 'x.sallyport', env=other)
        assert result.returncode == 0 and not result.stderr, words(result)
        there = {server['name']: server
                 for server in json.loads(ok('server', 'list', '--json', env=other))}
        again = ok('server', 'export', 'Drop box', env=other)
        trust = (here / 'XDG_DATA_HOME' / 'sallyport' / 'known_hosts').read_text()
    assert there['Drop box']['jump'] == 'gate' and there['Drop box']['login'] == 'password+code'
    assert there['Drop box']['account'] == '' and there['Drop box']['separator'] == ','
    assert PIN in trust and again == text


@case
def strangers_file_overrules_no_trusted_key():
    with folder() as here:
        (here / 'x').write_text('[Sallyport]\nVersion=1\n[Server]\nName=Trap\nHost=drop.example\nUser=other\n'
                                f'HostKeys={OTHER};\n')
        result = run('server', 'import', here / 'x')
    assert result.returncode == 0 and 'trusted already' in words(result), words(result)
    assert OTHER not in ok('server', 'export', 'Trap') and PIN in ok('server', 'export', 'Trap')


@case
def user_who_is_not_named_is_the_one_of_this_computer():
    line, = lines('sftp://nobody-named.example')
    assert line['user'] == os.environ.get('USER', line['user']) != '', line


@case
def keys_that_winscp_knows_are_trusted():
    """A key of the server that is met, as WinSCP has it: no question; of another host that is known: it stays."""
    point = ('0x538642d5d57655ea1802525f96a40bbb3e7937bc302941f734bc4fadc7d9d21f', '0x2000cfcc4d69a4aa63e0303a6e1d3eced0f381300716750719a550b7bb26fd77')
    with folder() as here:
        (here / 'WinSCP.ini').write_text(
            '[SshHostKeys]\nssh-ed25519@2222:known.example=' + ','.join(point) + '\n'
            '[Sessions\\known]\nHostName=known.example\nPortNumber=2222\nUserName=u\n'
            '[Sessions\\other]\nHostName=known.example\nUserName=u\n')
        text = ok('server', 'import', here / 'WinSCP.ini')
        assert text.count('SHA256:bW74JOSDgmK0aa+i7ctkDS5F71RgQYgy6tl9adeW+p0') == 1, text
        server, = (server for server in json.loads(ok('server', 'list', '--json')) if server['name'] == 'known')
        assert server['port'] == 2222
        # It is in the file that goes to others: what is trusted for the host.
        assert 'SHA256:bW74JOSDgmK0aa+i7ctkDS5F71RgQYgy6tl9adeW+p0' in ok('server', 'export', 'known')
        assert b'HostKeys' not in run('server', 'export', 'other').stdout


main()
