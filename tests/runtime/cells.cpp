#include "runtime/cell.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "runtime/pool.hpp"

namespace {

using casty::detail::allocate_cell;
using casty::detail::cell;
using casty::detail::cell_number;
using casty::detail::load;

constexpr std::size_t many = 60'000;  // more than are kept in reserve
constexpr std::uint32_t numbers_of_a_chunk = 4096;

// As an actor's end does.
void end(cell* actor) {
  casty::detail::store(actor->generation, load(actor->generation) + 1);
  casty::detail::free_cell(actor);
}

void release_all() {
  for (int attempt = 0; attempt < 10 && casty::detail::release_idle_memory(); ++attempt) {
  }
}

TEST_CASE("runtime/cells: memory given back does not make a generation come twice") {
  std::vector<cell*> all;
  std::set<std::uint32_t> seen;
  std::set<std::pair<cell*, std::uint32_t>> lives;
  for (std::size_t each = 0; each < many; ++each) {
    all.push_back(allocate_cell());
    lives.emplace(all.back(), load(all.back()->generation));
  }
  // One in each chunk has a single life left.
  for (cell* each : all) {
    if (seen.insert(cell_number(each) / numbers_of_a_chunk).second) {
      casty::detail::store(each->generation, UINT32_MAX - 2);
      lives.emplace(each, UINT32_MAX - 2);
    }
  }

  for (int round = 0; round < 3; ++round) {
    for (cell* each : std::exchange(all, {})) {
      end(each);
    }
    release_all();
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

}  // namespace
