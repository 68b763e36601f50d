# SPDX-License-Identifier: GPL-3.0-or-later
"""Through a bastion that wants a key and a code to a server that wants a password and another account's code."""

from harness import Rig, Terminal, case, fails, folder, main, ok, run


def audit(rig):
    path = rig.state / 'audit'
    return [line.split()[1:] for line in path.read_text().splitlines()] if path.exists() else []


@case
def two_servers_two_accounts_one_command():
    bastion, inner = Rig('bastion'), Rig('openssh-combined')
    try:
        ok('account', 'add', '--issuer', 'Bastion', '--label', 'engineer', text=bastion.secret('secret'))
        ok('account', 'add', '--issuer', 'Inner', '--label', 'vendor', text=inner.secret('secret'))
        ok('server', 'add', 'bastion', '--host', '127.0.0.1', '--port', bastion.port, '--user', bastion.user,
           '--login', 'key,code', '--account', 'Bastion:engineer', '--identity', bastion.state / 'key')
        ok('server', 'trust', 'bastion', bastion.host_key)
        ok('server', 'add', 'inner', '--host', '127.0.0.1', '--port', inner.port, '--user', inner.user,
           '--login', 'password+code', '--account', 'Inner:vendor', '--jump', 'bastion')
        ok('server', 'password', 'inner', text=inner.secret('password'))
        ok('server', 'trust', 'inner', inner.host_key)
        terminal = Terminal('ls', 'inner:')
        assert terminal.end() == 0 and 'README.txt' in terminal.output, terminal.output
        assert 'Opening “bastion”: Checking its key' in terminal.output, terminal.output
        with folder() as here:
            ok('get', 'inner:outbox/photo.bin', here / 'photo.bin')
            assert (here / 'photo.bin').read_bytes() == (inner.home / 'outbox' / 'photo.bin').read_bytes()
        ok('ls', 'bastion:')
        # One sign-in each, and one fetch of the secret: what the auditor sees is what happened.
        assert bastion.accepted() == 1 and inner.accepted() == 1, (bastion.log.read_text(), inner.log.read_text())
        assert audit(bastion) == [['fetch', bastion.user]]
    finally:
        run('disconnect', 'inner')
        run('disconnect', 'bastion')
        inner.stop()
        bastion.stop()


@case
def the_code_of_another_account_is_refused_once_by_the_one_that_is_named():
    bastion = Rig('bastion')
    try:
        ok('account', 'add', '--issuer', 'Other', '--label', 'account', text='GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
        ok('server', 'add', 'wrong', '--host', '127.0.0.1', '--port', bastion.port, '--user', bastion.user,
           '--login', 'key,code', '--account', 'Other:account', '--identity', bastion.state / 'key')
        ok('server', 'trust', 'wrong', bastion.host_key)
        ok('server', 'add', 'behind', '--host', '127.0.0.1', '--user', 'u', '--login', 'key', '--jump', 'wrong')
        fails(3, '^sally: .*The jump host “wrong”: .*refused', 'ls', 'behind:')
        assert len(audit(bastion)) == 1 and bastion.accepted() == 0, audit(bastion)
    finally:
        run('disconnect', 'wrong')
        bastion.stop()


main()
