# SPDX-License-Identifier: GPL-3.0-or-later
"""What the journal says afterwards: every sign-in, every transfer, and a receipt for who asks."""

import csv
import hashlib
import json
import os

from harness import case, fails, folder, main, ok, run, server


def records(*options):
    return [json.loads(line) for line in ok('history', '--json', *options).splitlines()]


@case
def what_was_done_is_in_it():
    with server('box', 'openssh-password', 'password') as rig, folder() as here:
        (here / 'invoice.csv').write_bytes(os.urandom(5000))
        digest = hashlib.sha256((here / 'invoice.csv').read_bytes()).hexdigest()
        ok('put', here / 'invoice.csv', 'box:inbox')
        ok('get', 'box:README.txt', here / 'README.txt')
        run('get', 'box:nowhere.txt', here / 'nowhere.txt')
        listed = records('box')
        assert [(one['kind'], one['outcome']) for one in listed] == [
            ('sign-in', 'done'), ('upload', 'done'), ('download', 'done'), ('download', 'failed')], listed
        upload = listed[1]
        assert upload['sha256'] == digest and upload['bytes'] == 5000
        assert upload['remote_path'].endswith('/inbox/invoice.csv') or upload['remote_path'] == 'inbox/invoice.csv'
        assert upload['host_key'].endswith(rig.host_key) and upload['user'] == rig.user
        assert 'nowhere.txt' in listed[3]['remote_path'] and listed[3]['error']
        assert len(records('box', '--limit', '2')) == 2
        assert records('box', '--since', '2100-01-01') == []
        rows = list(csv.DictReader(ok('history', 'box', '--csv').splitlines()))
        assert [row['kind'] for row in rows] == ['sign-in', 'upload', 'download', 'download']
        assert 'each as it was written' in ok('history', '--verify')

        receipt = ok('receipt', 'box')
        assert digest in receipt and 'invoice.csv' in receipt and rig.host_key in receipt
        assert 'nowhere' not in receipt
        assert listed[2]['hash'] in receipt


@case
def a_refused_sign_in_is_in_it():
    with server('shut', 'openssh-password', 'password', password=False):
        ok('server', 'password', 'shut', text='not the password')
        assert run('ls', 'shut:').returncode == 3
        assert [(one['kind'], one['outcome']) for one in records('shut')] == [('sign-in', 'failed')]
        assert 'not the password' not in ok('history', 'shut', '--json')
        fails(1, 'No file went', 'receipt', 'shut')


@case
def times_are_understood_or_refused():
    fails(2, 'is no time', 'history', '--since', 'yesterday')
    records('--since', '2026-01-01T08:30')
    records('--since', '0')


main()
