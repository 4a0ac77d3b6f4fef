#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include "casty/actor.hpp"
#include "runtime/cell.hpp"
#include "runtime/pool.hpp"
#include "support/releasing.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Get {
  casty::reply_to<std::uint64_t> reply;
};
struct Grow {
  std::uint64_t count;
};
struct StopAll {
  std::size_t stride = 1;  // no factor of how many they are: then the order is far from theirs
};
struct Release {};
struct TellAll {};
struct Parent : casty::protocol<Grow, StopAll, Release, TellAll> {};

casty::behavior<Get> child(std::uint64_t number) {
  return behaviors::receive<Get>([number](const Get& m) {
    m.reply.tell(number);
    return behaviors::same;
  });
}

using children = std::vector<casty::actor_ref<Get>>;

casty::behavior<Parent> parent(children& all) {
  using context = casty::actor_context<Parent>;
  return behaviors::receive<Parent>(
      [&all](context& ctx, Grow m) {
        for (std::uint64_t number = 0; number < m.count; ++number) {
          all.push_back(ctx.spawn(child(number)));
        }
        return behaviors::same;
      },
      [&all](context& ctx, StopAll m) {
        for (std::size_t each = 0; each < all.size(); ++each) {
          ctx.stop(all[each * m.stride % all.size()]);
        }
        return behaviors::same;
      },
      [](Release) {
        support::release_all();
        return behaviors::same;
      },
      [&all](TellAll) {
        for (const auto& each : all) {
          each.tell(Get{casty::ignored});
        }
        return behaviors::same;
      });
}

std::size_t resident_bytes() {
  std::size_t whole = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> whole >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

constexpr std::uint64_t many = 200'000;

TEST_CASE("runtime/memory: what a peak of actors and messages took is given back after it") {
  children all;
  all.reserve(many);
  support::release_all();
  const std::size_t before = resident_bytes();
  std::size_t peak = 0;
  {
    casty::actor_system system({.name = "memory", .workers = 1});
    const auto of = system.spawn(parent(all));
    of.tell(Grow{many});
    REQUIRE(system.drain(casty::duration::seconds(60)));
    for (const auto& each : all) {
      each.tell(Get{casty::ignored});
    }
    peak = resident_bytes();
    of.tell(StopAll{});
    REQUIRE(system.drain(casty::duration::seconds(60)));
  }
  support::release_all();
  REQUIRE(peak - before > many * 100);
#ifndef CASTY_SANITIZED  // a sanitizer keeps memory of its own beside each byte
  CHECK(resident_bytes() - before < (peak - before) / 5 + 4 * casty::detail::reserve_bytes);
#endif
}

TEST_CASE("runtime/memory: a ref to an actor whose memory was given back leads nowhere") {
  casty::actor_system system({.name = "memory", .workers = 1});
  children gone;
  children alive;
  {
    // Cells of a thread that has ended lie where all can see them.
    casty::actor_system before({.name = "before", .workers = 1});
    const auto of = before.spawn(parent(gone));
    of.tell(Grow{many});
    of.tell(StopAll{});
    REQUIRE(before.drain(casty::duration::seconds(60)));
  }
  support::release_all();
  for (std::size_t each = 0; each < gone.size(); each += 1000) {
    gone[each].tell(Get{casty::ignored});
    CHECK(gone[each].path().view() == "/dead");
  }

  // Their cells live again, as others.
  const auto of = system.spawn(parent(alive));
  of.tell(Grow{many});
  REQUIRE(system.drain(casty::duration::seconds(60)));
  const std::uint64_t handled = system.counts().handled;
  for (const auto& each : gone) {
    each.tell(Get{casty::ignored});
  }
  REQUIRE(system.drain(casty::duration::seconds(60)));
  CHECK(system.counts().handled == handled);
  for (std::size_t each = 0; each < alive.size(); each += 1000) {
    CHECK(system.ask<Get>(alive[each]).get() == each);
  }
}

bool has_memory(const casty::actor_ref<Get>& actor) {
  return casty::detail::load(casty::detail::ref_access::get(actor).actor->owner) != nullptr;
}

TEST_CASE("runtime/memory: threads that send while memory is given back lose nothing") {
  constexpr int passes_max = 100;
  for (int round = 0; round < 5; ++round) {
    casty::actor_system system({.name = "memory", .workers = 2});
    children all;
    const auto of = system.spawn(parent(all));
    of.tell(Grow{20'000});
    of.tell(StopAll{});
    REQUIRE(system.drain(casty::duration::seconds(60)));
    std::atomic<bool> is_over{false};
    std::atomic<std::uint64_t> sent{2};
    std::thread sender([&] {
      do {
        for (const auto& each : all) {
          each.tell(Get{casty::ignored});
        }
        sent += all.size();
      } while (!is_over);
    });
    while (sent == 2) {
      std::this_thread::yield();
    }

    std::ptrdiff_t gone = 0;  // while it sends
    for (int pass = 0; pass < passes_max && gone == 0; ++pass) {
      (void)support::release_once();
      gone = std::count_if(all.begin(), all.end(), std::not_fn(has_memory));
    }
    const std::uint64_t before = sent;
    while (gone > 0 && sent < before + 2 * all.size()) {
      std::this_thread::yield();
    }
    is_over = true;
    sender.join();
    REQUIRE(gone > 0);
    REQUIRE(system.drain(casty::duration::seconds(60)));
    const auto counts = system.counts();
    CHECK(counts.sent == counts.handled + counts.dead);
    CHECK(counts.sent == sent);
  }
}

constexpr std::size_t stride = 7919;

TEST_CASE("runtime/memory: who is long dead is a dead target, whoever was there before") {
  children before;
  children all;
  casty::actor_system other({.name = "other", .workers = 1});
  casty::actor_system system({.name = "memory", .workers = 1});
  const auto tells = other.spawn(parent(before));
  const auto of = system.spawn(parent(all));
  {
    casty::actor_system ended({.name = "ended", .workers = 1});
    const auto first = ended.spawn(parent(before));
    first.tell(Grow{60'000});
    first.tell(StopAll{stride});
    REQUIRE(ended.drain(casty::duration::seconds(60)));
  }
  of.tell(Grow{30'000});
  of.tell(StopAll{});
  REQUIRE(system.drain(casty::duration::seconds(60)));
  support::release_all();  // both threads keep some cells, of many chunks
  of.tell(Release{});
  REQUIRE(system.drain(casty::duration::seconds(60)));
  REQUIRE(std::count_if(all.begin(), all.end(), has_memory) < 20'000);

  SUBCASE("for a thread") {
    for (std::size_t each = 0; each < all.size(); each += 10) {
      const auto answer = system.ask<Get>(all[each]).wait();
      REQUIRE_FALSE(answer.has_value());
      REQUIRE(answer.error() == casty::errc::dead_target);
    }
    CHECK(system.counts().dead_of(casty::dead_letter_reason::no_such_actor) == all.size() / 10);
  }
  SUBCASE("for an actor") {
    of.tell(TellAll{});
    REQUIRE(system.drain(casty::duration::seconds(60)));
    CHECK(system.counts().dead_of(casty::dead_letter_reason::no_such_actor) == all.size());
  }
  SUBCASE("for an actor of another system, which counts it") {
    tells.tell(TellAll{});
    REQUIRE(other.drain(casty::duration::seconds(60)));
    CHECK(other.counts().dead_of(casty::dead_letter_reason::no_such_actor) == before.size());
  }
}

}  // namespace
