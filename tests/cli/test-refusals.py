# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-ins that must not work: the exit code, the sentence, and what the server's log says."""

import os
import re
import socket
import subprocess
from pathlib import Path

from harness import Terminal, case, fails, main, ok, server

OTHER = 'SHA256:' + 'A' * 43


def public_key(path):
    """Of a new pair, without its comment."""
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path], check=True)
    return ' '.join(path.with_suffix('.pub').read_text().split()[:2])


@case
def an_unknown_host_key_is_4_and_the_line_to_type_works():
    with server('new', 'openssh-password', 'password', trust=False) as rig:
        text = fails(4, rig.host_key, 'ls', 'new:')
        line = text[text.index('server trust'):].split()
        assert rig.count('Failed password|Accepted') == 0
        ok(*line)
        ok('ls', 'new:')


@case
def a_changed_host_key_is_4_and_nothing_is_sent():
    with server('changed', 'openssh-password', 'password', trust=False) as rig:
        ok('server', 'trust', 'changed', OTHER)
        assert OTHER in fails(4, rig.host_key, 'ls', 'changed:')
        assert rig.count('Failed password|Accepted') == 0
        assert 'forget-key changed' in fails(4, OTHER, 'ls', 'changed:')
        ok('server', 'forget-key', 'changed')
        fails(4, 'not known', 'ls', 'changed:')
        ok('server', 'trust', 'changed', rig.host_key)
        ok('ls', 'changed:')
        ok('disconnect', 'changed')
        ok('server', 'trust', 'changed', OTHER)  # replaces: the key that was right is not any more
        fails(4, OTHER, 'ls', 'changed:')
        ok('server', 'trust', 'changed', OTHER, rig.host_key)
        ok('ls', 'changed:')


def write_known_hosts(text):
    path = Path(os.environ['HOME'], '.ssh', 'known_hosts')
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(text)
    return path


@case
def known_hosts_is_read_and_never_written():
    with server('kh', 'openssh-password', 'password', trust=False) as rig:
        key = ' '.join((rig.state / 'host_key.pub').read_text().split()[:2])
        path = write_known_hosts(f'# mine\n[127.0.0.1]:{rig.port} {key}\n')
        ok('ls', 'kh:')
        ok('disconnect', 'kh')
        assert path.read_text().startswith('# mine')
        write_known_hosts(f'@revoked * {key}\n')
        fails(4, f'revoked in {path}:1', 'ls', 'kh:')
        content = f'[127.0.0.1]:{rig.port} {public_key(rig.state / "other")}\n'
        write_known_hosts(content)
        fails(4, f'{path}:1', 'ls', 'kh:')
        ok('server', 'forget-key', 'kh')
        fails(4, 'not known', 'ls', 'kh:')
        assert path.read_text() == content
        path.unlink()


@case
def a_wrong_password_is_3_and_one_attempt():
    with server('wrong', 'openssh-password', 'password') as rig:
        ok('server', 'password', 'wrong', text='not the password')
        fails(3, '', 'ls', 'wrong:')
        assert rig.count('Failed password') == 1 and rig.accepted() == 0, rig.log.read_text()


@case
def after_two_refusals_nothing_is_sent_until_a_person_acts():
    with server('held', 'openssh-password', 'password') as rig:
        ok('server', 'password', 'held', text='not the password')
        for _ in range(2):
            fails(3, '', 'ls', 'held:')
        connections = rig.count('Connection from')
        text = fails(3, 'sally server unlock held', 'ls', 'held:')
        fails(3, 'sally server unlock held', 'get', 'held:README.txt')
        assert rig.count('Failed password') == 2 and rig.count('Connection from') == connections, text

        terminal = Terminal('ls', 'held:')
        terminal.expect('Try once more')
        terminal.type('n\n')
        assert terminal.end() == 3, terminal.output
        terminal = Terminal('ls', 'held:')
        terminal.expect('Try once more')
        terminal.type('y\n')
        assert terminal.end() == 3, terminal.output
        assert rig.count('Failed password') == 3
        fails(3, 'sally server unlock held', 'ls', 'held:')

        ok('server', 'unlock', 'held')
        fails(3, '', 'ls', 'held:')
        assert rig.count('Failed password') == 4
        ok('server', 'password', 'held', text=rig.secret('password'))
        assert 'inbox' in ok('ls', 'held:')


@case
def a_nightly_job_with_a_wrong_password_never_bans_the_address():
    with server('nightly', 'openssh-password', 'password',
                rig_options=('--sshd-option', 'PerSourcePenalties yes')) as rig:
        ok('server', 'password', 'nightly', text='not the password')
        for _ in range(6):
            fails(3, '', 'ls', 'nightly:')
        assert rig.count('Failed password') == 2
        ok('server', 'password', 'nightly', text=rig.secret('password'))
        assert 'inbox' in ok('ls', 'nightly:')
        assert rig.accepted() == 1 and rig.count('drop connection') == 0, rig.log.read_text()


