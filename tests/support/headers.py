#!/usr/bin/env python3
"""Counts the public headers that compile alone: each has its object in the library of checks.

usage: headers.py LIBRARY.a CHECK.cpp...
"""

import pathlib
import subprocess
import sys


def main():
    library, *checks = sys.argv[1:]
    members = subprocess.run(
        ["ar", "t", library], capture_output=True, text=True, check=True
    ).stdout
    missing = [check for check in checks if f"{pathlib.Path(check).name}.o" not in members]
    for check in missing:
        print(f"{check}: no object in {library}")
    print(f"{len(checks) - len(missing)} passed, {len(missing)} failed")
    sys.exit(bool(missing))


main()
