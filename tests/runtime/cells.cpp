#include "runtime/cell.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "runtime/pool.hpp"
#include "support/releasing.hpp"

namespace {

using casty::detail::allocate_cell;
using casty::detail::cell;
using casty::detail::cell_number;
using casty::detail::load;

constexpr std::size_t many = 60'000;  // more than are kept in reserve
constexpr std::uint32_t numbers_of_a_chunk = 4096;
constexpr std::size_t few = 3;

// As an actor's end does.
void end(cell* actor) {
  casty::detail::store(actor->generation, load(actor->generation) + 1);
  casty::detail::free_cell(actor);
}

TEST_CASE("runtime/cells: memory given back does not make a generation come twice") {
  std::vector<cell*> all;
  std::set<std::uint32_t> seen;
  std::set<std::pair<cell*, std::uint32_t>> lives;
  for (std::size_t each = 0; each < many; ++each) {
    all.push_back(allocate_cell());
    lives.emplace(all.back(), load(all.back()->generation));
  }
  // One in each of a few chunks has a single life left.
  for (cell* each : all) {
    if (seen.size() < few && seen.insert(cell_number(each) / numbers_of_a_chunk).second) {
      casty::detail::store(each->generation, UINT32_MAX - 2);
      lives.emplace(each, UINT32_MAX - 2);
    }
  }

  for (int round = 0; round < 3; ++round) {
    for (cell* each : std::exchange(all, {})) {
      end(each);
    }
    support::release_all();
    for (std::size_t each = 0; each < many; ++each) {
      cell* made = all.emplace_back(allocate_cell());
      const std::uint32_t generation = load(made->generation);
      if (generation == 0 || generation == UINT32_MAX ||
          !lives.emplace(made, generation).second) {
        FAIL("cell " << cell_number(made) << " lives again in generation " << generation);
      }
    }
  }
  for (cell* each : all) {
    end(each);
  }
}

// As an object of a thread that spawns an actor at last does.
struct late_taker {
  ~late_taker() {
    for (int each = 0; each < 3; ++each) {
      end(allocate_cell());
    }
  }
};

TEST_CASE("runtime/cells: what a thread takes after its end is not lost") {
  const auto run_thread = [] {
    std::thread([] {
      thread_local late_taker before_its_cells;
      (void)&before_its_cells;
      end(allocate_cell());
    }).join();
  };
  run_thread();

  const std::uint64_t before = casty::detail::fresh_slabs();
  for (std::size_t each = 0; each < 1000; ++each) {
    run_thread();
  }
  CHECK(casty::detail::fresh_slabs() == before);
}

bool has_memory(const cell* actor) { return load(actor->generation) != 0; }

TEST_CASE("runtime/cells: the neighbours of a cell that is used up keep their lives") {
  std::vector<cell*> all;
  for (std::size_t each = 0; each < many; ++each) {
    all.push_back(allocate_cell());
  }
  cell* last = all[many / 2];
  casty::detail::store(last->generation, UINT32_MAX - 2);
  const std::uint32_t within = cell_number(last) / numbers_of_a_chunk;
  for (cell* each : all) {
    end(each);
  }
  support::release_all();

  const auto stands_with_it = [&](const cell* each) {
    return cell_number(each) / numbers_of_a_chunk == within;
  };
  REQUIRE(std::count_if(all.begin(), all.end(), has_memory) < many / 2);
  CHECK(std::all_of(all.begin(), all.end(), [&](const cell* each) {
    return !stands_with_it(each) || has_memory(each);
  }));
  std::vector<cell*> again;
  for (std::size_t each = 0; each < many; ++each) {
    again.push_back(allocate_cell());
  }
  CHECK(std::find_if(again.begin(), again.end(), stands_with_it) != again.end());
  for (cell* each : again) {
    end(each);
  }
}

}  // namespace
