# SPDX-License-Identifier: GPL-3.0-or-later
"""Where secrets are kept: a vault where there is no keyring, moves between the two, a keyring that is another one."""

import contextlib
import hashlib
import json
import os
import signal
import struct
import subprocess

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from harness import SALLY, Terminal, case, fails, folder, main, ok, run, wait_for

KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
PASSPHRASE = 'only a test'
NO_BUS = {'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent/bus'}


class Home:
    """A data folder of its own, with the system's keyring or without."""

    def __init__(self, path, has_keyring=False):
        self.path = path
        self.env = {'XDG_DATA_HOME': str(path), **({} if has_keyring else NO_BUS)}
        self.vault, self.note = path / 'sallyport' / 'vault', path / 'sallyport' / 'keyring.conf'

    def options(self, passphrase, text):
        """The passphrase comes through a descriptor, as from a password manager."""
        options = {'text': text, 'env': dict(self.env)}
        if passphrase is not None:
            file = self.path / 'passphrase'
            file.write_text(passphrase + '\n')
            options['env']['SALLY_VAULT_PASSPHRASE_FD'] = '3'
            options['prefix'] = ('bash', '-c', 'exec "$@" 3< "$0"', str(file))
        return options

    def ok(self, *arguments, passphrase=None, text=''):
        return ok(*arguments, **self.options(passphrase, text))

    def fails(self, code, pattern, *arguments, passphrase=None, text=''):
        return fails(code, pattern, *arguments, **self.options(passphrase, text))

    def add(self, label, **options):
        return self.ok('account', 'add', '--issuer', 'Home', '--label', label, text=KEY, **options)

    def labels(self, **options):
        return sorted(account['label'] for account in json.loads(self.ok('account', 'list', '--json', **options)))

    def status(self):
        return json.loads(self.ok('keyring', 'status', '--json'))

    @contextlib.contextmanager
    def terminal(self, *arguments):
        before = dict(os.environ)
        os.environ.update(self.env)
        try:
            yield Terminal(*arguments)
        finally:
            os.environ.clear()
            os.environ.update(before)


@contextlib.contextmanager
def home(**options):
    with folder() as path:
        yield Home(path, **options)


def clear_keyring():
    """What this test has put into the one keyring of all cases."""
    for kind in ('account', 'password', 'passphrase', 'lock', 'ssh-key', 'canary'):
        subprocess.run(['secret-tool', 'clear', 'application', 'io.github.sallyport.Sallyport', 'kind', kind],
                       check=False, capture_output=True)


@case
def without_a_keyring_a_vault_is_offered():
    with home() as here:
        here.ok('server', 'add', 'x', '--host', 'h.invalid', '--user', 'u', '--login', 'password')
        for arguments in (('account', 'list'), ('code', 'x'), ('server', 'password', 'x')):
            here.fails(7, 'sally keyring move vault', *arguments, text='x')
        assert here.status()['store'] == ''
        assert not here.vault.exists()


@case
def a_vault_is_made_at_the_terminal():
    with home() as here:
        with here.terminal('keyring', 'move', 'vault') as sally:
            sally.expect('New passphrase of the vault: ')
            sally.type(PASSPHRASE + '\n')
            sally.expect('The same again: ')
            sally.type(PASSPHRASE + '\n')
            assert sally.end() == 0, sally.output
            assert PASSPHRASE not in sally.output, sally.output
        assert here.vault.stat().st_mode & 0o777 == 0o600
        with here.terminal('account', 'add', '--issuer', 'Home', '--label', 'anna') as sally:
            sally.expect('Setup key')
            sally.type(KEY + '\n')
            sally.expect('Passphrase of the vault: ')
            sally.type('something else\n')
            sally.expect('not the passphrase(.|\n)*Passphrase of the vault: ')
            sally.type(PASSPHRASE + '\n')
            assert sally.end() == 0, sally.output
        assert here.ok('code', 'anna', '--at', 59, passphrase=PASSPHRASE) == '287082\n'
        assert KEY.encode() not in here.vault.read_bytes()


@case
def two_passphrases_that_differ_make_nothing():
    with home() as here:
        with here.terminal('keyring', 'move', 'vault') as sally:
            sally.expect('New passphrase')
            sally.type(PASSPHRASE + '\n')
            sally.expect('again: ')
            sally.type('another\n')
            assert sally.end() == 7, sally.output
        assert not here.vault.exists()


