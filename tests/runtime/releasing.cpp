#include "runtime/releasing.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "runtime/pool.hpp"
#include "runtime/sanitizers.hpp"
#include "support/many_blocks.hpp"
#include "support/releasing.hpp"

namespace {

using namespace casty::detail;
using support::give_back;
using support::keep_one_a_slab;
using support::take_blocks;

#ifndef CASTY_RUNTIME_ASAN  // else blocks bypass the pool

constexpr std::size_t many = 300'000;
constexpr std::uint32_t other_bytes = support::block_bytes / 2;

struct pieces {
  unsigned count = 0;
  unsigned largest = 0;
  release_step outcome = release_step::goes_on;
};

pieces pass(std::int64_t now = support::after_a_while()) {
  pieces all;
  release_turn mine;
  do {
    all.outcome = release_piece(mine, now);
    ++all.count;
    all.largest = std::max(all.largest, mine.handled);
  } while (all.outcome == release_step::goes_on);
  return all;
}

TEST_CASE("runtime/releasing: memory goes in pieces, and is not looked at again when none can") {
  support::release_all();
  std::vector<void*> all = take_blocks(many);
  const std::vector<void*> kept = keep_one_a_slab(all);
  give_back(all);
  (void)pass();  // it was in use a moment ago

  const pieces in_vain = pass();
  CHECK(in_vain.outcome == release_step::in_vain);
  CHECK(in_vain.count >= many / 2 / release_piece_max);
  CHECK(in_vain.largest <= release_piece_max);
  // It lies sorted already.
  CHECK(pass().count == 1);

  give_back(kept);
  const pieces in_full = pass();
  CHECK(in_full.outcome == release_step::again);
  CHECK(in_full.count >= many / 2 / release_piece_max);
  CHECK(in_full.largest <= release_piece_max);
}

TEST_CASE("runtime/releasing: what is being looked at can be taken") {
  std::vector<void*> all = take_blocks(many);
  const std::vector<void*> kept = keep_one_a_slab(all);
  give_back(all);
  (void)pass();
  const std::int64_t now = support::after_a_while();
  release_turn mine;
  for (int each = 0; each < 10; ++each) {
    REQUIRE(release_piece(mine, now) == release_step::goes_on);
  }

  const std::uint64_t before = fresh_slabs();
  const std::vector<void*> again = take_blocks(many - kept.size());
  CHECK(fresh_slabs() == before);
  while (release_piece(mine, now) == release_step::goes_on) {
  }
  give_back(again);
  give_back(kept);
  support::release_all();
}

TEST_CASE("runtime/releasing: a peak is looked at again, whatever else cannot go") {
  support::release_all();
  std::vector<void*> all = take_blocks(many);
  const std::vector<void*> kept = keep_one_a_slab(all);
  give_back(all);
  (void)pass();

  give_back(take_blocks(many, other_bytes), other_bytes);
  CHECK(pass().outcome == release_step::again);
  CHECK(pass().outcome == release_step::again);
  CHECK(pass().outcome == release_step::in_vain);
  give_back(kept);
  support::release_all();
}

TEST_CASE("runtime/releasing: who left a pass that others ended takes part in the next") {
  support::release_all();
  give_back(take_blocks(many));
  (void)pass();
  release_turn mine;
  REQUIRE(release_piece(mine, support::after_a_while()) == release_step::goes_on);
  std::thread([] { support::release_all(); }).join();

  give_back(take_blocks(many, other_bytes), other_bytes);
  CHECK(release_piece(mine, support::after_a_while()) == release_step::again);
  support::release_all();
}

TEST_CASE("runtime/releasing: what was needed since a pass began does not go") {
  constexpr std::size_t idle = 2 * reserve_bytes / support::block_bytes;
  support::release_all();
  give_back(take_blocks(many));
  (void)pass();
  const std::int64_t now = support::after_a_while();
  release_turn mine;
  REQUIRE(release_piece(mine, now) == release_step::goes_on);

  const std::uint64_t before = fresh_slabs();
  give_back(take_blocks(many - idle));
  REQUIRE(fresh_slabs() == before);
  CHECK(pass(now).outcome == release_step::again);
  give_back(take_blocks(many - idle));
  CHECK(fresh_slabs() == before);
  support::release_all();
}

TEST_CASE("runtime/releasing: a pass with which nobody has gone on for a second is over") {
  support::release_all();
  give_back(take_blocks(many));
  (void)pass();
  const std::int64_t now = support::after_a_while();
  release_turn mine;
  REQUIRE(release_piece(mine, now) == release_step::goes_on);

  release_turn other;
  CHECK(release_piece(other, now + memory_is_kept_ns / 2) == release_step::goes_on);
  CHECK_FALSE(other.has_begun);
  CHECK(release_piece(mine, now + memory_is_kept_ns) == release_step::goes_on);
  CHECK_FALSE(mine.has_begun);
  CHECK(release_piece(other, now + 2 * memory_is_kept_ns) == release_step::goes_on);
  CHECK(other.has_begun);
  support::release_all();
}

TEST_CASE("runtime/releasing: who comes a moment after a look does not look again") {
  support::release_all();
  give_back(take_blocks(many));
  const std::int64_t now = support::after_a_while();
  (void)pass(now);

  CHECK(pass(now + 1'000'000).outcome == release_step::later);
  CHECK(pass(now - 1'000'000).outcome == release_step::later);
  const std::uint64_t before = fresh_slabs();
  give_back(take_blocks(many));
  CHECK(fresh_slabs() == before);

  (void)pass(now + memory_is_kept_ns);  // the blocks were needed since
  CHECK(pass(now + 2 * memory_is_kept_ns).outcome == release_step::again);
  give_back(take_blocks(many));
  CHECK(fresh_slabs() > before);
  support::release_all();
}

// As an object of a thread that says goodbye to an actor does.
struct late_taker {
  ~late_taker() {
    for (int each = 0; each < 2; ++each) {
      give_back(take_blocks(10));
    }
    void* kept = allocate_block(other_bytes);
    give_back(take_blocks(10));
    free_block(kept, other_bytes);
  }
};

TEST_CASE("runtime/releasing: what a thread takes after its end is not lost") {
  const auto run_thread = [] {
    std::thread([] {
      thread_local late_taker before_its_blocks;
      (void)&before_its_blocks;
      give_back(take_blocks(1));
      give_back(take_blocks(1, other_bytes), other_bytes);
    }).join();
  };
  give_back(take_blocks(2 * batch_size));
  run_thread();

  const std::uint64_t before = fresh_slabs();
  for (int each = 0; each < 300; ++each) {
    run_thread();
  }
  CHECK(fresh_slabs() == before);
}

#endif

struct number {
  number* next;
  number* following;
  unsigned count;
};

struct number_traits {
  using thing = number;
  static number*& next(number* each) noexcept { return each->next; }
  static number* following(number* first) noexcept { return first->following; }
  static void follow(number* first, number* batch) noexcept { first->following = batch; }
  static unsigned& count(number* each) noexcept { return each->count; }
  static mapped_group<number>& group_of(number*) noexcept { return all; }
  static bool may_go(mapped_group<number>&) noexcept { return true; }
  static void release(mapped_group<number>&) noexcept {}
  static mapped_group<number> all;
};
mapped_group<number> number_traits::all{nullptr, nullptr, nullptr, 0, UINT32_MAX};

// Threads end while others are at the depot all the time.
TEST_CASE("runtime/releasing: what a thread that ends has left reaches others") {
  constexpr std::size_t threads = 4;
  constexpr std::size_t each_has = 100;
  constexpr std::size_t rounds = 2000;
  depot<number_traits> shared;
  std::vector<number> things(threads * each_has * rounds);
  std::vector<std::thread> running;
  for (std::size_t mine = 0; mine < threads; ++mine) {
    running.emplace_back([&, mine] {
      number* next = &things[mine * each_has * rounds];
      for (std::size_t round = 0; round < rounds; ++round) {
        free_chain<number> chain;
        for (std::size_t each = 0; each < each_has; ++each) {
          give<number_traits>(next++, chain, shared);
        }
        give_all(chain, shared);
      }
    });
  }
  for (std::thread& each : running) {
    each.join();
  }

  CHECK(shared.held() == things.size());
  std::size_t found = 0;
  unsigned count = 0;
  for (number* first = shared.try_take(count); first != nullptr; first = shared.try_take(count)) {
    for (; first != nullptr; first = first->next) {
      ++found;
    }
  }
  CHECK(found == things.size());
}

}  // namespace
