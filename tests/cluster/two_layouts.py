#!/usr/bin/env python3
"""Two builds of a program with one changed message: it is refused, the others are served.

usage: two_layouts.py PROGRAM LATER_PROGRAM
"""

import re
import signal
import subprocess
import sys

PATIENCE = 60
SHORTER = "Deposit: field 2: nothing here, text there\n"
LONGER = "Deposit: field 2: text here, nothing there\n"


def check(what, got, expected):
    if got != expected:
        sys.exit(f"two_layouts: {what} is {got!r}, not {expected!r}")


def meet(called, calling, on_called, on_calling, balance):
    """What both print while one calls the other."""
    server = subprocess.Popen([called], stdout=subprocess.PIPE, text=True)
    try:
        address = re.fullmatch(r"listening at (\S+:\d+)\n", server.stdout.readline())[1]
        caller = subprocess.run(
            [calling, address], capture_output=True, text=True, timeout=PATIENCE
        )
        check("what the caller prints", caller.stdout + caller.stderr, f"-1\n{on_calling}{balance}\n")
        server.send_signal(signal.SIGTERM)
        check("what the called node prints", server.communicate(timeout=PATIENCE)[0], on_called)
        check("its status", server.returncode, 0)
    finally:
        server.kill()
        server.wait()


def main(program, later):
    meet(program, later, SHORTER, LONGER, -111)
    meet(later, program, LONGER, SHORTER, -111)
    print("2 passed, 0 failed")


if __name__ == "__main__":
    main(*sys.argv[1:])
