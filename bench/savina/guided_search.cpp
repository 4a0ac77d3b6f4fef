// What does it cost to find the shortest way through a grid of three dimensions by A*, when
// actors own a part of the nodes each and go forward together?
#include <array>
#include <memory>
#include <queue>
#include <unordered_map>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

using node = std::int32_t;
using length = std::int64_t;
constexpr length unreached = INT64_MAX;

struct way {
  node to;
  length so_far;
};

struct land {
  int side;

  [[nodiscard]] node target() const noexcept { return side * side * side - 1; }
  // What is left at least: no edge is shorter than one.
  [[nodiscard]] length at_least(node from) const noexcept {
    const int x = from % side;
    const int y = from / side % side;
    const int z = from / (side * side);
    return 3 * (side - 1) - x - y - z;
  }
  // From 1 to 8, the same both ways.
  [[nodiscard]] static length edge(node one, node other) noexcept {
    auto mixed = static_cast<std::uint64_t>(std::min(one, other)) * 0x9E3779B97F4A7C15U +
                 static_cast<std::uint64_t>(std::max(one, other)) * 0xBF58476D1CE4E5B9U;
    mixed ^= mixed >> 31;
    return static_cast<length>(mixed * 0x94D049BB133111EBU >> 61) + 1;
  }
  template <class Visit>
  void neighbours(node from, const Visit& visit) const {
    const std::array<int, 3> at = {from % side, from / side % side, from / (side * side)};
    int unit = 1;
    for (const int coordinate : at) {
      if (coordinate > 0) {
        visit(from - unit);
      }
      if (coordinate + 1 < side) {
        visit(from + unit);
      }
      unit *= side;
    }
  }
};

// The nodes that one search has reached: the nearest to the target on the whole comes first.
class frontier {
 public:
  explicit frontier(const land& in) : in_(in) {}

  void reach(const way& by) {
    length& best = best_.try_emplace(by.to, unreached).first->second;
    if (by.so_far < best) {
      best = by.so_far;
      open_.push({by.so_far + in_.at_least(by.to), by});
    }
  }
  [[nodiscard]] length least() {
    while (!open_.empty() && best_[open_.top().of.to] < open_.top().of.so_far) {
      open_.pop();  // reached by a shorter way since
    }
    return open_.empty() ? unreached : open_.top().whole;
  }
  // After `least`.
  [[nodiscard]] way take() {
    const way first = open_.top().of;
    open_.pop();
    return first;
  }

 private:
  struct candidate {
    length whole;
    way of;
    bool operator<(const candidate& other) const noexcept { return whole > other.whole; }
  };

  land in_;
  std::unordered_map<node, length> best_;
  std::priority_queue<candidate> open_;
};

length sequential(const land& in) {
  frontier all(in);
  all.reach({0, 0});
  while (all.least() != unreached) {
    const way now = all.take();
    if (now.to == in.target()) {
      return now.so_far;
    }
    in.neighbours(now.to, [&](node next) {
      all.reach({next, now.so_far + land::edge(now.to, next)});
    });
  }
  return unreached;
}

// In a round each searcher goes on from its best nodes, tells all searchers, itself too, what
// it has reached of theirs, and says how far it is when all have told it.
constexpr int nodes_a_round = 64;

struct Reached {
  std::vector<way> all;
};
struct Searcher;
using searchers = std::shared_ptr<const std::vector<casty::actor_ref<Searcher>>>;
struct Rested {
  length least;  // of the ways still open
  length found;  // of the way to the target
};
struct Round {
  length found;  // by any
};
struct Begin {
  searchers all;
  casty::actor_ref<Rested> to;
};
struct Exit {};
struct Searcher : casty::protocol<Reached, Round, Begin, Exit> {};

struct searching {
  explicit searching(const land& of) : in(of), open(of) {}

  land in;
  frontier open;
  std::size_t told = 0;  // by how many, in this round
  length found = unreached;
  searchers all = {};
  std::optional<casty::actor_ref<Rested>> to = {};
};

