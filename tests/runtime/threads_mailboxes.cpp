// Bounded mailboxes and timers on the production set. What timing decides is not checked here.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using reason = casty::dead_letter_reason;

casty::system_options quiet(unsigned workers) {
  return {.name = "threads", .workers = workers, .log = casty::log_level::off};
}

constexpr std::uint32_t capacity = 8;
const casty::spawn_options backpressure{
    .mailbox = {.capacity = capacity, .overflow = casty::overflow::backpressure}};

struct Gauge {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> handled{0};
  std::atomic<bool> ordered{true};
};

struct Item {
  int sender;
  int number;
};

behavior<Item> gauged(Gauge& gauge, int senders) {
  return behaviors::with_state<Item>(
      std::vector<int>(static_cast<std::size_t>(senders), 0),
      [&gauge](std::vector<int>& next, Item m) {
        int& expected = next[static_cast<std::size_t>(m.sender)];
        gauge.ordered = gauge.ordered && m.number >= expected;
        expected = m.number + 1;
        ++gauge.handled;
        return behaviors::same;
      });
}

// Half by try_tell, half by tell.
bool offer(const casty::actor_ref<Item>& to, const Item& item) {
  if (item.number % 2 == 0) {
    return to.try_tell(item);
  }
  try {
    to.tell(item);
    return true;
  } catch (const casty::error& failure) {
    CHECK(failure.code() == casty::errc::mailbox_full);
    return false;
  }
}

