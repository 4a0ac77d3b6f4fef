#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"
#include "support/worker.hpp"

namespace {

namespace behaviors = casty::behaviors;
using namespace std::chrono_literals;
using namespace support;
using casty::behavior;
using casty::dead_letter_reason;
using casty::directive;
using casty::one_for_one_strategy;
using casty::testkit::test_system;

behavior<Worker> supervised(Log& log, one_for_one_strategy strategy = {}) {
  return behaviors::supervise(worker(log), std::move(strategy));
}

one_for_one_strategy always(directive answer) {
  return {.decider = casty::decider([=](const std::exception_ptr&) { return answer; })};
}

TEST_CASE("runtime/supervising: three restarts within a minute, the fourth failure stops") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(supervised(log));
    for (int each = 0; each < 3; ++each) {
      actor.tell(Note{"before"});
      actor.tell(Fail{});
      CHECK(count_of(system, actor) == 0);
    }
    actor.tell(Fail{});
    CHECK(count_of(system, actor) == -1);
    CHECK(log.size() == 3);
  });
}

TEST_CASE("runtime/supervising: a restart counts until its window has passed") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(supervised(log, {.max_restarts = 2, .within = 10s}));
    actor.tell(Fail{});
    system.advance(6s);
    actor.tell(Fail{});
    system.advance(4s);  // the first has passed, the second has not
    actor.tell(Fail{});
    system.run();
    CHECK(count_of(system, actor) == 0);
    system.advance(5s);
    actor.tell(Fail{});
    system.run();
    CHECK(count_of(system, actor) == -1);
  });
}

TEST_CASE("runtime/supervising: behaviors::restart counts in the supervision window") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto mixed = system.spawn(supervised(log));
    mixed.tell(Fail{});
    mixed.tell(Again{});
    mixed.tell(Fail{});
    CHECK(count_of(system, mixed) == 0);
    mixed.tell(Again{});
    CHECK(count_of(system, mixed) == -1);

    const auto asked = system.spawn(supervised(log, {.max_restarts = 1}));
    asked.tell(Again{});
    CHECK(count_of(system, asked) == 0);
    system.advance(60s);
    asked.tell(Again{});
    CHECK(count_of(system, asked) == 0);
    asked.tell(Fail{});
    CHECK(count_of(system, asked) == -1);
  });
}

TEST_CASE("runtime/supervising: behaviors::restart asks no decider") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(supervised(log, always(directive::stop)));
    actor.tell(Note{"x"});
    actor.tell(Again{});
    CHECK(count_of(system, actor) == 0);
  });
}

TEST_CASE("runtime/supervising: a strategy of no restarts stops, one of all never does") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto none = system.spawn(supervised(log, {.max_restarts = 0}));
    none.tell(Fail{});
    CHECK(count_of(system, none) == -1);
    const auto all = system.spawn(supervised(log, {.max_restarts = UINT32_MAX}));
    for (int each = 0; each < 100; ++each) {
      all.tell(Fail{});
    }
    CHECK(count_of(system, all) == 0);
  });
}

TEST_CASE("runtime/supervising: restart begins anew, resume goes on, stop and escalate stop") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto after = [&](directive answer) {
      const auto actor = system.spawn(supervised(log, always(answer)));
      actor.tell(Note{"x"});
      actor.tell(Fail{});
      return count_of(system, actor);
    };
    CHECK(after(directive::restart) == 0);
    CHECK(after(directive::resume) == 1);
    CHECK(after(directive::stop) == -1);
    CHECK(after(directive::escalate) == -1);
    CHECK(dead(system, dead_letter_reason::failed) == 4);
  });
}

TEST_CASE("runtime/supervising: resume counts as no restart") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(supervised(log, always(directive::resume)));
    for (int each = 0; each < 20; ++each) {
      actor.tell(Fail{});
    }
    actor.tell(Note{"x"});
    CHECK(count_of(system, actor) == 1);
  });
}

struct Lost : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Throw {
  bool lost;
};
struct Thrower : casty::protocol<Throw, Note, Count> {};

behavior<Thrower> thrower(int count = 0) {
  return behaviors::receive<Thrower>(
      [](Throw m) -> casty::outcome {
        if (m.lost) {
          throw Lost("lost");
        }
        throw 7;
      },
      [=](const Note&) { return thrower(count + 1); },
      [=](const Count& m) {
        m.reply_to.tell(count);
        return behaviors::same;
      });
}

