#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop's search, asked as GNOME Shell and KRunner ask: what it finds, hides, starts and copies."""

import hmac
import os
import re
import struct
import subprocess
import sys
import time

from gi.repository import Gio, GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import APPLICATION_ID, Desktop, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# RFC 6238, appendix B: the SHA-1 key.
SECRET, KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', b'12345678901234567890'
PATH = '/' + APPLICATION_ID.replace('.', '/') + '/SearchProvider'
PERIOD_S = 30
PASSPHRASE = 'only a test'
LOCKED = 'Sallyport Is Locked'
COPIED = 'Code copied'
COUNTED = 'This code goes by a counter: ask for the next one'
POLLS = 200
ANSWERS_S = 20


def code_at(now):
    digest = hmac.digest(KEY, struct.pack('>Q', int(now) // PERIOD_S), 'sha1')
    offset = digest[-1] & 15
    return f'{(struct.unpack_from(">I", digest, offset)[0] & 0x7fffffff) % 10 ** 6:06}'


class Search(Job):
    """A desktop's shell, for which the program is started by the bus."""

    def __init__(self, desktop, ids):
        super().__init__(desktop)
        self.ids = ids
        self.bus = Gio.DBusConnection.new_for_address_sync(
            desktop.environment['DBUS_SESSION_BUS_ADDRESS'],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def call(self, interface, method, signature, *arguments):
        answer = self.bus.call_sync(APPLICATION_ID, PATH, interface, method, GLib.Variant(signature, arguments), None,
                                    Gio.DBusCallFlags.NONE, 20000, None)
        return answer.unpack()[0] if answer.n_children() else None

    def shell(self, method, signature, *arguments):
        return self.call('org.gnome.Shell.SearchProvider2', method, signature, *arguments)

    def search(self, *terms):
        return self.shell('GetInitialResultSet', '(as)', terms)

    def metas(self, ids):
        return self.shell('GetResultMetas', '(as)', ids)

    def names(self, *terms):
        return [meta['name'] for meta in self.metas(self.search(*terms))]

    def activate(self, found):
        self.shell('ActivateResult', '(sasu)', found, ['x'], 0)

    def only(self, *terms):
        found = self.search(*terms)
        assert len(found) == 1, found
        return found[0]

    def focused_row(self):
        states = self.accessible.pyatspi
        return next((row.name for row in self.accessible.find_all('list item')
                     if row.getState().contains(states.STATE_FOCUSED)), None)

    def stored(self, name):
        """What the keyring holds of an account."""
        return self.desktop.run('secret-tool', 'lookup', 'application', APPLICATION_ID, 'kind', 'account',
                                'id', self.ids[name])

    def paste(self):
        """What the clipboard holds, as the search entry takes it."""
        self.desktop.focus_window()
        self.desktop.key('ctrl+f')
        entry = self.find('entry', 'Search accounts')
        self.accessible.set_text(entry, '')
        self.desktop.key('ctrl+v')
        text = self.accessible.get_text(entry)
        self.desktop.key('Escape')
        return text

    def expect_copied(self, since):
        self.find('label', COPIED)
        codes = {code_at(moment) for moment in (since, time.time())}
        wait_for(lambda: self.paste() in codes, 'the code in the clipboard')

    def bus_starts_the_program_without_a_window(self):
        assert self.desktop.find_app() is None
        wait_for(lambda: self.names('exam') == ['Example', 'Example drop box'], 'the results')
        assert self.desktop.find_app() is not None
        assert not self.desktop.has_window()
        assert self.names('exam', 'anna') == ['Example']
        assert self.shell('GetSubsearchResultSet', '(asas)', self.search('exam'), ['example', 'box']) == \
            self.search('box')
        assert self.search('e') == []
        assert self.search('anything else') == []

    def names_alone_are_told(self):
        for meta in self.metas(self.search('exam') + self.search('vpn')):
            assert set(meta) == {'id', 'name', 'description', 'icon'}, meta
            assert not re.search(r'\d', meta['name'] + meta['description']), meta
            assert code_at(time.time()) not in str(meta) and SECRET not in str(meta), meta
        assert [meta['description'] for meta in self.metas(self.search('exam'))] == ['anna', 'SFTP server']

    def krunner_finds_the_same(self):
        matches = self.call('org.kde.krunner1', 'Match', '(s)', 'exam')
        assert [match[0] for match in matches] == self.search('exam'), matches
        assert [match[1] for match in matches] == ['Example', 'Example drop box'], matches
        assert matches[0][5] == {'subtext': 'anna'}, matches
        assert matches[0][4] > matches[1][4], matches
        assert self.call('org.kde.krunner1', 'Actions', '()') == []

    def polling_is_refused(self):
        loop, answers = GLib.MainLoop(), []

        def on_answer(bus, result):
            answers.append(bus.call_finish(result).unpack()[0])
            if len(answers) == POLLS:
                loop.quit()
        for _ in range(POLLS):
            self.bus.call(APPLICATION_ID, PATH, 'org.gnome.Shell.SearchProvider2', 'GetInitialResultSet',
                          GLib.Variant('(as)', (['exam'],)), None, Gio.DBusCallFlags.NONE, 20000, None, on_answer)
        GLib.timeout_add_seconds(ANSWERS_S, loop.quit)
        loop.run()
        assert len(answers) == POLLS, len(answers)
        assert answers[0] and not answers[-1], answers
        wait_for(lambda: self.search('exam'), 'results after a pause')

    def program_ends_by_itself(self):
        process = self.desktop.find_app()
        process.wait(40)
        assert self.desktop.find_app() is None
        self.desktop.app = None

    def locked_keyring_is_left_alone(self):
        """Only servers are found, and nobody is asked to unlock anything."""
        self.desktop.lock_keyring()
        asked = os.path.join(self.desktop.home, 'asked')
        with open(asked, 'w', encoding='utf-8') as file:
            monitor = subprocess.Popen(
                ['dbus-monitor', '--session', "interface='org.freedesktop.Secret.Service',member='Unlock'",
                 "interface='org.freedesktop.Secret.Service',member='SearchItems'"],
                env=self.desktop.environment, stdout=file)

        def heard(member):
            with open(asked, encoding='utf-8') as file:
                return f'member={member}' in file.read()
        try:
            wait_for(lambda: self.search('exam') and heard('SearchItems'), 'a look into the keyring')
            self.desktop.find_app()
            for _ in range(3):
                assert self.names('exam') == ['Example drop box']
            assert not heard('Unlock')
            assert not self.desktop.has_window()
            # So it would have been heard.
            self.desktop.run('gdbus', 'call', '--session', '--dest', APPLICATION_ID, '--object-path',
                             '/' + APPLICATION_ID.replace('.', '/'), '--method',
                             'org.freedesktop.Application.Activate', '{}')
            wait_for(lambda: heard('Unlock'), 'the window to unlock the keyring')
        finally:
            monitor.terminate()
            monitor.wait(10)
        self.desktop.find_window()
        self.find('label', re.compile('^The Keyring (Is Locked|Was Not Unlocked)$'))

    def choice_waits_for_the_keyring(self):
        self.activate('account-' + self.ids['Example'])
        assert not self.accessible.find_all('label', COPIED)
        since = time.time()
        self.desktop.unlock_keyring()
        self.press('button', re.compile('Unlock'))
        self.expect_copied(since)
        self.desktop.stop_app()

    def choice_opens_the_window_and_copies(self):
        uses = self.stored('Example')
        since = time.time()
        self.activate(self.only('exam', 'anna'))
        self.desktop.find_app()
        self.desktop.find_window()
        self.expect_copied(since)
        wait_for(lambda: self.stored('Example') != uses, 'the use to be noted')
        assert 'x-sallyport-uses=2' in self.stored('Example'), 'the second use'

    def counter_stays(self):
        self.activate(self.only('vpn'))
        self.find('label', COUNTED)
        wait_for(lambda: self.focused_row() == 'VPN:alice', 'the row with the focus')
        assert 'counter=7' in self.stored('VPN'), 'the counter has moved'

    def search_goes_on_in_the_window(self):
        self.shell('LaunchSearch', '(asu)', ['vpn', 'ali'], 0)
        entry = self.find('entry', 'Search accounts')
        wait_for(lambda: self.accessible.get_text(entry) == 'vpn ali', 'the terms')

    def server_is_opened(self):
        self.call('org.kde.krunner1', 'Run', '(ss)', self.only('box'), '')
        wait_for(lambda: 'Example drop box' in self.desktop.run('xdotool', 'getwindowname', self.desktop.window_id),
                 'the page of the server')

    def locked_window_answers_nothing(self):
        found = self.search('exam')
        self.desktop.focus_window()
        self.desktop.key('ctrl+comma')
        self.press('button', 'Passphrase')
        self.fill('New Passphrase', PASSPHRASE)
        self.fill('The Same Again', PASSPHRASE)
        button = self.find('button', 'Set')
        wait_for(lambda: self.is_sensitive(button), 'the button')
        self.accessible.press(button)
        self.find('label', 'Change…')
        self.desktop.key('Escape')
        self.wait_gone('label', 'Change…')
        self.desktop.key('ctrl+l')
        self.find('label', LOCKED)
        assert self.search('exam') == [] and self.metas(found) == []
        assert self.call('org.kde.krunner1', 'Match', '(s)', 'exam') == []

    def choice_waits_for_the_passphrase(self):
        self.activate('account-' + self.ids['Example'])
        self.find('label', LOCKED)
        assert not self.accessible.find_all('label', COPIED)
        since = time.time()
        self.fill('Passphrase', PASSPHRASE)
        self.press('button', 'Unlock')
        self.expect_copied(since)

    def closed_window_leaves_it_locked(self):
        """The program stays a moment for the search, without what the window had opened."""
        before = self.desktop.app.pid
        assert self.search('exam')
        self.desktop.focus_window()
        self.desktop.key('ctrl+w')
        wait_for(lambda: not self.desktop.has_window(), 'the window to close')
        assert self.search('exam') == []
        assert self.desktop.find_app().pid == before, 'another program has answered'
        self.desktop.stop_app()

    def setting_switches_it_off(self):
        self.desktop.run('gsettings', 'set', APPLICATION_ID, 'lock', 'false')
        assert self.search('exam')
        self.desktop.run('gsettings', 'set', APPLICATION_ID, 'desktop-search', 'false')
        wait_for(lambda: self.search('exam') == [], 'nothing to be found')
        self.desktop.find_app()


STEPS = [
    Search.bus_starts_the_program_without_a_window, Search.names_alone_are_told, Search.krunner_finds_the_same,
    Search.polling_is_refused, Search.program_ends_by_itself, Search.locked_keyring_is_left_alone,
    Search.choice_waits_for_the_keyring, Search.choice_opens_the_window_and_copies, Search.counter_stays,
    Search.search_goes_on_in_the_window, Search.server_is_opened, Search.locked_window_answers_nothing,
    Search.choice_waits_for_the_passphrase, Search.closed_window_leaves_it_locked, Search.setting_switches_it_off,
]


def main():
    with Desktop(build_folder()) as desktop:
        ids = {
            'Example': desktop.add_account(f'otpauth://totp/Example:anna?secret={SECRET}&issuer=Example'),
            'VPN': desktop.add_account(f'otpauth://hotp/VPN:alice?secret={SECRET}&issuer=VPN&counter=7'),
        }
        desktop.add_server(name='Example drop box', host='drop.invalid', user='vendor')
        desktop.offer_app()
        run_steps(Search(desktop, ids), STEPS)


if __name__ == '__main__':
    main()
