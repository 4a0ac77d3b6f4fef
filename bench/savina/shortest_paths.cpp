// What does it cost to find the shortest paths between all pairs of nodes by actors that hold a
// block of the distances each, and send each other rows and columns?
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

using distance = std::int32_t;
using matrix = std::vector<distance>;  // row by row

matrix graph(int size) {
  std::minstd_rand random(1);
  matrix all(static_cast<std::size_t>(size * size));
  for (int from = 0; from < size; ++from) {
    for (int to = 0; to < size; ++to) {
      const auto way = static_cast<distance>(random() % 1'000 + 1);
      all[static_cast<std::size_t>(from * size + to)] = from == to ? 0 : way;
    }
  }
  return all;
}

matrix sequential(matrix all, int size) {
  const auto at = [&](int from, int to) -> distance& {
    return all[static_cast<std::size_t>(from * size + to)];
  };
  for (int over = 0; over < size; ++over) {
    for (int from = 0; from < size; ++from) {
      for (int to = 0; to < size; ++to) {
        at(from, to) = std::min(at(from, to), at(from, over) + at(over, to));
      }
    }
  }
  return all;
}

struct setting {
  int size;
  int block;  // a divisor of `size`

  [[nodiscard]] int across() const noexcept { return size / block; }
};

using segment = std::shared_ptr<const matrix>;
struct Block;
// Of the node that paths go over in this step, as far as it concerns the block.
struct Row {
  int step;
  segment part;
};
struct Column {
  int step;
  segment part;
};
using blocks = std::shared_ptr<const std::vector<casty::actor_ref<Block>>>;
struct Found {
  int row;  // of blocks
  int column;
  segment part;
};
struct Begin {
  blocks all;
  casty::actor_ref<Found> to;
};
struct Block : casty::protocol<Row, Column, Begin> {};

struct block_state {
  setting of;
  int row;
  int column;
  matrix part;
  int step = 0;
  // What has come, of this step and of later ones: others may be ahead.
  std::map<int, segment> rows = {};
  std::map<int, segment> columns = {};
  blocks all = {};
  std::optional<casty::actor_ref<Found>> to = {};

  [[nodiscard]] distance& at(int from, int to_node) {
    return part[static_cast<std::size_t>(from * of.block + to_node)];
  }
  [[nodiscard]] const casty::actor_ref<Block>& neighbour(int in_row, int in_column) const {
    return (*all)[static_cast<std::size_t>(in_row * of.across() + in_column)];
  }
};

// Whoever holds the row or the column of the step gives it to those who need it.
void give(block_state& of) {
  const int holder = of.step / of.of.block;
  const int within = of.step % of.of.block;
  if (of.row == holder) {
    matrix part;
    for (int to = 0; to < of.of.block; ++to) {
      part.push_back(of.at(within, to));
    }
    const auto shared = std::make_shared<const matrix>(std::move(part));
    for (int each = 0; each < of.of.across(); ++each) {
      of.neighbour(each, of.column).tell(Row{of.step, shared});
    }
  }
  if (of.column == holder) {
    matrix part;
    for (int from = 0; from < of.of.block; ++from) {
      part.push_back(of.at(from, within));
    }
    const auto shared = std::make_shared<const matrix>(std::move(part));
    for (int each = 0; each < of.of.across(); ++each) {
      of.neighbour(of.row, each).tell(Column{of.step, shared});
    }
  }
}

casty::outcome advance(block_state& of) {
  while (!of.rows.empty() && !of.columns.empty() && of.rows.begin()->first == of.step &&
         of.columns.begin()->first == of.step) {
    const matrix& row = *of.rows.begin()->second;
    const matrix& column = *of.columns.begin()->second;
    for (int from = 0; from < of.of.block; ++from) {
      const distance first = column[static_cast<std::size_t>(from)];
      for (int to = 0; to < of.of.block; ++to) {
        distance& way = of.at(from, to);
        way = std::min(way, first + row[static_cast<std::size_t>(to)]);
      }
    }
    of.rows.erase(of.rows.begin());
    of.columns.erase(of.columns.begin());
    if (++of.step == of.of.size) {
      of.to->tell(Found{of.row, of.column, std::make_shared<const matrix>(std::move(of.part))});
      return behaviors::stopped;
    }
    give(of);
  }
  return behaviors::same;
}

casty::behavior<Block> block(block_state first) {
  return behaviors::with_state<Block>(
      std::make_shared<block_state>(std::move(first)),
      [](const std::shared_ptr<block_state>& of, const Row& m) {
        of->rows.emplace(m.step, m.part);
        return advance(*of);
      },
      [](const std::shared_ptr<block_state>& of, const Column& m) {
        of->columns.emplace(m.step, m.part);
        return advance(*of);
      },
      [](const std::shared_ptr<block_state>& of, const Begin& m) {
        of->all = m.all;
        of->to = m.to;
        give(*of);
        return advance(*of);
      });
}

struct Start {
  setting of;
  std::shared_ptr<const matrix> graph;
  casty::reply_to<segment> reply;
};
struct Master : casty::protocol<Found, Start> {};

struct master_state {
  setting of = {};
  matrix whole = {};
  int left = 0;  // blocks
  std::optional<casty::reply_to<segment>> reply = {};
};

block_state cut(const setting& of, const matrix& all, int row, int column) {
  block_state made{of, row, column, {}};
  for (int from = row * of.block; from < (row + 1) * of.block; ++from) {
    const auto first = all.begin() + from * of.size + column * of.block;
    made.part.insert(made.part.end(), first, first + of.block);
  }
  return made;
}

void start(casty::actor_context<Master>& ctx, master_state& state, const Start& m) {
  state.of = m.of;
  state.whole.resize(m.graph->size());
  state.left = m.of.across() * m.of.across();
  state.reply = m.reply;
  std::vector<casty::actor_ref<Block>> all;
  for (int each = 0; each < state.left; ++each) {
    all.push_back(
        ctx.system().spawn(block(cut(m.of, *m.graph, each / m.of.across(), each % m.of.across()))));
  }
  const auto shared = std::make_shared<const std::vector<casty::actor_ref<Block>>>(std::move(all));
  for (const auto& each : *shared) {
    each.tell(Begin{shared, ctx.self()});
  }
}

casty::behavior<Master> master() {
  return behaviors::with_state<Master>(
      master_state{},
      [](master_state& of, const Found& m) -> casty::outcome {
        const int size = of.of.block;
        for (int each = 0; each < size; ++each) {
          const auto from = m.part->begin() + each * size;
          const auto to = of.whole.begin() + (m.row * size + each) * of.of.size + m.column * size;
          std::copy(from, from + size, to);
        }
        if (--of.left > 0) {
          return behaviors::same;
        }
        of.reply->tell(std::make_shared<const matrix>(std::move(of.whole)));
        return behaviors::stopped;
      },
      [](casty::actor_context<Master>& ctx, master_state& of, const Start& m) {
        start(ctx, of, m);
        return behaviors::same;
      });
}

void shortest_paths(benchmark::State& state) {
  const setting of{static_cast<int>(bench::size(240, 24)), static_cast<int>(bench::size(60, 8))};
  const auto all = std::make_shared<const matrix>(graph(of.size));
  const matrix expected = sequential(*all, of.size);
  bench::measure_whole(state, [&](casty::actor_system& system) {
    const auto root = system.spawn(master());
    const segment found = system.ask<Start>(root, of, all).within(bench::patience).get();
    bench::require(*found == expected, "a path is not the shortest");
  });
}
BENCHMARK(shortest_paths)->Apply(bench::on_workers);

}  // namespace