TEST_CASE("runtime/supervising: a decider sees the type of the failure") {
  under_seeds<int>([](test_system& system, int&) {
    const auto after = [&](bool lost) {
      const auto actor = system.spawn(behaviors::supervise(
          thrower(), one_for_one_strategy{.decider = casty::decide(
                                              [](const Lost&) { return directive::resume; },
                                              [](int code) {
                                                return code == 7 ? directive::stop
                                                                 : directive::restart;
                                              })}));
      actor.tell(Note{});
      actor.tell(Throw{lost});
      return count_of(system, actor);
    };
    CHECK(after(true) == 1);
    CHECK(after(false) == -1);
  });
}

TEST_CASE("runtime/supervising: a decider that throws stops its actor, and no more") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(behaviors::supervise(
        supervised(log, {.decider = casty::decider([](const std::exception_ptr&) -> directive {
                           throw std::runtime_error("at a loss");
                         })}),
        always(directive::resume)));
    const auto other = system.spawn(supervised(log));
    actor.tell(Fail{});
    CHECK(count_of(system, actor) == -1);
    CHECK(count_of(system, other) == 0);
  });
}

TEST_CASE("runtime/supervising: what the inner strategy escalates, the outer decides") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto after = [&](directive inner, directive outer) {
      const auto actor =
          system.spawn(behaviors::supervise(supervised(log, always(inner)), always(outer)));
      actor.tell(Note{"x"});
      actor.tell(Fail{});
      return count_of(system, actor);
    };
    CHECK(after(directive::escalate, directive::resume) == 1);
    CHECK(after(directive::escalate, directive::restart) == 0);
    CHECK(after(directive::escalate, directive::stop) == -1);
    CHECK(after(directive::escalate, directive::escalate) == -1);
    CHECK(after(directive::stop, directive::resume) == -1);
    CHECK(after(directive::resume, directive::stop) == 1);
  });
}

TEST_CASE("runtime/supervising: when the inner strategy is exhausted the outer one decides") {
  under_seeds<Log>([](test_system& system, Log& log) {
    int outer = 0;
    int inner = 0;
    const auto counting = [](int& asked) {
      return casty::decider([&asked](const std::exception_ptr&) {
        ++asked;
        return directive::restart;
      });
    };
    const auto actor = system.spawn(
        behaviors::supervise(supervised(log, {.max_restarts = 2, .decider = counting(inner)}),
                             one_for_one_strategy{.max_restarts = 1, .decider = counting(outer)}));
    for (int each = 0; each < 3; ++each) {
      actor.tell(Fail{});
    }
    CHECK(count_of(system, actor) == 0);
    CHECK(inner == 3);
    CHECK(outer == 1);

    // The outer restart has made the inner strategy anew.
    for (int each = 0; each < 2; ++each) {
      actor.tell(Fail{});
    }
    CHECK(count_of(system, actor) == 0);
    CHECK(outer == 1);
    actor.tell(Fail{});
    CHECK(count_of(system, actor) == -1);
    CHECK(outer == 2);
  });
}

TEST_CASE("runtime/supervising: behaviors::restart goes to the outer strategy as well") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(behaviors::supervise(supervised(log, {.max_restarts = 1}),
                                                         one_for_one_strategy{.max_restarts = 1}));
    for (int each = 0; each < 3; ++each) {
      actor.tell(Again{});
    }
    CHECK(count_of(system, actor) == 0);
    actor.tell(Again{});
    CHECK(count_of(system, actor) == -1);
  });
}

TEST_CASE("runtime/supervising: without a strategy a failure stops") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto plain = system.spawn(worker(log));
    plain.tell(Fail{});
    CHECK(count_of(system, plain) == -1);
    const auto hooked = system.spawn(behaviors::with_lifecycle(worker(log), noting(log, "a")));
    hooked.tell(Fail{});
    CHECK(count_of(system, hooked) == -1);
    CHECK(told(log) == told({"a pre_start", "a post_stop"}));
  });
}

