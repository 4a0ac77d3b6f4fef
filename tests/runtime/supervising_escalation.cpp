#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"
#include "support/worker.hpp"

namespace {

namespace behaviors = casty::behaviors;
using namespace std::chrono_literals;
using namespace support;
using casty::behavior;
using casty::directive;
using casty::one_for_one_strategy;
using casty::testkit::test_system;

one_for_one_strategy always(directive answer) {
  return {.decider = casty::decider([=](const std::exception_ptr&) { return answer; })};
}

// Answers when it is told to.
struct Answer {};
struct Keeper : casty::protocol<Count, Answer> {};

behavior<Keeper> keeper(std::optional<casty::reply_to<int>> kept = {}) {
  return behaviors::receive<Keeper>([](const Count& m) { return keeper(m.reply_to); },
                                    [=](Answer) {
                                      kept->tell(1);
                                      return keeper();
                                    });
}

struct Wait {};
struct Parent : casty::protocol<Note, Wait, Count> {};

// A parent that has one child, and what is known of both.
struct Home {
  Log log;
  Lives lives;
  std::optional<casty::actor_ref<Worker>> child;
  std::optional<casty::actor_ref<Parent>> parent;
  std::optional<casty::actor_ref<Keeper>> asked;
  bool parent_runs = false;

