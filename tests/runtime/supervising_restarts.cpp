#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

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
using casty::one_for_one_strategy;
using casty::testkit::test_system;

struct Keep {
  std::string text;
};
struct Release {};
struct Alarm {};
struct Look {
  casty::reply_to<std::string> reply_to;
};
struct Seen {
  std::string text;
};
struct Slow {
  casty::reply_to<std::string> reply_to;
};
struct Desk : casty::protocol<Keep, Release, Alarm, Look, Seen, Fail, Note> {};
struct Library : casty::protocol<Slow, Note> {};

// Answers as late as the note that follows.
behavior<Library> library(std::shared_ptr<casty::reply_to<std::string>> waiting = nullptr) {
  return behaviors::receive<Library>(
      [](const Slow& m) {
        return library(std::make_shared<casty::reply_to<std::string>>(m.reply_to));
      },
      [=](const Note& m) {
        if (waiting != nullptr) {
          waiting->tell(m.text);
        }
        return library();
      });
}

behavior<Desk> desk(Log& log, casty::actor_ref<Library> asked) {
  return behaviors::receive<Desk>(
      [](auto& ctx, const Keep& m) {
        ctx.stash(m);
        return behaviors::same;
      },
      [&log](auto& ctx, Release) -> behavior<Desk> {
        ctx.unstash_all();
        return behaviors::receive<Desk>(
            [&log](const Keep& m) {
              log.push_back(m.text);
              return behaviors::same;
            },
            behaviors::otherwise([] { return behaviors::same; }));
      },
      [&log](Alarm) {
        log.push_back("alarm");
        return behaviors::same;
      },
      [asked](casty::actor_context<Desk>& ctx, const Look&) {
        ctx.pipe_to_self(ctx.ask<Slow>(asked), [](casty::result<std::string> found) {
          return Seen{found.value_or("nothing")};
        });
        return behaviors::same;
      },
      [&log](const Seen& m) {
        log.push_back(m.text);
        return behaviors::same;
      },
      [](const Fail& m) -> casty::outcome { throw std::runtime_error(m.text); },
      [&log](auto& ctx, const Note& m) {
        ctx.timers().once("once", Alarm{}, 5s);
        ctx.timers().every("every", Alarm{}, 7s);
        ctx.set_receive_timeout(1s, Alarm{});
        log.push_back(m.text);
        return behaviors::same;
      });
}

casty::actor_ref<Desk> start(test_system& system, Log& log, casty::actor_ref<Library> asked) {
  return system.spawn(behaviors::supervise(desk(log, asked), one_for_one_strategy{}));
}

TEST_CASE("runtime/supervising_restarts: what was stashed goes back in front of the mailbox") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = start(system, log, system.spawn(library()));
    for (const char* text : {"a", "b"}) {
      actor.tell(Keep{text});
    }
    actor.tell(Fail{});
    actor.tell(Keep{"c"});
    actor.tell(Release{});
    system.drain();

    CHECK(told(log) == "a; b; c");
    CHECK(system.counts().dead == 1);
    CHECK(system.counts().waiting == 0);
  });
}

TEST_CASE("runtime/supervising_restarts: timers end with the behavior that set them") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = start(system, log, system.spawn(library()));
    actor.tell(Note{"set"});
    system.run();
    actor.tell(Fail{});
    system.run();
    system.advance(30s);
    CHECK(told(log) == "set");

    actor.tell(Note{"again"});
    system.run();
    system.advance(5s);
    CHECK(log.size() > 2);
  });
}

TEST_CASE("runtime/supervising_restarts: a piped ask is given up, its late answer a dead letter") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto asked = system.spawn(library());
    const auto actor = start(system, log, asked);
    auto look = system.ask<Look>(actor);
    CHECK(look.wait().error() == casty::errc::no_reply);
    system.run();
    actor.tell(Fail{});
    system.run();
    asked.tell(Note{"late"});
    system.drain();
    CHECK(log.empty());
    CHECK(dead(system, dead_letter_reason::late_reply) == 1);
    CHECK(dead(system, dead_letter_reason::failed) == 1);
  });
}

TEST_CASE("runtime/supervising_restarts: an answer taken before the failure counts") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto asked = system.spawn(library());
    const auto actor = system.spawn(behaviors::supervise(
        desk(log, asked), one_for_one_strategy{.backoff = {.min = 1s}}));
    (void)system.ask<Look>(actor).wait();
    system.run();
    const auto wakes = system.spawn(behaviors::receive<Note>([=](const Note& m) {
      asked.tell(m);
      return behaviors::same;
    }));
    wakes.tell(Note{"found"});
    system.run();
    actor.tell(Fail{});
    system.drain();
    CHECK(told(log) == "found");
  });
}

