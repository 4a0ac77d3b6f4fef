#!/usr/bin/env python3
"""Cuts that no side is told of are noticed within 4 s, and after them all goes on.

usage: half_open.py PROGRAM
"""

import pathlib
import queue
import re
import subprocess
import sys
import threading
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hosts import Hosts  # noqa: E402

NOTICED_WITHIN = 4.0
PATIENCE = 60
CASES = [
    ("both ways", [(1, 2), (2, 1)], True),
    ("both ways, at rest", [(1, 2), (2, 1)], False),
    ("1 to 2 only", [(1, 2)], True),
    ("2 to 1 only", [(2, 1)], True),
    ("1 to 2 only, at rest", [(1, 2)], False),
]


class Node:
    def __init__(self, hosts, program, host, other):
        command = hosts.command(host, program, hosts.address(host), hosts.address(other))
        self.host = host
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put((time.monotonic(), line.strip()))

    def tell(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def wait(self, pattern):
        """When it has said that, and the words."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                when, line = self.lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                sys.exit(f"half_open: host {self.host} has not said '{pattern}'")
            if found := re.fullmatch(pattern, line):
                return when, found

    def end(self):
        self.process.kill()
        self.process.wait()


def check(hosts, nodes, cuts, is_talking):
    """How long both took to notice, and to be together again; what is wrong."""
    for each in nodes:
        each.wait("ready")
    for each in nodes:
        each.tell("look")
    for each in nodes:
        each.wait("found")
        if is_talking:
            each.tell("talk")
    begun = time.monotonic()
    for source, target in cuts:
        hosts.cut(source, target)
    noticed = [each.wait("a node cannot be reached")[0] - begun for each in nodes]
    begun = time.monotonic()
    hosts.heal()
    again = [each.wait("a node is reached again")[0] - begun for each in nodes]
    if not is_talking:
        for each in nodes:
            each.tell("talk")
    wrong = []
    for each in nodes:
        each.tell("count")
        said, heard = map(int, each.wait(r"(\d+) said, (\d+) heard in order")[1].groups())
        if said != heard:
            wrong.append(f"host {each.host} has said {said}, {heard} are heard in order")
    if max(noticed) > NOTICED_WITHIN:
        wrong.append(f"it is noticed later than within {NOTICED_WITHIN} s")
    return noticed, again, wrong


def text(seconds):
    return " and ".join(f"{each:.2f} s" for each in seconds)


def main(program):
    failed = 0
    for name, cuts, is_talking in CASES:
        with Hosts(2) as hosts:
            nodes = []
            try:
                nodes = [Node(hosts, program, 1, 2), Node(hosts, program, 2, 1)]
                noticed, again, wrong = check(hosts, nodes, cuts, is_talking)
            finally:
                for each in nodes:
                    each.end()
        print(f"cut {name}: noticed after {text(noticed)}, together {text(again)} after its end")
        for each in wrong:
            print(f"  {each}")
        failed += bool(wrong)
    print(f"{len(CASES) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main(sys.argv[1])
