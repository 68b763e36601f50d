# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing other programs' files, and exports that anybody with the password can open."""

import base64
import json
import re
import stat
import struct
import subprocess

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from harness import RIGS, Terminal, case, fails, folder, main, ok, run, words

FIXTURES = RIGS.parent / 'unit' / 'fixtures' / 'backup'
EXPECTED = [json.loads(path.read_text()) for path in sorted((FIXTURES / 'expected').iterdir())]
TIME = 1700000000
PASSWORD = 'tést pässword 🔐'
UNSUPPORTED = ('motp', 'yandex')


def lines(result):
    return [json.loads(line) for line in result.stdout.decode().splitlines()]


def wanted(entry):
    """What a line of --json says of an account of an expectation, but for its status."""
    if entry['type'] in UNSUPPORTED:
        return {key: entry[key] for key in ('type', 'issuer', 'account')}
    counted = entry['type'] == 'hotp'
    return {'type': entry['type'], 'issuer': entry['issuer'], 'account': entry['account'], 'algorithm': entry['algo'],
            'digits': entry['digits'], **({'counter': entry['counter']} if counted else {'period': entry['period']}),
            'code': entry['code_at_counter' if counted else 'code_at_1700000000']}


def same(given, expected):
    given = [{key: value for key, value in line.items() if key not in ('status', 'reason')} for line in given]
    return sorted(map(str, given)) == sorted(map(str, map(wanted, expected)))


def accounts():
    return json.loads(ok('account', 'list', '--json'))


def wipe():
    for account in accounts():
        ok('account', 'remove', account['id'])


@case
def every_form_is_told_by_its_content():
    """The command says what the file holds, never a key, and keeps nothing with --dry-run."""
    for file in EXPECTED:
        result = run('import', FIXTURES / file['file'], '--dry-run', '--json', '--at', TIME,
                     *(['--password-stdin'] if file['password'] else []), text=file['password'] or '')
        given = lines(result)
        unreadable = any(entry['type'] in UNSUPPORTED for entry in file['entries'])
        assert result.returncode == (1 if unreadable else 0), (file['file'], words(result))
        assert same(given, file['entries']), (file['file'], given)
        for line, entry in zip(given, file['entries']):
            assert 'secret' not in line
            assert entry['type'] in UNSUPPORTED or entry['secret'] not in result.stdout.decode()
            assert (line['status'] == 'unreadable') == (line['type'] in UNSUPPORTED)
            assert line['status'] != 'unreadable' or 'not supported' in line['reason']
    assert accounts() == []


@case
def nothing_is_added_twice():
    first = lines(run('import', FIXTURES / 'aegis-1', '--json'))
    assert [line['status'] for line in first] == ['new'] * 6
    assert len(accounts()) == 6
    again = lines(run('import', FIXTURES / 'uris', '--json'))
    assert [line['status'] for line in again] == ['same'] * 6
    assert len(accounts()) == 6


@case
def what_differs_stays_unless_it_is_to_be_replaced():
    # The first version of that form knows neither SHA-256 nor 7 digits nor 20 seconds.
    def digits():
        return next(account['digits'] for account in accounts() if account['issuer'] == 'Short Steps')
    result = run('import', FIXTURES / '2fas-1')
    assert result.returncode == 0 and result.stdout.decode().startswith('differs\t'), result
    assert '--replace' in result.stdout.decode() and digits() == 7
    ok('import', FIXTURES / '2fas-1', '--replace')
    assert digits() == 6 and len(accounts()) == 6
    wipe()


@case
def passwords():
    encrypted = FIXTURES / 'aegis-encrypted'
    fails(2, 'password is needed', 'import', encrypted)
    fails(2, 'does not open', 'import', encrypted, '--password-stdin', text='wrong')
    assert accounts() == []
    ok('import', encrypted, '--password-stdin', text=PASSWORD + '\n')
    assert len(accounts()) == 6
    wipe()


@case
def a_terminal_is_asked_only_where_needed():
    terminal = Terminal('import', FIXTURES / 'aegis-1', '--dry-run')
    assert terminal.end() == 0 and 'Password' not in terminal.output
    terminal = Terminal('import', FIXTURES / 'aegis-encrypted', '--dry-run')
    terminal.expect('Password of the file: ')
    terminal.type('mistyped\n')
    terminal.expect('does not open[^$]*Password of the file: ')
    terminal.type(PASSWORD + '\n')
    assert terminal.end() == 0, terminal.output
    assert 'pässword' not in terminal.output and '6 accounts would be added' in terminal.output


@case
def refusals_are_one_sentence():
    for name, pattern in (('bitwarden-restricted', 'password protected'), ('zip-empty', 'empty'),
                          ('migration-data', 'damaged'), ('aegis-costly', 'more work'), ('sqlite-other', 'database')):
        fails(2, pattern, 'import', FIXTURES / name, '--password-stdin', text=PASSWORD)
    fails(2, 'not one of Aegis', 'import', FIXTURES / 'uris', '--format', 'aegis')
    fails(2, '--format is one of', 'import', FIXTURES / 'uris', '--format', 'nonsense')
    fails(1, 'No such file', 'import', '/nowhere/at/all')
    with folder() as path:
        (path / 'empty').touch()
        fails(2, 'empty', 'import', path / 'empty')


