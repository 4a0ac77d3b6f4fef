// What does it cost to relax a grid whose cells are actors, of which the red and the black ones
// take turns and send each other their values?
#include <array>
#include <memory>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

constexpr double omega = 1.25;
constexpr double border = 1;

double first_value(int row, int column) { return static_cast<double>((row * 7 + column * 3) % 10); }

double relaxed(double old, const std::array<double, 4>& around) {
  return omega / 4 * (around[0] + around[1] + around[2] + around[3]) + (1 - omega) * old;
}

struct setting {
  int size;
  int rounds;

  [[nodiscard]] bool holds(int row, int column) const noexcept {
    return row >= 0 && row < size && column >= 0 && column < size;
  }
  [[nodiscard]] std::size_t index(int row, int column) const noexcept {
    return static_cast<std::size_t>(row * size + column);
  }
};

constexpr std::array<std::array<int, 2>, 4> steps = {{{-1, 0}, {1, 0}, {0, -1}, {0, 1}}};
constexpr unsigned opposite(unsigned step) { return step ^ 1U; }

bool is_red(int row, int column) { return (row + column) % 2 == 0; }

// Red first, then black; each colour reads only the other.
std::vector<double> sequential(const setting& of) {
  std::vector<double> all;
  for (int each = 0; each < of.size * of.size; ++each) {
    all.push_back(first_value(each / of.size, each % of.size));
  }
  for (int turn = 0; turn < 2 * of.rounds; ++turn) {
    for (int each = 0; each < of.size * of.size; ++each) {
      const int row = each / of.size;
      const int column = each % of.size;
      if (is_red(row, column) != (turn % 2 == 0)) {
        continue;
      }
      std::array<double, 4> around{};
      for (std::size_t step = 0; step < 4; ++step) {
        const int other_row = row + steps[step][0];
        const int other_column = column + steps[step][1];
        around[step] =
            of.holds(other_row, other_column) ? all[of.index(other_row, other_column)] : border;
      }
      double& value = all[of.index(row, column)];
      value = relaxed(value, around);
    }
  }
  return all;
}

struct Value {
  unsigned step;  // from the one it is sent to, to the one who sends
  double value;
};
struct Cell;
using cells = std::shared_ptr<const std::vector<casty::actor_ref<Cell>>>;
struct Found {
  std::size_t index;
  double value;
};
struct Begin {
  cells all;
  casty::actor_ref<Found> to;
};
struct Cell : casty::protocol<Value, Begin> {};

struct cell_state {
  setting of;
  int row;
  int column;
  double value;
  std::array<double, 4> around = {border, border, border, border};
  int waits_for = 0;  // values of this round
  int rounds = 0;     // done
  std::array<std::optional<casty::actor_ref<Cell>>, 4> next = {};
  int neighbours = 0;
  std::optional<casty::actor_ref<Found>> to = {};
};

void give(const cell_state& of) {
  for (unsigned step = 0; step < 4; ++step) {
    if (of.next[step]) {
      of.next[step]->tell(Value{opposite(step), of.value});
    }
  }
}

void begin(cell_state& of, const Begin& m) {
  for (std::size_t step = 0; step < 4; ++step) {
    const int row = of.row + steps[step][0];
    const int column = of.column + steps[step][1];
    if (of.of.holds(row, column)) {
      of.next[step] = (*m.all)[of.of.index(row, column)];
      ++of.neighbours;
    }
  }
  of.to = m.to;
  of.waits_for += of.neighbours;  // some may have come already
  if (!is_red(of.row, of.column)) {
    give(of);
  }
}

casty::outcome advance(cell_state& of) {
  if (of.waits_for != 0 || of.neighbours == 0) {
    return behaviors::same;
  }
  of.waits_for = of.neighbours;
  of.value = relaxed(of.value, of.around);
  ++of.rounds;
  // The last values of the black are nobody's business any more.
  if (is_red(of.row, of.column) || of.rounds < of.of.rounds) {
    give(of);
  }
  if (of.rounds < of.of.rounds) {
    return behaviors::same;
  }
  of.to->tell(Found{of.of.index(of.row, of.column), of.value});
  return behaviors::stopped;
}

casty::behavior<Cell> cell(const setting& of, int row, int column) {
  return behaviors::with_state<Cell>(
      cell_state{of, row, column, first_value(row, column)},
      [](cell_state& state, const Value& m) {
        state.around[m.step] = m.value;
        --state.waits_for;
        return advance(state);
      },
      [](cell_state& state, const Begin& m) {
        begin(state, m);
        return advance(state);
      });
}

using grid = std::shared_ptr<const std::vector<double>>;
struct Start {
  setting of;
  casty::reply_to<grid> reply;
};
struct Master : casty::protocol<Found, Start> {};

struct master_state {
  std::vector<double> found = {};
  std::size_t left = 0;
  std::optional<casty::reply_to<grid>> reply = {};
};

casty::behavior<Master> master() {
  return behaviors::with_state<Master>(
      master_state{},
      [](master_state& of, const Found& m) -> casty::outcome {
        of.found[m.index] = m.value;
        if (--of.left > 0) {
          return behaviors::same;
        }
        of.reply->tell(std::make_shared<const std::vector<double>>(std::move(of.found)));
        return behaviors::stopped;
      },
      [](casty::actor_context<Master>& ctx, master_state& of, const Start& m) {
        of.left = static_cast<std::size_t>(m.of.size * m.of.size);
        of.found.resize(of.left);
        of.reply = m.reply;
        std::vector<casty::actor_ref<Cell>> all;
        for (int each = 0; each < m.of.size * m.of.size; ++each) {
          all.push_back(ctx.system().spawn(cell(m.of, each / m.of.size, each % m.of.size)));
        }
        const auto shared =
            std::make_shared<const std::vector<casty::actor_ref<Cell>>>(std::move(all));
        for (const auto& each : *shared) {
          each.tell(Begin{shared, ctx.self()});
        }
        return behaviors::same;
      });
}

void over_relaxation(benchmark::State& state) {
  const setting of{static_cast<int>(bench::size(100, 8)), static_cast<int>(bench::size(20, 4))};
  const std::vector<double> expected = sequential(of);
  bench::measure_whole(state, [&](casty::actor_system& system) {
    const auto root = system.spawn(master());
    const grid found = system.ask<Start>(root, of).within(bench::patience).get();
    bench::require(*found == expected, "a cell has another value");
  });
}
BENCHMARK(over_relaxation)->Apply(bench::on_workers);

}  // namespace
