# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server asks, at a terminal and in a script: known scripts, changed ones, codes typed by hand."""

from harness import Terminal, case, fails, main, ok, server


def zoo(name, user, login):
    return server(name, 'prompt-zoo', login, rig_options=('--user', user))


@case
def a_known_script_needs_nobody():
    with zoo('known', 'time', 'password') as rig:
        for _ in range(2):
            assert 'inbox' in ok('ls', 'known:')
            ok('disconnect', 'known')
        assert rig.accepted() == 2 and rig.count('Failed') == 0


@case
def a_changed_script_is_3_until_a_person_accepts_it():
    with zoo('changed', 'changed', 'password') as rig:
        ok('ls', 'changed:')
        ok('disconnect', 'changed')
        (rig.state / 'changed').touch()
        fails(3, 'Okta password again:', 'ls', 'changed:')
        fails(3, 'not what it asked before', 'ls', 'changed:')
        assert rig.count('Failed') == 0 and rig.accepted() == 1

        for answer in 'n', 'y':
            terminal = Terminal('ls', 'changed:')
            terminal.expect('(?s)have changed.*  \\| Password:.*“changed” says.*session has expired.*Okta password again:')
            terminal.type(rig.secret('password') + '\n')
            terminal.expect('from now on')
            terminal.type(answer + '\n')
            assert terminal.end() == 0, terminal.output
            assert rig.secret('password') not in terminal.output
            ok('disconnect', 'changed')
        assert 'inbox' in ok('ls', 'changed:')
        assert rig.count('Failed') == 0 and rig.accepted() == 4


@case
def a_scratch_code_is_typed():
    with zoo('scratch', 'scratch', 'password') as rig:
        ok('server', 'remove', 'scratch')
        ok('server', 'add', 'scratch', '--host', '127.0.0.1', '--port', rig.port, '--user', 'scratch',
           '--login', 'password,code')
        ok('server', 'password', 'scratch', text=rig.secret('password'))
        fails(3, 'account', 'ls', 'scratch:')
        assert rig.count('Connection') == 0
        terminal = Terminal('ls', 'scratch:')
        terminal.expect('(?s)Enter a scratch code.*Scratch code:')
        terminal.type(rig.secret('scratch') + '\n')
        assert terminal.end() == 0, terminal.output


@case
def hostile_words_are_harmless():
    with server('evil', 'prompt-zoo', 'password', '--password-prompt', '^no such words$',
                rig_options=('--user', 'hostile-words')) as rig:
        terminal = Terminal('ls', 'evil:')
        terminal.expect('(?s)  \\| .*evil.*  \\| Type your vault password.*  \\| here.*Password:')
        assert '\x1b[2J' not in terminal.output and '\u202e' not in terminal.output, terminal.output
        terminal.type(rig.secret('password') + '\n')
        assert terminal.end() == 0, terminal.output


main()
