"""The goals of casty's speed: what each is, which figure shows it, and whether it is met."""

import dataclasses
import statistics

PATH = "The message path, on one worker"
CORES = "Two cores, in L: the way of a cache line from one to the other"
FAR = "Two processes on the loopback"
SIMULATED = "Simulated clusters"
KEPT = "Bytes and journals"
BUILD = "Build cost and errors"
BESIDE = "Beside rivals"


@dataclasses.dataclass
class Goal:
    table: str
    what: str
    bench: str = ""           # its figure, and that of the rivals
    at_most: float | None = None
    at_least: float | None = None
    minus: str = ""           # a bench whose figure is taken off
    over: str = ""            # a bench in whose figure it is stated
    scale: float = 1          # to the unit of the goal
    unit: str = "ns"
    no_allocations: bool = False
    rates: dict = dataclasses.field(default_factory=dict)  # how many times as fast as a rival


def same(table, names, **goal):
    return [Goal(table, what, bench, **goal) for what, bench in names]


def message_path():
    free = {"at_most": 10, "no_allocations": True}
    yield from same(PATH, [("tell and dispatch, ping-pong", "ping_pong"),
                           ("the same round a ring of 100", "ring/members:100/tokens:1"),
                           ("the same round a ring of 1000", "ring/members:1000/tokens:1"),
                           ("with 1000 tokens", "ring/members:1000/tokens:1000")], **free)
    yield from same(PATH, [(f"fan-in from {count}", f"fan_in/senders:{count}")
                           for count in (1, 10, 100, 1000)], **free)
    yield Goal(PATH, "behavior recursion", "same_closure_type", **free)
    yield Goal(PATH, "state in place, over no state", "state_in_place", 1, minus="without_state")
    yield Goal(PATH, "state returned, over no state", "state_answered", 1, minus="without_state")
    yield Goal(PATH, "ask in a running handler", "in_a_running_handler", 30)
    yield Goal(PATH, "ask from a thread, in wake-ups", "ask", 2, over="thread_wake_up", unit="x")
    yield Goal(PATH, "idle actor, 16 B of state", "cold/state:16/bytes", 128, unit="B")
    yield Goal(PATH, "idle actor, 64 B of state", "cold/state:64/bytes", 192, unit="B")
    yield Goal(PATH, "returned after 1 million stops", "memory_returned/percent", at_least=80,
               unit="%")
    yield Goal(PATH, "spawn, warm", "warm", 25)
    yield Goal(PATH, "spawn 1 million, cold", "cold/state:16", 0.2, scale=1e-3, unit="s")
    yield Goal(PATH, "stop", "stop", 20)
    yield Goal(PATH, "stop and `terminated`", "stop_and_terminated", 50)


def two_cores():
    yield Goal(CORES, "ping-pong across, both spin", "across_ping_pong/pairs:1/in_L", 2, unit="L")
    yield Goal(CORES, "1000 pairs across, a message", "across_ping_pong/pairs:1000/in_L", 0.25,
               unit="L")
    yield Goal(CORES, "streaming across, a message", "across_stream/in_L", 0.25, unit="L")
    yield Goal(CORES, "fan-in of 100 from the other", "across_fan_in/senders:100/in_L", 0.6,
               unit="L")
    yield Goal(CORES, "all spawned on one of two workers", "imbalance/speedup", at_least=1.8,
               unit="x")
    yield Goal(CORES, "idle system after 10 ms", "idle_system/percent", 0.05, unit="%")
    yield Goal(CORES, "L itself", "across_ping_pong/pairs:1/L")


def two_processes():
    # At least 3 million messages a second.
    for workers in (1, 2):
        yield Goal(FAR, f"ping-pong, {workers} w, over bare TCP",
                   f"remote_ping_pong/workers:{workers}", 1.2, over="bare_tcp_ping_pong", unit="x")
        yield Goal(FAR, f"one-way tell, {workers} w", f"remote_tell/workers:{workers}", 333)
    yield Goal(FAR, "bare TCP, a round trip", "bare_tcp_ping_pong", scale=1e-3, unit="us")
    yield Goal(FAR, "bare TCP, one way", "bare_tcp_tell")


