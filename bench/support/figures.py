"""Takes figures: of casty's benches, of the rivals' programs, of the compilers.

A figure is a dictionary: `suite`, `name`, `unit`, and `values`, one a repetition. Times are in
ns, whatever the program prints. A counter of a bench is a figure of its own, `NAME/COUNTER`.
"""

import json
import os
import pathlib
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from support import rival_headers

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
# What a counter is counted in; others are those of Google Benchmark itself.
COUNTERS = {
    "allocations": "",
    "bytes": "B",
    "percent": "%",
    "L": "ns",
    "in_L": "L",
    "speedup": "x",
}
RIVALS = ("caf", "sobjectizer", "erlang")
RIVAL_NAMES = {"caf": "CAF", "sobjectizer": "SObjectizer", "erlang": "Erlang"}


class Failed(RuntimeError):
    pass


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{command[0]}: status {done.returncode}\n{done.stderr}{done.stdout[-2000:]}")
    return done.stdout


def programs(build, suites):
    """(suite, program) of all benches that are built, by suite and name."""
    for source in sorted((ROOT / "bench").glob("*/*.cpp")):
        suite = source.parent.name
        program = build / "bench" / f"bench_{source.stem}"
        if program.is_file() and suite in suites:
            yield suite, program


def name_of(run_name):
    """What Google Benchmark calls it, without how it was timed."""
    return re.sub(r"/(manual_time|real_time|iterations:\d+|repeats:\d+)", "", run_name)


def natural(name):
    """members:1000 after members:100."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def of_program(suite, program, options):
    """The figures of one program of casty's benches."""
    command = [program, "--benchmark_format=json"]
    if options.tiny:
        command.append("--tiny")
    else:
        command += [
            f"--benchmark_repetitions={options.repeat}",
            "--benchmark_report_aggregates_only=false",
            "--benchmark_display_aggregates_only=false",
        ]
    if options.filter:
        command.append(f"--benchmark_filter={options.filter}")
    printed = run(command)
    start = printed.find("{")
    if start < 0:
        return []  # nothing matches
    gathered = {}

    def add(name, unit, value):
        figure = gathered.setdefault(
            name, {"suite": suite, "name": name, "unit": unit, "values": []}
        )
        figure["values"].append(value)

    for each in json.loads(printed[start:])["benchmarks"]:
        if each.get("run_type") == "aggregate":
            continue
        if each.get("error_occurred"):
            say(f"bench/run: {each['name']}: {each['error_message']}, not measured")
            continue
        name = name_of(each["run_name"])
        add(name, "ns", each["real_time"] * UNITS[each["time_unit"]])
        for counter, unit in COUNTERS.items():
            if counter in each:
                add(f"{name}/{counter}", unit, each[counter])
    # They ran in an order drawn anew.
    return [gathered[name] for name in sorted(gathered, key=natural)]


def of_casty(options, suites):
    """The figures of all benches of some suites, and what failed."""
    found = list(programs(options.build, suites))
    figures, failed = [], []
    for number, (suite, program) in enumerate(found, start=1):
        say(f"[{number}/{len(found)}] {program.name}")
        try:
            figures += of_program(suite, program, options)
        except Failed as problem:
            say(f"bench/run: {problem}")
            failed.append(program.name)
    return figures, failed


def rival_command(rival, build, workers, options):
    """How a rival's program is started; None where it is not built."""
    folder = build / "bench" / "rivals"
    if rival != "erlang":
        program = folder / f"rival_{rival}"
        if not program.is_file():
            return None
        tiny = ["--tiny"] if options.tiny else []
        return [program, "--workers", workers, "--repeat", options.repeat, *tiny]
    if shutil.which("erl") is None or not (folder / "rivals.beam").is_file():
        return None
    tiny = ["tiny"] if options.tiny else []
    words = ["+S", f"{workers}:{workers}", "+P", 2_000_000, "-noshell", "-pa", folder]
    words += ["-epmd_module", "remote", "-s", "rivals", "main"]
    return ["erl", *words, *tiny, options.repeat]


