// Nodes that tell each other while the network does all that networks do, and nodes stand still,
// are killed and start anew: nothing comes twice or out of order, or is lost without a word.
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/simulation.hpp"

namespace {

using casty::actor_ref;
using casty::behavior;
using casty::duration;
namespace behaviors = casty::behaviors;
namespace simulation = casty::simulation;

struct Line {
  std::uint32_t pair;  // of a ref: another one has another number
  std::uint64_t number;
};
struct Ask {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Hub : casty::protocol<Line, Ask> {};

// What came of the lines of a ref, whoever had it.
struct heard {
  std::uint64_t sent = 0;
  std::uint64_t handled = 0;
  std::uint64_t last = 0;
};

// Tells them from within the node: what it tells the dead is counted there.
struct Say {
  actor_ref<Hub> to;
  Line line;
};

struct storm {
  std::vector<heard> all;
  std::map<unsigned, std::pair<actor_ref<Hub>, std::size_t>> refs;  // and their pairs
  std::uint64_t handled = 0;
  std::uint64_t unsent = 0;
  std::uint64_t unknown = 0;
  bool is_in_order = true;
};

behavior<Hub> hub(storm& in) {
  return behaviors::receive<Hub>(
      [&in](Line m) {
        heard& of = in.all[m.pair];
        in.is_in_order = in.is_in_order && m.number > of.last;
        of.last = m.number;
        ++of.handled;
        ++in.handled;
        return behaviors::same;
      },
      [&in](const Ask& m) {
        m.reply_to.tell(in.handled);
        return behaviors::same;
      });
}
behavior<Say> speaker() {
  return behaviors::receive<Say>([](const Say& m) {
    m.to.tell(m.line);
    return behaviors::same;
  });
}

void program(simulation::node& at, storm& in) {
  at.system().spawn(hub(in), "hub");
  at.system().event_stream().subscribe([&in, number = at.number()](const casty::node_lost& lost) {
    in.unsent += number == 0 ? lost.unsent : 0;
    in.unknown += number == 0 ? lost.unknown : 0;
  });
}

// With the ref that there is, or one that is looked for.
void tell_somebody(simulation::cluster& c, storm& in, const actor_ref<Say>& by) {
  const auto to = static_cast<unsigned>(1 + c.below(c.size() - 1));
  if (!in.refs.contains(to) || c.below(200) == 0) {
    const auto found = c[0]
                           .system()
                           .lookup<Hub>("/user/hub", c[to].address())
                           .within(duration::milliseconds(500))
                           .wait();
    if (!found) {
      return;
    }
    if (!in.refs.contains(to) || !(in.refs.at(to).first == *found)) {
      in.refs.insert_or_assign(to, std::pair(*found, in.all.size()));
      in.all.emplace_back();
    }
  }
  const auto& [ref, pair] = in.refs.at(to);
  by.tell(Say{ref, Line{static_cast<std::uint32_t>(pair), ++in.all[pair].sent}});
}

// Of lines, at all nodes: for actors that had stopped, and in the mailboxes of those killed.
std::uint64_t dead_letters(simulation::cluster& c) {
  const auto dead = [](const casty::actor_system::message_counts& of) {
    return of.dead - of.dead_of(casty::dead_letter_reason::late_reply);
  };
  std::uint64_t all = 0;
  for (unsigned each = 0; each < c.size(); ++each) {
    all += dead(c[each].system().counts()) + dead(c[each].ended_counts());
  }
  return all;
}

// The first node lives through all of it: what it sends is accounted for.
void scenario(simulation::cluster& c, storm& in) {
  c.always("in order, once", [&in] { return in.is_in_order; });
  c.sometimes("never left", [&in] { return in.unsent > 0; });
  c.sometimes("may have arrived", [&in] { return in.unknown > 0; });
  const auto by = c[0].system().spawn(speaker());
  while (c.now() < duration::seconds(10)) {
    for (int each = 0; each < 20; ++each) {
      tell_somebody(c, in, by);
    }
    c.run_for(duration::milliseconds(100));
  }
  c.run();
  c.run_for(duration::seconds(20));

  std::uint64_t sent = 0;
  for (const heard& each : in.all) {
    sent += each.sent;
  }
  // What is left was lost on its way: some of what is unknown.
  const std::uint64_t dead = dead_letters(c);
  c.check("nothing comes from nowhere", in.handled + in.unsent + dead <= sent);
  c.check("nothing is lost without a word", in.handled + in.unsent + in.unknown + dead >= sent);
  if (in.handled > 0) {
    c.reached("handled");
  }
  for (unsigned each = 1; each < c.size(); ++each) {
    const auto found = c[0].system().lookup<Hub>("/user/hub", c[each].address()).get();
    (void)c[0].system().ask<Ask>(found).get();
  }
}

void storm_of(unsigned nodes) {
#ifdef CASTY_SANITIZED
  constexpr std::uint64_t seeds = 20;
#else
  constexpr std::uint64_t seeds = 200;
#endif
  using enum simulation::fault_kind;
  simulation::options how{.nodes = nodes,
                          .length = duration::seconds(10),
                          .faults = simulation::fault_options::of_network(),
                          .twice = true};
  for (const auto each : {pause, kill, power_cut, drift}) {
    how.faults.kinds.push_back(each);
  }
  how.faults.every = duration::milliseconds(500);
  how.faults.spared = {0};
  how.node.unreachable_max = duration::seconds(5);
  how.node.workers = nodes == 2 ? 1 : 2;
  const simulation::report all = simulation::explore<storm>(seeds, how, program, scenario);
  CHECK(all.reached.at("handled") > 0);
  CHECK(all.distinct == all.runs);
  MESSAGE(all.runs << " runs, " << all.steps << " steps, "
                   << all.simulated.count() / 1'000'000'000 << " s simulated");
}

TEST_CASE("cluster/storm: two nodes") { storm_of(2); }

TEST_CASE("cluster/storm: five nodes") { storm_of(5); }

}  // namespace
