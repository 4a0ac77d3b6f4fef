#!/usr/bin/env python3
"""Measures what casty costs the compiler: its header, a behavior, a large protocol.

usage: measure.py PROJECT_ROOT [COMPILER...]

Compilers are g++ and clang++-19 where nothing is said, each if it is there. Of each
program the least user time of several runs counts: other load can only add to it.
Prints milliseconds over an empty file, megabytes at the peak, and the goals.
"""

import os
import pathlib
import shutil
import sys
import tempfile

RUNS = 7


def compile_once(command):
    """User and system seconds, and the peak of memory in megabytes, of one compilation."""
    child = os.posix_spawn(shutil.which(command[0]), command, os.environ)
    _, status, used = os.wait4(child, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)}: status {status}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(compiler, text, root, *flags):
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "program.cpp")
        source.write_text(text)
        command = [compiler, "-std=c++20", *flags, f"-I{root}/include", "-c", str(source)]
        command += ["-o", str(source.with_suffix(".o"))]
        runs = [compile_once(command) for _ in range(RUNS)]
    return min(time for time, _ in runs) * 1000, min(memory for _, memory in runs)


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


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    compilers = [name for name in sys.argv[2:] or ["g++", "clang++-19"] if shutil.which(name)]
    include = '#include "casty/actor.hpp"\n'
    for compiler in compilers:
        print(f"{compiler}, least of {RUNS} runs")
        empty, _ = measure(compiler, "int unused;\n", root)
        header, memory = measure(compiler, include, root)
        hana, _ = measure(compiler, "#include <boost/hana/type.hpp>\n", root)
        print(f"  casty/actor.hpp          {header - empty:6.0f} ms {memory:6.0f} MB  goal 150 ms")
        print(f"  of it, Boost.Hana alone  {hana - empty:6.0f} ms            goal 60 ms")
        for level, goal in (("-O0", 20), ("-O2", 40)):
            base, _ = measure(compiler, include, root, level)
            ten = include + "".join(behavior_of(name, 4) for name in "ABCDEFGHIJ")
            cost = (measure(compiler, ten, root, level)[0] - base) / 10
            print(f"  a behavior of 4, {level}     {cost:6.1f} ms            goal {goal} ms")
        for messages in (4, 16, 64, 128):
            time, memory = measure(compiler, include + behavior_of("M", messages), root)
            goal = "  goal 250 ms, 120 MB" if messages == 128 else ""
            print(f"  protocol of {messages:3}, whole    {time - empty:6.0f} ms {memory:6.0f} MB{goal}")


main()
