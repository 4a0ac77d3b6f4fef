"""What rivals cost the compiler: their header, and actors of four messages each.

Their figures stand under the names of casty's, which compile_time/measure.py takes.
"""

import json
import os
import pathlib
import shlex
import tempfile

ACTORS = 5  # in one file, whose cost is then divided


def caf_actors():
    names = [f"M{i}" for i in range(4 * ACTORS)]
    yield from (
        f"struct {name} {{ int value; }};\n"
        f"template <class Inspector> bool inspect(Inspector& f, {name}& m) {{\n"
        f'  return f.object(m).fields(f.field("value", m.value));\n}}\n'
        for name in names
    )
    yield "CAF_BEGIN_TYPE_ID_BLOCK(rivals, caf::first_custom_type_id)\n"
    yield from (f"  CAF_ADD_TYPE_ID(rivals, ({name}))\n" for name in names)
    yield "CAF_END_TYPE_ID_BLOCK(rivals)\n"
    for actor in range(ACTORS):
        own = names[4 * actor : 4 * actor + 4]
        signatures = ", ".join(f"caf::result<void>({name})" for name in own)
        handlers = ", ".join(f"[n](const {name}& m) {{ *n += m.value; }}" for name in own)
        yield (
            f"struct trait{actor} {{ using signatures = caf::type_list<{signatures}>; }};\n"
            f"using actor{actor} = caf::typed_actor<trait{actor}>;\n"
            f"actor{actor}::behavior_type start{actor}() {{\n"
            f"  auto n = std::make_shared<int>(0);\n  return {{{handlers}}};\n}}\n"
            f"void send{actor}(const actor{actor}& to) {{\n"
            f"  caf::anon_mail({own[0]}{{1}}).send(to);\n"
            f"  caf::anon_mail({own[1]}{{2}}).send(to);\n}}\n"
        )


def sobjectizer_actors():
    for actor in range(ACTORS):
        own = [f"M{4 * actor + i}" for i in range(4)]
        yield from (f"struct {name} {{ int value; }};\n" for name in own)
        handlers = "".join(
            f".event([this](so_5::mhood_t<{name}> m) {{ n_ += m->value; }})" for name in own
        )
        yield (
            f"class actor{actor} final : public so_5::agent_t {{\n public:\n"
            f"  using agent_t::agent_t;\n"
            f"  void so_define_agent() override {{ so_subscribe_self(){handlers}; }}\n\n"
            f" private:\n  int n_ = 0;\n}};\n"
            f"void send{actor}(const so_5::mbox_t& to) {{\n"
            f"  so_5::send<{own[0]}>(to, 1);\n  so_5::send<{own[1]}>(to, 2);\n}}\n"
        )


PROGRAMS = {
    "caf": ('#include "caf/all.hpp"\n', "".join(caf_actors())),
    "sobjectizer": ('#include "so_5/all.hpp"\n', "".join(sobjectizer_actors())),
}


def flags_of(build, rival):
    """Where our own program for the rival finds its headers; nothing where it is not built."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if entry["file"].endswith(f"rivals/{rival}/main.cpp"):
            words = shlex.split(entry["command"])
            pairs = zip(words, [*words[1:], ""])
            for word, following in pairs:
                if word in ("-I", "-isystem"):
                    yield from (word, os.path.join(entry["directory"], following))
                elif word.startswith("-isystem"):
                    yield "-isystem" + os.path.join(
                        entry["directory"], word.removeprefix("-isystem")
                    )


def least_time(compiler, flags, text, level, runs):
    """Milliseconds of the processor, the least of so many compilations."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "program.cpp")
        source.write_text(text)
        output = ["-c", str(source), "-o", str(pathlib.Path(folder, "program.o"))]
        command = [compiler, "-std=c++20", level, *flags, *output]
        for _ in range(runs):
            child = os.posix_spawnp(command[0], command, os.environ)
            _, status, used = os.wait4(child, 0)
            if status != 0:
                raise RuntimeError(f"{shlex.join(command)}: status {status}")
            times.append((used.ru_utime + used.ru_stime) * 1000)
    return min(times)


def take(build, rival, runs):
    """{name: [value]} for g++."""
    if rival not in PROGRAMS or not (flags := list(flags_of(build, rival))):
        return {}
    header, actors = PROGRAMS[rival]
    empty = least_time("g++", flags, "int unused;\n", "-O0", runs)
    found = {}
    for level in ("-O0", "-O2"):
        alone = least_time("g++", flags, header, level, runs)
        if level == "-O0":
            found["g++: casty/actor.hpp over an empty file"] = [alone - empty]
        whole = least_time("g++", flags, header + actors, level, runs)
        found[f"g++: a behavior of 4 messages, {level}"] = [(whole - alone) / ACTORS]
    return found
