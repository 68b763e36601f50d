# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to sign in, by one command: at the first try, with one sign-in in the server's log."""

from harness import case, main, ok, server

PROMPTS = ('--sshd-option', 'AuthenticationMethods publickey,keyboard-interactive')

# The server, its options, the recipe, and what else its settings say.
DOORS = {
    'code and password in one': ('prompt-zoo', ('--user', 'code-first-in-one'), 'code+password', ()),
    'a separator': ('prompt-zoo', ('--user', 'separator'), 'password+code', ('--separator', ',')),
    'two prompts in one request': ('prompt-zoo', ('--user', 'two-prompts'), 'password,code', ()),
    'two requests': ('openssh-chain', (), 'password,code', ()),
    'another language': ('prompt-zoo', ('--user', 'other-language'), 'password,code', ()),
    'eight digits': ('prompt-zoo', ('--user', 'eight-digits'), 'password,code', ('--code-length', '8')),
    'key then password': ('openssh-chain', ('--login', 'key,password'), 'key,password', ()),
    'key then a password prompt': ('openssh-chain', ('--login', 'key,password', *PROMPTS), 'key,password', ()),
    'key then both in one': ('openssh-chain', ('--login', 'key,password+code'), 'key,password+code', ()),
    'key then a prompt for both': ('openssh-chain', ('--login', 'key,password+code', *PROMPTS), 'key,password+code',
                                   ()),
}


def add_case(name, rig_name, rig_options, login, options):
    def one_command_signs_in():
        with server(name, rig_name, login, *options, rig_options=rig_options) as rig:
            if login.startswith('key'):
                ok('server', 'set', name, '--identity', rig.state / 'key')
            assert 'README.txt' in ok('ls', f'{name}:')
            assert rig.accepted() == 1 and rig.count('^Failed (?!none)|Code sent twice') == 0, rig.log.read_text()
    one_command_signs_in.__name__ = name.replace(' ', '_')
    case(one_command_signs_in)


for door_name, door in DOORS.items():
    add_case(door_name, *door)
main()
