# SPDX-License-Identifier: GPL-3.0-or-later
"""This computer's clock, as servers see it: measured by an upload, told, kept, and codes stay as they are."""

import contextlib
import json
import os
import re
from pathlib import Path

from harness import Rig, case, folder, main, ok, run

# The key of RFC 4226, and what it gives at that time.
SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
TIME, CODE = 1111111109, '081804'


def clocks():
    return Path(os.environ['XDG_STATE_HOME'], 'sallyport', 'clocks')


@contextlib.contextmanager
def servers(**users):
    """A rig and a saved server for each name; the user says what its clock shows."""
    rigs = {name: Rig('hostile') for name in users}
    clocks().unlink(missing_ok=True)
    try:
        for name, rig in rigs.items():
            ok('server', 'add', name, '--host', '127.0.0.1', '--port', rig.port, '--user', users[name],
               '--login', 'password')
            ok('server', 'password', name, text=rig.secret('password'))
            ok('server', 'trust', name, rig.host_key)
        yield
    finally:
        for name, rig in rigs.items():
            run('disconnect', name)
            rig.stop()
            ok('server', 'remove', name)


def upload(*names):
    with folder() as here:
        (here / 'file').write_text('words')
        for name in names:
            ok('put', here / 'file', f'{name}:file')


@case
def an_upload_tells_the_offset_with_its_number():
    with servers(late='clock+43', right='clock+0'):
        assert 'clock' not in ok('status')
        upload('late', 'right')
        facts = {server['name']: server for server in json.loads(ok('status', '--json'))}
        assert abs(facts['late']['clock_offset'] - 43) <= facts['late']['clock_accuracy'] <= 5, facts
        assert abs(facts['right']['clock_offset']) <= facts['right']['clock_accuracy'], facts
        assert re.search(r'its clock: \+4[234] s from this computer’s \(±\d s\)', ok('status'))
        # One says so, another one contradicts: it is that server's clock.
        assert 'This computer' not in ok('status')


@case
def two_that_agree_are_believed_and_named():
    with servers(one='clock+43', two='clock+43'):
        upload('one', 'two')
        text = ok('status')
        assert re.search(r'^This computer’s clock is 4[234] s behind that of “(one|two)”, .* \(±\d s\)\. Set it by the network$',
                         text, re.MULTILINE), text
        assert 'This computer' not in ok('status', '--json')


@case
def doctor_knows_it_before_and_after_the_next_sign_in():
    with servers(one='clock-90'):
        upload('one')
        text = ok('doctor', 'one')
        assert re.search(r'^This computer’s clock is (89|90|91) s ahead of the server’s, .*measured', text, re.MULTILINE), text
        assert 'clock offset' not in text
        ok('disconnect', 'one')
        ok('ls', 'one:')
        assert re.search(r'^clock offset +(89|90|91) s, by this server$', ok('doctor', 'one'), re.MULTILINE)


@case
def a_server_whose_clock_is_right_is_said_to_agree():
    with servers(one='clock+0'):
        upload('one')
        assert 'Its clock and this computer’s agree (±' in ok('doctor', 'one')


@case
def nonsense_is_passed_over():
    with servers(zero='clock-at-0', far='clock+315360000'):
        upload('zero', 'far')
        for server in json.loads(ok('status', '--json')):
            assert 'clock_offset' not in server, server
        assert not clocks().exists()


@case
def what_is_kept_is_private_and_damage_is_no_harm():
    with servers(one='clock+43'):
        upload('one')
        assert clocks().stat().st_mode & 0o77 == 0
        clocks().write_bytes(b'[x]\noffset=9223372036854775807\n\xff[[\n')
        ok('status')
        assert 'clock is' not in ok('doctor', 'one')


@case
def codes_are_not_shifted():
    ok('account', 'add', '--issuer', 'Clock', '--label', 'one', text=SECRET)
    with servers(one='clock+3000', two='clock+3000'):
        upload('one', 'two')
        assert '50 min behind' in ok('status')
        assert CODE in ok('code', 'Clock:one', '--at', TIME)


if __name__ == '__main__':
    main()
