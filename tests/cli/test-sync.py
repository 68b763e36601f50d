# SPDX-License-Identifier: GPL-3.0-or-later
"""One folder made like another, in either direction."""

import json
import os
import subprocess

from harness import case, fails, folder, main, ok, server


def make_tree(path):
    for number in range(30):
        file = path / f'd{number % 4}' / 'deep' / f'f{number}'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(number * 321))
    (path / 'Grüße aus Köln').write_text('x')
    (path / 'empty').mkdir()


def same(one, other):
    return subprocess.run(['diff', '-r', one, other], check=False).returncode == 0


def steps(*arguments):
    return [json.loads(line) for line in ok('sync', '--dry-run', '--json', *arguments).splitlines()]


@case
def up_and_again_and_down():
    with folder() as here:
        make_tree(here / 'tree')
        target = rig.home / 'inbox' / 'tree'
        assert len([step for step in steps(here / 'tree', 'box:inbox/tree') if step['step'] == 'copy']) == 31
        assert not target.exists()
        ok('sync', here / 'tree', 'box:inbox/tree')
        assert same(here / 'tree', target)
        assert steps(here / 'tree', 'box:inbox/tree') == []

        (here / 'tree' / 'd1' / 'deep' / 'f1').write_text('changed')
        (here / 'tree' / 'd2' / 'deep' / 'f2').unlink()
        (here / 'tree' / 'new').mkdir()
        (here / 'tree' / 'new' / 'one').write_text('1')
        ok('sync', here / 'tree', 'box:inbox/tree')
        assert (target / 'd2' / 'deep' / 'f2').exists(), 'it was deleted, unasked'
        assert 'delete' in ok('sync', '-n', '--delete', here / 'tree', 'box:inbox/tree')
        ok('sync', '--delete', here / 'tree', 'box:inbox/tree')
        assert same(here / 'tree', target)

        ok('sync', 'box:inbox/tree', here / 'back')
        assert same(here / 'tree', here / 'back')
        (here / 'back' / 'stray').write_text('x')
        ok('sync', '--delete', 'box:inbox/tree', here / 'back')
        assert same(here / 'tree', here / 'back')


@case
def contents_are_compared_if_wished():
    with folder() as here:
        make_tree(here / 'tree')
        ok('sync', here / 'tree', 'box:inbox/exact')
        spoilt = rig.home / 'inbox' / 'exact' / 'd3' / 'deep' / 'f3'
        times = spoilt.stat()
        data = spoilt.read_bytes()
        spoilt.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        os.utime(spoilt, (times.st_atime, times.st_mtime))
        assert steps(here / 'tree', 'box:inbox/exact') == [], 'size and time are the same'
        assert [step['path'] for step in steps('--checksum', here / 'tree', 'box:inbox/exact')] == ['d3/deep/f3']
        ok('sync', '-c', here / 'tree', 'box:inbox/exact')
        assert same(here / 'tree', rig.home / 'inbox' / 'exact')
        os.utime(spoilt, (1, 1))
        assert steps('-c', 'box:inbox/exact', here / 'tree') == []


@case
def beginnings_of_transfers_are_nobodys_files():
    with folder() as here:
        (here / 'tree').mkdir()
        (here / 'tree' / 'whole').write_text('x')
        (here / 'tree' / '.late.bin.abcdefghij12.part').write_text('half of it')
        ok('sync', here / 'tree', 'box:inbox/begun')
        assert os.listdir(rig.home / 'inbox' / 'begun') == ['whole']
        theirs = rig.home / 'inbox' / 'begun' / '.early.bin.abcdefghij34.part'
        theirs.write_text('half of it')
        ok('sync', '--delete', here / 'tree', 'box:inbox/begun')
        assert theirs.exists(), 'another transfer would have to begin anew'
        ok('put', '-r', here / 'tree', 'box:inbox/sent')
        ok('get', '-r', 'box:inbox/begun', here / 'got')
        assert os.listdir(rig.home / 'inbox' / 'sent') == os.listdir(here / 'got') == ['whole']


@case
def deep_folders_go_at_once():
    with folder() as here:
        make_tree(here / 'tree')
        (here / 'none').mkdir()
        ok('sync', here / 'tree', 'box:inbox/short')
        ok('sync', '--delete', here / 'none', 'box:inbox/short')
        assert os.listdir(rig.home / 'inbox' / 'short') == []


@case
def what_is_in_the_way_is_left_alone():
    with folder() as here:
        (here / 'one').mkdir()
        (here / 'one' / 'x').mkdir()
        (here / 'one' / 'x' / 'a').write_text('a')
        (here / 'one' / 'b').write_text('b')
        (here / 'two').mkdir()
        (here / 'two' / 'x').write_text('precious')
        ok('sync', here / 'two', 'box:inbox/clash')
        fails(1, 'of another kind', 'sync', '--delete', here / 'one', 'box:inbox/clash')
        assert (rig.home / 'inbox' / 'clash' / 'x').read_text() == 'precious'
        assert (rig.home / 'inbox' / 'clash' / 'b').read_text() == 'b'


@case
def wrong_ends_are_refused():
    with folder() as here:
        fails(2, 'NAME:PATH', 'sync', here, here)
        fails(2, 'NAME:PATH', 'sync', 'box:a', 'box:b')
        fails(6, 'nowhere', 'sync', 'box:nowhere', here / 'x')
        assert not (here / 'x').exists()


with server('box', 'openssh-password', 'password') as rig:
    main()
