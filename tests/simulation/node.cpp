#include "casty/simulation/node.hpp"

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "support/simulated_book.hpp"

namespace {

using casty::duration;
using casty::errc;
using namespace support;
using simulation::disk_state;

// What hooks have said, over all runs of a node.
struct said {
  unsigned started = 0;
  unsigned stopped = 0;
};

void hooked(simulation::node& at, said& all) {
  at.system().spawn(behaviors::with_lifecycle(book(), {.pre_start = [&all] { ++all.started; },
                                                       .post_stop = [&all] { ++all.stopped; }}),
                    "book");
}

TEST_CASE("simulation/node: what is killed does nothing more, what stops has its last words") {
  (void)simulation::run<said>(
      {.nodes = 2}, hooked, [](simulation::cluster& c, said& all) {
        c.run_for(duration::seconds(1));
        c[1].kill();
        CHECK(!c[1].is_up());
        CHECK_THROWS_AS((void)c[1].system(), casty::error);
        c.run_for(duration::seconds(1));
        CHECK(all.started == 2);
        CHECK(all.stopped == 0);
        c[1].start();
        CHECK_THROWS_AS(c[1].start(), casty::error);
        c.run_for(duration::seconds(1));
        CHECK(all.started == 3);
        c[1].stop();
        CHECK(all.stopped == 1);
        CHECK(c[1].starts() == 2);
      });
}

TEST_CASE("simulation/node: what stops sends what its actors have said") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    (void)simulation::run({.seed = seed, .nodes = 2}, start_book, [](simulation::cluster& c) {
      const auto to = c[1].system().lookup<Book>("/user/book", c[0].address()).get();
      for (std::uint64_t each = 0; each < 5; ++each) {
        to.tell(Note{each});
      }
      c[1].stop();
      CHECK(!c[1].is_up());
      CHECK(c[0].system().ask<Count>(book_of(c, 0)).get() == 5);
    });
  }
}

TEST_CASE("simulation/node: a future whose system is killed ends") {
  (void)simulation::run({.nodes = 2}, start_book, [](simulation::cluster& c) {
    const auto far = book_of(c, 1);
    c.cut(0, 1);
    auto asked = c[0].system().ask<Count>(far).within(duration::seconds(30));
    auto later = c[0].system().ask<Count>(far).within(duration::seconds(30));
    c[0].kill();
    CHECK(!asked.wait().has_value());
    c.run_for(duration::seconds(1));
    CHECK(!later.wait().has_value());
    CHECK(c.now() < duration::seconds(10));
  });
}

void keeps_ledger(simulation::node& at) {
  at.system().spawn(ledger(at.journal("ledger")), "ledger");
}
casty::actor_ref<Ledger> ledger_of(simulation::cluster& c) {
  return c[0].system().lookup<Ledger>("/user/ledger", c[0].address()).get();
}
std::vector<std::uint64_t> kept(simulation::cluster& c) {
  return c[0].system().ask<GetKept>(ledger_of(c)).get();
}

TEST_CASE("simulation/node: what a journal acknowledged is there after a kill, not after a loss") {
  (void)simulation::run({.nodes = 1}, keeps_ledger, [](simulation::cluster& c) {
    for (std::uint64_t number = 1; number <= 5; ++number) {
      CHECK(c[0].system().ask<Keep>(ledger_of(c), number).get());
    }
    c[0].kill();
    c[0].start();
    CHECK(kept(c) == std::vector<std::uint64_t>{1, 2, 3, 4, 5});
    CHECK_THROWS_AS(c[0].wipe_disk(), casty::error);
    c[0].cut_power();
    c[0].wipe_disk();
    c[0].start();
    CHECK(kept(c).empty());
  });
}

// What was asked for and not yet acknowledged may be there: the first part of it.
TEST_CASE("simulation/node: of what is under way at a kill the first part is written") {
  std::uint64_t least = UINT64_MAX;
  std::uint64_t most = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    (void)simulation::run(
        {.seed = seed, .nodes = 1},
        [](simulation::node& at) {
          for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
            at.system().spawn(ledger(at.journal(name)), name);
          }
        },
        [&](simulation::cluster& c) {
          std::vector<casty::future<bool>> asked;
          for (const char* path : {"/user/a", "/user/b", "/user/c", "/user/d", "/user/e"}) {
            const auto one = c[0].system().lookup<Ledger>(path, c[0].address()).get();
            (void)c[0].system().ask<GetKept>(one).get();
            asked.push_back(c[0].system().ask<Keep>(one, 1U));
          }
          c.run_for(duration::milliseconds(1 + static_cast<std::int64_t>(c.below(4))));
          std::uint64_t answered = 0;
          for (auto& each : asked) {
            answered += each.is_ready_within({}) ? 1 : 0;
          }
          c[0].kill();
          c[0].start();
          std::uint64_t there = 0;
          for (const char* path : {"/user/a", "/user/b", "/user/c", "/user/d", "/user/e"}) {
            const auto one = c[0].system().lookup<Ledger>(path, c[0].address()).get();
            there += c[0].system().ask<GetKept>(one).get().size();
          }
          CHECK(answered <= there);
          least = std::min(least, there);
          most = std::max(most, there);
        });
  }
  CHECK(least < 5);
  CHECK(most > least);
}

TEST_CASE("simulation/node: of what is under way to a full disk nothing is there after a kill") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    (void)simulation::run({.seed = seed, .nodes = 1}, keeps_ledger, [](simulation::cluster& c) {
      const auto one = ledger_of(c);
      c[0].set_disk(disk_state::full);
      const auto asked = c[0].system().ask<Keep>(one, 1U);
      c.run_for(duration::nanoseconds(300'000));
      c[0].kill();
      c[0].set_disk(disk_state::good);
      c[0].start();
      CHECK(kept(c).empty());
    });
  }
}