TEST_CASE("runtime/supervising_restarts: the asker of a failing request learns it at once") {
  under_seeds<Log>([](test_system& system, Log&) {
    const auto actor = system.spawn(behaviors::supervise(
        behaviors::receive<Slow>([](const Slow&) -> casty::outcome { throw 1; }),
        one_for_one_strategy{.backoff = {.min = 3s}}));
    const auto before = system.now();
    CHECK(system.ask<Slow>(actor).wait().error() == casty::errc::no_reply);
    CHECK(system.now() == before);
  });
}

TEST_CASE("runtime/supervising_restarts: a ref, a name and watchers outlive a restart") {
  struct Ended {};
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(
        behaviors::supervise(worker(log), one_for_one_strategy{.backoff = {.min = 1s}}), "w");
    (void)system.spawn(behaviors::setup<Ended>([&log, actor](auto& ctx) {
      ctx.watch_with(actor, Ended{});
      return behaviors::receive<Ended>([&log](Ended) {
        log.push_back("ended");
        return behaviors::same;
      });
    }));
    actor.tell(Fail{});
    system.run();
    CHECK_THROWS_AS((void)system.spawn(worker(log), "w"), casty::error);
    system.advance(2s);
    CHECK(actor.path().view() == "/user/w");
    CHECK(log.empty());
    actor.tell(Quit{});
    system.drain();
    CHECK(told(log) == "ended");
  });
}

TEST_CASE("runtime/supervising_restarts: a restart waits for the last of its descendants") {
  under_seeds<Log>([](test_system& system, Log& log) {
    struct Family {
      static behavior<Worker> of(Log& to, int depth) {
        return behaviors::with_lifecycle(
            behaviors::setup<Worker>([&to, depth](auto& ctx) {
              to.push_back("begins " + std::to_string(depth));
              if (depth > 0) {
                ctx.spawn(of(to, depth - 1), "child");
              }
              return worker(to);
            }),
            {.post_stop = [&to, depth] { to.push_back("ends " + std::to_string(depth)); }});
      }
    };
    const auto actor =
        system.spawn(behaviors::supervise(Family::of(log, 3), one_for_one_strategy{}));
    system.drain();
    CHECK(told(log) == "begins 3; begins 2; begins 1; begins 0");
    log.clear();
    actor.tell(Fail{});
    system.drain();
    CHECK(told(log) ==
          "ends 0; ends 1; ends 2; begins 3; begins 2; begins 1; begins 0");
  });
}

TEST_CASE("runtime/supervising_restarts: a child that fails meanwhile changes nothing") {
  under_seeds<Log>([](test_system& system, Log& log) {
    Lives lives;
    lives.listen(system);
    const auto actor = system.spawn(behaviors::supervise(
        behaviors::setup<Worker>([&log](auto& ctx) {
          ctx.spawn(behaviors::supervise(worker(log),
                                         one_for_one_strategy{.decider = casty::decide(
                                             [](const std::exception_ptr&) {
                                               return casty::directive::escalate;
                                             })}))
              .tell(Fail{"child"});
          return worker(log);
        }),
        one_for_one_strategy{.max_restarts = 50, .within = 1h}));
    for (int each = 0; each < 10; ++each) {
      actor.tell(Again{});
    }
    system.run();
    // Each restart makes a child that fails: at last the restarts are used up.
    CHECK(count_of(system, actor) == -1);
    CHECK(lives.restarted == 50);
    CHECK(lives.stopped == 52);
  });
}

TEST_CASE("runtime/supervising_restarts: events tell each start, restart and stop once") {
  under_seeds<Log>([](test_system& system, Log& log) {
    Log events;
    system.event_stream().subscribe([&](const casty::actor_started& e) {
      events.push_back("started " + std::string(e.ref.path().view()));
    });
    system.event_stream().subscribe([&](const casty::actor_restarted& e) {
      events.push_back("restarted for " + text_of(e.failure));
    });
    system.event_stream().subscribe([&](const casty::actor_stopped& e) {
      events.push_back("stopped " + std::string(e.ref.path().view()));
    });
    const auto actor =
        system.spawn(behaviors::supervise(worker(log), one_for_one_strategy{}), "w");
    actor.tell(Fail{"one"});
    actor.tell(Again{});
    actor.tell(Quit{});
    system.drain();
    CHECK(told(events) ==
          "started /user/w; restarted for one; restarted for nothing; stopped /user/w");
  });
}

}  // namespace
