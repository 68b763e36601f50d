# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts and codes."""

import json
import subprocess

from harness import case, fails, main, ok, start

# The keys of RFC 6238's appendix B, which are ASCII digits, in base32.
SHA1 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
SHA256 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA'
SHA512 = ('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA')
VECTORS = {
    59: ('94287082', '46119246', '90693936'),
    1111111109: ('07081804', '68084774', '25091201'),
    1111111111: ('14050471', '67062674', '99943326'),
    1234567890: ('89005924', '91819424', '93441116'),
    2000000000: ('69279037', '90698825', '38618901'),
    20000000000: ('65353130', '77737706', '47863826'),
}
HOTP = ['755224', '287082', '359152', '969429']


def add(secret, *options):
    return ok('account', 'add', *options, text=secret)


@case
def rfc_6238_vectors():
    for algorithm, secret in (('SHA1', SHA1), ('SHA256', SHA256), ('SHA512', SHA512)):
        add(secret, '--issuer', 'RFC', '--label', algorithm, '--digits', 8, '--algorithm', algorithm)
    for time_s, codes in VECTORS.items():
        for algorithm, code in zip(('SHA1', 'SHA256', 'SHA512'), codes):
            assert ok('code', f'RFC:{algorithm}', '--at', time_s) == code + '\n', (time_s, algorithm)


@case
def json_has_the_three_keys():
    value = json.loads(ok('code', 'sha1', '--at', 59, '--json'))
    assert value == {'code': '94287082', 'remaining': 1, 'next': '37359152'}, value


@case
def counted_codes_go_on():
    add(SHA1 + '\n', '--issuer', 'Counter', '--label', 'x', '--type', 'hotp')
    for code in HOTP[:3]:
        assert ok('code', 'counter') == code + '\n'
    assert json.loads(ok('code', 'counter', '--json')) == {'code': HOTP[3], 'remaining': None, 'next': None}
    fails(2, '--at', 'code', 'counter', '--at', 59)


@case
def counted_codes_are_never_given_twice():
    programs = [start('code', 'counter') for _ in range(5)]
    codes = [program.communicate()[0] for program in programs]
    assert all(program.returncode == 0 for program in programs)
    assert len(set(codes)) == len(codes), codes


@case
def a_uri_says_all_and_options_win():
    add(f'otpauth://totp/Bank:me%40example.org?secret={SHA1}&digits=8&period=60\n')
    accounts = {entry['name']: entry for entry in json.loads(ok('account', 'list', '--json'))}
    bank = accounts['Bank:me@example.org']
    assert (bank['digits'], bank['period'], bank['type'], bank['algorithm']) == (8, 60, 'totp', 'SHA1'), bank
    add(f'otpauth://totp/Bank:me?secret={SHA1}&digits=8', '--issuer', 'Other', '--digits', 7, '--label', 'you')
    assert len(ok('code', 'other:YOU')) == 8


@case
def steam_codes_have_five_letters():
    add(SHA1, '--issuer', 'Steam', '--label', 'gamer', '--type', 'steam')
    code = ok('code', 'steam', '--at', 59).strip()
    assert len(code) == 5 and set(code) <= set('23456789BCDFGHJKMNPQRTVWXY'), code


@case
def names_match_and_ambiguous_ones_list_their_candidates():
    add(SHA1, '--issuer', 'Twins', '--label', 'castor')
    add(SHA1, '--issuer', 'Twins', '--label', 'pollux')
    ok('code', 'CASTOR')
    ok('code', 'twins:Pollux')
    text = fails(2, 'Twins:castor', 'code', 'twins')
    assert 'Twins:pollux' in text, text
    fails(2, 'nobody', 'code', 'nobody')


@case
def names_are_utf8_in_any_locale():
    assert 'Müller' in ok('account', 'add', '--issuer', 'Müller', '--label', 'x', text=SHA1, env={'LC_ALL': 'C'})
    ok('code', 'müller:x', env={'LC_ALL': 'C'})


@case
def bad_input_is_told_in_one_sentence():
    for secret, pattern, options in (
            ('GEZDGNB1', '1', ()),
            ('', '', ()),
            ('!!!!', '!', ()),
            (SHA1, '4 to 10', ('--digits', '11')),
            (SHA1, '4 to 10', ('--digits', '3')),
            (SHA1, 'whole number', ('--digits', 'six')),
            (SHA1, '1 to 86400', ('--period', '0')),
            (SHA1, '--algorithm', ('--algorithm', 'MD5')),
            (SHA1, '--type', ('--type', 'motp')),
            (SHA1, '--bogus', ('--bogus',)),
            ('otpauth://totp/x', '', ()),
            ('otpauth://what/x?secret=' + SHA1, '', ()),
            ('otpauth://totp/x?secret=' + SHA1 + '&digits=99', '', ())):
        fails(2, pattern, 'account', 'add', '--issuer', 'Bad', *options, text=secret)
    fails(2, 'needs a name', 'account', 'add', text=SHA1)
    fails(2, '--at', 'code', 'castor', '--at', 'noon')
    fails(2, 'usage', 'code')
    fails(2, 'frobnicate', 'frobnicate')
    fails(2, 'account', 'account')
    assert 'Bad' not in ok('account', 'list')


@case
def removal_is_by_name_or_id():
    castor = next(entry for entry in json.loads(ok('account', 'list', '--json')) if entry['label'] == 'castor')
    ok('account', 'remove', castor['id'])
    ok('account', 'remove', 'pollux')
    assert 'Twins' not in ok('account', 'list')
    fails(2, 'castor', 'account', 'remove', 'castor')


@case
def help_tells_all():
    text = ok('help')
    for command in ('account add', 'code', 'server trust', 'ls', 'get', 'put', 'status', 'disconnect'):
        assert command in text
    assert '--digits' in ok('account', 'add', '--help') == ok('help', 'account', 'add')
    assert ok('--version').startswith('sally ')


@case
def no_keyring_is_7():
    nowhere = {'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent/bus'}
    fails(7, '', 'account', 'list', env=nowhere)
    fails(7, '', 'code', 'sha1', env=nowhere)
    fails(7, '', 'account', 'add', '--issuer', 'x', text=SHA1, env=nowhere)
    fails(2, 'SALLY_KEYRING', 'account', 'list', env={'SALLY_KEYRING': 'paper'})
    assert ok('account', 'list', '--json', env={'SALLY_KEYRING': 'memory', **nowhere}) == '[]\n'


@case
def a_locked_keyring_is_7():
    subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.secrets',
                    '--object-path', '/org/freedesktop/secrets',
                    '--method', 'org.freedesktop.Secret.Service.Lock',
                    "[objectpath '/org/freedesktop/secrets/collection/login']"], check=True, capture_output=True)
    fails(7, 'lock', 'code', 'sha1', '--at', 59)


main()
