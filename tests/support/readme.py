#!/usr/bin/env python3
"""Checks that the compiler says what the README quotes of it (g++'s words: clang has others).

usage: readme.py PROJECT_ROOT COMPILER...
"""

import pathlib
import re
import subprocess
import sys

QUOTED_ERROR = re.compile(r"<!-- compile_fail: (\S+) -->\n```text\n(.*?)\n```", re.DOTALL)


def main():
    root = pathlib.Path(sys.argv[1])
    compiler = [word for word in sys.argv[2:] if pathlib.Path(word).name != "ccache"]
    readme = (root / "README.md").read_text()
    name, quoted = QUOTED_ERROR.search(readme).groups()
    source = root / "tests/compile_fail" / f"{name}.cpp"
    command = [*compiler, "-std=c++20", "-fsyntax-only", f"-I{root}/include", str(source)]
    said = subprocess.run(
        command, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    ).stderr
    is_clang = "clang" in subprocess.run([compiler[0], "--version"], capture_output=True, text=True).stdout
    if not is_clang and quoted not in said:
        sys.exit(f"README.md: g++ does not say\n{quoted}\nbut\n{said}")


main()
