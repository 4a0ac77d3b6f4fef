// Nodes that tell each other while connections break, nodes are cut off, killed and started anew:
// nothing comes twice or out of order, and nothing is lost without a word.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "support/cluster_world.hpp"

namespace {

using casty::actor_ref;
using casty::behavior;
using casty::duration;
using support::cluster_node;
using support::cluster_world;
namespace behaviors = casty::behaviors;

struct Line {
  std::uint32_t pair;  // of a ref: another one has another number
  std::uint64_t number;
};
struct Ask {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Hub : casty::protocol<Line, Ask> {};

// What came of the lines of a ref, whoever had it.
struct heard {
  std::uint64_t sent = 0;
  std::uint64_t handled = 0;
  std::uint64_t last = 0;
  bool is_disordered = false;
};
using all_heard = std::vector<heard>;

behavior<Hub> hub(all_heard& all) {
  return behaviors::receive<Hub>(
      [&all](Line m) {
        heard& of = all[m.pair];
        of.is_disordered = of.is_disordered || m.number <= of.last;
        of.last = m.number;
        ++of.handled;
        return behaviors::same;
      },
      [&all](const Ask& m) {
        m.reply_to.tell(all.size());
        return behaviors::same;
      });
}

// Tells them from within the node: what it tells the dead is counted there.
struct Say {
  actor_ref<Hub> to;
  Line line;
};
behavior<Say> speaker() {
  return behaviors::receive<Say>([](const Say& m) {
    m.to.tell(m.line);
    return behaviors::same;
  });
}

class storm {
 public:
  storm(std::uint64_t seed, int nodes) : world_(seed) {
    for (int each = 0; each < nodes; ++each) {
      addresses_.push_back("node" + std::to_string(each) + ":1");
      start(each);
    }
    speaker_.emplace(nodes_[0]->spawn(speaker()));
  }

  // The first node lives through all of it: what it sends is accounted for.
  void run() {
    for (int round = 0; round < 100; ++round) {
      for (int each = 0; each < 20; ++each) {
        tell_somebody();
      }
      fault();
      world_.run_for(duration::milliseconds(100));
    }
    world_.all().heal();
    for (std::size_t each = 0; each < addresses_.size(); ++each) {
      if (nodes_[each] == nullptr) {
        start(static_cast<int>(each));
      }
    }
    world_.run_for(duration::seconds(20));
  }

  void check() {
    std::uint64_t sent = 0;
    std::uint64_t handled = 0;
    bool is_disordered = false;
    for (const heard& each : all_) {
      sent += each.sent;
      handled += each.handled;
      is_disordered = is_disordered || each.is_disordered;
    }
    CHECK(!is_disordered);
    std::uint64_t unsent = 0;
    std::uint64_t unknown = 0;
    for (const casty::node_lost& each : nodes_[0]->lost_nodes) {
      unsent += each.unsent;
      unknown += each.unknown;
    }
    // What had arrived when its actor's node was killed.
    std::uint64_t dead = world_.died_with;
    for (const cluster_node* each : nodes_) {
      dead += each->dead();
    }
    const std::uint64_t told = nodes_[0]->told();
    CAPTURE(sent);
    CAPTURE(told);
    CAPTURE(handled);
    CAPTURE(dead);
    CAPTURE(unsent);
    CAPTURE(unknown);
    CHECK(told <= sent);
    CHECK(handled + unsent <= told);
    CHECK(handled + unsent + unknown + dead >= told);
    seen_.handled += handled;
    seen_.unsent += unsent;
    seen_.unknown += unknown;
    for (std::size_t each = 1; each < nodes_.size(); ++each) {
      const auto found = world_.wait(nodes_[0]->lookup<Hub>("/user/hub", addresses_[each]));
      REQUIRE(found.has_value());
      CHECK(world_.wait(nodes_[0]->system().ask<Ask>(*found)).has_value());
    }
  }
  // What came to pass at all: storms without it show nothing.
  struct seen {
    std::uint64_t handled = 0;
    std::uint64_t unsent = 0;
    std::uint64_t unknown = 0;
  };
  [[nodiscard]] const seen& what_was_seen() const noexcept { return seen_; }
  // The next number of the world depends on all that were drawn before.
  [[nodiscard]] std::vector<std::uint64_t> trace() {
    std::vector<std::uint64_t> all = {world_.all().chance()};
    for (const heard& each : all_) {
      all.insert(all.end(), {each.sent, each.handled, each.last});
    }
    return all;
  }