  behavior<Parent> serve(int count = 0) {
    return behaviors::receive<Parent>(
        [this, count](auto& ctx, const Note& m) {
          parent_runs = true;
          log.push_back(m.text);
          ctx.self().tell(Note{"next"});
          parent_runs = false;
          return count < 3 ? serve(count + 1) : idle();
        },
        [this](casty::actor_context<Parent>& ctx, Wait) -> casty::task<behavior<Parent>> {
          const auto from = *asked;
          (void)co_await ctx.ask<Count>(from).within(60s).outcome();
          log.push_back("went on");
          co_return behaviors::same;
        },
        [count](const Count& m) {
          m.reply_to.tell(count);
          return behaviors::same;
        });
  }
  behavior<Parent> idle() {
    return behaviors::receive<Parent>(
        [](const Count& m) {
          m.reply_to.tell(99);
          return behaviors::same;
        },
        behaviors::otherwise([] { return behaviors::same; }));
  }
  behavior<Parent> family() {
    return behaviors::setup<Parent>([this](auto& ctx) {
      child = ctx.spawn(behaviors::supervise(
          behaviors::with_lifecycle(
              worker(log), {.post_stop = [this] { log.push_back("child gone"); }}),
          always(directive::escalate)));
      return serve();
    });
  }
  // `inner` decides on what the child escalates.
  void start(test_system& system, one_for_one_strategy inner) {
    lives.listen(system);
    parent = system.spawn(behaviors::supervise(
        behaviors::with_lifecycle(
            family(), {.post_stop = [this] { log.push_back("parent gone"); },
                       .pre_restart =
                           [this](auto&, const std::exception_ptr& why) {
                             log.push_back("parent restarts: " + text_of(why));
                           }}),
        std::move(inner)));
    system.drain();
  }
};

TEST_CASE("runtime/supervising_escalation: a child's failure is the parent's, that restarts") {
  under_seeds<Home>([](test_system& system, Home& home) {
    home.start(system, {});
    const auto first = *home.child;
    first.tell(Fail{"why"});
    first.tell(Note{"lost"});
    system.drain();

    CHECK(told(home.log) == "child gone; parent restarts: why");
    CHECK_FALSE(first == *home.child);
    CHECK(count_of(system, first) == -1);
    CHECK(count_of(system, *home.child) == 0);
    CHECK(count_of(system, *home.parent) == 0);
    CHECK(home.lives == Lives{3, 1, 1});
  });
}

TEST_CASE("runtime/supervising_escalation: the parent may resume, its child is gone") {
  under_seeds<Home>([](test_system& system, Home& home) {
    home.start(system, always(directive::resume));
    home.child->tell(Fail{"why"});
    system.drain();
    CHECK(count_of(system, *home.parent) == 0);
    CHECK(count_of(system, *home.child) == -1);
    CHECK(told(home.log) == "child gone");
    CHECK(home.lives == Lives{2, 0, 1});
  });
}

TEST_CASE("runtime/supervising_escalation: the parent may stop, at the top it may escalate") {
  for (const directive answer : {directive::stop, directive::escalate}) {
    under_seeds<Home>([answer](test_system& system, Home& home) {
      home.start(system, always(answer));
      home.child->tell(Fail{"why"});
      system.drain();
      CHECK(count_of(system, *home.parent) == -1);
      CHECK(told(home.log) == "child gone; parent gone");
      CHECK(home.lives == Lives{2, 0, 2});
    });
  }
}

TEST_CASE("runtime/supervising_escalation: a parent without a strategy stops") {
  under_seeds<Home>([](test_system& system, Home& home) {
    home.lives.listen(system);
    home.parent = system.spawn(home.family());
    system.drain();
    home.child->tell(Fail{"why"});
    system.drain();
    CHECK(count_of(system, *home.parent) == -1);
    CHECK(home.lives == Lives{2, 0, 2});
  });
}

TEST_CASE("runtime/supervising_escalation: a child without a strategy stops alone") {
  under_seeds<Home>([](test_system& system, Home& home) {
    std::optional<casty::actor_ref<Worker>> child;
    home.parent = system.spawn(behaviors::setup<Parent>([&](auto& ctx) {
      child = ctx.spawn(worker(home.log));
      return home.serve();
    }));
    system.drain();
    child->tell(Fail{});
    system.drain();
    CHECK(count_of(system, *child) == -1);
    CHECK(count_of(system, *home.parent) == 0);
  });
}

TEST_CASE("runtime/supervising_escalation: exhausted restarts are not escalated") {
  under_seeds<Home>([](test_system& system, Home& home) {
    std::optional<casty::actor_ref<Worker>> child;
    home.parent = system.spawn(behaviors::setup<Parent>([&](auto& ctx) {
      child = ctx.spawn(
          behaviors::supervise(worker(home.log), one_for_one_strategy{.max_restarts = 0}));
      return home.serve();
    }));
    system.drain();
    child->tell(Fail{});
    system.drain();
    CHECK(count_of(system, *child) == -1);
    CHECK(count_of(system, *home.parent) == 0);
  });
}

TEST_CASE("runtime/supervising_escalation: a start that is to be resumed is not escalated") {
  under_seeds<Home>([](test_system& system, Home& home) {
    std::optional<casty::actor_ref<Worker>> child;
    home.parent = system.spawn(behaviors::setup<Parent>([&](auto& ctx) {
      child = ctx.spawn(behaviors::supervise(
          behaviors::supervise(
              behaviors::setup<Worker>([](auto&) -> behavior<Worker> { throw 1; }),
              always(directive::escalate)),
          always(directive::resume)));
      return home.serve();
    }));
    system.drain();
    CHECK(count_of(system, *child) == -1);
    CHECK(count_of(system, *home.parent) == 0);
  });
}

TEST_CASE("runtime/supervising_escalation: the parent fails between its messages, in its turn") {
  under_seeds<Home>([](test_system& system, Home& home) {
    bool within = false;
    const auto strategy = one_for_one_strategy{
        .decider = casty::decider([&](const std::exception_ptr&) {
          within = within || home.parent_runs;
          return directive::resume;
        })};
    home.start(system, strategy);
    home.parent->tell(Note{"first"});
    home.child->tell(Fail{});
    home.parent->tell(Note{"second"});
    system.drain();
    CHECK_FALSE(within);
    CHECK(count_of(system, *home.parent) == 99);
  });
}

TEST_CASE("runtime/supervising_escalation: failures of several children are decided one by one") {
  under_seeds<int>([](test_system& system, int& decided) {
    Log log;
    std::vector<casty::actor_ref<Worker>> children;
    const auto parent = system.spawn(behaviors::supervise(
        behaviors::setup<Note>([&](auto& ctx) {
          for (int each = 0; each < 5; ++each) {
            children.push_back(
                ctx.spawn(behaviors::supervise(worker(log), always(directive::escalate))));
          }
          return behaviors::receive<Note>([&](const Note& m) {
            log.push_back(m.text);
            return behaviors::same;
          });
        }),
        one_for_one_strategy{.decider = casty::decider([&](const std::exception_ptr&) {
          ++decided;
          return directive::resume;
        })}));
    system.drain();
    for (const auto& each : children) {
      each.tell(Fail{});
    }
    parent.tell(Note{"kept"});
    system.drain();
    CHECK(decided == 5);
    CHECK(told(log) == "kept");
  });
}

TEST_CASE("runtime/supervising_escalation: a failure goes up as far as it is escalated") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto level = [&log](const std::string& name, directive answer, behavior<Note> inner) {
      return behaviors::supervise(
          behaviors::with_lifecycle(std::move(inner),
                                    {.post_stop = [&log, name] { log.push_back(name + " gone"); },
                                     .pre_restart =
                                         [&log, name](auto&, const std::exception_ptr& why) {
                                           log.push_back(name + " restarts: " + text_of(why));
                                         }}),
          always(answer));
    };
    const auto failing = behaviors::receive<Note>(
        [](const Note& m) -> casty::outcome { throw std::runtime_error(m.text); });
    const auto around = [](behavior<Note> inner, const char* once) {
      return behaviors::setup<Note>([inner, once](auto& ctx) {
        const auto child = ctx.spawn(inner);
        return behaviors::receive<Note>([child, once](const Note& m) {
          child.tell(Note{once + m.text});
          return behaviors::same;
        });
      });
    };
    const auto top = system.spawn(
        level("a", directive::restart,
              around(level("b", directive::escalate,
                           around(level("c", directive::escalate, failing), "2")),
                     "1")));
    top.tell(Note{"x"});
    system.drain();
    CHECK(told(log) == "c gone; b gone; a restarts: 21x");
  });
}

