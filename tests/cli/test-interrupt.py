# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C."""

import os
import signal
import socket

from harness import case, folder, main, ok, server, start, wait_for

# Sparse, and far more than is moved before the signal comes.
BIG = 8 << 30


@case
def an_interrupted_get_leaves_nothing():
    with folder() as here, server('box', 'openssh-password', 'password') as rig:
        with open(rig.home / 'big', 'wb') as file:
            file.truncate(BIG)
        ok('ls', 'box:')
        program = start('get', 'box:big', here)
        wait_for(lambda: any(entry.stat().st_size for entry in os.scandir(here)), 'the download has begun')
        assert 'big' not in os.listdir(here)
        program.send_signal(signal.SIGINT)
        _, errors = program.communicate(timeout=30)
        assert program.returncode == 130, (program.returncode, errors)
        assert os.listdir(here) == []
        # The connection serves on.
        assert 'big' in ok('ls', 'box:')
        assert rig.accepted() == 1


@case
def an_interrupted_put_leaves_nothing():
    with folder() as here, server('box2', 'openssh-password', 'password') as rig:
        with open(here / 'big', 'wb') as file:
            file.truncate(BIG)
        ok('ls', 'box2:')
        program = start('put', here / 'big', 'box2:inbox')
        inbox = rig.home / 'inbox'
        wait_for(lambda: any(entry.stat().st_size for entry in os.scandir(inbox)), 'the upload has begun')
        assert 'big' not in os.listdir(inbox)
        program.send_signal(signal.SIGTERM)
        _, errors = program.communicate(timeout=30)
        assert program.returncode == 130, (program.returncode, errors)
        wait_for(lambda: os.listdir(inbox) == [], 'the temporary file is gone')


@case
def an_interrupted_sign_in_is_130():
    with socket.create_server(('127.0.0.1', 0)) as silent:
        ok('server', 'add', 'silent', '--host', '127.0.0.1', '--port', silent.getsockname()[1], '--user', 'x',
           '--login', 'password')
        program = start('ls', 'silent:')
        peer, _ = silent.accept()
        program.send_signal(signal.SIGINT)
        _, errors = program.communicate(timeout=30)
        assert program.returncode == 130, (program.returncode, errors)
        peer.close()


main()
