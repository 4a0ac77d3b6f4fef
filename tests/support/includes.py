#!/usr/bin/env python3
"""Says which headers that are dear to include a program of actors would include all the same.

usage: includes.py HEADER COMPILER ARGUMENT...

HEADER is compiled for its dependencies only. What it may not reach, in whatever way, costs
hundreds of milliseconds in each file of a user's, or brings names that he has not asked for.
"""

import os
import re
import subprocess
import sys

DEAR_STANDARD = (
    "algorithm any atomic charconv chrono condition_variable deque filesystem format fstream "
    "functional future iomanip iostream istream iterator list locale map memory memory_resource "
    "mutex numeric optional ostream queue random ranges regex set shared_mutex span sstream stack "
    "string system_error thread unordered_map unordered_set variant vector"
).split()
DEAR_LIBRARIES = ("boost/asio", "cereal", "toml++", "spdlog", "fmt", "doctest")


def dear(path):
    """Why `path`, a dependency, is not to be there; None when it may."""
    if re.search(r"/c\+\+/", path) and os.path.basename(path) in DEAR_STANDARD:
        return f"<{os.path.basename(path)}>"
    for library in DEAR_LIBRARIES:
        if f"/{library}/" in path or path.endswith(f"/{library}.hpp"):
            return f"<{library}>"
    return None


def main():
    header, *compiler = sys.argv[1:]
    rule = subprocess.run(
        [*compiler, "-M", "-x", "c++", "-"],
        input=f'#include "{header}"\n',
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = rule.replace("\\\n", " ").split()[1:]
    if not any(path.endswith(header) for path in paths):
        sys.exit(f"{header} is not among what it depends on: is the compiler called rightly?")
    found = {path: why for path in paths if (why := dear(path)) is not None}
    for path, why in found.items():
        print(f"{header} includes {why}: {path}")
    print(f"{int(not found)} passed, {len(found)} failed")
    sys.exit(bool(found))


main()
