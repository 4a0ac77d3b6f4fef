#!/usr/bin/env python3
"""Checks what the compiler does not: layers, sizes, seams, lists, cheap headers, told errors.

usage: tidy.py PROJECT_ROOT

Prints one line a problem, then how many checks passed and failed.
"""

import pathlib
import re
import sys

# A folder of include/casty (and of src and tests) may include itself and these.
LAYERS = {
    "meta": [],
    "core": ["meta"],
    "wire": ["core", "meta"],
    "config": ["core", "meta"],
    "runtime": ["config", "wire", "core", "meta"],
    "persistence": ["runtime", "config", "wire", "core", "meta"],
}
LAYERS["testkit"] = [*LAYERS]
LAYERS["net"] = [*LAYERS["persistence"]]
LAYERS["consensus"] = ["net", *LAYERS["net"]]
LAYERS["cluster"] = ["consensus", "persistence", *LAYERS["consensus"]]
LAYERS["sharding"] = ["cluster", *LAYERS["cluster"]]
LAYERS["simulation"] = ["sharding", "testkit", *LAYERS["sharding"]]
LAYERS["ddata"] = ["sharding", *LAYERS["sharding"]]

LINES_MAX = {"include": 400, "src": 600, "tests": 600, "examples": 600, "bench": 600}
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100

# Tests of what several headers do together; every other one mirrors a header by path.
TOPICS = {
    "runtime/blocking",
    "runtime/coroutines",
    "runtime/endings",
    "runtime/mailboxes",
    "runtime/memory",
    "runtime/messages",
    "runtime/random_trees",
    "runtime/soak",
    "cluster/half_open",
    "cluster/storm",
    "cluster/two_layouts",
    "net/transport",
    "runtime/threads",
    "runtime/threads_mailboxes",
}

# What the library may only reach through the five seams, and what makes a test or an example flaky.
CLOCKS_AND_THREADS = re.compile(
    r"\b(?:(?:steady|system|high_resolution)_clock::now|clock_gettime|gettimeofday|std::j?thread\b)"
)
CHANCE_AND_SLEEP = re.compile(
    r"\b(?:std::rand\b|s?rand\s*\(|random_device|getrandom|sleep_for|sleep_until|usleep|nanosleep)"
)
SEAMS = ("src/runtime/", "src/net/", "src/persistence/")  # where the production set lives

# Includes that would cost every user's file; each takes 70 to 1500 ms to compile.
DEAR_STANDARD = set(
    "atomic memory functional chrono string system_error thread mutex iostream regex format".split()
)
DEAR_LIBRARY = re.compile(r"^(?:boost/asio|asio|spdlog|fmt|cereal|toml\+\+)\b")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^">]+)[">]', re.MULTILINE)
STATIC_ASSERT = re.compile(r'\bstatic_assert\b[^;"]*((?:"(?:\\.|[^"\\])*"\s*)+)\)\s*;')
DIAGNOSTIC = re.compile(r"^[ \t]*// diagnostic[ \t]*$", re.MULTILINE)
EXPECT = re.compile(r"^// expect(?:-note)?(?:\([^)]*\))?: (.+)$", re.MULTILINE)
AGGREGATE_IN_CO_AWAIT = re.compile(r"(?<!operator )\bco_await\b[^;{]*?[\w>]\s*\{")
LISTED = re.compile(r"'([\w./+-]+\.(?:cpp|hpp|py))'")


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


CODELESS = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",  # not the ' of 1'000
    re.DOTALL,
)


def code_of(text):
    """The text with comments, strings and characters blanked, line for line."""
    return CODELESS.sub(blank, text)


class Tree:
    """The project's sources, read once."""

    def __init__(self, root):
        self.root = root
        self.texts = {}
        for folder in ("include", "src", "tests", "examples", "bench"):
            for path in sorted((root / folder).rglob("*")):
                if path.suffix in (".hpp", ".cpp"):
                    self.texts[path.relative_to(root).as_posix()] = path.read_text()
        self.code = {name: code_of(text) for name, text in self.texts.items()}

    def under(self, *folders):
        return [name for name in self.texts if name.startswith(folders)]


def layer_of(name):
    """The layer's folder that a file or an include stands in, or None."""
    parts = pathlib.PurePosixPath(name).parts
    after = parts[2:] if parts[:2] == ("include", "casty") else parts[1:]
    return after[0] if len(after) > 1 and after[0] in LAYERS else None


def wrong_arrows(tree):
    """Layers point downwards."""
    for name in tree.under("include/", "src/"):
        folder = layer_of(name)
        for included in INCLUDE.findall(tree.texts[name]):
            target = layer_of("x/" + included.removeprefix("casty/"))
            if folder and target and target != folder and target not in LAYERS[folder]:
                yield f"{name}: layer '{folder}' includes '{included}'"
    for name in tree.under("include/casty/", "src/"):
        parts = pathlib.PurePosixPath(name).parts[2 if name.startswith("include") else 1 :]
        if len(parts) > 1 and parts[0] not in LAYERS:
            yield f"{name}: '{parts[0]}' is no layer"


