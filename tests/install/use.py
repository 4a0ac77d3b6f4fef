#!/usr/bin/env python3
"""Uses casty from a foreign project, as its users do, and runs what it built.

usage: use.py subproject|installed MESON SOURCE_ROOT BUILD_ROOT WORK_FOLDER COMPILER...

subproject: through a wrap, as a subproject that builds the library and nothing else.
installed:  installed to a prefix of its own, found through pkg-config.

WORK_FOLDER is kept, so that a second run has nothing to compile.
"""

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

# Unoptimized: what is shown is that it builds, links and runs.
SETUP = ["setup", "--buildtype=plain", "--wrap-mode=nodownload"]


def run(command, **environment):
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}
    )
    if done.returncode != 0:
        sys.exit(
            f"{shlex.join(map(str, command))}: status {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def lay_out(source_root, work):
    work.mkdir(parents=True, exist_ok=True)
    for name in ("meson.build", "hello.cpp", "node.cpp"):
        shutil.copy2(source_root / "tests/install/consumer" / name, work)


def as_subproject(meson, source_root, work, environment):
    subprojects = work / "subprojects"
    subprojects.mkdir(exist_ok=True)
    shutil.copy2(source_root / "tests/install/consumer/casty.wrap", subprojects)
    if not (subprojects / "casty").exists():
        (subprojects / "casty").symlink_to(source_root)
    build(meson, work, environment)
    targets = json.loads(run([meson, "introspect", "--targets", work / "build"]))
    tests = json.loads(run([meson, "introspect", "--tests", work / "build"]))
    built = sorted(target["name"] for target in targets)
    if built != ["casty-cluster", "casty-core", "hello", "node"] or tests:
        sys.exit(f"as a subproject casty builds {built}, tests {[test['name'] for test in tests]}")
    return environment


def as_installed(meson, build_root, work, environment):
    prefix = work / "prefix"
    run([meson, "install", "-C", build_root, "--no-rebuild", "--only-changed", "--destdir", prefix])
    files = list(prefix.rglob("casty-core.pc"))
    if len(files) != 1:
        sys.exit(f"{prefix}: holds {len(files)} casty-core.pc")
    # The prefix was laid under another folder: say so, as a package's builder would.
    lines = files[0].read_text().splitlines()
    home = next(line for line in lines if line.startswith("prefix=")).removeprefix("prefix=")
    if not home.startswith(str(prefix)):
        lines = [f"prefix={prefix}{home}" if line.startswith("prefix=") else line for line in lines]
        files[0].write_text("\n".join(lines) + "\n")
    environment = {
        **environment,
        "PKG_CONFIG_PATH": str(files[0].parent),
        "LD_LIBRARY_PATH": str(files[0].parent.parent),
    }
    build(meson, work, environment)
    return environment


def build(meson, work, environment):
    folder = work / "build"
    if not (folder / "build.ninja").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        run([meson, *SETUP, folder, work], **environment)
    run(["ninja", "-C", folder], **environment)


def main():
    way, meson, source_root, build_root, work, *compiler = sys.argv[1:]
    source_root, work = pathlib.Path(source_root), pathlib.Path(work)
    environment = {"CXX": shlex.join(compiler)}
    lay_out(source_root, work)
    if way == "subproject":
        environment = as_subproject(meson, source_root, work, environment)
    else:
        environment = as_installed(meson, build_root, work, environment)
    check = source_root / "tests/support/check_output.py"
    for program in ("hello", "node"):
        run([sys.executable, check, work / f"{program}.cpp", work / "build" / program], **environment)


main()