def export_and_restore(name, *options, text='', exit_code=0):
    """What comes back after an export and the loss of everything; the bytes of the file."""
    before = sorted(accounts(), key=lambda account: account['name'])
    with folder() as path:
        file = path / 'export'
        result = run('export', file, '--format', name, *options, text=text)
        assert result.returncode == exit_code, words(result)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [entry.name for entry in path.iterdir()] == ['export']
        wipe()
        ok('import', file, *(['--password-stdin'] if text else []), text=text)
        data = file.read_bytes()
    after = sorted(accounts(), key=lambda account: account['name'])
    for account in before + after:
        del account['id']
    return before, after, data


@case
def exports_come_back_identical():
    ok('import', FIXTURES / 'aegis-1')
    for name in ('uris', 'aegis'):
        before, after, _ = export_and_restore(name, '--plain')
        assert before == after and len(before) == 6, (name, before, after)
    for name in ('aegis-encrypted', 'sallyport'):
        before, after, data = export_and_restore(name, '--password-stdin', text=PASSWORD)
        assert before == after and len(before) == 6, (name, before, after)
        assert 'Örtchen'.encode() not in data


@case
def exports_say_what_they_leave_out():
    with folder() as path:
        result = run('export', path / 'export', '--format', 'migration', '--plain')
        assert result.returncode == 1
        for name, reason in (('Short Steps:Bob', '7 digits'), ('Long:Name:c d', '60 seconds'), ('Steam:frida', 'Steam')):
            assert re.search(f'“{name}” is left out: .*{reason}', words(result)), words(result)
        given = lines(run('import', path / 'export', '--dry-run', '--json'))
        assert [line['status'] for line in given] == ['same'] * 3, given


@case
def exports_do_no_harm():
    with folder() as path:
        fails(2, '--plain', 'export', path / 'export', '--format', 'uris')
        fails(2, '--password-stdin', 'export', path / 'export', '--format', 'sallyport')
        fails(2, 'empty password', 'export', path / 'export', '--format', 'sallyport', '--password-stdin')
        fails(2, '--format is one of', 'export', path / 'export')
        fails(2, '--format is one of', 'export', path / 'export', '--format', 'authy')
        assert list(path.iterdir()) == []
        (path / 'export').write_text('precious')
        fails(1, 'File exists', 'export', path / 'export', '--format', 'uris', '--plain')
        assert (path / 'export').read_text() == 'precious'
        ok('export', path / 'export', '--format', 'uris', '--plain', '--force')
        assert (path / 'export').read_text().count('otpauth://') == 6


@case
def a_person_has_to_agree_to_a_plain_file():
    with folder() as path:
        for answer, code, exists in (('no', 2, False), ('yes', 0, True)):
            terminal = Terminal('export', path / 'export', '--format', 'uris')
            terminal.expect(r'unprotected.*\(yes or no\) ')
            terminal.type(answer + '\n')
            assert terminal.end() == code, terminal.output
            assert (path / 'export').exists() == exists


@case
def others_can_open_our_aegis_vault():
    with folder() as path:
        ok('export', path / 'vault', '--format', 'aegis-encrypted', '--password-stdin', text=PASSWORD)
        vault = json.loads((path / 'vault').read_text())
    slot, = vault['header']['slots']
    assert vault['version'] == 1 and slot['type'] == 1

    def open_sealed(key, parameters, data):
        return AESGCM(key).decrypt(bytes.fromhex(parameters['nonce']), data + bytes.fromhex(parameters['tag']), None)

    def open_slot(password):
        key = Scrypt(salt=bytes.fromhex(slot['salt']), length=32, n=slot['n'], r=slot['r'], p=slot['p'])
        return open_sealed(key.derive(password.encode()), slot['key_params'], bytes.fromhex(slot['key']))

    database = json.loads(open_sealed(open_slot(PASSWORD), vault['header']['params'], base64.b64decode(vault['db'])))
    assert database['version'] == 3
    found = {(entry['type'], entry['issuer'], entry['name']): entry['info'] for entry in database['entries']}
    info = found['totp', 'Short Steps', 'Bob']
    assert info == {'secret': 'ORSXG5BANNSXSIDUO5XQ', 'algo': 'SHA256', 'digits': 7, 'period': 20}, info
    assert found['hotp', 'Counter Ltd', 'dora']['counter'] == 5 and len(found) == 6
    try:
        open_slot('wrong')
    except InvalidTag:
        return
    raise AssertionError('any password opens it')


@case
def others_can_open_our_own_file():
    """As HACKING.md describes it."""
    with folder() as path:
        ok('export', path / 'file', '--format', 'sallyport', '--password-stdin', text=PASSWORD)
        data = (path / 'file').read_bytes()
    assert data.startswith(b'Sallyport backup 1\n')
    passes, memory, lanes = struct.unpack('>III', data[19:31])
    command = ['openssl', 'kdf', '-keylen', '32', '-binary']
    for option in (f'hexpass:{PASSWORD.encode().hex()}', f'hexsalt:{data[31:47].hex()}', f'iter:{passes}',
                   f'memcost:{memory}', f'lanes:{lanes}'):
        command += ['-kdfopt', option]
    key = subprocess.run([*command, 'ARGON2ID'], check=True, capture_output=True).stdout
    text = AESGCM(key).decrypt(data[47:59], data[59:], data[:59]).decode()
    assert len(text.splitlines()) == 6
    assert 'otpauth://totp/Short%20Steps:Bob?secret=ORSXG5BANNSXSIDUO5XQ' in text, text


main()
