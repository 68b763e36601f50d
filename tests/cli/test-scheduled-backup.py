# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduled backups: set up, made, read back, thinned out; every way in which one fails leaves the older ones alone."""

import json
import os
import re
import shutil
import stat
import subprocess
import time
from pathlib import Path

from harness import RIGS, SALLY, Terminal, case, fails, folder, main, ok, run, words

# Settings that the next command finds again, as on a desktop.
os.environ['GSETTINGS_BACKEND'] = 'keyfile'
FIXTURES = RIGS.parent / 'unit' / 'fixtures' / 'backup'
PASSWORD = 'tést pässword 🔐'
SETTINGS = Path(os.environ['XDG_CONFIG_HOME']) / 'glib-2.0' / 'settings' / 'keyfile'
DAY = 24 * 60 * 60


def status():
    return json.loads(run('backup', 'status', '--json').stdout)


def backups(path):
    return sorted(path.glob('accounts-*.sallyport'))


def set_setting(key, value):
    """As time passes: what a test cannot wait for."""
    text = re.sub(f'(?m)^{key}=.*\n', '', SETTINGS.read_text())
    SETTINGS.write_text(f'{text.rstrip()}\n{key}={value}\n')


def enable(path, *options):
    ok('backup', 'enable', path, *options, '--password-stdin', text=PASSWORD + '\n')


@case
def nothing_is_set_up():
    assert status()['enabled'] is False
    result = run('backup', 'status')
    assert result.returncode == 1 and 'sally backup enable' in result.stdout.decode()
    ok('import', FIXTURES / 'aegis-1')
    fails(2, 'No folder for backups', 'backup', 'run')
    assert run('backup', 'run', '--if-due').returncode == 0, 'what is not scheduled is not due'


@case
def setting_up_wants_what_can_work():
    with folder() as path:
        fails(2, 'not a folder', 'backup', 'enable', path / 'nowhere', '--password-stdin', text=PASSWORD)
        fails(2, 'daily, weekly or monthly', 'backup', 'enable', path, '--interval', 'hourly')
        fails(2, '--keep', 'backup', 'enable', path, '--keep', '0')
        fails(2, 'empty password', 'backup', 'enable', path, '--password-stdin')
        fails(2, '--password-stdin', 'backup', 'enable', path)
        result = run('backup', 'enable', path, '--password-stdin', text=PASSWORD, env={'GSETTINGS_BACKEND': 'memory'})
        assert result.returncode == 1 and 'not kept' in words(result), words(result)
        assert status()['enabled'] is False


@case
def a_backup_is_written_read_back_and_recorded():
    with folder() as path:
        enable(path, '--interval', 'daily', '--keep', '3')
        before = status()
        assert before['enabled'] and before['due'] and before['time'] == 0 and before['folder'] == str(path)
        assert 'read it back and compared it: 6 accounts' in ok('backup', 'run')
        file, = backups(path)
        assert [entry.name for entry in path.iterdir()] == [file.name], 'a temporary file stayed'
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        after = status()
        assert after['accounts'] == 6 and after['file'] == str(file) and not after['due']
        assert abs(after['time'] - time.time()) < 60 and after['failure'] is None
        result = run('backup', 'status')
        assert result.returncode == 0
        assert 'Last backup: today, 6 accounts, read back and compared' in result.stdout.decode()
        assert 'all 6 accounts, exactly as they are' in ok('backup', 'verify', file)
        # Any program's way of reading it does.
        listed = run('import', file, '--dry-run', '--json', '--password-stdin', text=PASSWORD)
        assert [json.loads(line)['status'] for line in listed.stdout.splitlines()] == ['same'] * 6


