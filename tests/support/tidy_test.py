#!/usr/bin/env python3
"""Shows that tidy.py lets a good tree pass and refuses each kind of bad one, by its own word.

usage: tidy_test.py
"""

import pathlib
import subprocess
import sys
import tempfile

TIDY = pathlib.Path(__file__).with_name("tidy.py")

GOOD = {
    "include/meson.build": "['casty/actor.hpp', 'casty/core/ref.hpp',\n"
    " 'casty/runtime/system.hpp']\n",
    "src/meson.build": "['core/ref.cpp', 'runtime/system.cpp']\n",
    "tests/meson.build": "['core/ref.cpp', 'core/ref_narrowed.cpp', 'compile_fail/core/ref.cpp']\n",
    "include/casty/actor.hpp": '#pragma once\n#include "casty/runtime/system.hpp"\n',
    "include/casty/core/ref.hpp": "#pragma once\n#include <utility>\n// diagnostic\n/// Told.\n"
    "template <class P, std::integral I>\nstruct ref_is_told;\n// diagnostic\n"
    "template <class NotInProtocol>\nvoid tell(NotInProtocol) = delete;\n"
    'static_assert(sizeof(int) == 4, "casty::ref: "\n  "is wide; narrow it");\n',
    "include/casty/runtime/system.hpp": '#pragma once\n#include "casty/core/ref.hpp"\n',
    "src/core/ref.cpp": '#include "casty/core/ref.hpp"\n// steady_clock::now() in words\n'
    "const char* brace = \"{{{ sleep_for\";\nchar quote = '{';\nint big = 1'000'000;\n"
    "void f() {\n" + "  f();\n" * 60 + "}\n",
    "src/runtime/system.cpp": "auto now() { return std::chrono::steady_clock::now(); }\n",
    "tests/core/ref.cpp": '#include "casty/core/ref.hpp"\n',
    "tests/core/ref_narrowed.cpp": '#include "casty/core/ref.hpp"\n'
    'auto t = co_await ask(text("x"));\n',
    "tests/compile_fail/core/ref.cpp": "// expect: ref_is_told<Account>\n"
    "// expect: casty::ref: is wide\n"
    "// expect-note: NotInProtocol = Audit\n#ifdef CASTY_CONTROL\n#endif\n",
    "examples/00_hello.cpp": "int main() {}\n",
    "examples/meson.build": "['00_hello.cpp', '01_parts.cpp']\n",
    "README.md": "# casty\n```cpp\nint main() {}\n```\n",
    "examples/01_parts.cpp": "int a;\n// part: two\nint b;\n// end of part\n",
    "docs/page.md": "```cpp\n// examples/01_parts.cpp: two\nint b;\n```\n"
    "```cpp\n// examples/00_hello.cpp\nint main() {}\n```\n```cpp\nint unnamed;\n```\n",
}

# (what is wrong, the file, what is added to its end or put in its place, what tidy says)
BAD = [
    (
        "an upward include",
        "src/core/ref.cpp",
        '#include "casty/runtime/system.hpp"\n',
        "layer 'core' includes",
    ),
    (
        "an upward private include",
        "src/core/ref.cpp",
        '#include "runtime/cell.hpp"\n',
        "layer 'core' includes",
    ),
    ("an unknown layer", "src/misc/x.cpp", "int x;\n", "'misc' is no layer"),
    ("a long header", "include/casty/core/ref.hpp", "\n" * 400, "at most 400"),
    ("a wide line", "tests/core/ref.cpp", "// " + "x" * 98 + "\n", "101 columns"),
    (
        "a long function",
        "src/core/ref.cpp",
        "int g(int x) noexcept {\n" + "  f();\n" * 70 + "}\n",
        "72 lines",
    ),
    (
        "a long method",
        "src/core/ref.cpp",
        "struct s {\n template <class T>\n auto g(T x) -> int {\n" + "f();\n" * 70 + "}\n};\n",
        "72 lines",
    ),
    ("no guard", "src/core/other.hpp", "int x;\n", "lacks '#pragma once'"),
    (
        "a clock",
        "src/core/ref.cpp",
        "auto t = std::chrono::steady_clock::now();\n",
        "around the seams",
    ),
    ("a thread", "include/casty/core/ref.hpp", "std::thread t;\n", "around the seams"),
    ("a sleep", "tests/core/ref.cpp", "std::this_thread::sleep_for(1ms);\n", "around the seams"),
    (
        "a braced temporary",
        "examples/00_hello.cpp",
        "auto x = co_await ask(Item{1});\n",
        "name it first",
    ),
    ("a dear header", "include/casty/core/ref.hpp", "#include <chrono>\n", "too dear"),
    (
        "a dear library",
        "include/casty/runtime/system.hpp",
        "#include <boost/asio.hpp>\n",
        "too dear",
    ),
    ("a test of nothing", "tests/core/unknown.cpp", "int x;\n", "mirrors no header"),
    (
        "an untold static_assert",
        "include/casty/core/ref.hpp",
        'static_assert(true, "casty::ref: other");\n',
        "expects 'casty::ref: other'",
    ),
    (
        "an untold template",
        "include/casty/core/ref.hpp",
        "// diagnostic\ntemplate <class T>\nstruct ref_lost;\n",
        "expects 'ref_lost'",
    ),
    (
        "an untold overload",
        "include/casty/core/ref.hpp",
        "// diagnostic\ntemplate <class NotARef>\nvoid f(NotARef) = delete;\n",
        "expects 'NotARef'",
    ),
    (
        "no control",
        "tests/compile_fail/core/bare.cpp",
        "// expect: x\n",
        "lacks the program that compiles",
    ),
    ("an unlisted source", "src/core/lost.cpp", "int x;\n", "named in no meson.build"),
    ("a listed ghost", "src/meson.build", "['core/ghost.cpp']\n", "which is not there"),
    (
        "an old quote",
        "docs/page.md",
        "```cpp\n// examples/01_parts.cpp: two\nint c;\n```\n",
        "its quote is not 'examples/01_parts.cpp: two'",
    ),
    (
        "an old quote of a file",
        "docs/page.md",
        "```cpp\n// examples/00_hello.cpp\nint c;\n```\n",
        "its quote is not 'examples/00_hello.cpp'",
    ),
    (
        "a quote of no part",
        "docs/page.md",
        "```cpp\n// examples/01_parts.cpp: three\nint b;\n```\n",
        "'examples/01_parts.cpp: three', which is not there",
    ),
    (
        "a quote of no file",
        "docs/page.md",
        "```cpp\n// src/gone.cpp\nint b;\n```\n",
        "'src/gone.cpp', which is not there",
    ),
    ("an old README", "examples/00_hello.cpp", "// more\n", "its first program is not"),
]


def tidy(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        done = subprocess.run([sys.executable, TIDY, root], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


def main():
    wrong = []
    status, output = tidy(GOOD)
    if status != 0:
        wrong.append(f"a good tree is refused\n{output}")
    for what, name, text, word in BAD:
        status, output = tidy({**GOOD, name: GOOD.get(name, "") + text})
        if status == 0 or word not in output:
            wrong.append(f"{what}: status {status}, no '{word}' in\n{output}")
    print("\n".join(wrong))
    print(f"{len(BAD) + 1 - len(wrong)} passed, {len(wrong)} failed")
    sys.exit(bool(wrong))


main()