TEST_CASE("runtime/supervising: a restart keeps the mailbox, and drops the failing message") {
  under_seeds<Log>([](test_system& system, Log& log) {
    Log dropped;
    system.event_stream().subscribe([&](const casty::dead_letter& letter) {
      dropped.emplace_back(to_string(letter.reason));
      dropped.emplace_back(letter.message);
    });
    const auto actor = system.spawn(supervised(log));
    for (const char* text : {"a", "b", "c"}) {
      actor.tell(Note{text});
      actor.tell(Note{text});
      actor.tell(Fail{});
    }
    actor.tell(Note{"d"});
    system.drain();

    CHECK(told(log) == told({"a", "a", "b", "b", "c", "c", "d"}));
    REQUIRE(dropped.size() == 6);
    CHECK(dropped[0] == "failed");
    CHECK(dropped[1].ends_with("Fail"));
    CHECK(count_of(system, actor) == 1);
  });
}

TEST_CASE("runtime/supervising: messages of several senders keep their order over restarts") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(supervised(log, {.max_restarts = UINT32_MAX}));
    const auto sender = [&](const std::string& name) {
      (void)system.spawn(behaviors::setup<Note>([=](auto&) {
        for (int each = 0; each < 10; ++each) {
          actor.tell(Note{name + std::to_string(each)});
          if (each % 3 == 0) {
            actor.tell(Fail{});
          }
        }
        return behaviors::receive<Note>(behaviors::ignore<Note>);
      }));
    };
    sender("a");
    sender("b");
    system.drain();

    for (const char name : {'a', 'b'}) {
      Log of_one;
      for (const std::string& text : log) {
        if (text.front() == name) {
          of_one.push_back(text);
        }
      }
      REQUIRE(of_one.size() == 10);
      CHECK(std::is_sorted(of_one.begin(), of_one.end()));
    }
  });
}

TEST_CASE("runtime/supervising: what cannot be copied is refused, but for what a setup makes") {
  struct Owner {
    std::unique_ptr<int> value;
  };
  const auto owning = [](int value) {
    return behaviors::with_state<Worker>(
        Owner{std::make_unique<int>(value)},
        [](Owner& self, const Note&) {
          ++*self.value;
          return behaviors::same;
        },
        [](Owner&, const Fail&) -> casty::outcome { throw 1; },
        [](const Owner& self, const Count& m) {
          m.reply_to.tell(*self.value);
          return behaviors::same;
        },
        behaviors::otherwise([] { return behaviors::same; }));
  };
  CHECK_THROWS_AS((void)behaviors::supervise(owning(1), one_for_one_strategy{}), casty::error);

  test_system system(1, {.name = "test", .log = casty::log_level::off});
  const auto actor = system.spawn(behaviors::supervise(
      behaviors::setup<Worker>([=](auto&) { return owning(5); }), one_for_one_strategy{}));
  actor.tell(Note{});
  CHECK(count_of(system, actor) == 6);
  actor.tell(Fail{});
  CHECK(count_of(system, actor) == 5);
}

TEST_CASE("runtime/supervising: a copy that throws is a failure, too") {
  struct Fussy {
    explicit Fussy(int& left) : copies(&left) {}
    Fussy(const Fussy& other) : copies(other.copies) {
      if (--*copies < 0) {
        throw std::runtime_error("no copy");
      }
    }
    int* copies;
  };
  under_seeds<int>([](test_system& system, int& left) {
    left = 100;
    const auto actor = system.spawn(behaviors::supervise(
        behaviors::with_state<Note>(Fussy(left), [](Fussy&, const Note&) -> casty::outcome {
          throw 1;
        }),
        one_for_one_strategy{}));
    system.drain();
    left = 0;
    Lives lives;
    lives.listen(system);
    actor.tell(Note{});
    system.drain();
    CHECK(left == -3);
    CHECK(lives.stopped == 1);
    CHECK(lives.restarted == 0);
  });
}

TEST_CASE("runtime/supervising: a subscriber of the event stream that throws harms nobody") {
  under_seeds<Log>([](test_system& system, Log& log) {
    Lives lives;
    system.event_stream().subscribe([](const casty::actor_started&) { throw 1; });
    system.event_stream().subscribe([](const casty::actor_restarted&) { throw 2; });
    system.event_stream().subscribe([](const casty::actor_stopped&) { throw 3; });
    system.event_stream().subscribe([](const casty::dead_letter&) { throw 4; });
    lives.listen(system);
    const auto actor = system.spawn(supervised(log, {.max_restarts = 1}));
    actor.tell(Fail{});
    CHECK(count_of(system, actor) == 0);
    actor.tell(Fail{});
    CHECK(count_of(system, actor) == -1);
    CHECK(lives == Lives{1, 1, 1});
  });
}

}  // namespace