def simulated():
    # 2000 and 100 simulated seconds a second.
    yield Goal(SIMULATED, "a second of five idle nodes", "idle_cluster", 0.5, scale=1e-6,
               unit="ms")
    yield Goal(SIMULATED, "with 1000 asks in it", "busy_cluster", 10, scale=1e-6, unit="ms")


def bytes_and_journals():
    yield Goal(KEPT, "encode a message of 9 B", "encode", 20, no_allocations=True)
    yield Goal(KEPT, "decode it", "decode", 20, no_allocations=True)
    yield Goal(KEPT, "cereal's archive on a stream, encode", "cereal_encode")
    yield Goal(KEPT, "and decode", "cereal_decode")
    yield Goal(KEPT, "persist an event in memory", "persist_memory", 333)
    # At least 0.8 times as many a second as SQLite alone with the same rows.
    yield Goal(KEPT, "SQLite, one entity, over SQLite alone", "one_entity", 1.25,
               over="bare/a_transaction:1", unit="x")
    yield Goal(KEPT, "SQLite, 100 at once, over it with 100", "hundred_entities", 1.25,
               over="bare/a_transaction:100", unit="x")
    yield Goal(KEPT, "SQLite alone, an event a transaction", "bare/a_transaction:1", scale=1e-3,
               unit="us")
    yield Goal(KEPT, "PostgreSQL, one entity, over libpq alone", "postgres_one_entity",
               over="postgres_bare/a_transaction:1", unit="x")
    yield Goal(KEPT, "PostgreSQL, 100 at once, over it with 100", "postgres_hundred_entities",
               over="postgres_bare/a_transaction:100", unit="x")
    yield Goal(KEPT, "PostgreSQL by libpq, an event a transaction",
               "postgres_bare/a_transaction:1", scale=1e-3, unit="us")
    yield Goal(KEPT, "replay an event from memory", "from_memory", 500)
    yield Goal(KEPT, "replay an event from SQLite", "from_sqlite", 2000)


def build_cost():
    # clang may take half as much again; memory and Hana are of g++ alone.
    header = "casty/actor.hpp over an empty file"
    for kind, more in (("g++", 1), ("clang", 1.5)):
        yield Goal(BUILD, f"{kind}: casty/actor.hpp", f"{kind}: {header}", 150 * more, unit="ms")
        yield Goal(BUILD, f"{kind}: of it, Boost.Hana", f"{kind}: of it, Boost.Hana over these",
                   60 * more, unit="ms")
        for level, limit in (("-O0", 20), ("-O2", 40)):
            yield Goal(BUILD, f"{kind}: behavior of 4 messages, {level}",
                       f"{kind}: a behavior of 4 messages, {level}", limit * more, unit="ms")
        yield Goal(BUILD, f"{kind}: protocol of 128, one behavior",
                   f"{kind}: protocol of 128, header included", 250 * more, unit="ms")
        yield Goal(BUILD, f"{kind}: its memory", f"{kind}: protocol of 128, memory",
                   120 if kind == "g++" else None, unit="MB")
        yield Goal(BUILD, f"{kind}: errors of a mistake, at most", f"{kind}: errors of a mistake",
                   1, unit="")
        yield Goal(BUILD, f"{kind}: lines of a mistake, at most", f"{kind}: lines of a mistake",
                   12 if kind == "g++" else 25, unit="")


