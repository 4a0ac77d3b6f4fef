"""What rivals cost the compiler: their header, and an actor of four messages.

Their figures stand under the names of casty's, which compile_time/measure.py takes.
"""

import json
import os
import pathlib
import shlex
import tempfile

CAF_MESSAGES = "".join(
    f"struct M{i} {{ int value; }};\n"
    f"template <class Inspector> bool inspect(Inspector& f, M{i}& m) {{\n"
    f'  return f.object(m).fields(f.field("value", m.value));\n}}\n'
    for i in range(4)
)
CAF_ACTOR = (
    CAF_MESSAGES
    + "CAF_BEGIN_TYPE_ID_BLOCK(rivals, caf::first_custom_type_id)\n"
    + "".join(f"  CAF_ADD_TYPE_ID(rivals, (M{i}))\n" for i in range(4))
    + "CAF_END_TYPE_ID_BLOCK(rivals)\n"
    + "struct of_four { using signatures = caf::type_list<"
    + ", ".join(f"caf::result<void>(M{i})" for i in range(4))
    + ">; };\nusing account = caf::typed_actor<of_four>;\n"
    + "account::behavior_type start(account::pointer self) {\n"
    + "  auto n = std::make_shared<int>(0);\n  (void)self;\n  return {"
    + ", ".join(f"[n](const M{i}& m) {{ *n += m.value; }}" for i in range(4))
    + "};\n}\nvoid send(const account& to) {\n"
    + "  caf::anon_mail(M0{1}).send(to);\n  caf::anon_mail(M1{2}).send(to);\n}\n"
)
SOBJECTIZER_ACTOR = (
    "".join(f"struct M{i} {{ int value; }};\n" for i in range(4))
    + "class account final : public so_5::agent_t {\n public:\n  using agent_t::agent_t;\n"
    + "  void so_define_agent() override {\n    so_subscribe_self()"
    + "".join(f".event([this](so_5::mhood_t<M{i}> m) {{ n_ += m->value; }})" for i in range(4))
    + ";\n  }\n\n private:\n  int n_ = 0;\n};\n"
    + "void send(const so_5::mbox_t& to) {\n"
    + "  so_5::send<M0>(to, 1);\n  so_5::send<M1>(to, 2);\n}\n"
)
PROGRAMS = {
    "caf": ('#include "caf/all.hpp"\n', CAF_ACTOR),
    "sobjectizer": ('#include "so_5/all.hpp"\n', SOBJECTIZER_ACTOR),
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
    header, actor = PROGRAMS[rival]
    empty = least_time("g++", flags, "int unused;\n", "-O0", runs)
    found = {}
    for level in ("-O0", "-O2"):
        alone = least_time("g++", flags, header, level, runs)
        if level == "-O0":
            found["g++: casty/actor.hpp over an empty file"] = [alone - empty]
        whole = least_time("g++", flags, header + actor, level, runs)
        found[f"g++: a behavior of 4 messages, {level}"] = [whole - alone]
    return found
