#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts single test cases: test-summary.py TESTLOG.JSON MESON-EXIT-CODE

Meson logs one JSON object a test program. A program that speaks TAP counts as many cases as it
reports; another one counts as one. A program that crashed, timed out or broke off its plan without a
failed case of its own adds one failure.
"""

import json
import re
import sys

CASE = re.compile(r'^(not )?ok\b\s*(\d*)\s*-?\s*(.*?)(?:\s#\s*(SKIP)\b\s*(.*))?$', re.IGNORECASE)
PLAN = re.compile(r'^1\.\.(\d+)(?:\s*#\s*skip\b\s*(.*))?', re.IGNORECASE)
REMARKS_MAX = 60
GOOD = {'OK', 'EXPECTEDFAIL', 'SKIP'}


def count(program):
    """The failed case names, the skipped ones with reasons, and the number of passed ones."""
    name, result = program['name'], program['result']
    passed, failed, skipped, cases = 0, [], [], 0
    plan, in_failed, remarks = None, False, 0
    for line in (program.get('stdout') or '').splitlines():
        if match := PLAN.match(line):
            plan = int(match[1])
            if plan == 0:
                skipped.append(f'{name}: {match[2] or "nothing to run"}')
        elif match := CASE.match(line):
            cases += 1
            case = f'{name}: {match[3] or match[2]}'
            in_failed = bool(match[1])
            if in_failed:
                failed.append(case)
            elif match[4]:
                skipped.append(f'{case} ({match[5] or "no reason given"})')
            else:
                passed += 1
        elif in_failed and line.startswith('# ') and remarks < REMARKS_MAX:
            # What a program says of a failed case, where it says it on standard output.
            failed[-1] += f'\n    {line[2:]}'
            remarks += 1
    if plan is None and cases == 0:
        if result == 'SKIP':
            skipped.append(name)
        elif result in GOOD:
            passed = 1
    elif plan is not None and cases != plan:
        failed.append(f'{name}: {result.lower()}, {cases} of {plan} cases reported')
    if result not in GOOD and not failed:
        failed.append(f'{name}: {result.lower()} (exit code {program.get("returncode")})')
    return passed, failed, skipped


def main():
    log, meson_result = sys.argv[1], int(sys.argv[2])
    passed, failed, skipped = 0, [], []
    try:
        with open(log, encoding='utf-8', errors='replace') as lines:
            for line in lines:
                more_passed, more_failed, more_skipped = count(json.loads(line))
                passed += more_passed
                failed += more_failed
                skipped += more_skipped
    except FileNotFoundError:
        print('No test was run.')
    if skipped:
        print('\nSkipped:', *skipped, sep='\n  ')
    if failed:
        print('\nFailed:', *failed, sep='\n  ')
    if meson_result and not failed and passed:
        failed.append('meson')
        print(f'\nmeson test ended with {meson_result} though every case passed')
    if not passed and not failed:
        print('\nNothing was tested: that is a failure.')
    print(f'\n{passed} passed, {len(failed)} failed, {len(skipped)} skipped')
    sys.exit(1 if failed or not passed else 0)


main()
