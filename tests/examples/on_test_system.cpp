// The programs of examples/ on the deterministic set: the same actors, under 20 seeds, with
// the whole of what they print.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/runtime/receptionist.hpp"
#include "casty/runtime/routers.hpp"
#include "casty/testkit/test_system.hpp"

// Each in a namespace of its own; their includes stand above and do nothing here.
#define main example_main
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wreturn-type"  // a main needs no return
namespace hello {
#include "../../examples/00_hello.cpp"
}
namespace bank_account_example {
#include "../../examples/01_bank_account.cpp"
}
namespace ask_example {
#include "../../examples/02_ask.cpp"
}
namespace monitor_example {
#include "../../examples/03_monitor.cpp"
}
namespace manager_example {
#include "../../examples/04_manager.cpp"
}
namespace cart_example {
#include "../../examples/05_cart.cpp"
}
namespace with_state_example {
#include "../../examples/06_with_state.cpp"
}
namespace corners_example {
#include "../../examples/07_corners.cpp"
}
namespace supervision_example {
#include "../../examples/08_supervision.cpp"
}
namespace lifecycle_example {
#include "../../examples/09_lifecycle.cpp"
}
namespace events_example {
#include "../../examples/10_events.cpp"
}
namespace mailbox_example {
#include "../../examples/11_mailbox.cpp"
}
namespace scheduling_example {
#include "../../examples/12_scheduling.cpp"
}
namespace routers_example {
#include "../../examples/14_routers.cpp"
}
#pragma GCC diagnostic pop
#undef main
namespace runtime_program {
#include "runtime_program.hpp"
}
namespace claims_program {
#include "claims_program.hpp"
}

namespace {

// What `run` prints, by a stdout of its own.
std::string printed_by(void (*run)(casty::actor_system&), std::uint64_t seed) {
  std::fflush(stdout);
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  const int before = ::dup(::fileno(stdout));
  ::dup2(::fileno(file), ::fileno(stdout));
  {
    casty::testkit::test_system system(seed, {.name = "test", .log = casty::log_level::off});
    run(system);
  }
  std::fflush(stdout);
  ::dup2(before, ::fileno(stdout));
  ::close(before);
  std::rewind(file);
  std::string text;
  for (int letter = std::fgetc(file); letter != EOF; letter = std::fgetc(file)) {
    text += static_cast<char>(letter);
  }
  std::fclose(file);
  return text;
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

constexpr std::uint64_t seeds = 20;

TEST_CASE("examples: those whose output timing does not decide print it under every seed") {
  struct Example {
    void (*run)(casty::actor_system&);
    const char* prints;
  };
  const Example all[] = {
      {&hello::run, "Hello, Alice!\nHello, Bob!\n"},
      {&bank_account_example::run, "Balance: 150\n"},
      {&ask_example::run,
       "Balance: 100\nWithdraw: insufficient funds (balance=100)\nWithdraw: ok\n"
       "Balance: 42\ndead: dead_target\n"},
      {&cart_example::run,
       "Checkout of nothing: no_reply\nTotal: $100.00\nReceipt: 2 items, $100.00\n"},
      {&with_state_example::run, "1\nno_reply\n"},
      {&supervision_example::run,
       "starting\nProcessed: one (0 before)\nabout to restart\nProcessed: hello (0 before)\n"
       "stopped\n"},
      {&lifecycle_example::run,
       "/user/database starts\nconnected\nquery 1\nclosed\nrestarts after: a negative query\n"
       "database is back\nconnected\nquery 2\nclosed\ndatabase stopped\n"},
      {&events_example::run,
       "started: /user/worker\ndead letter: Fail, failed\nrestarted: /user/worker\n"
       "unhandled: Odd\ndead letter: Odd, unhandled\nstopped: /user/worker\n"
       "dead letter: Work, no_such_actor\n3 dead letters\n"},
      {&mailbox_example::run,
       "dead letter: Print, overflow\n1\n2\ndead letter: Print, overflow\n2\n3\nmailbox_full\n"
       "try_tell: 0\n1\n2\n10\n11\n12\n13\n14\n"},
      {&scheduling_example::run, "reports: 3\nwoken: 3\ntwo are not three: timeout\n"},
      {&routers_example::run,
       "cat by 0\ndog by 1\nowl by 2\nfox by 0\nthe same: yes\n0 for resizing\n"
       "1 for resizing\n2 for resizing\ncat by 0\ndog by 1\n1 for resizing\nowl by 1\n"
       "left: 1\n"},
      {&runtime_program::run,
       "Started: /user/bounded\nDead letter: Report\ncasty: mailbox_full: /user/polite\n"
       "Started: /user/polite\ntry_tell: 1\nStarted: /user/ticking\nreports: 3\n"
       "Started: /user/sleeper\nwoken\ntimeout\n"},
  };
  for (const Example& example : all) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      CAPTURE(seed);
      CHECK(printed_by(example.run, seed) == example.prints);
    }
  }
}

TEST_CASE("examples: those whose order is drawn print the same lines under every seed") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    const auto corners = sorted_lines(printed_by(&corners_example::run, seed));
    CHECK(corners == std::vector<std::string>{"1 4 4", "done"});

    const auto manager = sorted_lines(printed_by(&manager_example::run, seed));
    CHECK(manager == std::vector<std::string>{"[alice] working on: implement login",
                                              "[bob] working on: write tests"});

    auto monitor = sorted_lines(printed_by(&monitor_example::run, seed));
    REQUIRE(monitor.size() == 4);
    CHECK(monitor[3].find("3 balance 100, a rather long name for an owner opened, then 5, "
                          "note a longer note, checks ") == 0);
    monitor.pop_back();
    CHECK(monitor == std::vector<std::string>{"1 balance 100", "2 balance 100", "2 balance 5"});
  }
}

TEST_CASE("examples: what the API page claims holds under every seed") {
  const std::string refused = ": casty: would_block: await the answer, or pipe it to self";
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    const auto lines = sorted_lines(printed_by(&claims_program::run, seed));
    CHECK(lines == std::vector<std::string>{"0", "dead letter: Get",
                                            // The answers to the two asks that were dropped.
                                            "dead letter: int", "dead letter: int",
                                            "get" + refused, "late: timeout",
                                            "plain get" + refused});
  }
}

TEST_CASE("examples: a seed prints the same twice, to the letter") {
  CHECK(printed_by(&monitor_example::run, 7) == printed_by(&monitor_example::run, 7));
  CHECK(printed_by(&manager_example::run, 7) == printed_by(&manager_example::run, 7));
}

}  // namespace
