# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on a server: what ls, get, put, mkdir, mv, rm and stat do."""

import base64
import hashlib
import json
import os
import subprocess

from harness import SALLY, case, fails, folder, main, ok, run, server, words

NAMES = ['plain.txt', 'with space.txt', 'Grüße.txt', '-dash', '--help', "quote'\"$x", 'a:b', '.hidden']
SIZES = [0, 1, 32768, 5 * 1024 * 1024 + 3]


def there(path):
    return json.loads(ok('stat', '--json', path))


@case
def whole_files_both_ways():
    with folder() as here:
        for size in SIZES:
            data = os.urandom(size)
            (here / 'file').write_bytes(data)
            ok('put', here / 'file', 'box:inbox/file')
            assert (rig.home / 'inbox' / 'file').read_bytes() == data
            ok('get', 'box:inbox/file', here / 'back')
            assert (here / 'back').read_bytes() == data
            assert there('box:inbox/file')['size'] == size
        assert sorted(os.listdir(here)) == ['back', 'file']
        assert os.listdir(rig.home / 'inbox') == ['file']


@case
def permissions_and_time_are_kept():
    with folder() as here:
        (here / 'dated').write_text('x')
        os.chmod(here / 'dated', 0o640)
        os.utime(here / 'dated', (1700000000, 1700000000))
        ok('put', here / 'dated', 'box:inbox')
        assert (there('box:inbox/dated')['mode'], there('box:inbox/dated')['modified']) == ('0640', 1700000000)
        ok('get', 'box:inbox/dated', here / 'back')
        assert int((here / 'back').stat().st_mtime) == 1700000000


@case
def folders_go_and_come_whole():
    with folder() as here:
        source = here / 'delivery'
        (source / 'deep' / 'er').mkdir(parents=True)
        (source / 'nothing here').mkdir()
        for number in range(40):
            (source / 'deep' / f'{number}.csv').write_bytes(os.urandom(number * 100))
        (source / 'deep' / 'er' / 'Grüße.txt').write_text('x')
        fails(1, 'is a folder: -r', 'put', source, 'box:inbox')
        ok('put', '-r', source, 'box:inbox')
        ok('get', '-r', 'box:inbox/delivery', here / 'back')
        assert subprocess.run(['diff', '-r', source, here / 'back'], check=False).returncode == 0
        ok('get', '-r', 'box:inbox/delivery', 'box:README.txt', here / 'back')
        assert sorted(os.listdir(here / 'back')) == ['README.txt', 'deep', 'delivery', 'nothing here']
        os.symlink('/etc', source / 'link')
        assert 'left out' in words(run('put', '-r', source, 'box:inbox'))
        ok('rm', '-r', 'box:inbox/delivery')


@case
def uploads_are_read_back():
    with folder() as here:
        data = os.urandom(3 * 1024 * 1024 + 7)
        (here / 'file').write_bytes(data)
        (here / 'empty').write_bytes(b'')
        lines = [json.loads(line) for line in
                 ok('put', '--verify', '--json', here / 'file', here / 'empty', 'box:inbox').splitlines()]
        assert [line['compared'] for line in lines] == ['read-back', 'read-back'], lines
        assert {line['sha256'] for line in lines} == {hashlib.sha256(data).hexdigest(), hashlib.sha256().hexdigest()}
        assert 'read back from the server' in ok('receipt', 'box')


@case
def links_are_what_was_asked_for():
    with folder() as here:
        source = here / 'linked'
        source.mkdir()
        (source / 'file').write_text('x')
        (source / 'link').symlink_to('file')
        (source / 'out').symlink_to('/etc/hostname')
        sent = run('put', '-r', source, 'box:inbox')
        assert sent.returncode == 0 and '1 entry was left out' in words(sent), words(sent)
        assert (rig.home / 'inbox/linked/link').read_text() == 'x'
        assert not os.path.lexists(rig.home / 'inbox/linked/out')
        ok('put', '-r', '--links', 'recreate', source, 'box:inbox/again')
        assert os.readlink(rig.home / 'inbox/again/out') == '/etc/hostname'
        fails(2, '--links knows', 'put', '-r', '--links', 'copy', source, 'box:inbox')


@case
def any_name_goes_and_comes():
    with folder() as here:
        for name in NAMES:
            (here / name).write_text(name)
        (here / 'back').mkdir()
        ok('mkdir', 'box:names')
        ok('put', '--', *(f'./{name}' for name in NAMES), 'box:names', cwd=here)
        ok('get', *(f'box:names/{name}' for name in NAMES), 'back', cwd=here)
        for name in NAMES:
            assert (here / 'back' / name).read_text() == name
        listed = [entry['name'] for entry in json.loads(ok('ls', '--json', 'box:names'))]
        assert sorted(listed) == sorted(NAMES), listed
        ok('put', '--', '-dash', 'box:names/again', cwd=here)
        ok('rm', '-r', 'box:names')


@case
def bytes_that_are_no_text_survive():
    raw = os.fsencode(str(rig.home / 'inbox')) + b'/caf\xe9'
    with open(raw, 'wb') as file:
        file.write(b'latin')
    result = run('ls', 'box:inbox')
    assert b'caf\xe9\n' in result.stdout, result
    entry = next(e for e in json.loads(ok('ls', '--json', 'box:inbox')) if e['name'].startswith('caf'))
    assert entry['name'] == 'caf\\xE9', entry
    assert base64.b64decode(entry['name_bytes']) == b'caf\xe9'
    with folder() as here:
        ok('get', os.fsdecode(b'box:inbox/caf\xe9'), here)
        assert os.listdir(os.fsencode(str(here))) == [b'caf\xe9']


