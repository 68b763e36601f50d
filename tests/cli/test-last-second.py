# SPDX-License-Identifier: GPL-3.0-or-later
"""A sign-in that begins when the present code is about to die: the next one is waited for, and sent once."""

import contextlib
import re
import time
from pathlib import Path

from harness import Terminal, case, main, ok, server, start, wait_for

PERIOD_S = 30
# In seconds of a step: too late for its code (three seconds of life are wanted), and its very end.
LATE = 27.2, 28
LAST_SECOND = 28.5, 29.5
END_S = 29.9


def wait_for_second(first, last):
    """Until so many seconds of a step have passed; which step it is."""
    wait_for(lambda: first <= time.time() % PERIOD_S < last, f'second {first} of a step', 2 * PERIOD_S)
    return int(time.time()) // PERIOD_S


def steps_spent(rig):
    """Whose codes PAM's module remembers against reuse: it is all that it took."""
    state = Path(f'/proc/{rig.process.pid}/root/run/rig/otp') / rig.user
    return [int(step) for step in re.search('^" DISALLOW_REUSE(.*)$', state.read_text(), re.MULTILINE)[1].split()]


@case
def the_next_code_is_waited_for():
    with contextlib.ExitStack() as stack:
        rigs = [stack.enter_context(server(*words)) for words in (
            ('watched', 'openssh-combined', 'password+code'), ('joined', 'openssh-combined', 'password+code'),
            ('key', 'openssh-key-code', 'key,code'))]
        ok('server', 'set', 'key', '--identity', rigs[2].state / 'key')
        step = wait_for_second(*LATE)
        terminal = Terminal('ls', 'watched:')
        assert wait_for_second(*LAST_SECOND) == step
        programs = [start('ls', name) for name in ('joined:', 'key:')]
        assert time.time() < step * PERIOD_S + END_S, 'begun too late'

        terminal.expect(r'Waiting for a fresh code \([123] s\)')
        terminal.expect('README.txt')
        assert terminal.end() == 0, terminal.output
        for program in programs:
            out, err = program.communicate(timeout=PERIOD_S)
            assert program.returncode == 0 and b'README.txt' in out, err
        for rig in rigs:
            assert rig.accepted() == 1 and rig.count('^Failed (?!none)') == 0, rig.log.read_text()
            assert steps_spent(rig) == [step + 1], (steps_spent(rig), step)


@case
def the_last_second_by_the_servers_clock_is_as_good_as_any():
    """Its clock is ahead: by it our code, which is young, is about to die, and may arrive as the one before."""
    with server('ahead', 'prompt-zoo', 'password+code',
                rig_options=('--user', 'one-prompt', '--clock-offset', '15')) as rig:
        wait_for_second(LAST_SECOND[0] - 15, LAST_SECOND[1] - 15)
        out, err = start('ls', 'ahead:').communicate(timeout=PERIOD_S)
        assert b'README.txt' in out, err
        assert rig.accepted() == 1 and rig.count('Failed|Code sent twice') == 0, rig.log.read_text()
        assert rig.count('^Code of step') == 1


main()
