# SPDX-License-Identifier: GPL-3.0-or-later
"""Through a proxy: SOCKS 5 and 4a, HTTP; chosen by the environment; names that only the proxy knows; refusals."""

import contextlib
import json
import os
import subprocess
from pathlib import Path

from harness import RIGS, Rig, case, fails, folder, main, ok, run, wait_for

# GLib's SOCKS 4a and libproxy lose a few bytes a connection, where LeakSanitizer sees no name of theirs.
os.environ['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'

USER, PASSWORD = 'somebody', 'only@a:test'
QUOTED = 'somebody:only%40a%3Atest'


class Proxy:
    def __init__(self, kind, log, *options):
        self.log = log
        self.process = subprocess.Popen([RIGS / 'proxy', kind, log, *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.port = json.loads(self.process.stdout.readline())['port']
        self.address = f'127.0.0.1:{self.port}'

    def wishes(self):
        return self.log.read_text().splitlines()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


@contextlib.contextmanager
def proxy(kind, *options):
    with folder() as here:
        started = Proxy(kind, here / 'log', *options)
        try:
            yield started
        finally:
            started.stop()


rig = Rig('openssh-password')
number = 0


@contextlib.contextmanager
def server(host):
    """A saved server at `host`, which is the rig where that name leads to it."""
    global number
    number += 1
    name = f'server-{number}'
    ok('server', 'add', name, '--host', host, '--port', rig.port, '--user', rig.user, '--login', 'password')
    ok('server', 'password', name, text=rig.secret('password'))
    ok('server', 'trust', name, rig.host_key)
    try:
        yield name
    finally:
        run('disconnect', name)


def signs_in(name, **environment):
    with folder() as here:
        ok('get', f'{name}:outbox/photo.bin', here, env=environment)
        assert (here / 'photo.bin').read_bytes() == (rig.home / 'outbox' / 'photo.bin').read_bytes()


def check_kind(kind, *schemes):
    for scheme in schemes:
        with proxy(kind) as way, server('files.inner') as name:
            signs_in(name, ALL_PROXY=f'{scheme}://{way.address}')
            # The proxy got the name, not an address of our finding.
            assert way.wishes() == [f'{kind} files.inner:{rig.port}'], way.wishes()


@case
def socks_5():
    check_kind('socks5', 'socks5', 'socks5h', 'socks')


@case
def socks_4a():
    check_kind('socks4a', 'socks4a')


@case
def http_connect():
    check_kind('http', 'http')


@case
def what_the_environment_says_counts():
    with proxy('socks5') as way, proxy('socks5') as other, server('files.inner') as inner, \
            server('127.0.0.1') as direct:
        signs_in(inner, all_proxy=f'socks5://{other.address}', sftp_proxy=f'socks5://{way.address}')
        assert len(way.wishes()) == 1 and other.wishes() == []
        # Not for this host, or not for SFTP: straight there.
        signs_in(direct, all_proxy=f'socks5://{way.address}', no_proxy='localhost,127.0.0.0/8')
        run('disconnect', direct)
        signs_in(direct, http_proxy=f'http://{way.address}', https_proxy=f'http://{way.address}')
        assert len(way.wishes()) == 1, way.wishes()
        run('disconnect', inner)
        assert run('ls', f'{inner}:', env={'all_proxy': f'socks5://{way.address}', 'no_proxy': '.inner'}).returncode == 5
        assert len(way.wishes()) == 1, way.wishes()


@case
def who_must_say_who_they_are_does():
    for kind in 'socks5', 'http':
        with proxy(kind, '--auth', f'{USER}:{PASSWORD}') as way, server('files.inner') as name:
            signs_in(name, ALL_PROXY=f'{kind}://{QUOTED}@{way.address}')
            assert way.wishes() == [f'{kind} files.inner:{rig.port}'], way.wishes()
            run('disconnect', name)
            for wrong in '', 'somebody:else@':
                text = fails(5, f'through the proxy {kind}://{way.address}: ', 'ls', f'{name}:',
                             env={'ALL_PROXY': f'{kind}://{wrong}{way.address}'})
                assert 'else' not in text and 'somebody' not in text, text
            assert way.wishes()[1:] == ['refused', 'refused'], way.wishes()


@case
def a_refusal_names_the_proxy():
    before = rig.accepted()
    for kind in 'socks5', 'socks4a', 'http':
        with proxy(kind, '--refuse') as way, server('files.inner') as name:
            text = fails(5, f'files.inner:{rig.port} cannot be reached through the proxy {kind}://{way.address}: ',
                         'ls', f'{name}:', env={'ALL_PROXY': f'{kind}://{way.address}'})
            print(f'# {text.strip()}')
            assert way.wishes() == [f'{kind} files.inner:{rig.port}', 'refused'], way.wishes()
    assert rig.accepted() == before


@case
def a_proxy_that_is_not_there_is_named():
    with proxy('socks5') as way, server('files.inner') as name:
        way.stop()
        fails(5, f'through the proxy socks5://{way.address}: .*refused', 'ls', f'{name}:',
              env={'ALL_PROXY': f'socks5://{way.address}'})
        fails(2, 'socks5://HOST:PORT', 'ls', f'{name}:', env={'ALL_PROXY': f'ftp://{way.address}'})


@case
def else_the_desktop_is_asked():
    """By GProxyResolver, here GNOME's: a proxy for all, and none for a host that is excepted."""
    with proxy('socks5') as way, server('files.inner') as inner, server('127.0.0.1') as direct, folder() as here:
        settings = here / 'glib-2.0' / 'settings' / 'keyfile'
        settings.parent.mkdir(parents=True)
        settings.write_text("[system/proxy]\nmode='manual'\nignore-hosts=['127.0.0.0/8']\n"
                            f"[system/proxy/socks]\nhost='127.0.0.1'\nport={way.port}\n")
        desktop = {'XDG_CURRENT_DESKTOP': 'GNOME', 'GSETTINGS_BACKEND': 'keyfile'}
        (here / 'sallyport').symlink_to(Path(os.environ['XDG_CONFIG_HOME']) / 'sallyport')
        for name in inner, direct:
            signs_in(name, XDG_CONFIG_HOME=str(here), **desktop)
        assert way.wishes() == [f'socks5 files.inner:{rig.port}'], way.wishes()


@case
def check_goes_the_same_way():
    with proxy('socks5') as way, server('files.inner') as name:
        assert 'OpenSSH' in ok('check', name, env={'ALL_PROXY': f'socks5://{way.address}'})
        wait_for(lambda: way.wishes() == [f'socks5 files.inner:{rig.port}'], 'the wish')


try:
    main()
finally:
    rig.stop()