// Has the child fail while the parent waits for an answer, which comes later.
void escalate_to_waiting(test_system& system, Home& home, directive answer) {
  home.asked = system.spawn(keeper());
  home.start(system, always(answer));
  home.parent->tell(Wait{});
  home.parent->tell(Note{"after"});
  system.run();
  home.child->tell(Fail{"why"});
  system.run();
}

TEST_CASE("runtime/supervising_escalation: a parent resumed in a coroutine waits on") {
  under_seeds<Home>([](test_system& system, Home& home) {
    escalate_to_waiting(system, home, directive::resume);
    CHECK(told(home.log) == "child gone");
    home.asked->tell(Answer{});
    system.run();
    REQUIRE(home.log.size() > 2);
    CHECK(home.log[1] == "went on");
    CHECK(home.log[2] == "after");
  });
}

TEST_CASE("runtime/supervising_escalation: a parent restarted in a coroutine drops its message") {
  under_seeds<Home>([](test_system& system, Home& home) {
    escalate_to_waiting(system, home, directive::restart);
    REQUIRE(home.log.size() > 2);
    CHECK(home.log[0] == "child gone");
    CHECK(home.log[1] == "parent restarts: why");
    CHECK(home.log[2] == "after");
    CHECK(dead(system, casty::dead_letter_reason::restarted) == 1);
    home.asked->tell(Answer{});
    system.run();
    CHECK(dead(system, casty::dead_letter_reason::late_reply) == 1);
  });
}

TEST_CASE("runtime/supervising_escalation: a parent stopped in a coroutine drops its messages") {
  under_seeds<Home>([](test_system& system, Home& home) {
    escalate_to_waiting(system, home, directive::stop);
    CHECK(told(home.log) == "child gone; parent gone");
    CHECK(dead(system, casty::dead_letter_reason::stopped) == 2);
    home.asked->tell(Answer{});
    system.run();
    CHECK(dead(system, casty::dead_letter_reason::late_reply) == 1);
  });
}

}  // namespace
