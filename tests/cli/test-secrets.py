# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret is left where another program could find it; the engine is locked in."""

import base64
import hashlib
import hmac
import os
import re
import socket
import struct
import threading
import time
from pathlib import Path

from harness import case, folder, main, ok, run, server, wait_for, words

GREETING_SECONDS = 10
OTHER_USER = 2001  # the rigs' own; nobody's here


def code_at(seed, step):
    digest = hmac.new(base64.b32decode(seed), struct.pack('>Q', step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f'{(struct.unpack(">I", digest[offset:offset + 4])[0] & 0x7fffffff) % 1000000:06d}'


def processes():
    return [path for path in Path('/proc').iterdir() if path.name.isdigit()]


def read(path):
    try:
        return path.read_bytes()
    except OSError:  # ended, or out of reach for everybody but root
        return b''


class Watcher(threading.Thread):
    """Looks at all processes' arguments and environments for as long as commands run."""

    def __init__(self, secrets):
        super().__init__(daemon=True)
        self.secrets, self.found, self.looks, self.stopped = secrets, [], 0, threading.Event()

    def run(self):
        while not self.stopped.is_set():
            for process in processes():
                for name in ('cmdline', 'environ'):
                    data = read(process / name)
                    self.found += [(process, name) for secret in self.secrets if secret.encode() in data]
            self.looks += 1

    def stop(self):
        self.stopped.set()
        self.join()


def engines(log):
    """The engines that write to this log: other tests have theirs."""
    found = []
    for process in processes():
        try:
            if os.readlink(process / 'fd' / '2') == str(log):
                found.append(process)
        except OSError:  # ended meanwhile
            pass
    return found


@case
def no_secret_is_left_behind():
    with folder() as here, server('prod', 'openssh-combined', 'password+code') as rig:
        log = here / 'engine.log'
        loud = {'G_MESSAGES_DEBUG': 'all', 'SALLYPORT_ENGINE_LOG': str(log)}
        password, seed = rig.secret('password'), rig.secret('secret')
        watcher = Watcher([password, seed])
        first_step = int(time.time()) // 30 - 1
        watcher.start()
        outputs = []
        for arguments in (('ls', 'prod:'), ('get', 'prod:README.txt', here), ('put', here / 'README.txt', 'prod:inbox'),
                          ('status', '--json'), ('account', 'list', '--json'), ('server', 'show', 'prod'),
                          ('get', 'prod:missing', here)):
            result = run(*arguments, env=loud)
            outputs.append(result.stdout + result.stderr)
        ok('server', 'password', 'prod', text=password)
        engine, = engines(log)
        status = read(engine / 'status').decode()
        assert 'Seccomp:\t2\n' in status and 'NoNewPrivs:\t1\n' in status, status
        watcher.stop()
        assert watcher.looks > 3 and not watcher.found, watcher.found
        codes = [code_at(seed, step) for step in range(first_step, int(time.time()) // 30 + 2)]

        kept = {'output': b'\n'.join(outputs)}
        for root in {os.environ['HOME'], os.environ['XDG_RUNTIME_DIR'], str(here)}:
            kept.update({str(path): read(path) for path in Path(root).rglob('*') if path.is_file()})
        kept[str(rig.log)] = rig.log.read_bytes()
        assert len(kept) > 4, kept.keys()
        for where, data in kept.items():
            assert password.encode() not in data, where
            assert seed.encode() not in data, where
            for code in codes:
                assert not re.search(rb'(?<![0-9a-zA-Z])%s(?![0-9a-zA-Z])' % code.encode(), data), where
        assert rig.accepted() == 1


def greet(socket_path, user=None):
    """b'connected ' and what the engine says to the first word of D-Bus's handshake, nothing if it hangs up; as `user`, if wished."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.chdir(socket_path.parent)
            if user is not None:
                os.setgid(user)
                os.setuid(user)
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(GREETING_SECONDS)
                line.connect(socket_path.name)
                os.write(writer, b'connected ')
                line.sendall(b'\0AUTH\r\n')
                os.write(writer, line.recv(100))
        except ConnectionError:  # it hung up before it had read
            pass
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, 'rb') as file:
        return file.read()


@case
def another_user_is_turned_away():
    """Even one whom the modes of folder and socket would let in."""
    with server('mine', 'openssh-password', 'password'):
        ok('ls', 'mine:')
        sockets = (Path(os.environ['XDG_RUNTIME_DIR']) / 'sallyport' / 'engines').glob('*.sock')
        path = max(sockets, key=lambda one: one.stat().st_mtime)  # engines that have ended leave theirs
        assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
        assert greet(path).startswith(b'connected REJECTED'), greet(path)
        path.parent.chmod(0o711)
        path.chmod(0o666)
        assert greet(path, user=OTHER_USER) == b'connected ', greet(path, user=OTHER_USER)
        path.parent.chmod(0o700)
        assert 'README.txt' in ok('ls', 'mine:')


@case
def a_command_leaves_no_engine_when_it_is_refused():
    with folder() as here, server('wrong', 'openssh-password', 'password'):
        log = here / 'engine.log'
        ok('server', 'password', 'wrong', text='not the password')
        result = run('ls', 'wrong:', env={'SALLYPORT_ENGINE_LOG': str(log)})
        assert result.returncode == 3, words(result)
        assert log.exists()  # there was an engine
        wait_for(lambda: not engines(log), 'the engine ends')


main()
