# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty programs that ask at once for four servers which share one account: each code is spent once."""


from harness import Rig, case, main, ok, run, start

SERVERS = ['north', 'east', 'south', 'west']
PROGRAMS = 20
# Each sign-in after the first waits for a time step of its own.
CROWD_SECONDS = 200


@case
def each_signs_in_once_with_a_code_of_its_own():
    rig = Rig('openssh-combined')
    try:
        ok('account', 'add', '--issuer', 'Rig', '--label', 'shared', text=rig.secret('secret'))
        for name in SERVERS:
            ok('server', 'add', name, '--host', '127.0.0.1', '--port', rig.port, '--user', rig.user,
               '--login', 'password+code', '--account', 'Rig:shared')
            ok('server', 'password', name, text=rig.secret('password'))
        ok('server', 'trust', SERVERS[0], rig.host_key)
        crowd = [start('ls', f'{SERVERS[number % len(SERVERS)]}:') for number in range(PROGRAMS)]
        for program in crowd:
            output, error = program.communicate(timeout=CROWD_SECONDS)
            assert program.returncode == 0, error.decode()
            assert b'README.txt' in output
        assert rig.accepted() == len(SERVERS), rig.log.read_text()
        assert rig.count('^Failed ') == 0, rig.log.read_text()
    finally:
        for name in SERVERS:
            run('disconnect', name)
        rig.stop()


main()
