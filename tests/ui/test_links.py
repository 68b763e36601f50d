#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links and the desktop entry's actions: each lands in the right dialog, filled in."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import APPLICATION_ID, Desktop, Rig, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# RFC 6238, appendix B: the SHA-1 key.
EXAMPLE = 'otpauth://totp/Example:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example&digits=8'
OBJECT = '/' + APPLICATION_ID.replace('.', '/')
SIGN_IN_S = 60


class Links(Job):
    """One window that links are handed to."""

    def call(self, *arguments):
        """The program once more, which hands its arguments to the one that runs."""
        return subprocess.run([self.desktop.program(), *arguments], env=self.desktop.environment, check=False,
                              capture_output=True, text=True, timeout=20)

    def expect_text(self, name, text):
        entry = self.find('text', name)
        wait_for(lambda: self.accessible.get_text(entry) == text, f'“{text}” as {name}')

    def leave(self, entry):
        """The dialog that has it."""
        self.desktop.focus_window()
        self.desktop.key('Escape')
        self.wait_gone('text', entry)

    def otpauth_link_fills_the_account(self):
        assert self.call(EXAMPLE).returncode == 0
        self.expect_text('Service', 'Example')
        self.expect_text('User Name', 'bob')
        assert self.is_sensitive(self.find('button', 'Add'))
        self.leave('Service')

    def otpauth_link_comes_by_the_bus(self):
        """As from a browser: D-Bus activation keeps the key out of the list of processes."""
        self.desktop.run('gdbus', 'call', '--session', '--dest', APPLICATION_ID, '--object-path', OBJECT,
                         '--method', 'org.freedesktop.Application.Open', f"['{EXAMPLE}']", '{}')
        self.expect_text('Service', 'Example')
        self.leave('Service')

    def sftp_link_fills_a_new_server(self):
        assert self.call('sftp://vendor:unused@sftp.example.org:2222/in%20box').returncode == 0
        self.expect_text('Address', 'sftp.example.org')
        self.expect_text('Name', 'sftp.example.org')
        self.expect_text('Port', '2222')
        self.expect_text('User Name', 'vendor')
        self.expect_text('Start Folder (Optional)', '/in box')
        self.expect_text('Password', '')
        self.leave('Address')

    def other_link_is_refused(self):
        second = self.call('https://example.org/')
        assert second.returncode == 1, f'exit code {second.returncode}'
        assert 'sftp://' in second.stderr, second.stderr
        self.find('label', 'Something Went Wrong')
        self.desktop.focus_window()
        self.desktop.key('Escape')
        self.wait_gone('label', 'Something Went Wrong')

    def actions_of_the_desktop_entry_open_dialogs(self):
        for action, entry in (('new-account', 'Service'), ('new-server', 'Address')):
            self.desktop.run('gdbus', 'call', '--session', '--dest', APPLICATION_ID, '--object-path', OBJECT,
                             '--method', 'org.freedesktop.Application.ActivateAction', action, '[]', '{}')
            self.find('text', entry)
            self.leave(entry)

    def sftp_link_opens_a_saved_server_at_its_folder(self):
        folder = self.rig.start.rstrip('/') + '/outbox'
        assert self.call(f'sftp://127.0.0.1:{self.rig.port}{folder}').returncode == 0
        self.find('label', self.rig.fingerprint, SIGN_IN_S)
        self.press('button', 'Trust')
        self.find('table cell', 'invoice.csv', SIGN_IN_S)

    def open_server_goes_to_another_folder(self):
        folder = self.rig.start.rstrip('/') + '/outbox/2026'
        assert self.call(f'sftp://{self.rig.user}@127.0.0.1:{self.rig.port}{folder}').returncode == 0
        self.find('table cell', 'reports', SIGN_IN_S)


STEPS = [
    Links.otpauth_link_fills_the_account, Links.otpauth_link_comes_by_the_bus, Links.sftp_link_fills_a_new_server,
    Links.other_link_is_refused, Links.actions_of_the_desktop_entry_open_dialogs,
    Links.sftp_link_opens_a_saved_server_at_its_folder, Links.open_server_goes_to_another_folder,
]


def main():
    with Rig('openssh-password') as rig, Desktop(build_folder()) as desktop:
        server_id = desktop.add_server(name='Saved', host='127.0.0.1', port=rig.port, user=rig.user)
        desktop.store_secret('password', server_id, rig.secret('password'))
        desktop.start_app()
        run_steps(Links(desktop, rig), STEPS)


if __name__ == '__main__':
    main()