TEST_CASE("runtime/threads_mailboxes: threads hammer one mailbox, it is never above capacity") {
  casty::actor_system system(quiet(2));
  Gauge gauge;
  constexpr int senders = 4;
  constexpr int each = 5000;
  std::atomic<std::uint64_t> above{0};
  const auto to = system.spawn(gauged(gauge, senders), {}, backpressure);
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&, sender] {
      for (int number = 0; number < each; ++number) {
        // What was let in by then waits, is being handled, or was handled, now or later.
        if (offer(to, Item{sender, number})) {
          const std::uint64_t let_in = ++gauge.accepted;
          const std::uint64_t done = gauge.handled;
          above += let_in > done + capacity + 1 ? 1U : 0U;
        } else {
          ++gauge.refused;
          std::this_thread::yield();
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  REQUIRE(system.drain(casty::duration::seconds(60)));
  CHECK(above == 0);
  CHECK(gauge.ordered);
  CHECK(gauge.accepted + gauge.refused == std::uint64_t{senders} * each);
  CHECK(gauge.handled == gauge.accepted);
  CHECK(system.counts().sent == gauge.accepted);
  CHECK(system.counts().dead == 0);
  for (std::uint32_t more = 0; more < capacity; ++more) {
    CHECK(to.try_tell(Item{0, each}));
  }
}

// The words that senders look at are of the whole program, and used again and again.
void check_that_words_are_sound() {
  casty::testkit::test_system system;
  for (int round = 0; round < 64; ++round) {
    const auto to = system.spawn(behaviors::receive<Item>([](Item) { return behaviors::same; }),
                                 {}, backpressure);
    std::uint32_t accepted = 0;
    while (accepted <= capacity && to.try_tell(Item{0, 0})) {
      ++accepted;
    }
    REQUIRE(accepted == capacity);
  }
}

TEST_CASE("runtime/threads_mailboxes: bounded actors come and go under fire, nothing is lost") {
  {
    casty::actor_system system(quiet(2));
    Gauge gauge;
    constexpr int senders = 4;
    constexpr int each = 20'000;
    constexpr std::size_t slots = 8;
    std::mutex guard;
    std::vector<casty::actor_ref<Item>> refs;
    const auto spawn = [&] { return system.spawn(gauged(gauge, senders), {}, backpressure); };
    for (std::size_t slot = 0; slot < slots; ++slot) {
      refs.push_back(spawn());
    }
    std::atomic<int> sending{senders};
    std::vector<std::thread> threads;
    for (int sender = 0; sender < senders; ++sender) {
      threads.emplace_back([&, sender] {
        std::vector<casty::actor_ref<Item>> some;  // and soon stale
        for (int number = 0; number < each; ++number) {
          if (number % 64 == 0) {
            const std::lock_guard lock(guard);
            some = refs;
          }
          const auto& to = some[static_cast<std::size_t>(number) % slots];
          ++(offer(to, Item{sender, number}) ? gauge.accepted : gauge.refused);
        }
        --sending;
      });
    }
    for (std::size_t slot = 0; sending != 0; slot = (slot + 1) % slots) {
      system.stop(refs[slot]);
      const auto made = spawn();
      const std::lock_guard lock(guard);
      refs[slot] = made;
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    REQUIRE(system.drain(casty::duration::seconds(60)));

    const auto all = system.counts();
    CHECK(gauge.ordered);
    CHECK(gauge.accepted + gauge.refused == std::uint64_t{senders} * each);
    CHECK(all.sent == gauge.accepted);
    CHECK(all.handled == gauge.handled);
    CHECK(all.sent == all.handled + all.dead);
    CHECK(all.dead == all.dead_of(reason::stopped) + all.dead_of(reason::no_such_actor));
    CHECK(all.waiting == 0);
  }
  check_that_words_are_sound();
}

struct Send {
  int sender;
  int last;
};

behavior<Send> sender(casty::actor_ref<Item> to, std::atomic<int>& done) {
  return behaviors::receive<Send>([to, &done](Send m) -> casty::task<behavior<Send>> {
    for (int number = 0; number <= m.last; ++number) {
      co_await to.send<Item>(m.sender, number);
    }
    ++done;
    co_return behaviors::same;
  });
}

TEST_CASE("runtime/threads_mailboxes: actors of two workers wait for room, beside threads") {
  casty::actor_system system(quiet(2));
  Gauge gauge;
  constexpr int senders = 6;
  constexpr int each = 3000;
  std::atomic<int> done{0};
  const auto to = system.spawn(gauged(gauge, senders + 1), {}, backpressure);
  for (int number = 0; number < senders; ++number) {
    system.spawn(sender(to, done)).tell(Send{number, each - 1});
  }
  std::uint64_t accepted = 0;
  std::thread beside([&] {
    for (int number = 0; number < each; ++number) {
      accepted += offer(to, Item{senders, number}) ? 1U : 0U;
    }
  });
  beside.join();
  REQUIRE(system.drain(casty::duration::seconds(60)));
  CHECK(done == senders);
  CHECK(gauge.ordered);
  CHECK(gauge.handled == std::uint64_t{senders} * each + accepted);
  CHECK(system.counts().dead == 0);
}

TEST_CASE("runtime/threads_mailboxes: receivers stop while actors wait, every send ends") {
  {
    casty::actor_system system(quiet(2));
    Gauge gauge;
    std::atomic<int> done{0};
    constexpr int rounds = 200;
    for (int round = 0; round < rounds; ++round) {
      const auto to = system.spawn(gauged(gauge, 1), {}, backpressure);
      // Those that hear of its end fail, and stop.
      system.spawn(sender(to, done)).tell(Send{0, 100});
      system.spawn(sender(to, done)).tell(Send{0, 100});
      system.stop(to);
    }
    REQUIRE(system.drain(casty::duration::seconds(60)));
    const auto all = system.counts();
    CHECK(all.waiting == 0);
    CHECK(all.sent == all.handled + all.dead);
    CHECK(all.dead_of(reason::overflow) == 0);
    CHECK(all.dead_of(reason::late_reply) == 0);
    CHECK(all.dead_of(reason::failed) == 2 * rounds - static_cast<unsigned>(done));
  }
  check_that_words_are_sound();
}

struct Later {
  int ticks;
  casty::reply_to<int> reply_to;
};
struct Tick {};
struct Clock : casty::protocol<Later, Tick> {};
struct Waits {
  int left = 0;
  std::vector<casty::reply_to<int>> asker = {};
};

behavior<Clock> counts_ticks() {
  return behaviors::with_state<Clock>(
      Waits{},
      [](auto& ctx, Waits& state, const Later& m) {
        state.left = m.ticks;
        state.asker.assign(1, m.reply_to);
        ctx.timers().every("tick", Tick{}, casty::duration::milliseconds(1));
        return behaviors::same;
      },
      [](auto& ctx, Waits& state, Tick) {
        if (state.left > 0 && --state.left == 0) {
          ctx.timers().cancel("tick");
          state.asker.front().tell(1);
          state.asker.clear();
        }
        return behaviors::same;
      });
}

TEST_CASE("runtime/threads_mailboxes: timers run in real time, and threads set and cancel them") {
  casty::actor_system system(quiet(2));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      const auto own = system.spawn(counts_ticks());
      CHECK(system.ask<Later>(own, 5).within(casty::duration::seconds(60)).get() == 1);
      const auto of_system = system.spawn(counts_ticks());
      for (int round = 0; round < 500; ++round) {
        const std::string key = std::to_string((round + thread) % 7);
        system.schedule(key, of_system, Tick{}, casty::duration::nanoseconds(round % 3));
        system.tick(key, of_system, Tick{}, casty::duration::milliseconds(1 + round % 3));
        system.cancel_schedule(std::to_string(round % 11));
      }
      auto asked = system.ask<Later>(of_system, 3).within(casty::duration::seconds(60));
      system.tick("mine" + std::to_string(thread), of_system, Tick{},
                  casty::duration::milliseconds(1));
      CHECK(asked.get() == 1);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

struct Flood {
  int number;
};

TEST_CASE("runtime/threads_mailboxes: a stop overtakes what waits, also within a long turn") {
  for (const std::uint32_t bound : {0U, 500'000U}) {
    casty::actor_system system(quiet(1));
    std::atomic<int> phase{0};
    std::atomic<int> handled{0};
    const auto busy = system.spawn(behaviors::receive<Flood>([&](Flood m) {
      if (m.number == 0 || m.number == 10) {
        phase = m.number + 1;
        phase.notify_all();
        phase.wait(m.number + 1);
      }
      ++handled;
      return behaviors::same;
    }), {}, {.mailbox = {.capacity = bound}});
    busy.tell(Flood{0});
    phase.wait(0);
    constexpr int flood = 200'000;  // all wait when the next turn begins
    for (int number = 1; number <= flood; ++number) {
      busy.tell(Flood{number});
    }
    phase = 2;
    phase.notify_all();
    phase.wait(2);
    system.stop(busy);
    phase = 0;
    phase.notify_all();
    REQUIRE(system.drain(casty::duration::seconds(60)));
    CHECK(handled < 20'000);
    CHECK(system.counts().dead_of(reason::stopped) == flood + 1 - static_cast<unsigned>(handled));
  }
}

struct Step {};

TEST_CASE("runtime/threads_mailboxes: actors that flood themselves starve none of their worker") {
  casty::actor_system system(quiet(1));
  const auto flood = [](auto& ctx, Step) {
    (void)ctx.self().try_tell(Step{});
    (void)ctx.self().try_tell(Step{});
    return behaviors::same;
  };
  // What is beyond the bound is refused or dropped, for ever.
  for (const auto policy : {casty::overflow::drop_new, casty::overflow::drop_oldest,
                            casty::overflow::backpressure}) {
    system.spawn(behaviors::receive<Step>(flood), {},
                 {.mailbox = {.capacity = 100'000, .overflow = policy}}).tell(Step{});
  }
  const auto other = system.spawn(counts_ticks());
  for (int round = 0; round < 3; ++round) {
    CHECK(system.ask<Later>(other, 5).within(casty::duration::seconds(60)).get() == 1);
  }
  system.terminate(casty::duration::milliseconds(50));
}

}  // namespace
