// What does it cost to grow a tree of actors of which most have no children and a few have
// many, and to send work through all of it?
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

using seed = std::uint64_t;

// A node's own number says all of it, so that the tree is the same in any order.
seed mix(seed of) {
  of += 0x9E3779B97F4A7C15U;
  of = (of ^ (of >> 30)) * 0xBF58476D1CE4E5B9U;
  of = (of ^ (of >> 27)) * 0x94D049BB133111EBU;
  return of ^ (of >> 31);
}
seed child_of(seed parent, std::int64_t number) {
  return mix(parent + static_cast<seed>(number) + 1);
}

constexpr std::int64_t fan = 10;

// Nearly one child a node on average, so that some branches are long and most end at once.
std::int64_t children_of(seed node) { return mix(node) % 1'000 < 97 ? fan : 0; }

// From ten to five hundred steps.
std::int64_t work_of(seed node) {
  const std::int64_t steps = 10 + static_cast<std::int64_t>(mix(~node) % 490);
  seed now = node;
  for (std::int64_t each = 0; each < steps; ++each) {
    now = mix(now);
  }
  return static_cast<std::int64_t>(now % 1'000);
}

struct totals {
  std::int64_t nodes = 0;
  std::int64_t work = 0;

  friend bool operator==(const totals&, const totals&) = default;
};

void count(totals& into, seed node, std::int64_t children) {
  ++into.nodes;
  into.work += work_of(node);
  for (std::int64_t each = 0; each < children; ++each) {
    const seed child = child_of(node, each);
    count(into, child, children_of(child));
  }
}

struct Grown {
  std::int64_t nodes;
};
struct Worked {
  std::int64_t work;
};
struct Node;
struct Above : casty::protocol<Grown, Worked> {};
struct Grow {
  seed of;
  std::int64_t children;
  casty::actor_ref<Above> parent;
};
struct Work {};
struct Node : casty::protocol<Grown, Worked, Grow, Work> {};

struct growing {
  seed of = 0;
  std::int64_t left = 0;  // children to answer
  std::int64_t nodes = 1;
  std::int64_t work = 0;
  std::vector<casty::actor_ref<Node>> children = {};
  std::optional<casty::actor_ref<Above>> parent = {};
};

casty::behavior<Node> node(bool root);

void grow(casty::actor_context<Node>& ctx, growing& of, const Grow& m, bool root) {
  of.of = m.of;
  of.parent = m.parent;
  of.left = m.children;
  for (std::int64_t each = 0; each < m.children; ++each) {
    // The children of the root go round the workers, all others live with their parents.
    const auto child = root ? ctx.system().spawn(node(false)) : ctx.spawn(node(false));
    const seed number = child_of(m.of, each);
    child.tell(Grow{number, children_of(number), ctx.self()});
    of.children.push_back(child);
  }
  if (m.children == 0) {
    m.parent.tell(Grown{1});
  }
}

casty::behavior<Node> node(bool root) {
  return behaviors::with_state<Node>(
      growing{},
      [](growing& of, Grown m) {
        of.nodes += m.nodes;
        if (--of.left == 0) {
          of.parent->tell(Grown{of.nodes});
        }
        return behaviors::same;
      },
      [](growing& of, Worked m) -> casty::outcome {
        of.work += m.work;
        if (--of.left > 0) {
          return behaviors::same;
        }
        of.parent->tell(Worked{of.work});
        return behaviors::stopped;
      },
      [root](casty::actor_context<Node>& ctx, growing& of, const Grow& m) {
        grow(ctx, of, m, root);
        return behaviors::same;
      },
      [](growing& of, Work) -> casty::outcome {
        for (const auto& each : of.children) {
          each.tell(Work{});
        }
        of.left = static_cast<std::int64_t>(of.children.size());
        of.work = work_of(of.of);
        if (of.left > 0) {
          return behaviors::same;
        }
        of.parent->tell(Worked{of.work});
        return behaviors::stopped;
      });
}

struct Start {
  std::int64_t children;  // of the root
  casty::reply_to<totals> reply;
};
struct Owner : casty::protocol<Grown, Worked, Start> {};

struct owning {
  totals found = {};
  std::optional<casty::actor_ref<Node>> root = {};
  std::optional<casty::reply_to<totals>> reply = {};
};

casty::behavior<Owner> owner() {
  return behaviors::with_state<Owner>(
      owning{},
      [](owning& of, Grown m) {
        of.found.nodes = m.nodes;
        of.root->tell(Work{});
        return behaviors::same;
      },
      [](owning& of, Worked m) {
        of.found.work = m.work;
        of.reply->tell(of.found);
        return behaviors::stopped;
      },
      [](casty::actor_context<Owner>& ctx, owning& of, const Start& m) {
        of.reply = m.reply;
        of.root = ctx.system().spawn(node(true));
        of.root->tell(Grow{1, m.children, ctx.self()});
        return behaviors::same;
      });
}

void unbalanced_cobwebbed_tree(benchmark::State& state) {
  const std::int64_t children = bench::size(1'000, 20);
  totals expected;
  count(expected, 1, children);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(owner());
    const totals found = system.ask<Start>(root, children).within(bench::patience).get();
    bench::require(found == expected, "a node is missing, or its work is wrong");
  });
}
BENCHMARK(unbalanced_cobwebbed_tree)->Apply(bench::on_workers);

}  // namespace
