// How fast does one token go round a ring of actors, when nothing else is to be done?
#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Token {
  std::int64_t left;
  casty::reply_to<std::int64_t> reply;  // told by whom the token stops at
};
struct Exit {
  std::int64_t left;
};
struct Node;
struct Join {
  std::int64_t members;
  casty::actor_ref<Node> next;
};
struct Node : casty::protocol<Token, Exit, Join> {};

casty::behavior<Node> node(std::int64_t number, std::int64_t members, casty::actor_ref<Node> next) {
  return behaviors::receive<Node>(
      [=](Token&& m) {
        if (m.left > 0) {
          --m.left;
          next.tell(std::move(m));
        } else {
          m.reply.tell(number);
          next.tell(Exit{members - 1});
        }
        return behaviors::same;
      },
      [=](Exit m) {
        if (m.left > 0) {
          next.tell(Exit{m.left - 1});
        }
        return behaviors::stopped;
      },
      behaviors::ignore<Join>);
}

casty::behavior<Node> alone() {
  return behaviors::receive<Node>(behaviors::ignore<Token, Exit>,
                                  [](const Join& m) { return node(0, m.members, m.next); });
}

void thread_ring(benchmark::State& state) {
  const std::int64_t members = 100;
  const std::int64_t hops = bench::size(200'000, 1'000);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto first = system.spawn(alone());
    auto next = first;
    for (std::int64_t number = members - 1; number > 0; --number) {
      next = system.spawn(node(number, members, next));
    }
    first.tell(Join{members, next});
    const std::int64_t last = system.ask<Token>(first, hops).within(bench::patience).get();
    bench::require(last == hops % members, "the token stops at the wrong one");
  });
}
BENCHMARK(thread_ring)->Apply(bench::on_workers);

}  // namespace