void search(searching& of, length found) {
  std::vector<Reached> reached(of.all->size());
  for (int each = 0; each < nodes_a_round && of.open.least() < found; ++each) {
    const way now = of.open.take();
    if (now.to == of.in.target()) {
      of.found = std::min(of.found, now.so_far);
      break;
    }
    of.in.neighbours(now.to, [&](node next) {
      const auto owner = static_cast<std::size_t>(next) % reached.size();
      reached[owner].all.push_back({next, now.so_far + land::edge(now.to, next)});
    });
  }
  for (std::size_t each = 0; each < reached.size(); ++each) {
    (*of.all)[each].tell(std::move(reached[each]));
  }
}

casty::behavior<Searcher> searcher(const land& in) {
  using held = std::shared_ptr<searching>;
  return behaviors::with_state<Searcher>(
      std::make_shared<searching>(in),
      [](const held& of, const Reached& m) {
        for (const way& each : m.all) {
          of->open.reach(each);
        }
        if (++of->told == of->all->size()) {
          of->told = 0;
          of->to->tell(Rested{of->open.least(), of->found});
        }
        return behaviors::same;
      },
      [](const held& of, Round m) {
        search(*of, m.found);
        return behaviors::same;
      },
      [](const held& of, const Begin& m) {
        of->all = m.all;
        of->to = m.to;
        return behaviors::same;
      },
      [](const held&, Exit) { return behaviors::stopped; });
}

struct Start {
  land in;
  int searchers;
  casty::reply_to<length> reply;
};
struct Master : casty::protocol<Rested, Start> {};

struct master_state {
  searchers all = {};
  std::size_t left = 0;  // to rest in this round
  length least = unreached;
  length found = unreached;
  std::optional<casty::reply_to<length>> reply = {};
};

void next_round(master_state& of) {
  of.left = of.all->size();
  of.least = unreached;
  for (const auto& each : *of.all) {
    each.tell(Round{of.found});
  }
}

casty::behavior<Master> master() {
  return behaviors::with_state<Master>(
      master_state{},
      [](master_state& of, Rested m) -> casty::outcome {
        of.least = std::min(of.least, m.least);
        of.found = std::min(of.found, m.found);
        if (--of.left > 0) {
          return behaviors::same;
        }
        if (of.least < of.found) {
          next_round(of);
          return behaviors::same;
        }
        for (const auto& each : *of.all) {
          each.tell(Exit{});
        }
        of.reply->tell(of.found);
        return behaviors::stopped;
      },
      [](casty::actor_context<Master>& ctx, master_state& of, const Start& m) {
        of.reply = m.reply;
        std::vector<casty::actor_ref<Searcher>> all;
        for (int each = 0; each < m.searchers; ++each) {
          all.push_back(ctx.system().spawn(searcher(m.in)));
        }
        of.all = std::make_shared<const std::vector<casty::actor_ref<Searcher>>>(std::move(all));
        for (const auto& each : *of.all) {
          each.tell(Begin{of.all, ctx.self()});
        }
        // The first way of all: nothing, to where it begins. The others are told of none.
        of.left = of.all->size();
        for (const auto& each : *of.all) {
          for (std::size_t teller = 0; teller < of.all->size(); ++teller) {
            const bool first = &each == &of.all->front() && teller == 0;
            each.tell(Reached{first ? std::vector<way>{{0, 0}} : std::vector<way>{}});
          }
        }
        return behaviors::same;
      });
}

void guided_search(benchmark::State& state) {
  const land in{static_cast<int>(bench::size(30, 8))};
  const length expected = sequential(in);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(master());
    const length found = system.ask<Start>(root, in, 8).within(bench::patience).get();
    bench::require(found == expected, "the way is not the shortest");
  });
}
BENCHMARK(guided_search)->Apply(bench::on_workers);

}  // namespace
