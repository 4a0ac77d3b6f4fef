#!/usr/bin/env python3
"""Checks that one source does not compile, for its stated reason and no other.

usage: must_not_compile.py SOURCE [FLAG...] -- COMPILER...
       must_not_compile.py SOURCE --like TARGET COMPILE_COMMANDS.json

The second form takes compiler, include folders and defines from TARGET's first
entry in COMPILE_COMMANDS.json, so that it sees what the build sees.

The source says why in comments, `*` matching any run of characters on one line:

  // expect: TEXT             in an `error:` line; clang: or in that error's first note
  // expect(g++): TEXT        the same for one compiler; likewise expect(clang)
  // expect-note: TEXT        anywhere in the output; likewise expect-note(g++)
  // errors: 2                how many errors there are; 1 where nothing is said
  // lines: g++ 12 clang 25   at most so many lines of output; these where nothing is said

Compiled with -DCASTY_CONTROL it must build, so that the test is about the
mistake and not about a typo.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

DIAGNOSTIC = re.compile(r"^\S.*?:\d+:\d+: (?P<kind>fatal error|error|note|warning):")
EXPECT = re.compile(
    r"^// expect(?P<where>-note)?(?:\((?P<compiler>g\+\+|clang)\))?: (?P<text>.+)$", re.MULTILINE
)
ERRORS = re.compile(r"^// errors: (\d+)$", re.MULTILINE)
LINES = re.compile(r"^// lines: g\+\+ (\d+) clang (\d+)$", re.MULTILINE)
LINES_MAX = ("12", "25")  # PERFORMANCE's budget
KEPT_FLAG = re.compile(r"-(I|D|std=)")
KEPT_PAIR = ("-I", "-isystem", "-D", "-include")


def command_like(target, commands):
    """The compiler and those of its flags that say what a name means."""
    entries = json.loads(pathlib.Path(commands).read_text())
    entry = next(entry for entry in entries if target in entry.get("output", entry["command"]))
    words = shlex.split(entry["command"])
    if pathlib.Path(words[0]).name == "ccache":
        words = words[1:]
    kept = [words[0]]
    for word, following in zip(words[1:], [*words[2:], ""]):
        if word in KEPT_PAIR:
            kept += [word, following]
        elif word.startswith("-isystem") or (KEPT_FLAG.match(word) and word not in KEPT_PAIR):
            kept.append(word)
    return kept, entry["directory"]


def parse_arguments(arguments):
    source = str(pathlib.Path(arguments[0]).resolve())
    if arguments[1] == "--like":
        return source, *command_like(arguments[2], arguments[3])
    split = arguments.index("--")
    compiler = [word for word in arguments[split + 1 :] if pathlib.Path(word).name != "ccache"]
    return source, [*compiler, "-std=c++20", *arguments[1:split]], None


def run(command, folder):
    plain = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=plain)
    return done.returncode, done.stderr


def error_lines(output, is_clang):
    """The lines of `error:`, each for clang with the first note behind it."""
    found = []
    wants_note = False
    for line in output.splitlines():
        kind = (match := DIAGNOSTIC.match(line)) and match["kind"]
        if kind in ("error", "fatal error"):
            found.append(line)
            wants_note = is_clang
        elif kind == "note" and wants_note:
            found[-1] += "\n" + line
            wants_note = False
    return found


def holds(text, output):
    return re.search(".*".join(map(re.escape, text.split("*"))), output) is not None


def mistakes(source, text, output, is_clang):
    compiler = "clang" if is_clang else "g++"
    errors = error_lines(output, is_clang)
    wanted = int(match[1]) if (match := ERRORS.search(text)) else 1
    if len(errors) != wanted:
        yield f"{len(errors)} errors in place of {wanted}"
    lines_max = int((match.groups() if (match := LINES.search(text)) else LINES_MAX)[is_clang])
    if len(output.splitlines()) > lines_max:
        yield f"{len(output.splitlines())} lines, at most {lines_max}"
    for expected in EXPECT.finditer(text):
        if expected["compiler"] not in (None, compiler):
            continue
        if not holds(expected["text"], output if expected["where"] else "\n".join(errors)):
            yield f"lacks '{expected['text']}'" + ("" if expected["where"] else " in an error line")


def main():
    source, command, folder = parse_arguments(sys.argv[1:])
    text = pathlib.Path(source).read_text()
    if not EXPECT.search(text):
        sys.exit(f"{source}: no '// expect:' line")
    is_clang = (
        "clang" in subprocess.run([command[0], "--version"], capture_output=True, text=True).stdout
    )
    command = [*command, "-fsyntax-only", source]
    status, output = run([*command, "-DCASTY_CONTROL"], folder)
    if status != 0:
        sys.exit(f"{source}: the control does not compile\n{output}")
    status, output = run(command, folder)
    if status == 0:
        sys.exit(f"{source}: compiled, and must not")
    found = [f"{source}: {mistake}" for mistake in mistakes(source, text, output, is_clang)]
    if found:
        sys.exit("\n".join([*found, output]))


main()