@case
def a_timer_makes_one_when_it_is_due_and_something_changed():
    with folder() as path:
        enable(path, '--interval', 'daily')
        ok('backup', 'run', '--if-due')
        assert len(backups(path)) == 1
        assert ok('backup', 'run', '--if-due') == '' and len(backups(path)) == 1, 'it was not due'
        set_setting('backup-time', int(time.time()) - 2 * DAY)
        assert status()['due'] and run('backup', 'status').returncode == 1
        assert 'Nothing has changed' in ok('backup', 'run', '--if-due')
        assert len(backups(path)) == 1 and not status()['due'], 'it was read and compared once more'
        set_setting('backup-time', int(time.time()) - 2 * DAY)
        ok('account', 'add', '--issuer', 'New', '--label', 'one', text='GEZDGNBVGY3TQOJQ')
        assert '7 accounts' in ok('backup', 'run', '--if-due')
        assert len(backups(path)) == 2
        ok('account', 'remove', 'New:one')


@case
def old_ones_go_and_nothing_else():
    with folder() as path:
        enable(path, '--keep', '2')
        for name in ('notes.txt', 'accounts-2026-01-01.sallyport', 'accounts-otherhost-2020-01-01-000000.sallyport'):
            (path / name).write_text('mine')
        for _ in range(4):
            ok('backup', 'run')
        own = [file for file in backups(path) if file.read_bytes() != b'mine']
        assert len(own) == 2 and len(list(path.iterdir())) == 5, list(path.iterdir())
        assert str(own[-1]) == status()['file'] or str(own[0]) == status()['file']


@case
def a_missing_folder_is_said_and_recorded():
    with folder() as path:
        target = path / 'disk'
        target.mkdir()
        enable(target)
        ok('backup', 'run')
        kept = target.rename(path / 'unplugged')
        fails(1, 'is not there', 'backup', 'run')
        failed = status()
        assert 'is not there' in failed['failure'] and failed['failure_time'] > 0 and failed['time'] > 0
        result = run('backup', 'status')
        assert result.returncode == 1 and 'failed' in result.stdout.decode()
        kept.rename(target)
        ok('backup', 'run')
        assert status()['failure'] is None and len(backups(target)) == 2


def in_mount(path, options, *arguments):
    """Runs `sally` while a file system of its own covers the folder; what lies there afterwards."""
    script = ('mount -t tmpfs -o size=16k none "$0" && cp -a "$1"/. "$0" && { [ -z "$2" ] || mount -o "$2" "$0"; } && '
              'shift 2 && "$@"; code=$?; ls "$0"; exit $code')
    return subprocess.run(['unshare', '--mount', 'sh', '-c', script, path, f'{path}.before', options, SALLY, *arguments],
                          capture_output=True, timeout=60, check=False)


@case
def a_full_or_read_only_disk_keeps_what_there_is():
    with folder() as parent:
        path = parent / 'disk'
        path.mkdir()
        enable(path, '--keep', '1')
        ok('backup', 'run')
        old, = backups(path)
        shutil.copytree(path, f'{path}.before')
        # Nearly all of it is full: a whole file does not fit beside the old one.
        (Path(f'{path}.before') / 'filler').write_bytes(bytes(8 * 1024))
        (parent / 'more').write_text(''.join(
            f'otpauth://totp/Filler{number}:{"x" * 200}?secret=GEZDGNBVGY3TQOJQ&issuer=Filler{number}\n'
            for number in range(30)))
        ok('import', parent / 'more')
        for options, pattern in (('', 'No space left'), ('remount,ro', 'Read-only')):
            result = in_mount(path, options, 'backup', 'run')
            assert result.returncode == 1, (result.stdout, words(result))
            assert pattern in words(result) and words(result).count('\n') == 1, words(result)
            assert sorted(result.stdout.decode().split()) == sorted([old.name, 'filler']), result.stdout
            assert pattern in status()['failure']
        for account in json.loads(ok('account', 'list', '--json')):
            if account['name'].startswith('Filler'):
                ok('account', 'remove', account['id'])