def lines_of(printed):
    """{name: values} of lines `NAME VALUE UNIT`, times in ns; of `# VERSION` the version."""
    values = {}
    for line in printed.splitlines():
        if line.startswith("# "):
            values["version"] = line.removeprefix("# ")
            continue
        name, value, unit = line.split()
        values.setdefault(name, []).append(float(value) * UNITS.get(unit, 1))
    return values


def of_rivals(options, headers=False):
    """{rival: {name: values}}; None for a rival that is not there. And what failed."""
    found, failed = {}, []
    for rival in RIVALS:
        found[rival] = None
        for workers in (1, 2):
            command = rival_command(rival, options.build, workers, options)
            if command is None:
                say(f"{RIVAL_NAMES[rival]}: not measured, it is not installed")
                break
            say(f"{RIVAL_NAMES[rival]}, workers: {workers}")
            try:
                found[rival] = (found[rival] or {}) | lines_of(run(command))
            except Failed as problem:
                say(f"bench/run: {problem}")
                failed.append(rival)
        if headers and found[rival] is not None and rival in rival_headers.PROGRAMS:
            say(f"{RIVAL_NAMES[rival]}, its headers")
            found[rival] |= rival_headers.take(options.build, rival, 1 if options.tiny else 3)
    return found, failed


def machine():
    """On what the figures are taken."""
    text = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    compiler = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True)
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "g++": compiler.stdout.strip(),
        "load": os.getloadavg()[0],
    }


def of_compilers(options):
    """What casty costs the compilers, by compile_time/measure.py."""
    say("compilers: headers, behaviors, protocols")
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        into = pathlib.Path(folder, "figures.json")
        measure = ROOT / "bench/compile_time/measure.py"
        command = [sys.executable, measure, options.build, "--json", into]
        run([*command, "--tiny"] if options.tiny else command)
        for compiler, costs in json.loads(into.read_text()).items():
            kind = "clang" if "clang" in compiler else "g++"
            for what, cost in costs.items():
                unit = "MB" if what.endswith("memory") else "ms"
                name = f"{kind}: {what}"
                value = cost["figure"] if isinstance(cost, dict) else cost
                figures.append({"suite": "build", "name": name, "unit": unit, "values": [value]})
    return figures


def flags_of(build):
    """What the library's own files are compiled with, as far as names depend on it."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if entry["file"].endswith("core/version.cpp"):
            folder = entry["directory"]
            for word in shlex.split(entry["command"]):
                if word.startswith(("-I", "-isystem")) and word not in ("-I", "-isystem"):
                    kind = "-isystem" if word.startswith("-isystem") else "-I"
                    yield kind + os.path.join(folder, word.removeprefix(kind))


MISTAKES_THAT_SAY_MORE = re.compile(r"^// (?:errors|lines): ", re.MULTILINE)


def of_mistakes(options):
    """How many errors a mistake gives, and how many lines: the most of all programs that must
    not compile, but for those that say that theirs needs more."""
    say("compilers: mistakes")
    sources = sorted((ROOT / "tests/compile_fail").glob("*/*.cpp"))
    sources = [each for each in sources if not MISTAKES_THAT_SAY_MORE.search(each.read_text())]
    figures = []
    flags = list(flags_of(options.build))
    plain = {**os.environ, "LC_ALL": "C"}
    for kind, compiler in (("g++", "g++"), ("clang", "clang++-19")):
        if shutil.which(compiler) is None:
            continue
        errors, lines = [], []
        for source in sources[:2] if options.tiny else sources:
            command = [compiler, "-std=c++20", *flags, "-fsyntax-only", str(source)]
            output = subprocess.run(command, capture_output=True, text=True, env=plain).stderr
            errors.append(len(re.findall(r"^\S.*?:\d+:\d+: error:", output, re.MULTILINE)))
            lines.append(len(output.splitlines()))
        for what, all_values in (("errors of a mistake", errors), ("lines of a mistake", lines)):
            figure = {"suite": "build", "name": f"{kind}: {what}", "unit": ""}
            figures.append({**figure, "values": [max(all_values)]})
    return figures
