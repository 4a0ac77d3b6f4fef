// Actors on their way to another worker: what comes for them meanwhile, and that they arrive.
#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "runtime/asking.hpp"
#include "runtime/engine.hpp"
#include "runtime/senders.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::detail::cell;
using casty::detail::worker;
using namespace std::chrono_literals;

// Keeps its worker busy without a sleep.
void work_for(std::chrono::nanoseconds span) {
  const auto end = std::chrono::steady_clock::now() + span;
  while (std::chrono::steady_clock::now() < end) {
  }
}

struct Step {
  std::size_t from;
  std::uint64_t number;
};
struct Begin {};
struct Go {
  int rounds;
};
struct Rest {
  casty::reply_to<bool> reply_to;  // once it has been given a turn
};
struct StopLent {
  casty::reply_to<std::size_t> reply_to;  // how many children are listed that should not be
};
struct Parent : casty::protocol<Begin, Go, Rest, StopLent> {};

constexpr std::size_t crew_size = 64;
constexpr std::size_t senders_max = 4;

struct crew {
  std::vector<casty::actor_ref<Step>> all;
  std::atomic<int> on[2] = {};        // turns
  std::atomic<int> out_of_order{0};
  std::atomic<int> ended{0};
};

struct seen_of {
  std::uint64_t last[senders_max + 1] = {};
};

behavior<Step> busy(crew& its) {
  return behaviors::with_state<Step>(seen_of{}, [&its](seen_of& seen, const Step& m) {
    work_for(5us);
    ++its.on[worker::current()->number];
    its.out_of_order += m.number == 0 || m.number == ++seen.last[m.from] ? 0 : 1;
    return behaviors::same;
  });
}

template <class Protocol>
cell* cell_of(const casty::actor_ref<Protocol>& actor) {
  return casty::detail::ref_access::get(actor).actor;
}

bool is_elsewhere(const casty::actor_ref<Step>& child) {
  return casty::detail::load(cell_of(child)->owner) != worker::current()->entry;
}

// Has its children on its own worker, to begin with, and waits until those that are not there
// have ended.
behavior<Parent> parent(crew& its) {
  using context = casty::actor_context<Parent>;
  return behaviors::receive<Parent>(
      [&its](context& ctx, Begin) {
        for (std::size_t each = 0; each < crew_size; ++each) {
          its.all.push_back(ctx.spawn(busy(its)));
        }
        return behaviors::same;
      },
      [&its](context& ctx, Go m) {
        for (const auto& each : its.all) {
          each.tell(Step{0, 0});
        }
        if (m.rounds > 1) {
          ctx.self().tell(Go{m.rounds - 1});
        }
        return behaviors::same;
      },
      [](const Rest& m) {
        m.reply_to.tell(true);
        return behaviors::same;
      },
      [&its](context& ctx, const StopLent& m) {
        int lent = 0;
        for (const auto& each : its.all) {
          if (is_elsewhere(each)) {
            ctx.stop(each);
            ++lent;
          }
        }
        for (int seen = its.ended; seen < lent; seen = its.ended) {
          its.ended.wait(seen);
        }
        std::size_t listed = 0;
        for ([[maybe_unused]] const casty::any_ref& each : ctx.children()) {
          ++listed;
        }
        m.reply_to.tell(listed + static_cast<std::size_t>(lent) - crew_size);
        return behaviors::same;
      });
}

casty::system_options two_workers() {
  return {.name = "way", .workers = 2, .log = casty::log_level::off};
}

// A thread that has looked where an actor lives, and does not push until it may go on.
class slow_sender {
 public:
  explicit slow_sender(const cell* to)
      : thread_([this, to] {
          const casty::detail::sending begun(to);
          to_.store(begun.to());
          to_.notify_all();
          goes_on_.wait(false);
        }) {
    to_.wait(nullptr);
  }
  slow_sender(const slow_sender&) = delete;
  slow_sender& operator=(const slow_sender&) = delete;
  ~slow_sender() { go_on(); }

  [[nodiscard]] casty::detail::port& to() const { return *to_; }
  void go_on() {
    if (thread_.joinable()) {
      goes_on_ = true;
      goes_on_.notify_all();
      thread_.join();
    }
  }

 private:
  std::atomic<casty::detail::port*> to_{nullptr};
  std::atomic<bool> goes_on_{false};
  std::thread thread_;
};

