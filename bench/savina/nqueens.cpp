// What does it cost to place queens on a board by workers that hand each other the boards?
#include <array>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct board {
  std::array<std::int8_t, 16> column = {};  // of the queen in each row
  std::int8_t rows = 0;                     // that have one
};

bool fits(const board& of, int column) {
  for (int row = 0; row < of.rows; ++row) {
    const int other = of.column[static_cast<std::size_t>(row)];
    const int distance = of.rows - row;
    if (other == column || other == column - distance || other == column + distance) {
      return false;
    }
  }
  return true;
}

board with(board of, int column) {
  of.column[static_cast<std::size_t>(of.rows)] = static_cast<std::int8_t>(column);
  ++of.rows;
  return of;
}

std::int64_t solutions(const board& of, int size) {
  if (of.rows == size) {
    return 1;
  }
  std::int64_t found = 0;
  for (int column = 0; column < size; ++column) {
    if (fits(of, column)) {
      found += solutions(with(of, column), size);
    }
  }
  return found;
}

struct Work {
  board of;
};
struct Exit {};
struct Worker : casty::protocol<Work, Exit> {};
struct Done {
  std::int64_t solutions;
};
struct Start {
  casty::reply_to<std::int64_t> reply;
};
struct Master : casty::protocol<Work, Done, Start> {};

// Boards with `threshold` queens are solved by one worker, others go back row by row.
struct problem {
  int size;
  int threshold;
  std::int64_t workers;
};

casty::behavior<Worker> worker(problem task, casty::actor_ref<Master> master) {
  return behaviors::receive<Worker>(
      [=](const Work& m) {
        if (m.of.rows >= task.threshold) {
          master.tell(Done{solutions(m.of, task.size)});
          return behaviors::same;
        }
        for (int column = 0; column < task.size; ++column) {
          if (fits(m.of, column)) {
            master.tell(Work{with(m.of, column)});
          }
        }
        master.tell(Done{0});
        return behaviors::same;
      },
      [](Exit) { return behaviors::stopped; });
}

struct master_state {
  std::vector<casty::actor_ref<Worker>> workers = {};
  std::size_t next = 0;
  std::int64_t under_way = 0;  // boards
  std::int64_t found = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

void give(master_state& of, const Work& m) {
  ++of.under_way;
  of.workers[of.next].tell(m);
  of.next = (of.next + 1) % of.workers.size();
}

casty::behavior<Master> master(problem task) {
  return behaviors::with_state<Master>(
      master_state{},
      [](master_state& of, const Work& m) {
        give(of, m);
        return behaviors::same;
      },
      [](master_state& of, Done m) -> casty::outcome {
        of.found += m.solutions;
        if (--of.under_way > 0) {
          return behaviors::same;
        }
        for (const auto& each : of.workers) {
          each.tell(Exit{});
        }
        of.reply->tell(of.found);
        return behaviors::stopped;
      },
      [task](casty::actor_context<Master>& ctx, master_state& of, const Start& m) {
        of.reply = m.reply;
        for (std::int64_t each = 0; each < task.workers; ++each) {
          of.workers.push_back(ctx.system().spawn(worker(task, ctx.self())));
        }
        give(of, Work{});
        return behaviors::same;
      });
}

void nqueens(benchmark::State& state) {
  const problem task{static_cast<int>(bench::size(11, 6)), 4, 20};
  const std::int64_t expected = bench::size(2'680, 4);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(master(task));
    bench::require(system.ask<Start>(root).within(bench::patience).get() == expected,
                   "the number of solutions is wrong");
  });
}
BENCHMARK(nqueens)->Apply(bench::on_workers);

}  // namespace