TEST_CASE("simulation/node: a full disk keeps nothing, a failing one perhaps, a slow one later") {
  bool was_kept = false;
  bool was_lost = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    (void)simulation::run({.seed = seed, .nodes = 1}, keeps_ledger, [&](simulation::cluster& c) {
      CHECK(c[0].system().ask<Keep>(ledger_of(c), 1U).get());
      c[0].set_disk(disk_state::full);
      CHECK(c[0].system().ask<Keep>(ledger_of(c), 2U).wait().error() == errc::persist_failed);
      c[0].kill();
      c[0].start();
      CHECK(kept(c) == std::vector<std::uint64_t>{1});
      c[0].set_disk(disk_state::failing);
      CHECK(c[0].system().ask<Keep>(ledger_of(c), 3U).wait().error() == errc::persist_failed);
      c[0].kill();
      c[0].set_disk(disk_state::good);
      c[0].start();
      const std::size_t count = kept(c).size();
      was_kept = was_kept || count == 2;
      was_lost = was_lost || count == 1;
      const duration before = c.now();
      c[0].set_disk(disk_state::slow);
      for (std::uint64_t each = 0; each < 20; ++each) {
        CHECK(c[0].system().ask<Keep>(ledger_of(c), each).get());
      }
      CHECK(c.now() - before > duration::milliseconds(500));
    });
  }
  CHECK(was_kept);
  CHECK(was_lost);
}

TEST_CASE("simulation/node: who stands still handles nothing, and does not know of it") {
  (void)simulation::run({.nodes = 2}, start_book, [](simulation::cluster& c) {
    const auto far = book_of(c, 1);
    c[1].pause();
    CHECK(c[1].is_paused());
    far.tell(Note{1});
    CHECK(!c[0].system().ask<Count>(far).within(duration::seconds(2)).wait().has_value());
    c[1].resume();
    CHECK(c[0].system().ask<Count>(far).get() == 1);
    CHECK(c[1].starts() == 1);
  });
}

TEST_CASE("simulation/node: peers of a machine without power lose it by its silence") {
  (void)simulation::run({.nodes = 2, .node = {.unreachable_max = duration::seconds(5)}},
                        start_book, [](simulation::cluster& c) {
                          const auto far = book_of(c, 1);
                          bool is_lost = false;
                          c[0].system().event_stream().subscribe(
                              [&is_lost](const casty::node_lost&) { is_lost = true; });
                          c[1].cut_power();
                          far.tell(Note{1});
                          CHECK(!c.run_until([&] { return is_lost; }, duration::seconds(4)));
                          CHECK(c.run_until([&] { return is_lost; }, duration::seconds(11)));
                        });
}

struct Rung {};

// Of each node, over all of its processes.
struct rings {
  std::uint64_t of[2] = {};
};
void ring_each_second(simulation::node& at, rings& all) {
  const auto bell =
      at.system().spawn(behaviors::receive<Rung>([&count = all.of[at.number()]](Rung) {
        ++count;
        return behaviors::same;
      }));
  at.system().tick("bell", bell, Rung{}, duration::seconds(1));
}

TEST_CASE("simulation/node: clocks go as they are told") {
  (void)simulation::run<rings>(
      {.nodes = 2, .length = duration::seconds(2000)}, ring_each_second,
      [](simulation::cluster& c, rings& all) {
        c[1].set_drift(10'000);
        c.run_for(duration::seconds(1000));
        CHECK(all.of[0] == doctest::Approx(1000).epsilon(0.002));
        CHECK(all.of[1] == doctest::Approx(1010).epsilon(0.002));
        c[1].set_drift(-10'000);
        c.run_for(duration::seconds(1000));
        CHECK(all.of[1] == doctest::Approx(2000).epsilon(0.002));
      });
}

// Whatever process runs there, and be it set while there is none.
TEST_CASE("simulation/node: clock and slowness are the machine's") {
  (void)simulation::run<rings>(
      {.nodes = 2, .length = duration::seconds(3000)}, ring_each_second,
      [](simulation::cluster& c, rings& all) {
        c[0].set_drift(50'000);
        c[0].kill();
        c[1].kill();
        c[1].set_drift(-50'000);
        c[0].start();
        c[1].start();
        c.run_for(duration::seconds(1000));
        CHECK(all.of[0] == doctest::Approx(1050).epsilon(0.002));
        CHECK(all.of[1] == doctest::Approx(950).epsilon(0.002));
        c[0].kill();
        c.heal();
        c.run_for(duration::seconds(1000));
        CHECK(all.of[0] == doctest::Approx(2050).epsilon(0.002));
      });
  std::uint64_t notes[2] = {};
  (void)simulation::run({.nodes = 2}, start_book, [&notes](simulation::cluster& c) {
    c[1].slow_down(1000);
    c[1].kill();
    c[1].start();
    for (const unsigned each : {0U, 1U}) {
      const auto here = c[each].system().lookup<Book>("/user/book", c[each].address()).get();
      const duration before = c.now();
      for (std::uint64_t number = 0; number < 100; ++number) {
        (void)c[each].system().ask<Count>(here).get();
      }
      notes[each] = static_cast<std::uint64_t>((c.now() - before).count());
    }
  });
  CHECK(notes[1] > 10 * notes[0]);
}

}  // namespace
