# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends in the middle goes on where it was: `sally` killed at random moments, engines that end, servers that go.

The seed is printed; SALLY_TEST_SEED takes it again, SALLY_TEST_ROUNDS asks for more than the usual rounds.
"""

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess

from harness import Terminal, case, fails, folder, main, ok, relayed, run, server, start, wait_for, words

SEED = os.environ.get('SALLY_TEST_SEED') or str(random.SystemRandom().randrange(1 << 32))
ROUNDS = int(os.environ.get('SALLY_TEST_ROUNDS', '5'))
# The line's: slow enough that every moment can be met.
MB_A_SECOND = '60'
BIG = 16 << 20
dice = random.Random(SEED)


def make_tree(path, owner=None):
    (path / 'deep').mkdir(parents=True)
    for number in range(2):
        (path / f'big-{number}').write_bytes(dice.randbytes(BIG))
    for number in range(60):
        (path / 'deep' / f'{number}.csv').write_bytes(dice.randbytes(dice.randrange(20000)))
    if owner:
        for entry in (path, *path.rglob('*')):
            os.chown(entry, owner.st_uid, owner.st_gid)


def get_size(path):
    with contextlib.suppress(OSError):
        return sum(os.stat(os.path.join(place, name)).st_blocks * 512
                   for place, _, names in os.walk(path) for name in names)
    return 0


def partials(path):
    return [name for _, _, names in os.walk(path) for name in names if name.endswith('.part')]


def are_equal(one, two):
    return subprocess.run(['diff', '-r', one, two], check=False, capture_output=True).returncode == 0


def whole_ones_are_right(source, target):
    """Whatever has a final name is the whole file."""
    for place, _, names in os.walk(target):
        for name in names:
            if not name.endswith('.part'):
                path = os.path.join(place, name)
                with open(path, 'rb') as one, open(os.path.join(source, os.path.relpath(path, target)), 'rb') as two:
                    assert one.read() == two.read(), f'wrong bytes under a final name: {path}'


@contextlib.contextmanager
def slow_server(name):
    """A saved server at the end of a line that can be cut, and its rig."""
    with server(f'{name}-direct', 'openssh-password', 'password') as rig, \
            relayed(rig, speed=(MB_A_SECOND,)) as (port, relay):
        ok('server', 'add', name, '--host', '127.0.0.1', '--port', port, '--user', rig.user, '--login', 'password')
        ok('server', 'password', name, text=rig.secret('password'))
        ok('server', 'trust', name, rig.host_key)
        try:
            yield rig, relay
        finally:
            run('disconnect', name)


def left():
    return json.loads(ok('transfers', '--json'))


def kill_somewhere(program, target):
    """At a random moment of its work, unless it ends before."""
    moment = dice.randrange(2 * BIG)
    wait_for(lambda: program.poll() is not None or get_size(target) >= moment, 'the moment')
    program.kill()
    program.communicate()


def killed_and_resumed(direction):
    print(f'# seed {SEED}', flush=True)
    name = f'killed-{direction}'
    with folder() as here, slow_server(name) as (rig, _):
        inbox = rig.home / 'inbox'
        source, target = (here / 'tree', inbox / 'tree') if direction == 'put' else (inbox / 'tree', here / 'tree')
        make_tree(source, None if direction == 'put' else os.stat(rig.home))
        arguments = ['put', '-r', source, f'{name}:inbox'] if direction == 'put' else ['get', '-r', f'{name}:inbox/tree', here]
        ok('ls', f'{name}:')
        for number in range(ROUNDS):
            kill_somewhere(start(*arguments), target)
            whole_ones_are_right(source, target)
            if number % 2 == 0:
                result = run('resume')
                assert result.returncode == 0, words(result)
                whole_ones_are_right(source, target)
                assert partials(target) == [] and left() == []
            ok(*arguments)
            assert are_equal(source, target)
            assert partials(target) == [] and left() == [], (partials(target), left())
            shutil.rmtree(target)
        assert rig.accepted() == 1


@case
def a_killed_get_goes_on():
    killed_and_resumed('get')


@case
def a_killed_put_goes_on():
    killed_and_resumed('put')


def begin_and_kill(target, *arguments):
    program = start(*arguments)
    wait_for(lambda: get_size(target) >= BIG // 4, 'some of it has arrived')
    program.kill()
    program.communicate()


@case
def what_is_left_is_listed_resumed_and_discarded():
    with folder() as here, slow_server('listed') as (rig, _):
        make_tree(rig.home / 'source', os.stat(rig.home))
        ok('ls', 'listed:')
        begin_and_kill(here, 'get', 'listed:source/big-0', here)
        entry, = left()
        assert (entry['state'], entry['direction'], entry['server']) == ('resumable', 'download', 'listed'), entry
        assert entry['local'] == str(here / 'big-0') and entry['remote'].endswith('/source/big-0'), entry
        assert partials(here) and 'big-0' not in os.listdir(here)
        assert 'resumable' in ok('transfers') and 'big-0' in ok('transfers')
        fails(2, 'transfers', 'resume', entry['id'] + 1)
        line = json.loads(ok('resume', '--json', entry['id']))
        assert line == {'path': str(here / 'big-0'), 'bytes': BIG,
                        'sha256': hashlib.sha256((rig.home / 'source' / 'big-0').read_bytes()).hexdigest()}, line
        assert left() == [] and os.listdir(here) == ['big-0']
        assert 'nothing' in ok('resume')

        inbox = rig.home / 'inbox'
        begin_and_kill(inbox, 'put', here / 'big-0', 'listed:inbox')
        assert [entry['direction'] for entry in left()] == ['upload'] and partials(inbox)
        ok('transfers', '--discard')
        assert left() == [] and os.listdir(inbox) == []


@case
def the_same_again_goes_on_unless_told_otherwise():
    with folder() as here, slow_server('again') as (rig, _):
        make_tree(rig.home / 'source', os.stat(rig.home))
        ok('ls', 'again:')
        begin_and_kill(here, 'get', 'again:source/big-1', here)
        before = partials(here)
        # The file is another one by now: what has arrived of the old one is of no use.
        (rig.home / 'source' / 'big-1').write_bytes(dice.randbytes(BIG))
        ok('get', 'again:source/big-1', here)
        assert len(before) == 1 and are_equal(here / 'big-1', rig.home / 'source' / 'big-1')
        begin_and_kill(here, 'get', 'again:source/big-0', here)
        ok('get', '--restart', 'again:source/big-0', here)
        assert are_equal(here / 'big-0', rig.home / 'source' / 'big-0')
        assert partials(here) == [] and left() == []


@case
def a_lost_line_is_made_again_or_given_up():
    with folder() as here, slow_server('lost') as (rig, relay):
        make_tree(rig.home / 'source', os.stat(rig.home))
        ok('ls', 'lost:')
        program = start('get', '-r', '--json', 'lost:source', here / 'target')
        wait_for(lambda: get_size(here) >= BIG // 4, 'some of it has arrived')
        relay.send_signal(signal.SIGUSR1)
        output, errors = program.communicate(timeout=60)
        assert program.returncode == 0, errors
        assert are_equal(rig.home / 'source', here / 'target') and partials(here) == []
        assert len(output.splitlines()) == 62
        assert rig.accepted() == 2

        program = start('get', '--attempts', '2', 'lost:source/big-0', here)
        wait_for(lambda: partials(here), 'it has begun')
        relay.stdin.close()
        _, errors = program.communicate(timeout=60)
        assert program.returncode == 5, (program.returncode, errors)
        entry, = left()
        assert entry['state'] == 'failed' and entry['error'], entry
        assert 'big-0' not in os.listdir(here)


@case
def conflicts_are_answered():
    with folder() as here, server('answers', 'openssh-password', 'password') as rig:
        there = rig.home / 'inbox' / 'file'
        (here / 'file').write_text('mine, and longer')
        there.write_text('theirs')
        os.utime(there, (2000000000, 2000000000))
        os.chmod(there, 0o644)
        fails(6, 'exists', 'put', '--conflict', 'fail', here / 'file', 'answers:inbox')
        for word in ('skip', 'newer'):
            ok('put', f'--conflict={word}', here / 'file', 'answers:inbox')
            assert there.read_text() == 'theirs', word
        fails(6, 'exists', 'put', '--conflict=ask', here / 'file', 'answers:inbox')
        ok('put', '--conflict=keep-both', here / 'file', 'answers:inbox')
        assert (rig.home / 'inbox' / 'file (2)').read_text() == 'mine, and longer'
        fails(1, 'exists', 'get', '--conflict=fail', 'answers:inbox/file', here)
        ok('get', '--conflict=skip', 'answers:inbox/file', here)
        assert (here / 'file').read_text() == 'mine, and longer'
        ok('get', '--conflict=newer', 'answers:inbox/file', here)
        assert (here / 'file').read_text() == 'theirs'
        fails(2, 'conflict', 'get', '--conflict=perhaps', 'answers:inbox/file', here)


@case
def a_person_at_the_terminal_is_asked():
    with folder() as here, server('asked', 'openssh-password', 'password') as rig:
        for name in ('a', 'b', 'c'):
            (here / name).write_text('mine')
            (rig.home / 'inbox' / name).write_text('theirs')
            os.chmod(rig.home / 'inbox' / name, 0o666)
        terminal = Terminal('get', '--conflict=ask', *(f'asked:inbox/{name}' for name in 'abc'), here)
        terminal.expect(r'exists: .*all\)')
        terminal.type('?\n')
        terminal.expect(r'(?s)(exists: .*){2}')
        terminal.type('s\n')
        terminal.expect(r'(?s)(exists: .*){3}')
        terminal.type('R\n')
        assert terminal.end() == 0, terminal.output
        assert sorted((here / name).read_text() for name in 'abc') == ['mine', 'theirs', 'theirs']


@case
def a_beginning_is_gone_on_with():
    with folder() as here, server('beginning', 'openssh-password', 'password') as rig:
        data = dice.randbytes(BIG)
        (rig.home / 'file').write_bytes(data)
        (here / 'file').write_bytes(data[:BIG // 2])
        ok('get', '--conflict=resume', 'beginning:file', here)
        assert (here / 'file').read_bytes() == data
        (here / 'file').write_bytes(b'x' * (BIG // 2))
        fails(6, 'file', 'get', '--conflict=resume', 'beginning:file', here)
        assert (here / 'file').read_bytes() == b'x' * (BIG // 2) and os.listdir(here) == ['file']


@case
def a_limit_holds_for_its_command():
    with folder() as here, server('limited', 'openssh-password', 'password') as rig:
        (rig.home / 'file').write_bytes(dice.randbytes(1 << 20))
        ok('get', '--limit', '2M', 'limited:file', here)
        assert (here / 'file').stat().st_size == 1 << 20
        for wrong in ('0', 'fast', '5T'):
            fails(2, 'limit', 'get', '--limit', wrong, 'limited:file', here)


main()
