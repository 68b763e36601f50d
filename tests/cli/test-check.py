# SPDX-License-Identifier: GPL-3.0-or-later
"""A look at a server before anything is spent on it."""

import json

from harness import case, fails, main, ok, run, server


def look(name, *options):
    result = run('check', name, '--json', *options)
    return result.returncode, json.loads(result.stdout)


def sentence(report, topic):
    return ' '.join(finding['sentence'] for finding in report['findings'] if finding['topic'] == topic)


@case
def a_good_server_is_good_and_nothing_is_spent():
    with server('good', 'openssh-combined', 'password+code') as rig:
        code, report = look('good')
        assert code == 0 and report['good'], report
        assert 'OpenSSH' in sentence(report, 'server')
        assert 'curve25519' in sentence(report, 'algorithms')
        assert rig.host_key in sentence(report, 'host-key') and 'trusted' in sentence(report, 'host-key')
        assert 'password' in sentence(report, 'methods')
        assert rig.accepted() == 0 and rig.count('^Failed') == 0, rig.log.read_text()
        assert '✓' in ok('check', 'good', '--sign-in')
        assert rig.accepted() == 1


@case
def what_stands_against_it_is_said():
    with server('keys', 'openssh-key', 'password', trust=False, password=False) as rig:
        code, report = look('keys')
        assert code == 1 and not report['good'], report
        assert 'publickey' in sentence(report, 'methods')
        assert 'not known yet' in sentence(report, 'host-key')
        ok('server', 'trust', 'keys', 'SHA256:' + 'A' * 43)
        code, report = look('keys')
        assert code == 1 and 'another host key' in sentence(report, 'host-key'), report


@case
def algorithms_are_compared():
    with server('old', 'openssh-password', 'password',
                rig_options=('--sshd-option', 'Ciphers aes256-cbc')):
        code, report = look('old')
        assert code == 1 and 'aes256-cbc' in sentence(report, 'algorithms'), report


@case
def aws_is_recognised():
    with server('cloud', 'aws-transfer', 'password+code') as rig:
        code, report = look('cloud')
        assert code == 0 and 'TransferSecurityPolicy-2024-01' in sentence(report, 'server'), report
        assert rig.count('authn') == 0


@case
def nobody_there():
    ok('server', 'add', 'nowhere', '--host', '127.0.0.1', '--port', '1', '--user', 'u', '--login', 'password')
    fails(5, 'cannot be reached', 'check', 'nowhere')


main()
