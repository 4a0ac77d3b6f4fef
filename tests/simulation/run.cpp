#include "casty/simulation/run.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "casty/testkit/unexpected.hpp"
#include "support/captured_stderr.hpp"
#include "support/environment.hpp"
#include "support/simulated_book.hpp"

namespace {

using casty::duration;
using casty::testkit::unexpected;
using support::book_of;
using support::Count;
using support::Note;
using support::start_book;
namespace simulation = casty::simulation;
using simulation::fault_kind;

// What a run fails with.
template <class State, class Program, class Scenario>
std::string failure_of(std::uint64_t runs, const simulation::options& how, const Program& program,
                       const Scenario& scenario) {
  try {
    (void)simulation::explore<State>(runs, how, program, scenario);
  } catch (const unexpected& failed) {
    return failed.what();
  }
  return "none";
}

bool throw_seven() { throw 7; }

struct nothing {};
void nobody(simulation::node&, nothing&) {}

TEST_CASE("simulation/run: nodes talk, and time is virtual") {
  const simulation::report all =
      simulation::run({.nodes = 2, .length = duration::seconds(3600)}, start_book,
                      [](simulation::cluster& c) {
                        const auto far = book_of(c, 1);
                        for (std::uint64_t each = 0; each < 100; ++each) {
                          far.tell(Note{each});
                        }
                        CHECK(c[0].system().ask<Count>(far).get() == 100);
                        CHECK(c.now() < duration::seconds(2));
                      });
  CHECK(all.runs == 1);
  CHECK(all.simulated >= duration::seconds(3600));
}

TEST_CASE("simulation/run: a seed repeats, and each is another run") {
  const simulation::options how{.length = duration::seconds(20),
                                .faults = simulation::fault_options::all(),
                                .twice = true};
  const simulation::report made =
      simulation::explore(20, how, start_book, [](simulation::cluster& c) {
        while (c.now() < duration::seconds(20)) {
          if (c[0].is_up() && c[1].is_up()) {
            auto far = c[0].system().lookup<support::Book>("/user/book", c[1].address());
            (void)far.is_ready_within(duration::milliseconds(c.below(2) == 0 ? 1 : 100));
          }
          c.run_for(duration::milliseconds(100));
        }
      });
  CHECK(made.distinct == made.runs);
}

TEST_CASE("simulation/run: what is not drawn from the seed is found out") {
  static std::uint64_t changes = 0;
  const std::string why = failure_of<nothing>(
      1, {.nodes = 1, .length = duration::seconds(1), .twice = true},
      [](simulation::node& at, nothing&) {
        const auto own = at.system().spawn(support::book());
        for (std::uint64_t each = 0; each < 10 + changes % 2; ++each) {
          own.tell(Note{each});
        }
        ++changes;
      },
      [](simulation::cluster&, nothing&) {});
  CHECK(why.find("the same seed gave another run") != std::string::npos);
}

TEST_CASE("simulation/run: a failure that does not come again is not looked into") {
  unsigned runs = 0;
  unsigned unlucky = 1;
  simulation::options how{.nodes = 1, .length = duration::seconds(1)};
  // At the end, so that the traces are equal.
  const auto scenario = [&](simulation::cluster& c, nothing&) {
    c.run();
    c.check("luck", ++runs != unlucky);
  };
  const std::string first = failure_of<nothing>(1, how, nobody, scenario);
  CHECK(first.find("the same seed gave another run") != std::string::npos);
  CHECK(first.find("\n  first: luck does not hold, after ") != std::string::npos);
  CHECK(first.find("\n  then: no failure") != std::string::npos);
  CHECK(runs == 2);
  runs = 0;
  unlucky = 2;
  how.twice = true;
  const std::string second = failure_of<nothing>(1, how, nobody, scenario);
  CHECK(second.find("\n  first: no failure\n  then: luck does not hold") != std::string::npos);
}

// How often the second node was killed.
struct killed {
  unsigned times = 0;
};

TEST_CASE("simulation/run: a failure comes with the fewest faults that show it") {
  const std::string why = failure_of<killed>(
      20,
      {.length = duration::seconds(60), .faults = {.kinds = {fault_kind::kill, fault_kind::reset,
                                                             fault_kind::partition}}},
      [](simulation::node& at, killed& all) { all.times += at.number() == 1 ? 1U : 0U; },
      [](simulation::cluster& c, killed& all) {
        c.always("it starts three times at most", [&all] { return all.times <= 3; });
      });
  CAPTURE(why);
  CHECK(why.find("\"it starts three times at most\" does not hold any more") != std::string::npos);
  CHECK(why.find("\n  3 of its ") != std::string::npos);
  CHECK(why.find("node1 is killed, for ") != std::string::npos);
  CHECK(why.find("CASTY_SEED=") != std::string::npos);
  CHECK(why.find(" CASTY_FAULTS=") != std::string::npos);
  CHECK(why.find("break") == std::string::npos);
  CHECK(why.find("cut off") == std::string::npos);
}

TEST_CASE("simulation/run: what never comes to pass is said") {
  const support::environment_variable chosen("CASTY_SEED", nullptr);
  const support::environment_variable many("CASTY_SEEDS", nullptr);
  const auto scenario = [](simulation::cluster& c, nothing&) {
    c.sometimes("it rains", [] { return false; });
    c.reached("the sun shines");
  };
  const simulation::options how{.nodes = 1, .length = duration::seconds(1)};
  const std::string why = failure_of<nothing>(3, how, nobody, scenario);
  CHECK(why.find("\"it rains\" never came to pass in 3 runs") != std::string::npos);
  const simulation::report one = simulation::run<nothing>(how, nobody, scenario);
  CHECK(one.reached.at("it rains") == 0);
  CHECK(one.reached.at("the sun shines") == 1);
}

TEST_CASE("simulation/run: what is thrown names the seed") {
  const simulation::options how{.seed = 7, .nodes = 1, .length = duration::seconds(1)};
  const std::string by_scenario = failure_of<nothing>(
      1, how, nobody, [](simulation::cluster&, nothing&) { throw std::runtime_error("no luck"); });
  CHECK(by_scenario.find("thrown: no luck") != std::string::npos);
  CHECK(by_scenario.find("(seed 7") != std::string::npos);
  const std::string by_program = failure_of<nothing>(
      1, how, [](simulation::node&, nothing&) { throw std::runtime_error("no luck"); },
      [](simulation::cluster&, nothing&) {});
  CHECK(by_program.find("the program of node0:1: no luck") != std::string::npos);
  const std::string by_check =
      failure_of<nothing>(1, how, nobody, [](simulation::cluster& c, nothing&) {
        c.always("known", []() -> bool { throw std::runtime_error("no luck"); });
      });
  CHECK(by_check.find("thrown by a check: no luck") != std::string::npos);
}

TEST_CASE("simulation/run: who waits in a loop gets out of it after a failure, which is told") {
  const simulation::options how{.seed = 7, .nodes = 2, .length = duration::seconds(1)};
  const support::captured_stderr said;
  std::string told;
  const auto scenario = [&told, &said](simulation::cluster& c) {
    const auto far = book_of(c, 1);
    c.always("it is early", [&c] { return c.now() < duration::seconds(1); });
    while (c.now() < duration::seconds(2)) {
      (void)c[0].system().ask<Count>(far).within(duration::seconds(1)).wait();
    }
    told = said.text();
    c.cut(0, 1);
    auto never = c[0].system().ask<Count>(far).within(duration::seconds(3));
    while (!never.is_ready_within(duration::milliseconds(100))) {
    }
    CHECK(c.now() > duration::seconds(5) - duration::milliseconds(1));
  };
  try {
    (void)simulation::run(how, start_book, scenario);
    FAIL("it has not failed");
  } catch (const unexpected& failed) {
    CHECK(failed.after() >= duration::seconds(1));
    CHECK(failed.after() < duration::seconds(2));
  }
  CHECK(told.find("\"it is early\" does not hold any more (seed 7, after 1") !=
        std::string::npos);
  CHECK(told.find("CASTY_SEED=7 repeats it") != std::string::npos);
}

TEST_CASE("simulation/run: what is no std::exception is thrown as it is, and stderr has the seed") {
  const simulation::options how{.seed = 7,
                                .nodes = 2,
                                .length = duration::seconds(20),
                                .faults = {.kinds = {fault_kind::reset}}};
  const auto text_of = [&how](const auto& program, const auto& scenario) {
    const support::captured_stderr said;
    CHECK_THROWS_AS((void)simulation::run(how, program, scenario), int);
    return said.text();
  };
  const std::string by_scenario = text_of(start_book, [](simulation::cluster&) { throw 7; });
  CHECK(by_scenario.find("thrown: what is no std::exception\n  0 of its") != std::string::npos);
  CHECK(by_scenario.find("\n  CASTY_SEED=7 CASTY_FAULTS=none repeats it") != std::string::npos);
  const std::string by_program =
      text_of([](simulation::node&) { throw 7; }, [](simulation::cluster&) {});
  CHECK(by_program.find("thrown by the program of node0:1: what is no std::exception") !=
        std::string::npos);
  const std::string by_check = text_of(start_book, [](simulation::cluster& c) {
    const auto far = book_of(c, 1);
    c.always("it is early", [&c] { return c.now() < duration::seconds(1) || throw_seven(); });
    for (;;) {
      (void)c[0].system().ask<Count>(far).get();
      c.check("it goes on", true);
    }
  });
  CHECK(by_check.find("thrown by a check: what is no std::exception") != std::string::npos);
}

TEST_CASE("simulation/run: a check that waits is told to look at what is at hand") {
  const auto program = [](simulation::node& at, nothing&) { start_book(at); };
  const std::string why = failure_of<nothing>(
      1, {.nodes = 2, .length = duration::seconds(1)}, program,
      [](simulation::cluster& c, nothing&) {
        const auto far = book_of(c, 1);
        c.always("it is empty", [&c, far] { return c[0].system().ask<Count>(far).get() == 0; });
      });
  CHECK(why.find("the check \"it is empty\" waits: ") != std::string::npos);
  const std::string by_time = failure_of<nothing>(
      1, {.nodes = 2, .length = duration::seconds(1)}, program,
      [](simulation::cluster& c, nothing&) {
        c.sometimes("it is late", [&c] { return c.run_for(duration::seconds(1)), true; });
      });
  CHECK(by_time.find("the check \"it is late\" waits: ") != std::string::npos);
}

// Of a run that always fails, with one variable more in the environment.
std::string refusal_of(const char* variable, const char* value) {
  const support::environment_variable said(variable, value);
  const simulation::options how{.nodes = 2,
                                .length = duration::seconds(5),
                                .faults = {.kinds = {fault_kind::reset}}};
  try {
    (void)simulation::explore<nothing>(
        2, how, nobody, [](simulation::cluster& c, nothing&) { c.check("nothing", false); });
  } catch (const casty::error& refused) {
    CHECK(refused.code() == casty::errc::bad_argument);
    return refused.what();
  } catch (const unexpected& failed) {
    return failed.what();
  }
  return "none";
}

TEST_CASE("simulation/run: what is half a number in the environment is refused, and named") {
  const support::environment_variable chosen("CASTY_SEED", nullptr);
  for (const char* value : {"", "abc", "-1", "0x11", "1x", " 1", "99999999999999999999"}) {
    CAPTURE(value);
    for (const std::string variable : {"CASTY_SEED", "CASTY_SEEDS", "CASTY_FAULTS"}) {
      CHECK(refusal_of(variable.c_str(), value).find(variable + "=\"" + value + '"') !=
            std::string::npos);
    }
  }
  for (const char* value : {"0;1", "0, 1", "0,", ",0", "none,1"}) {
    CHECK(refusal_of("CASTY_FAULTS", value).find("CASTY_FAULTS=\"") != std::string::npos);
  }
  CHECK(refusal_of("CASTY_FAULTS", "99").find("CASTY_FAULTS=99: seed 1 has") != std::string::npos);
  CHECK(refusal_of("CASTY_FAULTS", "1,0").find("CASTY_FAULTS=0,1 repeats") != std::string::npos);
  CHECK(refusal_of("CASTY_FAULTS", "none").find("CASTY_FAULTS=none") != std::string::npos);
  CHECK(refusal_of("CASTY_SEEDS", "0").find("CASTY_SEEDS=0") != std::string::npos);
  CHECK(refusal_of("CASTY_SEED", "17").find("(seed 17,") != std::string::npos);
}

TEST_CASE("simulation/run: as many runs as were asked for, and never none") {
  const support::environment_variable chosen("CASTY_SEED", nullptr);
  const support::environment_variable many("CASTY_SEEDS", "4");
  const auto leave = [](simulation::cluster&, nothing&) {};
  simulation::options how{.nodes = 1, .length = duration::seconds(1)};
  CHECK(simulation::run<nothing>(how, nobody, leave).runs == 1);
  CHECK(simulation::explore<nothing>(1, how, nobody, leave).runs == 4);
  how.seed = UINT64_MAX;
  CHECK(simulation::run<nothing>(how, nobody, leave).runs == 1);
  CHECK(simulation::explore<nothing>(1, how, nobody, leave).runs == 4);
  CHECK_THROWS_AS((void)simulation::explore<nothing>(0, how, nobody, leave), casty::error);
}

TEST_CASE("simulation/run: TLS is refused, since there is none") {
  const simulation::options how{.nodes = 1, .node = {.tls = casty::tls_files{}}};
  CHECK_THROWS_WITH_AS((void)simulation::run(how, start_book, [](simulation::cluster&) {}),
                       doctest::Contains("no TLS"), casty::error);
}

TEST_CASE("simulation/run: the mix of faults is drawn, of what is allowed") {
  const simulation::options how{.length = duration::seconds(120),
                                .faults = simulation::fault_options::all()};
  const simulation::report all =
      simulation::explore(30, how, start_book, [](simulation::cluster&) {});
  CHECK(all.faults.size() == simulation::fault_kinds);
  const simulation::report none =
      simulation::run(simulation::options{.length = duration::seconds(120)}, start_book,
                      [](simulation::cluster&) {});
  CHECK(none.faults.empty());
}

TEST_CASE("simulation/run: nodes that nobody may touch are neither killed nor paused") {
  simulation::options how{.nodes = 2, .length = duration::seconds(300)};
  how.faults.kinds = {fault_kind::kill, fault_kind::pause, fault_kind::power_cut,
                      fault_kind::lost_disk};
  how.faults.spared = {0};
  const simulation::report all = simulation::explore<nothing>(
      5, how, nobody, [](simulation::cluster& c, nothing&) {
        c.always("it is left alone",
                 [&c] { return c[0].starts() == 1 && c[0].is_up() && !c[0].is_paused(); });
        c.sometimes("the other is not", [&c] { return c[1].starts() > 1; });
      });
  CHECK(all.reached.at("the other is not") > 0);
}

}  // namespace
