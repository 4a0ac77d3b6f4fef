#!/usr/bin/env python3
"""Measures what casty costs the compiler: its header, a behavior, a large protocol.

usage: measure.py BUILD_FOLDER [--tiny] [--json FILE] [--headers] [COMPILER...]

BUILD_FOLDER is Meson's: where to find headers is read there. Compilers are g++ and
clang++-19 where nothing is said, each if it is there. A figure is the least processor time
of several compilations, taken in turns: other load can only add to it. Goals are those of
g++; clang may take half as much again. With --headers, also what each header alone costs;
--tiny compiles everything once, to see that it compiles.
"""

import argparse
import json
import os
import pathlib
import shlex
import shutil
import sys
import tempfile

RUNS = 5
BEHAVIORS = 10  # in one file, whose cost is then divided
INCLUDE = '#include "casty/actor.hpp"\n'
HANA = "boost/hana/type.hpp"


def include_flags(build):
    """Where the library's own files find their headers."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if entry["file"].endswith("core/version.cpp"):
            folder = entry["directory"]
            words = iter(shlex.split(entry["command"]))
            for word in words:
                if word in ("-isystem", "-I"):
                    yield from (word, os.path.join(folder, next(words)))
                elif word.startswith("-isystem"):
                    yield "-isystem" + os.path.join(folder, word.removeprefix("-isystem"))
                elif word.startswith("-I"):
                    yield "-I" + os.path.join(folder, word.removeprefix("-I"))


def compile_once(command):
    """Milliseconds of the processor, and the peak of memory in megabytes."""
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, used = os.wait4(child, 0)
    if status != 0:
        sys.exit(f"{shlex.join(command)}: status {status}")
    return (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1024


def measure(compiler, flags, programs, runs):
    """The least of each program: {name: (milliseconds, megabytes)}."""
    least = {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(runs):
            for name, (text, level) in programs.items():
                source = pathlib.Path(folder, "program.cpp")
                source.write_text(text)
                output = ["-c", str(source), "-o", str(pathlib.Path(folder, "program.o"))]
                command = [compiler, "-std=c++20", level, *flags, *output]
                if turn == 0 and runs > 1:
                    compile_once(command)  # the files it reads are in memory after
                time, memory = compile_once(command)
                before = least.get(name, (time, memory))
                least[name] = (min(before[0], time), min(before[1], memory))
    return least


def behavior_of(name, messages):
    """A protocol of so many messages, and a behavior of it with two transitions."""
    structs = "".join(f"struct {name}{i} {{ int value; }};\n" for i in range(messages))
    names = ", ".join(f"{name}{i}" for i in range(messages))
    handlers = ",\n      ".join(
        f"[=]({name}{i} m) {{ return state{name}(n + m.value); }}"
        if i < 2
        else f"[=](const {name}{i}&) {{ return casty::behaviors::same; }}"
        for i in range(messages)
    )
    return (
        f"{structs}struct Protocol{name} : casty::protocol<{names}> {{}};\n"
        f"casty::behavior<Protocol{name}> state{name}(int n) {{\n"
        f"  return casty::behaviors::receive<Protocol{name}>(\n      {handlers});\n}}\n"
        f"void send{name}(casty::actor_ref<Protocol{name}> to) {{\n"
        f"  to.tell({name}0{{1}});\n  to.tell({name}1{{2}});\n}}\n"
    )


SIZES = (4, 16, 64, 128)


def programs_to_measure():
    """{name: (text, level of optimisation)}."""
    ten = "".join(behavior_of(name, 4) for name in "ABCDEFGHIJ"[:BEHAVIORS])
    standard = "".join(
        f"#include <{header}>\n"
        for header in "coroutine cstdint cstring exception new string_view type_traits utility".split()
    )
    programs = {
        "empty": ("int unused;\n", "-O0"),
        "header": (INCLUDE, "-O0"),
        "standard": (standard, "-O0"),
        "hana": (f"{standard}#include <{HANA}>\n", "-O0"),
        "pfr": (f"{standard}#include <boost/pfr/core.hpp>\n", "-O0"),
    }
    for level in ("-O0", "-O2"):
        programs[f"header {level}"] = (INCLUDE, level)
        programs[f"ten {level}"] = (INCLUDE + ten, level)
    for size in SIZES:
        programs[f"protocol {size}"] = (INCLUDE + behavior_of("M", size), "-O0")
    return programs


def figures_of(least):
    """[(what, figure, unit, goal or None)]."""
    time = {name: figure[0] for name, figure in least.items()}
    memory = {name: figure[1] for name, figure in least.items()}
    figures = [
        ("casty/actor.hpp over an empty file", time["header"] - time["empty"], "ms", 150),
        ("casty/actor.hpp, memory", memory["header"], "MB", None),
        ("of it, standard headers", time["standard"] - time["empty"], "ms", None),
        ("of it, Boost.Hana over these", time["hana"] - time["standard"], "ms", 60),
        ("of it, Boost.PFR over these", time["pfr"] - time["standard"], "ms", None),
    ]
    for level, goal in (("-O0", 20), ("-O2", 40)):
        cost = (time[f"ten {level}"] - time[f"header {level}"]) / BEHAVIORS
        figures.append((f"a behavior of 4 messages, {level}", cost, "ms", goal))
    for size in SIZES:
        whole = time[f"protocol {size}"]
        goal = 250 if size == 128 else None
        figures.append((f"protocol of {size}, header included", whole - time["empty"], "ms", goal))
        figures.append((f"protocol of {size}, without header", whole - time["header"], "ms", None))
    figures.append(("protocol of 128, memory", memory["protocol 128"], "MB", 120))
    return figures


def report(compiler, figures):
    print(f"{compiler}")
    for what, figure, unit, goal in figures:
        verdict = ""
        if goal is not None:
            verdict = f"  goal {goal}, " + ("met" if figure <= goal else "missed")
        print(f"  {what:38} {figure:7.1f} {unit}{verdict}")


def report_headers(compiler, flags, include, runs):
    names = sorted(path.relative_to(include).as_posix() for path in include.rglob("*.hpp"))
    programs = {name: (f'#include "{name}"\n', "-O0") for name in names}
    programs["empty"] = ("int unused;\n", "-O0")
    least = measure(compiler, flags, programs, runs)
    print(f"{compiler}, each header alone over an empty file")
    for name in sorted(names, key=lambda name: least[name]):
        print(f"  {name:38} {least[name][0] - least['empty'][0]:7.1f} ms")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--headers", action="store_true")
    parser.add_argument("compilers", nargs="*", default=["g++", "clang++-19"])
    given = parser.parse_intermixed_args()
    flags = list(include_flags(given.build))
    if not flags:
        sys.exit(f"{given.build}: no folder of a Meson build of casty")
    runs = 1 if given.tiny else RUNS
    found = [path for path in map(shutil.which, given.compilers) if path]
    results = {}
    for compiler in found[:1] if given.tiny else found:
        figures = figures_of(measure(compiler, flags, programs_to_measure(), runs))
        report(compiler, figures)
        results[compiler] = {what: figure for what, figure, _, _ in figures}
        if given.headers:
            include = pathlib.Path(__file__).resolve().parents[2] / "include"
            report_headers(compiler, flags, include, runs)
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n")


main()
