#!/usr/bin/env python3
"""Runs an example and compares what it prints with the last comment of its source.

usage: check_output.py SOURCE PROGRAM [ARGUMENT...]

The comment is the block of `// ` lines that ends the file. A first line
`// In any order:` frees the order of the lines after it. `*` in a line matches
any run of characters.
"""

import pathlib
import re
import subprocess
import sys

ANY_ORDER = "In any order:"


def expected_lines(source):
    lines = pathlib.Path(source).read_text().rstrip().splitlines()
    start = len(lines)
    while start > 0 and lines[start - 1].startswith("//"):
        start -= 1
    return [line.removeprefix("//").removeprefix(" ") for line in lines[start:]]


def matches(expected, printed):
    return re.fullmatch(".*".join(map(re.escape, expected.split("*"))), printed) is not None


def agree(expected, printed):
    if expected[:1] != [ANY_ORDER]:
        return len(expected) == len(printed) and all(map(matches, expected, printed))
    left = list(printed)
    for line in expected[1:]:
        found = next((candidate for candidate in left if matches(line, candidate)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def main():
    source, *command = sys.argv[1:]
    expected = expected_lines(source)
    if not expected:
        sys.exit(f"{source}: does not end in a comment with its output")
    done = subprocess.run(command, capture_output=True, text=True)
    printed = done.stdout.splitlines()
    if done.returncode != 0 or not agree(expected, printed):
        sys.exit(
            f"{source}: status {done.returncode}\n--- expected\n"
            + "\n".join(expected)
            + "\n--- printed\n"
            + "\n".join(printed)
            + f"\n--- on stderr\n{done.stderr}"
        )


main()
