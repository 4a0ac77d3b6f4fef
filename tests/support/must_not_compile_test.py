#!/usr/bin/env python3
"""Shows that must_not_compile.py lets a good program pass and refuses each kind of bad one.

usage: must_not_compile_test.py COMPILER...
"""

import pathlib
import subprocess
import sys
import tempfile

RUNNER = pathlib.Path(__file__).with_name("must_not_compile.py")

MISTAKE = """template <class Message>
struct no_handler_for;
struct Deposit {};
#ifndef CASTY_CONTROL
no_handler_for<Deposit> mistake;
#endif
"""

# (what it shows, the program, what the runner says; nothing where it agrees)
PROGRAMS = [
    ("the stated reason", f"// expect: no_handler_for<Deposit>\n{MISTAKE}", ""),
    ("a star", f"// expect: no_handler*Deposit\n{MISTAKE}", ""),
    (
        "a reason for each compiler",
        "// expect(g++): no_handler_for<Deposit>\n"
        f"// expect(clang): no_handler_for<Deposit>\n{MISTAKE}",
        "",
    ),
    ("a note", f"// expect: error\n// expect-note: no_handler_for<Deposit> mistake\n{MISTAKE}", ""),
    (
        "two errors that are two",
        f"// expect: Deposit\n// errors: 2\n{MISTAKE}"
        "#ifndef CASTY_CONTROL\nno_handler_for<Deposit> again;\n#endif\n",
        "",
    ),
    ("no reason", MISTAKE, "no '// expect:' line"),
    (
        "another reason",
        f"// expect: no_handler_for<Withdraw>\n{MISTAKE}",
        "lacks 'no_handler_for<Withdraw>'",
    ),
    (
        "a reason outside the error line",
        f"// expect: no_handler_for<Deposit> mistake;\n{MISTAKE}",
        "in an error line",
    ),
    ("a mistake that is none", "// expect: x\nint main() {}\n", "compiled, and must not"),
    ("a typo", f"// expect: x\ntypo\n{MISTAKE}", "the control does not compile"),
    (
        "one error too many",
        f"// expect: Deposit\n{MISTAKE}#ifndef CASTY_CONTROL\nint x = y;\n#endif\n",
        "2 errors",
    ),
    ("too many lines", f"// expect: Deposit\n// lines: g++ 1 clang 1\n{MISTAKE}", "at most 1"),
]


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for what, program, word in PROGRAMS:
            source = pathlib.Path(folder) / "program.cpp"
            source.write_text(program)
            command = [sys.executable, RUNNER, source, "--", *sys.argv[1:]]
            done = subprocess.run(command, capture_output=True, text=True)
            if bool(done.returncode) != bool(word) or word not in done.stderr:
                wrong.append(f"{what}: status {done.returncode}, wanted '{word}'\n{done.stderr}")
    print("\n".join(wrong))
    print(f"{len(PROGRAMS) - len(wrong)} passed, {len(wrong)} failed")
    sys.exit(bool(wrong))


main()
