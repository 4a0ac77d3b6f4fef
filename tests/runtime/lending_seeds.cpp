// Actors that move from worker to worker when a seed says so.
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "runtime/worker.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::testkit::test_system;

constexpr unsigned workers = 3;

struct Step {
  std::size_t from;
  int number;
};
struct Get {
  casty::reply_to<int> reply_to;
};
struct Begin {};
struct Work {};
struct Parent : casty::protocol<Begin, Work> {};
struct Send {
  std::size_t from;
  int left;
};

constexpr std::size_t crew_size = 8;
constexpr std::size_t senders = 3;
constexpr int sends_max = 4000;
constexpr std::size_t sources = senders + workers;

using numbers = std::array<int, sources>;

unsigned worker_number() { return casty::detail::worker::current()->number; }

struct World {
  std::vector<casty::actor_ref<Step>> crew;
  std::vector<casty::actor_ref<Work>> gone;  // one a worker, or more
  std::vector<casty::actor_ref<Get>> echoes;
  std::array<std::array<int, crew_size>, sources> sent{};
  int out_of_order = 0;
  int handled = 0;
  std::array<int, workers> on{};  // how many were handled there

  void send(std::size_t from, std::size_t to) { crew[to].tell(Step{from, ++sent[from][to]}); }
  [[nodiscard]] int all_sent() const {
    int all = 0;
    for (const auto& each : sent) {
      for (const int to_one : each) {
        all += to_one;
      }
    }
    return all;
  }

  behavior<Step> member() {
    using context = casty::actor_context<Step>;
    return behaviors::with_state<Step>(numbers{}, [this](context& ctx, numbers& last, Step m) {
      if (!echoes.empty() && m.number % 3 == 0) {
        (void)ctx.ask<Get>(echoes[m.from % echoes.size()]);  // the answer is too late
      }
      out_of_order += m.number == ++last[m.from] ? 0 : 1;
      ++handled;
      ++on[worker_number()];
      return behaviors::same;
    });
  }
  behavior<Parent> parent() {
    using context = casty::actor_context<Parent>;
    return behaviors::receive<Parent>(
        [this](context& ctx, Begin) {
          for (std::size_t each = 0; each < crew_size; ++each) {
            crew.push_back(ctx.spawn(member()));
          }
          return behaviors::same;
        },
        behaviors::ignore<Work>);
  }
  // Sends to the living and to the dead.
  behavior<Send> sender() {
    return behaviors::receive<Send>([this](auto& ctx, Send m) {
      for (std::size_t each = 0; each < crew_size; ++each) {
        send(m.from, each);
        if (!gone.empty()) {
          gone[(each + static_cast<std::size_t>(m.left)) % gone.size()].tell(Work{});
        }
      }
      if (m.left > 1) {
        ctx.self().tell(Send{m.from, m.left - 1});
      }
      return behaviors::same;
    });
  }
  void start(test_system& system) {
    system.spawn(parent()).tell(Begin{});
    for (std::size_t each = 0; each < 2 * workers; ++each) {
      gone.push_back(system.spawn(behaviors::receive<Work>(behaviors::ignore<Work>)));
      system.stop(gone.back());
    }
    system.run();
  }
  void start_echoes(test_system& system) {
    for (unsigned each = 0; each < workers; ++each) {
      echoes.push_back(system.spawn(behaviors::receive<Get>([](const Get& m) {
        m.reply_to.tell(1);
        return behaviors::same;
      })));
    }
  }
  void work(test_system& system) {
    for (std::size_t each = 0; each < senders; ++each) {
      system.spawn(sender()).tell(Send{each, 12});
    }
    system.run();
    CHECK(handled == all_sent());
    CHECK(out_of_order == 0);
  }
};

void all_take_part(const std::array<int, workers>& on) {
  for (const int each : on) {
    CHECK(each > 1000);
  }
}

TEST_CASE("runtime/lending_seeds: messages of each sender come in their order") {
  std::array<int, workers> on{};
  support::under_seeds<World>(
      [&on](test_system& system, World& world) {
        world.start(system);
        world.work(system);
        for (unsigned each = 0; each < workers; ++each) {
          on[each] += world.on[each];
        }
      },
      workers);
  all_take_part(on);
}

// What a worker calls while it takes its inbox in is a sender, too: its actors may arrive
// between two of its messages.
TEST_CASE("runtime/lending_seeds: messages of who hears of dead letters come in their order") {
  std::array<int, workers> on{};
  std::array<int, workers> sent_from{};
  support::under_seeds<World>(
      [&](test_system& system, World& world) {
        world.start(system);
        world.start_echoes(system);
        system.event_stream().subscribe([&world](const casty::dead_letter&) {
          if (world.all_sent() < sends_max) {
            for (std::size_t each = 0; each < crew_size; ++each) {
              world.send(senders + worker_number(), each);
            }
          }
        });
        world.work(system);
        for (unsigned each = 0; each < workers; ++each) {
          on[each] += world.on[each];
          sent_from[each] += world.sent[senders + each][0];
        }
      },
      workers);
  all_take_part(on);
  all_take_part(sent_from);
}

}  // namespace
