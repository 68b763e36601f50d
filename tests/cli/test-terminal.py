# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person at a terminal sees and is asked."""

import os
import termios

from harness import Terminal, case, fails, folder, main, ok, server, wait_for


def echoes(descriptor):
    return bool(termios.tcgetattr(descriptor)[3] & termios.ECHO)


def sally_code(sally):
    _, status = os.waitpid(sally.pid, 0)
    return os.waitstatus_to_exitcode(status)


@case
def host_key_and_password_are_asked():
    with server('box', 'openssh-password', 'password', trust=False, password=False) as rig:
        password = rig.secret('password')
        sally = Terminal('ls', 'box:')
        sally.expect(r'yes/no')
        assert rig.host_key in sally.output and 'ssh-ed25519' in sally.output
        sally.type('yes\n')
        sally.expect(r'Password for “box”: ')
        sally.type(password + '\n')
        sally.expect('outbox')
        assert sally.end() == 0
        assert password not in sally.output
        # The key is trusted from now on.
        assert 'inbox' in ok('ls', 'box:')


@case
def no_is_no():
    with server('box2', 'openssh-password', 'password', trust=False) as rig:
        sally = Terminal('ls', 'box2:')
        sally.expect(r'yes/no')
        sally.type('perhaps\n')
        sally.expect(r'Please type')
        sally.type('no\n')
        assert sally.end() == 4
        fails(4, rig.host_key, 'ls', 'box2:')


@case
def the_fingerprint_is_an_answer():
    with server('box3', 'openssh-password', 'password', trust=False) as rig:
        sally = Terminal('ls', 'box3:')
        sally.expect(r'yes/no')
        sally.type(rig.host_key + '\n')
        assert sally.end() == 0


@case
def ctrl_c_at_a_hidden_question_gives_the_echo_back():
    ok('server', 'add', 'any', '--host', 'localhost', '--user', 'u', '--login', 'password')
    sally = Terminal('server', 'password', 'any')
    sally.expect('Password for')
    wait_for(lambda: not echoes(sally.descriptor), 'the echo is off')
    sally.type('\x03')
    slave = os.open(os.ptsname(sally.descriptor), os.O_RDWR | os.O_NOCTTY)
    assert sally_code(sally) == 130
    assert echoes(slave)
    os.close(slave)


@case
def a_setup_key_is_asked_without_an_echo():
    secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    sally = Terminal('account', 'add', '--issuer', 'Typed')
    sally.expect('Setup key')
    sally.type(secret.lower() + '\n')
    assert sally.end() == 0
    assert secret.lower() not in sally.output
    assert ok('code', 'typed', '--at', 59) == '287082\n'


@case
def the_passphrase_of_a_key_is_asked():
    with server('key', 'openssh-key', 'key', rig_options=('--encrypt-key',)) as rig:
        ok('server', 'add', 'locked', '--host', '127.0.0.1', '--port', rig.port, '--user', rig.user,
           '--login', 'key', '--identity', rig.state / 'key-encrypted')
        sally = Terminal('ls', 'locked:')
        sally.expect('Passphrase of the key')
        sally.type('wrong\n')
        sally.expect('not right')
        sally.expect(r'(?s)Passphrase.*Passphrase')
        sally.type(rig.secret('passphrase') + '\n')
        sally.expect('outbox')
        assert sally.end() == 0
        ok('disconnect', 'locked')


@case
def a_bar_shows_progress():
    with folder() as here, server('box4', 'openssh-password', 'password') as rig:
        sally = Terminal('get', 'box4:outbox/photo.bin', here)
        assert sally.end() == 0
        assert 'photo.bin  100% [####################] 5.2' in sally.output, sally.output
        assert (here / 'photo.bin').read_bytes() == (rig.home / 'outbox' / 'photo.bin').read_bytes()


@case
def names_are_safe_on_a_terminal():
    with server('box5', 'openssh-password', 'password') as rig:
        (rig.home / 'inbox' / 'red\x1b[31m').write_text('')
        sally = Terminal('ls', 'box5:inbox')
        assert sally.end() == 0
        assert 'red\\x1B[31m' in sally.output and 'red\x1b[31m' not in sally.output, sally.output


main()
