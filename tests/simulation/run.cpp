#include "casty/simulation/run.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/persistence.hpp"
#include "casty/simulation.hpp"
#include "casty/testkit/unexpected.hpp"

namespace {

using casty::actor_ref;
using casty::behavior;
using casty::duration;
using casty::testkit::unexpected;
namespace behaviors = casty::behaviors;
namespace simulation = casty::simulation;
using enum simulation::fault_kind;

struct Note {
  std::uint64_t number;
};
struct Count {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Book : casty::protocol<Note, Count> {};

behavior<Book> book(std::uint64_t count = 0) {
  return behaviors::receive<Book>([=](Note) { return book(count + 1); },
                                  [=](const Count& m) {
                                    m.reply_to.tell(count);
                                    return behaviors::same;
                                  });
}

void program(simulation::node& at) { at.system().spawn(book(), "book"); }

TEST_CASE("simulation/run: nodes talk, and time is virtual") {
  const simulation::report all = simulation::run(
      {.nodes = 2, .length = duration::seconds(3600)}, program, [](simulation::cluster& c) {
        const auto far =
            c[0].system().lookup<Book>("/user/book", c[1].address()).get();
        for (std::uint64_t each = 0; each < 100; ++each) {
          far.tell(Note{each});
        }
        CHECK(c[0].system().ask<Count>(far).get() == 100);
        CHECK(c.now() < duration::seconds(2));
      });
  CHECK(all.runs == 1);
  CHECK(all.simulated >= duration::seconds(3600));
}

TEST_CASE("simulation/run: a seed repeats, and another is another run") {
  const auto trace_of = [](std::uint64_t seed) {
    return simulation::run({.seed = seed,
                            .length = duration::seconds(20),
                            .faults = simulation::fault_options::all(),
                            .twice = true},
                           program,
                           [](simulation::cluster& c) {
                             const auto own = c[0].system().spawn(book());
                             while (c.now() < duration::seconds(20)) {
                               own.tell(Note{c.below(10)});
                               c.run_for(duration::milliseconds(100));
                             }
                           })
        .trace;
  };
  std::set<std::uint64_t> all;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    all.insert(trace_of(seed));
  }
  CHECK(all.size() == 20);
  CHECK(trace_of(1) == trace_of(1));
}

}  // namespace