def long_files(tree):
    """A file is one idea, and fits a screen's width."""
    for name, text in tree.texts.items():
        lines = text.splitlines()
        if len(lines) > LINES_MAX[name.split("/")[0]]:
            yield f"{name}: {len(lines)} lines, at most {LINES_MAX[name.split('/')[0]]}"
        for number, line in enumerate(lines, start=1):
            if len(line) > COLUMNS_MAX and not line.startswith("// expect"):
                yield f"{name}:{number}: {len(line)} columns, at most {COLUMNS_MAX}"


def function_bodies(code):
    """(first line, last line) of every block that follows a parameter list."""
    opened = []
    head_start = 0
    for position, character in enumerate(code):
        if character == "{":
            head = re.sub(r"\btemplate\s*<[^{;]*?>\s*(?=[\w\[:])", "", code[head_start:position])
            is_type = re.match(
                r"\s*(?:inline\s+)?(?:namespace|class|struct|union|enum|extern|concept)\b", head
            )
            opened.append((position, ")" in head and not is_type))
        elif character == "}" and opened:
            start, is_function = opened.pop()
            if is_function:
                yield code.count("\n", 0, start) + 1, code.count("\n", 0, position) + 1
        if character in "{};":
            head_start = position + 1


def long_functions(tree):
    """A function fits a screen's height."""
    for name, code in tree.code.items():
        for first, last in function_bodies(code):
            lines = last - first + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{name}:{first}: a function of {lines} lines, at most {FUNCTION_LINES_MAX}"


def unguarded_headers(tree):
    """Every header has its guard."""
    for name, text in tree.texts.items():
        if (
            name.endswith(".hpp")
            and "/pch/" not in name
            and "#pragma once" not in text.splitlines()
        ):
            yield f"{name}: lacks '#pragma once'"


def missed_seams(tree):
    """Clock, threads and chance come in through the seams; nobody sleeps."""
    for name, code in tree.code.items():
        patterns = []
        if name.startswith(("include/", "src/")) and not name.startswith(SEAMS):
            patterns = [CLOCKS_AND_THREADS, CHANCE_AND_SLEEP]
        elif name.startswith(("tests/", "examples/")):
            patterns = [CHANCE_AND_SLEEP]
        for pattern in patterns:
            for match in pattern.finditer(code):
                line = code.count("\n", 0, match.start()) + 1
                yield f"{name}:{line}: '{match[0]}' goes around the seams"


def aggregates_in_co_await(tree):
    """g++ 12 destroys an aggregate temporary in a co_await expression twice: name it first."""
    for name, code in tree.code.items():
        for match in AGGREGATE_IN_CO_AWAIT.finditer(code):
            line = code.count("\n", 0, match.start()) + 1
            yield f"{name}:{line}: a braced temporary in a co_await expression; name it first"


def dear_headers(tree):
    """What users' files include stays cheap."""
    seen, waiting = set(), ["include/casty/actor.hpp"]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in tree.texts:
            continue
        seen.add(name)
        for included in INCLUDE.findall(tree.texts[name]):
            if included.startswith("casty/"):
                waiting.append("include/" + included)
            elif included in DEAR_STANDARD or DEAR_LIBRARY.match(included):
                yield f"{name}: <{included}> is too dear for what casty/actor.hpp reaches"


def tests_without_header(tree):
    """A test mirrors a header or a source by path, or is one of the TOPICS."""
    for name in tree.under(*(f"tests/{layer}/" for layer in LAYERS)):
        path = pathlib.PurePosixPath(name).relative_to("tests")
        stems = [
            "_".join(path.stem.split("_")[:count])
            for count in range(len(path.stem.split("_")), 0, -1)
        ]
        mirrored = [
            candidate
            for stem in stems
            for candidate in (
                f"include/casty/{path.with_name(stem)}.hpp",
                f"src/{path.with_name(stem)}.hpp",
                f"src/{path.with_name(stem)}.cpp",
            )
            if candidate in tree.texts
        ]
        if path.with_suffix("").as_posix() in TOPICS:
            continue
        if not mirrored:
            yield f"{name}: mirrors no header of layer '{path.parent}', and is no topic"
        elif mirrored[0].startswith("include/") and path.suffix == ".cpp":
            wanted = mirrored[0].removeprefix("include/")
            first = INCLUDE.search(tree.texts[name])
            if first is None or first[1] != wanted:
                yield f'{name}: the header under test, "{wanted}", comes first'


