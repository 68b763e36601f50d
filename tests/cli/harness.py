# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of `sally` share: running it, real servers, a terminal, reports in TAP.

A test program gets the paths of `sally` and of tests/rigs/; it runs under tests/support/with-keyring, which gives
it a home, a runtime folder, a session bus and a keyring of its own.
"""

import contextlib
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

SALLY = os.path.abspath(sys.argv[1])
RIGS = Path(sys.argv[2])
COMMAND_SECONDS = 90
READY_SECONDS = 30

cases = []


def case(function):
    """Registers a test; its name is its path in the report, its docstring says what it proves."""
    cases.append(function)
    return function


def main():
    failed = False
    print(f'TAP version 14\n1..{len(cases)}', flush=True)
    for number, function in enumerate(cases, 1):
        name = function.__name__.replace('_', '-')
        try:
            function()
        except Exception:  # noqa: any failure is this case's
            failed = True
            print(f'not ok {number} - {name}')
            for line in traceback.format_exc().splitlines():
                print(f'# {line}')
        else:
            print(f'ok {number} - {name}')
        sys.stdout.flush()
    sys.exit(1 if failed else 0)


def run(*arguments, text='', env=None, cwd=None, prefix=()):
    """Runs `sally` without a terminal to its end; output as text, bytes that are none as surrogates."""
    return subprocess.run([*prefix, SALLY, *map(str, arguments)], input=text.encode(), cwd=cwd,
                          env={**os.environ, **(env or {})}, start_new_session=True,
                          capture_output=True, timeout=COMMAND_SECONDS, check=False)


def start(*arguments, env=None):
    return subprocess.Popen([SALLY, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, start_new_session=True,
                            env={**os.environ, **(env or {})})


def words(result):
    return result.stderr.decode(errors='replace')


def ok(*arguments, **options):
    """The output of a command that must succeed, and has nothing to complain about."""
    result = run(*arguments, **options)
    assert result.returncode == 0, f'{arguments}: exit {result.returncode}: {words(result)}'
    assert result.stderr == b'', f'{arguments}: {words(result)}'
    return result.stdout.decode(errors='surrogateescape')


def fails(code, pattern, *arguments, **options):
    """The command must fail with that code and one sentence that matches."""
    result = run(*arguments, **options)
    text = words(result)
    assert result.returncode == code, f'{arguments}: exit {result.returncode}, not {code}: {text}'
    assert text.startswith('sally: ') and text.count('\n') == 1, f'{arguments}: not one sentence: {text}'
    assert pattern in text or re.search(pattern, text), f'{arguments}: nothing about "{pattern}": {text}'
    return text


def wait_for(condition, what, seconds=READY_SECONDS):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f'not within {seconds} s: {what}'
        time.sleep(0.02)
    return value


class Rig:
    """A running server of tests/rigs/ and its facts."""

    def __init__(self, name, *options):
        self.process = subprocess.Popen([str(RIGS / name), '--until-eof', *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        facts = json.loads(self.process.stdout.readline())
        self.port, self.user = facts['port'], facts['user']
        self.host_key, self.start = facts['host_key'], facts['start']
        self.accepted_pattern = facts.get('accepted', r'^Accepted (password|publickey|keyboard-interactive/pam) for ')
        self.home, self.log, self.state = (Path(facts[key]) for key in ('home', 'log', 'state'))

    def secret(self, name):
        return (self.state / name).read_text()

    def count(self, pattern):
        return len(re.findall(pattern, self.log.read_text(errors='replace'), re.MULTILINE))

    def accepted(self):
        return self.count(self.accepted_pattern)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(READY_SECONDS)
        self.process.stdout.close()


@contextlib.contextmanager
def server(name, rig_name, login, *options, trust=True, password=True, rig_options=()):
    """A rig and the server `name` that is saved for it; in the end the engine goes, then the rig."""
    rig = Rig(rig_name, *rig_options)
    try:
        if 'code' in login:
            ok('account', 'add', '--issuer', 'Rig', '--label', name, text=rig.secret('secret'))
            options = ('--account', f'Rig:{name}', *options)
        ok('server', 'add', name, '--host', '127.0.0.1', '--port', rig.port, '--user', rig.user,
           '--login', login, *options)
        if password and 'password' in login:
            ok('server', 'password', name, text=rig.secret('password'))
        if trust:
            ok('server', 'trust', name, rig.host_key)
        yield rig
    finally:
        run('disconnect', name)
        rig.stop()


@contextlib.contextmanager
def relayed(rig, *options, delay='0', speed=()):
    """The port of a line to the rig, so many ms long one way and at most so many MB/s wide, and its process."""
    relay = subprocess.Popen([os.environ['SALLY_TEST_RELAY'], '--until-eof', *options, '0', str(rig.port), delay, *speed],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield json.loads(relay.stdout.readline())['port'], relay
    finally:
        relay.stdin.close()
        relay.wait(READY_SECONDS)
        relay.stdout.close()


@contextlib.contextmanager
def folder():
    path = tempfile.mkdtemp(prefix='sally-')
    try:
        yield Path(path)
    finally:
        shutil.rmtree(path)


class Terminal:
    """`sally` at a terminal of its own."""

    def __init__(self, *arguments):
        self.output = ''
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ['TERM'] = 'xterm'
            os.execv(SALLY, [SALLY, *map(str, arguments)])

    def read(self, seconds):
        readable, _, _ = select.select([self.descriptor], [], [], seconds)
        if not readable:
            return False
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:  # the other side is closed
            return False
        self.output += data.decode(errors='replace')
        return bool(data)

    def expect(self, pattern):
        deadline = time.monotonic() + COMMAND_SECONDS
        while not re.search(pattern, self.output):
            assert time.monotonic() < deadline, f'no "{pattern}" in: {self.output}'
            assert self.read(1) or os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None, \
                f'it ended without "{pattern}": {self.output}'

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def end(self):
        """Its exit code."""
        while self.read(COMMAND_SECONDS):
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        return os.waitstatus_to_exitcode(status)

    def interrupt(self):
        os.kill(self.pid, signal.SIGINT)
