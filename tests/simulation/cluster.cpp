#include "casty/simulation/cluster.hpp"

#include <cstdint>
#include <stdexcept>
#include <string_view>

#include <doctest/doctest.h>

#include "casty/testkit/unexpected.hpp"
#include "support/simulated_book.hpp"

namespace {

using casty::duration;
using casty::testkit::unexpected;
using namespace support;

bool answers(simulation::cluster& c, const casty::actor_ref<Book>& from, duration within) {
  return c[0].system().ask<Count>(from).within(within).wait().has_value();
}

TEST_CASE("simulation/cluster: a partition lets nothing through, until it is healed") {
  (void)simulation::run({.nodes = 3}, start_book, [](simulation::cluster& c) {
    const auto near = book_of(c, 1);
    const auto far = book_of(c, 2);
    c.partition({0, 1});
    CHECK(answers(c, near, duration::seconds(1)));
    CHECK(!answers(c, far, duration::seconds(3)));
    c.heal();
    CHECK(answers(c, far, duration::seconds(10)));
  });
}

TEST_CASE("simulation/cluster: in one direction messages arrive, and answers do not") {
  (void)simulation::run({.nodes = 2}, start_book, [](simulation::cluster& c) {
    const auto far = book_of(c, 1);
    c.cut_one_way(1, 0);
    far.tell(Note{1});
    CHECK(!answers(c, far, duration::seconds(3)));
    c.heal();
    CHECK(c[0].system().ask<Count>(far).get() == 1);
  });
}

TEST_CASE("simulation/cluster: what is held back comes when it is let go, in order") {
  (void)simulation::run({.nodes = 2}, start_book, [](simulation::cluster& c) {
    const auto far = book_of(c, 1);
    c.hold(0, 1);
    for (std::uint64_t each = 0; each < 10; ++each) {
      far.tell(Note{each});
    }
    CHECK(!answers(c, far, duration::seconds(1)));
    c.heal();
    CHECK(c[0].system().ask<Count>(far).get() == 10);
  });
}

TEST_CASE("simulation/cluster: connections that break or lead nowhere are made anew") {
  (void)simulation::run({.nodes = 2}, start_book, [](simulation::cluster& c) {
    const auto far = book_of(c, 1);
    std::uint64_t told = 0;
    for (int round = 0; round < 5; ++round) {
      far.tell(Note{++told});
      c.reset(0, 1);
      CHECK(c[0].system().ask<Count>(far).get() == told);
      far.tell(Note{++told});
      c.leave_half_open(0, 1);
      CHECK(c[0].system().ask<Count>(far).within(duration::seconds(20)).get() == told);
    }
  });
}

TEST_CASE("simulation/cluster: links are late and slow as they are told") {
  using simulation::fault_kind;
  (void)simulation::run({.nodes = 2}, start_book, [](simulation::cluster& c) {
    const auto far = book_of(c, 1);
    const auto takes = [&] {
      const duration before = c.now();
      CHECK(answers(c, far, duration::seconds(60)));
      return c.now() - before;
    };
    CHECK(takes() < duration::milliseconds(20));
    c.inject({.kind = fault_kind::delay, .nodes = {0, 1}, .amount = 300'000'000});
    CHECK(takes() > duration::milliseconds(300));
    c.heal();
    CHECK(takes() < duration::milliseconds(20));
    c.inject({.kind = fault_kind::slow_link, .nodes = {0, 1}, .amount = 100});
    CHECK(takes() > duration::milliseconds(200));
  });
}

TEST_CASE("simulation/cluster: healing starts who is down, and wakes who stands still") {
  (void)simulation::run({.nodes = 3}, start_book, [](simulation::cluster& c) {
    c[0].kill();
    c[1].pause();
    c[2].set_disk(simulation::disk_state::full);
    c.heal();
    CHECK(c[0].is_up());
    CHECK(c[0].starts() == 2);
    CHECK(!c[1].is_paused());
    CHECK(answers(c, book_of(c, 1), duration::seconds(5)));
  });
}

TEST_CASE("simulation/cluster: what does not come to pass in time fails") {
  const auto run = [](const auto& scenario) {
    (void)simulation::run({.nodes = 1}, start_book, scenario);
  };
  CHECK_THROWS_WITH_AS(run([](simulation::cluster& c) {
                         c.eventually("the end", [] { return false; }, duration::seconds(3));
                       }),
                       doctest::Contains("\"the end\" within 3 s does not hold"), unexpected);
  CHECK_THROWS_WITH_AS(run([](simulation::cluster& c) { c.check("the truth", false); }),
                       doctest::Contains("the truth does not hold"), unexpected);
  CHECK_THROWS_AS(run([](simulation::cluster& c) { (void)c[1]; }), unexpected);
  run([](simulation::cluster& c) {
    CHECK(c.run_until([&] { return c.now() >= duration::seconds(1); }, duration::seconds(2)));
    CHECK(!c.run_until([] { return false; }, duration::seconds(2)));
  });
}

TEST_CASE("simulation/cluster: a fault of a node that is not there is the test's mistake") {
  (void)simulation::run({.nodes = 2}, start_book, [](simulation::cluster& c) {
    CHECK_THROWS_AS(c.cut(0, 2), casty::error);
    CHECK_THROWS_AS(c.partition({}), casty::error);
    CHECK_THROWS_AS(c.inject({.kind = simulation::fault_kind::kill, .nodes = {7}}), casty::error);
    CHECK(answers(c, book_of(c, 1), duration::seconds(1)));
  });
}

TEST_CASE("simulation/cluster: a fault that would do nothing or something else is refused") {
  using enum simulation::fault_kind;
  (void)simulation::run({.nodes = 3}, start_book, [](simulation::cluster& c) {
    const auto refused = [&c](const simulation::fault& what, const char* why) {
      CAPTURE(why);
      try {
        c.inject(what);
        FAIL("it is not refused");
      } catch (const casty::error& thrown) {
        CHECK(thrown.code() == casty::errc::bad_argument);
        CHECK(std::string_view(thrown.what()).find(why) != std::string_view::npos);
      }
    };
    refused({.kind = one_way_cut, .nodes = {1}}, "two nodes, from and to, here are 1");
    refused({.kind = reset, .nodes = {1, 1}}, "no link from node1 to itself");
    refused({.kind = partition, .nodes = {0, 1, 2}}, "not all of them");
    refused({.kind = partition, .nodes = {3}}, "no node3 among 3");
    refused({.kind = kill, .nodes = {0, 1}}, "kill: one node, here are 2");
    refused({.kind = slow_link, .nodes = {0, 1}}, "bytes a second above 0, here 0");
    refused({.kind = slow_link, .nodes = {0, 1}, .amount = -5}, "here -5");
    refused({.kind = delay, .nodes = {0, 1}, .amount = -1}, "nanoseconds above 0, here -1");
    refused({.kind = drift, .nodes = {0}}, "up to 100000, not 0, here 0");
    refused({.kind = drift, .nodes = {0}, .amount = -100'001}, "here -100001");
    refused({.kind = drift, .nodes = {0}, .amount = std::int64_t{1} << 32}, "here 4294967296");
    refused({.kind = kill, .nodes = {0}, .amount = 1}, "no amount, here 1");
    refused({.kind = reset, .lasts = duration::seconds(1), .nodes = {0, 1}}, "does not last");
    refused({.kind = pause, .lasts = duration::seconds(-1), .nodes = {0}}, "lasts -1.000 s");
    c.run_for(duration::seconds(2));
    refused({.kind = kill, .at = duration::seconds(1), .nodes = {0}}, "it is 2.000 s");
    CHECK_THROWS_AS(c.cut(1, 1), casty::error);
    CHECK(answers(c, book_of(c, 1), duration::seconds(1)));
  });
}

TEST_CASE("simulation/cluster: a fault by hand begins at its time, and ends after its own") {
  using enum simulation::fault_kind;
  (void)simulation::run({.nodes = 2}, start_book, [](simulation::cluster& c) {
    const auto is_up_at = [&c](std::int64_t milliseconds) {
      c.run_for(duration::milliseconds(milliseconds) - c.now());
      return c[1].is_up();
    };
    c.inject({.kind = kill,
              .at = duration::seconds(3),
              .lasts = duration::seconds(1),
              .nodes = {1}});
    CHECK(is_up_at(2900));
    CHECK(!is_up_at(3100));
    CHECK(!is_up_at(3900));
    CHECK(is_up_at(4100));
    c.inject({.kind = kill, .at = duration::seconds(9), .nodes = {1}});
    c.heal();
    CHECK(is_up_at(10'000));
    // After it they come and go as before.
    c.inject({.kind = pause, .lasts = duration::seconds(1), .nodes = {1}});
    CHECK(c[1].is_paused());
    c.run_for(duration::milliseconds(1100));
    CHECK(!c[1].is_paused());
  });
}

TEST_CASE("simulation/cluster: with more packets lost answers come later") {
  const auto takes = [](double part) {
    duration all;
    (void)simulation::run(
        {.nodes = 2, .length = duration::seconds(1), .faults = {.packet_loss = part}}, start_book,
        [&all](simulation::cluster& c) {
          auto far = c[0].system().lookup<Book>("/user/book", c[1].address()).wait();
          while (!far) {
            far = c[0].system().lookup<Book>("/user/book", c[1].address()).wait();
          }
          const duration before = c.now();
          for (unsigned each = 0; each < 100; ++each) {
            CHECK(answers(c, *far, duration::seconds(60)));
          }
          all = c.now() - before;
        });
    return static_cast<double>(all.count());
  };
  const double half = takes(0.6);
  CHECK(half < 0.8 * takes(0.999));
  CHECK(half > 1.2 * takes(0.4));
}

TEST_CASE("simulation/cluster: a clock drifts by a tenth, and by no more") {
  (void)simulation::run({.nodes = 1}, start_book, [](simulation::cluster& c) {
    for (const std::int32_t much : {-2'000'000, -1'000'000, -100'001, 100'001}) {
      CHECK_THROWS_AS(c[0].set_drift(much), casty::error);
    }
    CHECK_THROWS_AS(c[0].slow_down(0), casty::error);
    for (const std::int32_t most : {-100'000, 100'000}) {
      c[0].set_drift(most);
      CHECK(answers(c, book_of(c, 0), duration::seconds(1)));
      c.run_for(duration::seconds(1));
    }
  });
}

TEST_CASE("simulation/cluster: one fault is mended, and others go on") {
  using enum simulation::fault_kind;
  (void)simulation::run({.nodes = 3}, start_book, [](simulation::cluster& c) {
    const auto near = book_of(c, 1);
    const auto far = book_of(c, 2);
    c.hold(0, 1);
    c.partition({0, 1});
    c[2].pause();
    CHECK(!answers(c, near, duration::seconds(1)));
    CHECK(c.release(0, 1));
    CHECK(!c.release(0, 1));
    CHECK(answers(c, near, duration::seconds(1)));
    CHECK(c[2].is_paused());
    c[2].resume();
    CHECK(!answers(c, far, duration::seconds(3)));
    CHECK(c.mend({.kind = partition, .nodes = {1, 0}}));
    CHECK(answers(c, far, duration::seconds(10)));
    // What is healed is not mended once more.
    c.cut_one_way(0, 1);
    c.heal();
    CHECK(!c.mend({.kind = one_way_cut, .nodes = {0, 1}}));
    CHECK(answers(c, near, duration::seconds(10)));
    c.cut_one_way(0, 1);
    CHECK(!answers(c, near, duration::seconds(3)));
    CHECK_THROWS_AS(c.mend({.kind = hold, .nodes = {0, 3}}), casty::error);
    CHECK_THROWS_AS(c.mend({.kind = reset, .nodes = {0, 1}}), casty::error);
  });
}

TEST_CASE("simulation/cluster: the end of a fault undoes what it did, and not what others do") {
  using enum simulation::fault_kind;
  const auto second = duration::seconds(1);
  const simulation::report all =
      simulation::run({.nodes = 3}, start_book, [second](simulation::cluster& c) {
        const auto inject = [&](simulation::fault_kind kind, unsigned at) {
          c.inject({.kind = kind, .lasts = second, .nodes = {at}});
        };
        // Who was stopped before, or since, stays so.
        c[0].stop();
        inject(kill, 0);
        inject(power_cut, 1);
        c[1].start();
        c[1].stop();
        c[2].pause();
        inject(pause, 2);
        c.run_for(second + second);
        CHECK(!c[0].is_up());
        CHECK(!c[1].is_up());
        CHECK(c[2].is_paused());
        CHECK(!c.mend({.kind = pause, .nodes = {2}}));
        c.heal();
        // Of two at one node the later end counts.
        inject(kill, 0);
        inject(pause, 1);
        c.run_for(duration::milliseconds(500));
        inject(kill, 0);
        inject(pause, 1);
        c.run_for(duration::milliseconds(600));
        CHECK(!c[0].is_up());
        CHECK(c[1].is_paused());
        c.run_for(duration::milliseconds(500));
        CHECK(c[0].is_up());
        CHECK(!c[1].is_paused());
      });
  CHECK(all.faults.at("kill") == 1);
  CHECK(all.faults.at("power_cut") == 1);
  CHECK(all.faults.at("pause") == 1);
}

TEST_CASE("simulation/cluster: faults that come by themselves leave alone who is stopped") {
  for (const auto kind : {simulation::fault_kind::kill, simulation::fault_kind::pause}) {
    const simulation::report all = simulation::run(
        {.nodes = 1, .faults = {.kinds = {kind}}}, start_book, [](simulation::cluster& c) {
          c[0].stop();
          c.always("it stays so", [&c] { return !c[0].is_up(); });
          c.run_for(duration::seconds(59));
        });
    CHECK(all.faults.empty());
  }
}

TEST_CASE("simulation/cluster: after a fault links and disks are as before it") {
  using enum simulation::fault_kind;
  const auto starts = [](simulation::node& at) {
    at.system().spawn(ledger(at.journal("ledger")), "ledger");
    start_book(at);
  };
  (void)simulation::run({.nodes = 2}, starts, [](simulation::cluster& c) {
    const auto own = c[0].system().lookup<Ledger>("/user/ledger", c[0].address()).get();
    const auto keeps = [&] { return c[0].system().ask<Keep>(own, 1U).wait().has_value(); };
    c[0].set_disk(simulation::disk_state::full);
    c.inject({.kind = slow_disk, .nodes = {0}});
    CHECK(keeps());
    CHECK(c.mend({.kind = slow_disk, .nodes = {0}}));
    CHECK(!keeps());
    c[0].set_disk(simulation::disk_state::good);

    const auto far = book_of(c, 1);
    const auto takes = [&] {
      const duration before = c.now();
      CHECK(answers(c, far, duration::seconds(60)));
      return c.now() - before;
    };
    c.inject({.kind = delay, .nodes = {0, 1}, .amount = 300'000'000});
    c.inject({.kind = delay, .lasts = duration::seconds(2), .nodes = {0, 1},
              .amount = 800'000'000});
    CHECK(takes() > duration::milliseconds(800));
    c.run_for(duration::seconds(3));
    CHECK(takes() > duration::milliseconds(300));
    CHECK(takes() < duration::milliseconds(400));
    CHECK(c.mend({.kind = delay, .nodes = {0, 1}}));
    CHECK(takes() < duration::milliseconds(20));
  });
}

// Within a wait for an answer, too, which comes to its own end before.
TEST_CASE("simulation/cluster: a run ends when what always holds does not") {
  bool has_gone_on = false;
  try {
    (void)simulation::run({.nodes = 2}, start_book, [&](simulation::cluster& c) {
      const auto far = book_of(c, 1);
      c.always("soon", [&c] { return c.now() < duration::seconds(2); });
      c.cut(0, 1);
      CHECK(!answers(c, far, duration::seconds(60)));
      c.check("this does", true);
      has_gone_on = true;
    });
    FAIL("it has not failed");
  } catch (const unexpected& failed) {
    CHECK(failed.what() == doctest::Contains("\"soon\" does not hold any more"));
    CHECK(failed.after() < duration::seconds(3));
  }
  CHECK(!has_gone_on);
}

}  // namespace