 private:
  void start(int which) {
    const auto at = static_cast<std::size_t>(which);
    nodes_.resize(std::max(nodes_.size(), at + 1));
    nodes_[at] = &world_.start(addresses_[at]);
    nodes_[at]->spawn(hub(all_), "hub");
  }

  // From the first node; with the ref that it has, or one that it looks for.
  void tell_somebody() {
    const std::size_t to = 1 + world_.all().below(nodes_.size() - 1);
    if (!refs_.contains(to) || world_.all().below(200) == 0) {
      const auto found = world_.wait(
          nodes_[0]->lookup<Hub>("/user/hub", addresses_[to]).within(duration::milliseconds(500)));
      if (!found) {
        return;
      }
      if (!refs_.contains(to) || !(refs_.at(to).first == *found)) {
        refs_.insert_or_assign(to, std::pair(*found, all_.size()));
        all_.emplace_back();
      }
    }
    const auto& [ref, pair] = refs_.at(to);
    heard& of = all_[pair];
    ++of.sent;
    speaker_->tell(Say{ref, Line{static_cast<std::uint32_t>(pair), of.sent}});
  }

  void fault() {
    support::world& all = world_.all();
    const std::size_t which = 1 + all.below(nodes_.size() - 1);
    switch (all.below(12)) {
      case 0:
        world_.reset_connections();
        break;
      case 1:
        all.cut(addresses_[0], addresses_[which]);
        break;
      case 2:
      case 3:
        all.heal();
        break;
      case 4:
        world_.kill(addresses_[which]);
        nodes_[which] = nullptr;
        break;
      case 5:
      case 6:
        if (nodes_[which] == nullptr) {
          start(static_cast<int>(which));
        }
        break;
      default:
        break;
    }
  }

  seen seen_;
  all_heard all_;
  cluster_world world_;
  std::vector<std::string> addresses_;
  std::vector<cluster_node*> nodes_;
  std::optional<actor_ref<Say>> speaker_;
  std::map<std::size_t, std::pair<actor_ref<Hub>, std::size_t>> refs_;
};

std::uint64_t seeds() {
  const char* said = std::getenv("CASTY_SEEDS");
#ifdef CASTY_SANITIZED
  constexpr std::uint64_t by_default = 20;
#else
  constexpr std::uint64_t by_default = 200;
#endif
  return said == nullptr ? by_default : std::strtoull(said, nullptr, 10);
}

void storm_of(int nodes) {
  const char* one = std::getenv("CASTY_SEED");
  const std::uint64_t first = one == nullptr ? 1 : std::strtoull(one, nullptr, 10);
  const std::uint64_t last = one == nullptr ? seeds() : first;
  std::vector<std::vector<std::uint64_t>> traces;
  storm::seen all;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    CAPTURE(seed);
    storm made(seed, nodes);
    made.run();
    made.check();
    traces.push_back(made.trace());
    all.handled += made.what_was_seen().handled;
    all.unsent += made.what_was_seen().unsent;
    all.unknown += made.what_was_seen().unknown;
  }
  if (first != last) {
    CHECK(all.handled > 0);
    CHECK(all.unsent > 0);
    CHECK(all.unknown > 0);
  }
  storm again(first, nodes);
  again.run();
  again.check();
  CHECK(again.trace() == traces.front());
  std::sort(traces.begin(), traces.end());
  CHECK(std::adjacent_find(traces.begin(), traces.end()) == traces.end());
}

TEST_CASE("cluster/storm: two nodes") { storm_of(2); }

TEST_CASE("cluster/storm: five nodes") { storm_of(5); }

}  // namespace