@case
def a_check_tells_damage_from_a_wrong_password_as_little_as_anybody_can():
    with folder() as path:
        enable(path)
        ok('backup', 'run')
        file, = backups(path)
        whole = file.read_bytes()
        file.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
        fails(2, 'does not open|changed', 'backup', 'verify', file)
        file.write_bytes(whole[:50])
        fails(2, 'damaged', 'backup', 'verify', file)
        file.write_bytes(whole)
        fails(2, 'does not open', 'backup', 'verify', file, '--password-stdin', text='wrong')
        ok('backup', 'verify', file, '--password-stdin', text=PASSWORD)
        fails(1, 'No such file', 'backup', 'verify', path / 'nothing')
        # A damaged newest one does not count as a backup when the next is due.
        file.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
        set_setting('backup-time', int(time.time()) - 30 * DAY)
        assert 'Wrote' in ok('backup', 'run', '--if-due')


@case
def a_check_tells_what_has_changed_since():
    with folder() as path:
        enable(path)
        ok('backup', 'run')
        file, = backups(path)
        ok('account', 'add', '--issuer', 'New', '--label', 'one', text='GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
        ok('account', 'remove', 'Short Steps:Bob')
        result = run('backup', 'verify', file)
        assert result.returncode == 1
        assert '5 accounts are as they are' in result.stdout.decode() and '1 is missing' in result.stdout.decode()
        counts = json.loads(run('backup', 'verify', file, '--json').stdout)
        assert counts == {'kept': 6, 'same': 5, 'different': 0, 'missing': 1, 'gone': 1, 'unreadable': 0}, counts
        ok('import', file, '--password-stdin', text=PASSWORD)
        ok('account', 'remove', 'New:one')
        ok('backup', 'verify', file)
        # Files of other programs are checked as well.
        ok('backup', 'verify', FIXTURES / 'aegis-1')


@case
def an_emptied_keyring_pushes_no_backup_out():
    with folder() as path:
        enable(path, '--keep', '1')
        ok('backup', 'run')
        file, = backups(path)
        for account in json.loads(ok('account', 'list', '--json')):
            ok('account', 'remove', account['id'])
        fails(2, 'no account to back up', 'backup', 'run')
        assert backups(path) == [file]
        ok('import', file, '--password-stdin', text=PASSWORD)
        ok('backup', 'verify', file)


@case
def the_password_stays_in_the_keyring():
    with folder() as path:
        enable(path)
        assert PASSWORD not in SETTINGS.read_text()
        # Another interval: the password that is there stays.
        ok('backup', 'enable', path, '--interval', 'monthly')
        ok('backup', 'run')
        ok('backup', 'disable')
        assert status()['enabled'] is False
        ok('backup', 'run')
        ok('backup', 'disable', '--forget-password')
        fails(7, 'password for backups is not in the keyring', 'backup', 'run')


@case
def a_person_types_the_password_twice():
    with folder() as path:
        for again, code in (('another', 2), ('only a test', 0)):
            terminal = Terminal('backup', 'enable', path)
            terminal.expect('Password for backups: ')
            terminal.type('only a test\n')
            terminal.expect('The same again: ')
            terminal.type(again + '\n')
            assert terminal.end() == code, terminal.output
            assert ('not the same' in terminal.output) == (code == 2), terminal.output
        assert 'Weak' in terminal.output and 'only a test' not in terminal.output
        ok('backup', 'run')


@case
def a_sheet_is_a_pdf_that_has_to_be_meant():
    with folder() as path:
        fails(2, '--plain', 'export', path / 'sheet.pdf', '--format', 'pdf')
        assert 'print it' in ok('export', path / 'sheet.pdf', '--format', 'pdf', '--plain')
        data = (path / 'sheet.pdf').read_bytes()
        assert data.startswith(b'%PDF') and stat.S_IMODE((path / 'sheet.pdf').stat().st_mode) == 0o600
        assert abs(status()['export_time'] - time.time()) < 60
        fails(2, 'PDF document', 'import', path / 'sheet.pdf')


main()