@case
def scripts_give_the_passphrase_by_a_descriptor():
    with home() as here:
        here.ok('keyring', 'move', 'vault', passphrase=PASSPHRASE)
        here.add('anna', passphrase=PASSPHRASE)
        here.fails(7, 'not the passphrase', 'account', 'list', passphrase='something else')
        here.fails(7, 'SALLY_VAULT_PASSPHRASE_FD', 'account', 'list')
        here.fails(7, 'Nothing came', 'account', 'list', passphrase='')
        assert here.labels(passphrase=PASSPHRASE) == ['anna']


@case
def the_passphrase_is_changed():
    with home() as here:
        here.ok('keyring', 'move', 'vault', passphrase=PASSPHRASE)
        here.add('anna', passphrase=PASSPHRASE)
        here.fails(7, 'not the passphrase', 'keyring', 'passphrase', passphrase='wrong', text='new one\n')
        here.ok('keyring', 'passphrase', passphrase=PASSPHRASE, text='new one\n')
        here.fails(7, 'not the passphrase', 'account', 'list', passphrase=PASSPHRASE)
        assert here.labels(passphrase='new one') == ['anna']


@case
def a_damaged_vault_is_an_error_and_stays():
    with home() as here:
        here.ok('keyring', 'move', 'vault', passphrase=PASSPHRASE)
        here.add('anna', passphrase=PASSPHRASE)
        whole = here.vault.read_bytes()
        for data in (b'', whole[:100], whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1])):
            here.vault.write_bytes(data)
            here.fails(7, 'damaged', 'account', 'list', passphrase=PASSPHRASE)
            here.fails(7, 'damaged', 'account', 'add', '--issuer', 'x', text=KEY, passphrase=PASSPHRASE)
            assert here.vault.read_bytes() == data
        here.vault.write_bytes(whole)
        assert here.labels(passphrase=PASSPHRASE) == ['anna']


@case
def a_vault_that_is_gone_is_not_made_anew():
    with home() as here:
        here.ok('keyring', 'move', 'vault', passphrase=PASSPHRASE)
        here.add('anna', passphrase=PASSPHRASE)
        aside = here.vault.with_name('elsewhere')
        here.vault.rename(aside)
        here.fails(7, 'gone', 'account', 'list', passphrase=PASSPHRASE)
        here.fails(7, 'gone', 'keyring', 'move', 'vault', passphrase=PASSPHRASE)
        aside.rename(here.vault)
        assert here.labels(passphrase=PASSPHRASE) == ['anna']


@case
def starting_afresh_keeps_the_old_vault():
    with home() as here:
        here.ok('keyring', 'move', 'vault', passphrase=PASSPHRASE)
        here.add('anna', passphrase=PASSPHRASE)
        assert run('keyring', 'start-afresh', env=here.env).returncode == 2
        assert here.vault.exists()
        assert 'vault.old-' in here.ok('keyring', 'start-afresh', '--yes')
        old, = here.vault.parent.glob('vault.old-*')
        here.ok('keyring', 'move', 'vault', passphrase='another')
        assert here.labels(passphrase='another') == []
        os.replace(old, here.vault)
        # Another vault than the one that was noted last: its canary tells, once that one has one.
        assert here.labels(passphrase=PASSPHRASE) == ['anna']


@case
def programs_at_once_lose_nothing():
    with home() as here:
        here.ok('keyring', 'move', 'vault', passphrase=PASSPHRASE)
        options = here.options(PASSPHRASE, '')
        programs = [subprocess.Popen([*options['prefix'], SALLY, 'account', 'add',
                                      '--issuer', 'Home', '--label', f'n{number}'], stdin=subprocess.PIPE,
                                     stdout=subprocess.DEVNULL, env={**os.environ, **options['env']}, start_new_session=True)
                    for number in range(6)]
        for program in programs:
            program.stdin.write(KEY.encode())
            program.stdin.close()
        assert [program.wait(60) for program in programs] == [0] * 6
        assert here.labels(passphrase=PASSPHRASE) == [f'n{number}' for number in range(6)]


