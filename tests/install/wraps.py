#!/usr/bin/env python3
"""Shows that each wrap of subprojects/ gives its dependency, without a network.

usage: wraps.py MESON SOURCE_ROOT WORK_FOLDER

Each wrap gets an archive (or a git repository) of its own, made here: upstream's layout
with one header and empty sources. So a wrap's folder, patch and names are tried, and the
packagefiles' lists and include folders; the upstream code itself is not.
"""

import configparser
import hashlib
import io
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

# dependency: the header that its users include, where upstream keeps it
HEADERS = {
    "boost": "boost/version.hpp",
    "spdlog": "include/spdlog/spdlog.h",
    "cereal": "include/cereal/cereal.hpp",
    "tomlplusplus": "include/toml++/toml.h",
    "doctest": "doctest/doctest.h",
    "rapidcheck": "include/rapidcheck.h",
    "benchmark": "include/benchmark/benchmark.h",
    "CLI11": "include/CLI/CLI.hpp",
    "sqlite3": "sqlite3.h",
}
WITH_OWN_MESON = """project('{name}', 'cpp', version: '99')
upstream_dep = declare_dependency(include_directories: include_directories('{include}'))
meson.override_dependency('{name}', upstream_dep)
"""


def run(command, folder):
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if done.returncode != 0:
        sys.exit(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def stand_in(name, header, patch):
    """The files of an upstream release, by path."""
    include = "include" if header.startswith("include/") else "."
    files = {header: f"#define FROM_WRAP_{name.upper()} 1\n"}
    if patch is None:
        files["meson.build"] = WITH_OWN_MESON.format(name=name, include=include)
    else:
        for source in re.findall(r"'([\w/]+\.(?:c|cc|cpp))'", patch):
            files[source] = "typedef int nothing;\n" if source.endswith(".c") else ""
    return files


def pack(files, directory, archive):
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive, "w") as packed:
            for path, text in files.items():
                packed.writestr(f"{directory}/{path}", text)
        return hashlib.sha256(archive.read_bytes()).hexdigest()
    with tarfile.open(archive, "w:gz") as packed:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{directory}/{path}")
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def commit(files, repository):
    for path, text in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)
    git = ["git", "-c", "user.name=casty", "-c", "user.email=casty@example.com"]
    run([*git, "init", "-q", "-b", "main"], repository)
    run([*git, "add", "."], repository)
    run([*git, "commit", "-q", "-m", "stand-in"], repository)
    return run([*git, "rev-parse", "HEAD"], repository).strip()


def lay_out(wrap_file, work):
    """Copies a wrap into the work folder, pointed at its stand-in; returns what it provides."""
    wrap = configparser.ConfigParser(interpolation=None)
    wrap.read(wrap_file)
    kind = wrap.sections()[0]
    name = wrap["provide"]["dependency_names"]
    section = wrap[kind]
    subprojects = work / "subprojects"
    patch = None
    if "patch_directory" in section:
        source = wrap_file.parent / "packagefiles" / section["patch_directory"]
        shutil.copytree(source, subprojects / "packagefiles" / source.name)
        patch = (source / "meson.build").read_text()
    files = stand_in(name, HEADERS[name], patch)
    if kind == "wrap-git":
        if not re.fullmatch(r"[0-9a-f]{40}|v[\d.]+", section["revision"]):
            sys.exit(f"{wrap_file}: the revision is no commit and no tag")
        repository = work / f"{name}.git-source"
        repository.mkdir()
        section["revision"] = commit(files, repository)
        section["url"] = repository.as_uri()
    else:
        if not re.fullmatch("[0-9a-f]{64}", section["source_hash"]):
            sys.exit(f"{wrap_file}: lacks the archive's sha256")
        archive = subprojects / "packagecache" / section["source_filename"]
        section["source_hash"] = pack(files, section["directory"], archive)
    with (subprojects / wrap_file.name).open("w") as written:
        wrap.write(written)
    return name


def main():
    meson, source_root, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    shutil.rmtree(work, ignore_errors=True)
    (work / "subprojects/packagecache").mkdir(parents=True)
    names = [lay_out(wrap, work) for wrap in sorted((source_root / "subprojects").glob("*.wrap"))]
    if set(names) != set(HEADERS):
        sys.exit(f"wraps of {sorted(names)}, expected {sorted(HEADERS)}")
    found = "".join(f"wrapped += dependency('{name}')\n" for name in names)
    (work / "meson.build").write_text(
        "project('wraps', 'cpp', default_options: ['cpp_std=c++20', 'buildtype=plain'])\n"
        "wrapped = []\n"
        f"{found}executable('wraps', 'main.cpp', dependencies: wrapped)\n"
    )
    includes = "".join(f"#include <{HEADERS[name].removeprefix('include/')}>\n" for name in names)
    markers = " + ".join(f"FROM_WRAP_{name.upper()}" for name in names)
    (work / "main.cpp").write_text(
        f"{includes}int main() {{ return {markers} == {len(names)} ? 0 : 1; }}\n"
    )
    run([meson, "setup", "--wrap-mode=forcefallback", "build"], work)
    run(["ninja", "-C", "build"], work)
    run([work / "build/wraps"], work)
    print(f"{len(names)} passed, 0 failed")


main()
