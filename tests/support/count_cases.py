#!/usr/bin/env python3
"""Says how many cases of a test run passed and failed.

usage: count_cases.py TESTLOG.json

A doctest program counts each of its cases; a script that prints `N passed, N failed`
counts as it says; every other test is one case. What was skipped has failed.
Names what failed, and ends with `N passed, N failed`.
"""

import json
import pathlib
import re
import sys

DOCTEST = re.compile(
    r"^\[doctest\] test cases: +\d+ +\| +(\d+) passed +\| +(\d+) failed +\| +(\d+) skipped",
    re.MULTILINE,
)
SCRIPT = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.MULTILINE)


def cases(entry):
    """(passed, failed) of one test of the log."""
    printed = re.sub(r"\x1b\[[0-9;]*m", "", entry.get("stdout") or "")
    counted = (DOCTEST.findall(printed) or SCRIPT.findall(printed) or [None])[-1]
    passed, failed = 0, 0
    if counted:
        passed, failed, skipped = (int(number or 0) for number in counted)
        failed += skipped
    elif entry["result"] == "OK":
        passed = 1
    if entry["result"] != "OK":
        failed = max(failed, 1)
    return passed, failed


def main():
    total_passed, total_failed = 0, 0
    log = pathlib.Path(sys.argv[1])
    for line in log.read_text().splitlines() if log.is_file() else []:
        entry = json.loads(line)
        passed, failed = cases(entry)
        total_passed += passed
        total_failed += failed
        if failed:
            print(f"failed: {entry['name']}: {failed} ({entry['result']})")
    if total_passed + total_failed == 0:
        total_failed = 1  # a run of nothing proves nothing
    print(f"{total_passed} passed, {total_failed} failed")
    sys.exit(total_failed > 0)


main()
