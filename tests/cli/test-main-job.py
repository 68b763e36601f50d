# SPDX-License-Identifier: GPL-3.0-or-later
"""Password and code in one string, each code once: sign in once, whatever runs."""

import json
import time

from harness import case, folder, main, ok, server, start

PAYLOAD = bytes(range(256)) * 400


@case
def five_commands_within_ten_seconds_sign_in_once():
    with folder() as here, server('prod', 'openssh-combined', 'password+code') as rig:
        (here / 'offer.bin').write_bytes(PAYLOAD)
        # The first may wait for a code that lives long enough.
        ok('ls', 'prod:')
        began = time.monotonic()
        assert 'inbox' in ok('ls', 'prod:').split()
        ok('put', here / 'offer.bin', 'prod:inbox')
        ok('get', 'prod:inbox/offer.bin', here / 'back.bin')
        assert json.loads(ok('stat', '--json', 'prod:inbox/offer.bin'))['size'] == len(PAYLOAD)
        ok('rm', 'prod:inbox/offer.bin')
        assert time.monotonic() - began < 10
        assert (here / 'back.bin').read_bytes() == PAYLOAD
        assert rig.accepted() == 1 and rig.count('Failed password') == 0, rig.log.read_text()

        status, = json.loads(ok('status', '--json'))
        assert (status['name'], status['user'], status['host_key']) == ('prod', rig.user, rig.host_key), status
        assert abs(status['since'] - time.time()) < 120 and status['cipher'], status


@case
def programs_that_start_at_the_same_instant_sign_in_once():
    with server('twice', 'openssh-combined', 'password+code') as rig:
        programs = [start('ls', 'twice:') for _ in range(4)]
        outputs = [program.communicate(timeout=90) for program in programs]
        assert all(program.returncode == 0 for program in programs), outputs
        assert all(b'inbox' in out for out, _ in outputs), outputs
        assert rig.accepted() == 1 and rig.count('Failed password') == 0, rig.log.read_text()


@case
def a_disconnected_server_is_signed_in_anew_with_another_code():
    with server('again', 'openssh-combined', 'password+code') as rig:
        ok('ls', 'again:')
        ok('disconnect', 'again')
        ok('ls', 'again:')
        assert rig.accepted() == 2 and rig.count('Failed password') == 0, rig.log.read_text()


main()