@case
def a_wrong_code_is_3_and_one_attempt():
    with server('code', 'openssh-combined', 'password+code') as rig:
        ok('account', 'remove', 'Rig:code')
        ok('account', 'add', '--issuer', 'Other', '--label', 'code', text='GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
        fails(3, 'account', 'ls', 'code:')
        assert rig.count('Failed password') == 0, rig.log.read_text()
        ok('server', 'remove', 'code')
        ok('server', 'add', 'code', '--host', '127.0.0.1', '--port', rig.port, '--user', rig.user,
           '--login', 'password+code', '--account', 'other')
        ok('server', 'password', 'code', text=rig.secret('password'))
        fails(3, '', 'ls', 'code:')
        assert rig.count('Failed password') == 1 and rig.accepted() == 0, rig.log.read_text()


@case
def the_doctor_names_the_likely_factor_and_no_secret():
    with server('ill', 'openssh-combined', 'password+code') as rig:
        fails(2, 'no sign-in', 'doctor', 'ill')
        ok('server', 'password', 'ill', text='not the password')
        fails(3, 'either may be wrong|clock', 'ls', 'ill:')
        trace = ok('doctor', 'ill')
        for pattern in ('^method refused +password$', '^last answer +password and code in one$',
                        '^ident +SSH-2.0-OpenSSH', '^its key exchange +.*curve25519', '^code age when sent +[0-9.]+ s$',
                        '^likely +.', '^next +.', '^methods at first +.*password'):
            assert re.search(pattern, trace, re.MULTILINE), f'{pattern}: {trace}'
        for secret in 'not the password', rig.secret('secret'):
            assert secret not in trace, trace
        ok('server', 'password', 'ill', text=rig.secret('password'))
        ok('ls', 'ill:')
        assert re.search('^outcome +signed in$', ok('doctor', 'ill'), re.MULTILINE)


@case
def a_recipe_that_lacks_a_factor_is_told():
    with server('lacks', 'openssh-key-code', 'key', '--identity', '/etc/hostname') as rig:
        ok('server', 'remove', 'lacks')
        ok('server', 'add', 'lacks', '--host', '127.0.0.1', '--port', rig.port, '--user', rig.user,
           '--login', 'key', '--identity', rig.state / 'key')
        fails(3, '“key,code”', 'ls', 'lacks:')


@case
def algorithms_that_do_not_meet_are_named():
    with server('old', 'openssh-password', 'password',
                rig_options=('--sshd-option', 'Ciphers chacha20-poly1305@openssh.com')) as rig:
        fails(5, 'encryption.*chacha20-poly1305', 'ls', 'old:')
        assert rig.count('Failed password') == 0


@case
def a_missing_password_without_a_terminal_is_3():
    with server('bare', 'openssh-password', 'password', password=False) as rig:
        fails(3, 'sally server password bare', 'ls', 'bare:')
        assert rig.count('Failed password|Accepted') == 0


@case
def an_unreachable_server_is_5():
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))  # and nobody listens
        ok('server', 'add', 'gone', '--host', '127.0.0.1', '--port', taken.getsockname()[1], '--user', 'x',
           '--login', 'password')
        fails(5, '127.0.0.1', 'ls', 'gone:')
    ok('server', 'add', 'noname', '--host', 'no-such-host.invalid', '--user', 'x', '--login', 'password')
    fails(5, 'no-such-host.invalid', 'ls', 'noname:')


@case
def no_keyring_is_7_before_anything_is_sent():
    with server('keyless', 'openssh-password', 'password') as rig:
        fails(7, '', 'ls', 'keyless:', env={'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent/bus'})
        assert rig.count('Failed password|Accepted') == 0


@case
def keys_sign_in():
    with server('key', 'openssh-key', 'key', rig_options=('--encrypt-key',)) as rig:
        fails(3, 'agent', 'ls', 'key:', env={'SSH_AUTH_SOCK': ''})
        common = ('--host', '127.0.0.1', '--port', rig.port, '--user', rig.user, '--login', 'key')
        ok('server', 'add', 'plain', *common, '--identity', rig.state / 'key')
        ok('server', 'add', 'secret', *common, '--identity', rig.state / 'key-encrypted')
        assert 'inbox' in ok('ls', 'plain:')
        ok('disconnect', 'plain')
        fails(3, 'sally server passphrase secret', 'ls', 'secret:')
        ok('server', 'passphrase', 'secret', text='not it')
        fails(3, 'passphrase', 'ls', 'secret:')
        ok('server', 'passphrase', 'secret', text=rig.secret('passphrase'))
        assert 'inbox' in ok('ls', 'secret:')
        ok('disconnect', 'secret')
        assert rig.accepted() == 2


main()