@case
def many_files_with_few_descriptors():
    """A person's limit may be low; an engine that is started now has it, too."""
    ok('disconnect', 'box')
    few = ('prlimit', '--nofile=256:256')
    with folder() as here:
        (here / 'many').mkdir()
        for number in range(700):
            (here / 'many' / f'{number}.txt').write_text(f'{number}')
        ok('put', '-r', here / 'many', 'box:inbox', prefix=few)
        ok('get', '-r', 'box:inbox/many', here / 'back', prefix=few)
        assert subprocess.run(['diff', '-r', here / 'many', here / 'back'], check=False).returncode == 0
    ok('rm', '-r', 'box:inbox/many')
    ok('disconnect', 'box')


@case
def listings():
    assert ok('ls', 'box:').split('\n') == sorted(ok('ls', 'box:').split('\n')[:-1]) + ['']
    assert '.profile-note' in ok('ls', '-a', 'box:') and '.profile-note' not in ok('ls', 'box:')
    assert ok('ls', 'box:README.txt') == 'README.txt\n'
    assert ok('ls', f'box:{rig.start}/outbox') == ok('ls', 'box:outbox')
    unsorted = ok('ls', '-f', '-a', 'box:').splitlines()
    assert sorted(unsorted) == sorted(ok('ls', '-a', 'box:').splitlines())
    assert unsorted == [entry['name'] for entry in json.loads(ok('ls', '-f', '--json', 'box:'))]
    line = next(line for line in ok('ls', '-l', 'box:outbox').splitlines() if line.endswith(' photo.bin'))
    assert line.startswith('-rw-r--r--') and ' 5242880 ' in line, line
    types = {e['name']: e['type'] for e in json.loads(ok('ls', '--json', 'box:'))}
    assert (types['inbox'], types['README.txt'], types['latest-invoice.csv']) == ('directory', 'file', 'symlink')


@case
def folders_are_made_moved_and_removed():
    ok('mkdir', 'box:one')
    fails(6, 'already', 'mkdir', 'box:one')
    ok('mkdir', '-p', 'box:one/two/three', 'box:one')
    assert there('box:one/two/three')['type'] == 'directory'
    fails(6, 'README', 'mkdir', '-p', 'box:README.txt/x')
    with folder() as here:
        (here / 'x').write_text('x')
        ok('put', here / 'x', 'box:one')
    ok('mv', 'box:one/x', 'box:one/y')
    ok('mv', 'box:one/y', 'box:one/two')
    assert ok('ls', 'box:one/two') == 'three\ny\n'
    fails(6, 'x', 'mv', 'box:one/x', 'box:one/z')
    fails(6, 'rm -r', 'rm', 'box:one')
    os.symlink('/etc', rig.home / 'one' / 'link')
    ok('rm', '-r', 'box:one')
    assert not (rig.home / 'one').exists() and os.path.exists('/etc/passwd')
    for path in ('box:', 'box:/', 'box:.', 'box:inbox/..'):
        fails(2, 'without naming', 'rm', '-r', path)


@case
def what_is_missing_is_6_and_leaves_nothing():
    with folder() as here:
        for arguments in (('ls', 'box:no'), ('get', 'box:no', here), ('stat', 'box:no'), ('rm', 'box:no'),
                          ('put', '/etc/hostname', 'box:no/file'), ('put', '/etc/hostname', 'box:no/'),
                          ('get', 'box:outbox', here), ('get', 'box:/root/x', here), ('mkdir', 'box:/etc/x')):
            fails(6, '', *arguments)
        assert os.listdir(here) == []


@case
def some_failed_is_1():
    with folder() as here:
        fails(1, 'no', 'get', 'box:README.txt', 'box:no', here)
        assert os.listdir(here) == ['README.txt']
        fails(2, 'folder', 'get', 'box:README.txt', 'box:no', here / 'no')
        fails(1, 'no', 'put', here / 'no', 'box:inbox')
        fails(1, 'folder', 'put', here, 'box:inbox')
        fails(1, 'README.txt', 'get', 'box:README.txt', 'box:outbox/../README.txt', here)


@case
def a_read_only_target_stays_clean():
    fails(1, '/proc', 'get', 'box:README.txt', '/proc')
    with folder() as here:
        (here / 'README.txt').mkdir()
        fails(1, 'folder', 'get', 'box:README.txt', here)
        assert os.listdir(here) == ['README.txt']


@case
def a_full_disk_leaves_nothing():
    with folder() as here:
        script = ('mount -t tmpfs -o size=1m small "$1" || exit 99; shift; "$@"; code=$?; '
                  'ls -A "$0" >&2; exit $code')
        space = ['unshare', '--mount'] + (['--map-root-user'] if os.geteuid() else [])
        result = run('get', 'box:outbox/photo.bin', here,
                     prefix=(*space, 'sh', '-c', script, str(here), str(here)))
        assert result.returncode == 1, result
        assert b'photo.bin' in result.stderr and result.stderr.count(b'\n') == 1, result


@case
def targets_are_replaced():
    with folder() as here:
        (here / 'README.txt').write_text('old')
        ok('get', 'box:README.txt', cwd=here)
        assert (here / 'README.txt').read_bytes() == (rig.home / 'README.txt').read_bytes()
        (here / 'link').symlink_to('README.txt')
        ok('get', 'box:outbox/invoice.csv', here / 'link')
        assert not (here / 'link').is_symlink()


@case
def a_reader_that_has_seen_enough_is_no_error_message():
    result = subprocess.run(f'"{SALLY}" ls -l box: | true', shell=True, capture_output=True,
                            start_new_session=True, check=False)
    assert b'sally:' not in result.stderr, result


with server('box', 'openssh-password', 'password') as rig:
    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
raise SystemExit(code)
