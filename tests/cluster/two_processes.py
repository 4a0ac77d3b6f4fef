#!/usr/bin/env python3
"""Two processes of an example talk, and one sees that the other is killed.

usage: two_processes.py PROGRAM
"""

import os
import re
import signal
import subprocess
import sys

PATIENCE = 60
ENVIRONMENT = {**os.environ, "CASTY_SECRET": "sesame"}


def fail(text):
    sys.exit(f"two_processes: {text}")


def main(program):
    server = subprocess.Popen([program], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        address = re.fullmatch(r"listening at (\S+:\d+)\n", server.stdout.readline())[1]
        played = subprocess.run(
            [program, address, "200"], capture_output=True, text=True, timeout=PATIENCE, env=ENVIRONMENT
        )
        if not re.fullmatch(r"hello from afar\n200 rounds, [\d.]+ us each\n", played.stdout):
            fail(f"status {played.returncode}: {played.stdout}{played.stderr}")
        stranger = subprocess.run(
            [program, address, "1"],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env={**ENVIRONMENT, "CASTY_SECRET": "mustard"},
        )
        if stranger.returncode != 1 or "timeout" not in stranger.stderr:
            fail(f"a stranger ends with {stranger.returncode}: {stranger.stdout}{stranger.stderr}")
        player = subprocess.Popen(
            [program, address, "1000000000"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        try:
            if player.stdout.readline() != "hello from afar\n":
                fail("the second player does not begin")
            server.send_signal(signal.SIGTERM)
            if server.wait(PATIENCE) != 0:
                fail(f"the server ends with {server.returncode}")
        finally:
            player.kill()
            player.communicate()
    finally:
        server.kill()
        server.wait()
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