@case
def all_moves_to_a_vault_and_back():
    clear_keyring()
    with home(has_keyring=True) as here:
        here.add('anna')
        here.add('bob')
        here.ok('server', 'add', 'box', '--host', 'h.invalid', '--user', 'u', '--login', 'password')
        here.ok('server', 'password', 'box', text='a password')
        ids = here.ok('account', 'list')
        here.fails(2, 'already', 'keyring', 'move', 'secret-service')
        here.ok('keyring', 'move', 'vault', passphrase=PASSPHRASE)
        assert here.status()['store'] == 'vault'
        assert here.ok('account', 'list', passphrase=PASSPHRASE) == ids
        left = subprocess.run(['secret-tool', 'search', '--all', 'application', 'io.github.sallyport.Sallyport'],
                              check=False, capture_output=True).stdout
        assert left == b'', left
        here.ok('keyring', 'move', 'secret-service', passphrase=PASSPHRASE)
        assert not here.vault.exists()
        assert here.ok('account', 'list') == ids
        assert here.status() == {'store': 'secret-service', 'vault': str(here.vault), 'has_vault': False,
                                 'has_secret_service': True, 'has_secret_portal': False, 'copies_left_in': ''}
        here.ok('server', 'remove', 'box')
    clear_keyring()


@case
def a_move_that_is_killed_loses_and_doubles_nothing():
    """Killed as soon as this or that is seen; then it is done again."""
    clear_keyring()
    with home(has_keyring=True) as here:
        labels = [f'n{number:02}' for number in range(12)]
        for label in labels:
            here.add(label)

        def noted(word):
            return here.note.exists() and word in here.note.read_text()

        for target, moments in (('vault', (lambda: noted('Moving'), here.vault.exists, lambda: noted('Leaving'))),
                                ('secret-service', (lambda: noted('Moving'), lambda: noted('Leaving')))):
            for moment in moments:
                options = here.options(PASSPHRASE, '')
                sally = subprocess.Popen([*options['prefix'], SALLY, 'keyring',
                                          'move', target], env={**os.environ, **options['env']},
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
                wait_for(lambda: moment() or sally.poll() is not None, 'the moment')
                sally.send_signal(signal.SIGKILL)
                sally.wait()
                assert here.labels(passphrase=PASSPHRASE) == labels
            status = here.status()
            if status['store'] != target or status['copies_left_in']:
                here.ok('keyring', 'move', target, passphrase=PASSPHRASE)
            assert here.labels(passphrase=PASSPHRASE) == labels
            assert here.status()['store'] == target and not here.status()['copies_left_in']
    clear_keyring()


@case
def another_keyring_is_never_an_empty_list():
    """The canary that was noted is not in it: nothing is shown and nothing written, until somebody decides."""
    clear_keyring()
    with home(has_keyring=True) as here:
        here.add('anna')
        note = here.note.read_text()
        assert 'SystemCanary' in note
        clear_keyring()  # as a keyring that was reset
        here.fails(7, 'not the one that holds your codes', 'account', 'list')
        here.fails(7, 'not the one that holds your codes', 'code', 'anna')
        here.fails(7, 'start-afresh', 'account', 'add', '--issuer', 'x', text=KEY)
        found = subprocess.run(['secret-tool', 'search', '--all', 'application', 'io.github.sallyport.Sallyport'],
                               check=False, capture_output=True).stdout
        assert found == b'', found
        here.ok('keyring', 'start-afresh', '--yes')
        assert here.labels() == []
        here.add('bob')
        assert here.labels() == ['bob']
        assert here.note.read_text() != note
    clear_keyring()


@case
def another_master_key_is_never_an_empty_list():
    """libsecret's file, as behind the portal: with another secret it looks empty and takes new items."""
    with home() as here:
        here.env.update(SECRET_BACKEND='file', SECRET_FILE_TEST_PATH=str(here.path / 'keyring'),
                        SECRET_FILE_TEST_PASSWORD='one')
        here.add('anna')
        assert here.labels() == ['anna']
        here.env['SECRET_FILE_TEST_PASSWORD'] = 'two'
        before = (here.path / 'keyring').read_bytes()
        here.fails(7, 'not the one that holds your codes', 'account', 'list')
        here.fails(7, 'not the one that holds your codes', 'account', 'add', '--issuer', 'x', text=KEY)
        assert (here.path / 'keyring').read_bytes() == before
        here.env['SECRET_FILE_TEST_PASSWORD'] = 'one'
        assert here.labels() == ['anna']
        # Whoever has lost it starts afresh; what is in the file stays in it.
        here.env['SECRET_FILE_TEST_PASSWORD'] = 'two'
        here.ok('keyring', 'start-afresh', '--yes')
        here.add('bob')
        assert here.labels() == ['bob']
        here.env['SECRET_FILE_TEST_PASSWORD'] = 'one'
        here.fails(7, 'not the one that holds your codes', 'account', 'list')
        here.ok('keyring', 'start-afresh', '--yes')
        assert here.labels() == ['anna']


@case
def a_damaged_file_of_libsecret_is_an_error():
    """libsecret would end the program, or begin a new file."""
    with home() as here:
        path = here.path / 'keyring'
        here.env.update(SECRET_BACKEND='file', SECRET_FILE_TEST_PATH=str(path), SECRET_FILE_TEST_PASSWORD='one')
        here.add('anna')
        whole = path.read_bytes()
        for length in range(0, len(whole), 7):
            path.write_bytes(whole[:length])
            here.fails(7, 'damaged', 'account', 'list')
        here.fails(7, 'damaged', 'account', 'add', '--issuer', 'x', text=KEY)
        assert path.read_bytes() == whole[:length]
        path.unlink()
        here.fails(7, 'not the one that holds your codes', 'account', 'list')
        path.write_bytes(whole)
        assert here.labels() == ['anna']


@case
def a_damaged_note_is_an_error():
    with home() as here:
        here.ok('keyring', 'move', 'vault', passphrase=PASSPHRASE)
        here.add('anna', passphrase=PASSPHRASE)
        note = here.note.read_bytes()
        for data in (b'', b'[Keyring]\nHome=paper\nVersion=1\n', b'\x00\xff', note[:15]):
            here.note.write_bytes(data)
            here.fails(7, 'cannot be read', 'account', 'list', passphrase=PASSPHRASE)
            assert here.note.read_bytes() == data
        here.note.write_bytes(note)
        assert here.labels(passphrase=PASSPHRASE) == ['anna']


def open_vault(data, passphrase):
    """As HACKING.md describes it; {(kind, id): secret}."""
    assert data.startswith(b'Sallyport vault 1\n')
    assert hashlib.sha256(data[:106]).digest() == data[106:138]
    passes, memory, lanes = struct.unpack('>III', data[18:30])
    command = ['openssl', 'kdf', '-keylen', '32', '-binary']
    for option in (f'hexpass:{passphrase.encode().hex()}', f'hexsalt:{data[30:46].hex()}', f'iter:{passes}',
                   f'memcost:{memory}', f'lanes:{lanes}'):
        command += ['-kdfopt', option]
    key = subprocess.run([*command, 'ARGON2ID'], check=True, capture_output=True).stdout
    master = AESGCM(key).decrypt(data[46:58], data[58:106], data[:58])
    rest = AESGCM(master).decrypt(data[138:150], data[150:], data[:138])
    items, (n_items,), rest = {}, struct.unpack('>I', rest[:4]), rest[4:]
    for _ in range(n_items):
        kind, pieces, rest = rest[0], [], rest[1:]
        for _ in range(2):
            length, = struct.unpack('>H', rest[:2])
            pieces.append(rest[2:2 + length].decode())
            rest = rest[2 + length:]
        items[kind, pieces[0]] = pieces[1]
    assert rest == b''
    return items


@case
def others_can_open_our_vault():
    with home() as here:
        here.ok('keyring', 'move', 'vault', passphrase=PASSPHRASE)
        assert open_vault(here.vault.read_bytes(), PASSPHRASE) == {}
        here.add('anna', passphrase=PASSPHRASE)
        items = open_vault(here.vault.read_bytes(), PASSPHRASE)
        assert sorted(kind for kind, _ in items) == [0, 6], items
        assert f'secret={KEY}' in next(secret for (kind, _), secret in items.items() if kind == 0)


@case
def the_environment_overrules():
    with home() as here:
        here.env['SALLY_KEYRING'] = 'vault'
        here.fails(7, 'none yet', 'account', 'list')
        here.fails(2, 'unset', 'keyring', 'move', 'vault', passphrase=PASSPHRASE)
        here.env['SALLY_KEYRING'] = 'paper'
        here.fails(2, 'secret-service, vault or memory', 'account', 'list')


main()