// Lets the crew work until one of them has left this inbox; null when none does.
cell* wait_for_one_to_leave(casty::actor_system& system, const casty::actor_ref<Parent>& first,
                            const crew& its, const casty::detail::port& home) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    first.tell(Go{20});
    (void)system.ask<Rest>(first).get();
    for (const auto& each : its.all) {
      if (casty::detail::load(cell_of(each)->owner) != &home) {
        return cell_of(each);
      }
    }
  }
  return nullptr;
}

struct parks {
  std::coroutine_handle<>& at;
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) const noexcept { at = waiting; }
  void await_resume() const noexcept {}
};

casty::task<void> notes_where(std::coroutine_handle<>& parked, std::atomic<int>& where) {
  const parks until_woken{parked};
  co_await until_woken;
  where = static_cast<int>(worker::current()->number);
}

// As a future does that ended before its actor left, with a slow thread that says so.
TEST_CASE("runtime/lending_on_the_way: an actor that is woken goes on where it arrives") {
  crew its;
  std::coroutine_handle<> parked;
  std::atomic<int> where{-1};
  const casty::task<void> task = notes_where(parked, where);
  casty::detail::ask_block future{};
  casty::actor_system system(two_workers());
  const auto first = system.spawn(parent(its));
  first.tell(Begin{});
  (void)system.ask<Rest>(first).get();
  slow_sender holds_up(cell_of(first));
  cell* leaves = wait_for_one_to_leave(system, first, its, holds_up.to());
  REQUIRE(leaves != nullptr);

  using namespace casty::detail;
  const target to = target_of(leaves);
  auto* wait = ::new (allocate_block(sizeof(future_wait))) future_wait{to, parked, &future, false};
  engine::send_to(holds_up.to(), make_order<woken>(order::wake, to, wait));
  (void)system.ask<Rest>(first).get();
  (void)system.ask<Rest>(first).get();
  CHECK(where.load() == -1);

  holds_up.go_on();
  REQUIRE(system.drain(casty::duration::seconds(60)));
  CHECK(where.load() == 1);
}

TEST_CASE("runtime/lending_on_the_way: actors arrive while threads send without a pause") {
  crew its;
  struct Note {};
  std::atomic<std::uint64_t> noted{0};
  casty::actor_system system(two_workers());
  const auto first = system.spawn(parent(its));
  (void)system.spawn(behaviors::receive<Note>(behaviors::ignore<Note>));
  const auto sink = system.spawn(behaviors::receive<Note>([&noted](Note) {
    ++noted;
    return behaviors::same;
  }));
  first.tell(Begin{});
  (void)system.ask<Rest>(first).get();
  std::atomic<bool> have_arrived{false};
  std::atomic<std::uint64_t> sent{0};
  std::vector<std::thread> threads;
  for (std::size_t each = 1; each <= senders_max; ++each) {
    threads.emplace_back([&, each] {
      for (std::uint64_t number = 1; !have_arrived; ++number) {
        for (int note = 0; note < 100; ++note) {
          sink.tell(Note{});
        }
        sent += 100;
        its.all[number % crew_size].tell(Step{each, 1 + (number - 1) / crew_size});
        while (sent - noted > 100'000 && !have_arrived) {
          std::this_thread::yield();
        }
      }
    });
  }
  for (int attempt = 0; attempt < 1000 && its.on[1] == 0; ++attempt) {
    first.tell(Go{20});
    (void)system.ask<Rest>(first).get();
  }
  have_arrived = true;
  for (std::thread& each : threads) {
    each.join();
  }
  REQUIRE(system.drain(casty::duration::seconds(60)));

  CHECK(its.on[1] != 0);
  CHECK(its.out_of_order == 0);
  CHECK(noted == sent);
}

TEST_CASE("runtime/lending_on_the_way: children that have ended elsewhere are not listed") {
  crew its;
  casty::actor_system system(two_workers());
  system.event_stream().subscribe([&its](const casty::actor_stopped&) {
    ++its.ended;
    its.ended.notify_all();
  });
  const auto first = system.spawn(parent(its));
  first.tell(Begin{});
  for (int attempt = 0; attempt < 1000 && its.on[1] == 0; ++attempt) {
    first.tell(Go{20});
    REQUIRE(system.drain(casty::duration::seconds(60)));
  }
  REQUIRE(its.on[1] != 0);

  CHECK(system.ask<StopLent>(first).within(casty::duration::seconds(60)).get() == 0);
}

}  // namespace