def worded_errors(text):
    """The text of each static_assert that casty words, in one piece."""
    for literals in STATIC_ASSERT.findall(text):
        message = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', literals))
        if message.startswith("casty::"):
            yield message


def named_errors(text, code):
    """What a compiler prints of each declaration that follows a line `// diagnostic`.

    That is the name of an undefined template, or of a deleted function's first
    template parameter (`tell(NotInProtocol)`).
    """
    for marker in DIAGNOSTIC.finditer(text):
        declaration = re.match(r"[^;{]*", code[marker.end() :])[0]
        template = re.search(r"(?:>|^)\s*(?:struct|class)\s+(\w+)", declaration)
        parameter = re.search(r"<\s*(?:class|typename|[\w:]+(?:<[^<>]*>)?)\s+(\w+)", declaration)
        if template or parameter:
            yield (template or parameter)[1]


def untold_errors(tree):
    """Every error that casty words or names has a program that shows it."""
    programs = {name: tree.texts[name] for name in tree.under("tests/compile_fail/")}
    expected = [text for program in programs.values() for text in EXPECT.findall(program)]
    pieces = [piece for line in expected for piece in line.split("*") if "casty::" in piece]
    for name in tree.under("include/"):
        for message in worded_errors(tree.texts[name]):
            if not any(piece in message for piece in pieces):
                yield f"{name}: no program of tests/compile_fail expects '{message}'"
        for named in named_errors(tree.texts[name], tree.code[name]):
            if not any(re.search(rf"\b{named}\b", line) for line in expected):
                yield f"{name}: no program of tests/compile_fail expects '{named}'"
    for name, program in programs.items():
        if name.endswith(".cpp") and "CASTY_CONTROL" not in program:
            yield f"{name}: lacks the program that compiles, under CASTY_CONTROL"


def wrong_lists(tree):
    """Meson names each file, and no file that is not there."""
    listed = set()
    for build in sorted(tree.root.rglob("meson.build")):
        folder = build.parent.relative_to(tree.root).as_posix()
        top = folder.split("/")[0]
        if top not in ("include", "src", "tests", "examples", "bench"):
            continue
        for match in LISTED.findall(build.read_text()):
            path = (build.parent / match).resolve()
            if path.is_file():
                listed.add(path.relative_to(tree.root.resolve()).as_posix())
            elif not (build.parent / f"{match}.in").is_file():
                yield f"{folder}/meson.build: names '{match}', which is not there"
    for name in tree.texts:
        is_listed_kind = name.endswith(".cpp") or name.startswith("include/")
        if is_listed_kind and not name.startswith("tests/install/") and name not in listed:
            yield f"{name}: named in no meson.build"


def stale_readme(tree):
    """The README's first program is the first example."""
    readme = tree.root / "README.md"
    examples = sorted((tree.root / "examples").glob("00_*.cpp"))
    if not readme.is_file() or not examples:
        return
    block = re.search(r"^```cpp\n(.*?)^```", readme.read_text(), re.MULTILINE | re.DOTALL)
    if block is None or block[1].strip() != examples[0].read_text().strip():
        yield f"README.md: its first program is not {examples[0].name}"


QUOTE = re.compile(
    r"^```cpp\n// ((?:examples|include|src|tests)/[\w./-]+)(?:: ([^\n]+))?\n(.*?)^```",
    re.MULTILINE | re.DOTALL,
)


def stale_quotes(tree):
    """A block of a page that begins with `// FILE`, or `// FILE: PART`, is what stands there."""
    # A part stands between a line `// part: PART` and the next `// end of part`.
    for page in [*sorted(tree.root.glob("*.md")), *sorted(tree.root.glob("docs/*.md"))]:
        for name, part, quoted in QUOTE.findall(page.read_text()):
            text = tree.texts.get(name)
            if text is not None and part:
                marked = rf"^// part: {re.escape(part)}\n(.*?)^// end of part$"
                found = re.search(marked, text, re.MULTILINE | re.DOTALL)
                text = found and found[1]
            where = f"{name}: {part}" if part else name
            if text is None:
                yield f"{page.name}: quotes '{where}', which is not there"
            elif text.strip() != quoted.strip():
                yield f"{page.name}: its quote is not '{where}'"


CHECKS = [
    wrong_arrows,
    long_files,
    long_functions,
    unguarded_headers,
    missed_seams,
    aggregates_in_co_await,
    dear_headers,
    tests_without_header,
    untold_errors,
    wrong_lists,
    stale_readme,
    stale_quotes,
]


def main():
    tree = Tree(pathlib.Path(sys.argv[1]).resolve())
    failed = 0
    for check in CHECKS:
        found = list(check(tree))
        failed += bool(found)
        for problem in found:
            print(f"{problem}  [{check.__doc__}]")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    sys.exit(bool(failed))


main()