def beside_rivals():
    tenfold = {"caf": 10, "sobjectizer": 3, "erlang": 3}
    sixfold = {**tenfold, "caf": 6}
    yield Goal(BESIDE, "ping-pong", "ping_pong", rates=tenfold)
    yield Goal(BESIDE, "ring of 100", "ring/members:100/tokens:1", rates=tenfold)
    yield Goal(BESIDE, "fan-in of 100", "fan_in/senders:100", rates=tenfold)
    yield Goal(BESIDE, "100 asks in flight", "asks_in_flight_awaited", rates=sixfold)
    yield Goal(BESIDE, "ping-pong, 2 workers", "across_ping_pong/pairs:1")
    yield Goal(BESIDE, "fan-in of 100, 2 workers", "across_fan_in/senders:100")
    yield Goal(BESIDE, "ask from a thread", "ask", scale=1e-3, unit="us")
    yield Goal(BESIDE, "spawn an idle actor", "cold/state:16")
    yield Goal(BESIDE, "idle actor, resident", "cold/state:16/bytes", unit="B")
    for workers in (1, 2):
        yield Goal(BESIDE, f"remote ping-pong, {workers} w", f"remote_ping_pong/workers:{workers}",
                   scale=1e-3, unit="us")
        yield Goal(BESIDE, f"remote one-way tell, {workers} w", f"remote_tell/workers:{workers}")
    for what, bench in (("one sender, 1 M messages", "counting"),
                        ("spawn, message, stop: 100 k", "short_lives"),
                        ("skynet, 1 M leaves", "skynet"),
                        ("fork-join throughput, 600 k", "fork_join_throughput"),
                        ("chameneos, 200 k meetings", "chameneos"),
                        ("big, 1.2 M pings", "big"),
                        ("bank transaction, 50 k", "bank_transaction"),
                        ("100 k watched stops", "watched_stops")):
        for workers in (1, 2):
            yield Goal(BESIDE, f"{what}, {workers} w", f"{bench}/workers:{workers}", scale=1e-6,
                       unit="ms")


def all_goals():
    return [*message_path(), *two_cores(), *two_processes(), *simulated(),
            *bytes_and_journals(), *build_cost(), *beside_rivals()]


# Of savina, what rivals have as well; micro is needed whole.
SAVINA = "counting|skynet|fork_join_throughput|chameneos|big|bank_transaction"


def values_of(goal, figures):
    """What was measured of a goal, in its unit; empty where nothing was."""
    values = figures.get(goal.bench, [])
    if goal.minus or goal.over:
        other = figures.get(goal.minus or goal.over)
        if not other:
            return []
        other = statistics.median(other)
        values = [each - other if goal.minus else each / other for each in values]
    return [each * goal.scale for each in values]


def beside(goal, figures, rivals, pick):
    """{rival: (its figure in the unit of the goal, how many times casty's that is)}."""
    own = figures.get(goal.bench, [])
    found = {}
    for rival, measured in rivals.items():
        theirs = (measured or {}).get(goal.bench)
        if own and theirs and pick(own) > 0 and not goal.minus and not goal.over:
            found[rival] = (pick(theirs) * goal.scale, pick(theirs) / pick(own))
    return found


def verdict(goal, value, allocations, ratios, rivals):
    """met, missed, or not measured; nothing where there is no goal."""
    if goal.rates:
        missing = [rival for rival in goal.rates if rivals.get(rival) is None]
        reached = [ratios[rival][1] >= rate
                   for rival, rate in goal.rates.items() if rival in ratios]
        if not all(reached):
            return "missed"
        return "not measured" if missing or not reached else "met"
    if goal.at_most is None and goal.at_least is None:
        return ""
    good = goal.at_most is None or value <= goal.at_most
    good = good and (goal.at_least is None or value >= goal.at_least)
    if goal.no_allocations and round(allocations or 0, 3) != 0:
        good = False
    return "met" if good else "missed"


def judged(goals, figures, rivals, pick):
    """Each goal with what was measured, as a dictionary."""
    for goal in goals:
        values = values_of(goal, figures)
        counted = figures.get(f"{goal.bench}/allocations")
        row = {
            "table": goal.table, "what": goal.what, "bench": goal.bench, "unit": goal.unit,
            "at_most": goal.at_most, "at_least": goal.at_least, "rates": goal.rates,
            "values": values, "allocations": statistics.median(counted) if counted else None,
            "rivals": beside(goal, figures, rivals, pick), "verdict": "not measured",
        }
        if values:
            row["value"] = pick(values) if goal.at_least is None else statistics.median(values)
            row["least"], row["greatest"] = min(values), max(values)
            row["verdict"] = verdict(goal, row["value"], row["allocations"], row["rivals"], rivals)
        yield row
