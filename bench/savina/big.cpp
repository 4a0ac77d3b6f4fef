// What does a message cost among actors that all ping each other, at random?
#include <memory>
#include <random>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Member;
struct Pong {};
struct Ping {
  casty::actor_ref<Pong> from;
};
using neighbours = std::shared_ptr<const std::vector<casty::actor_ref<Member>>>;
struct Begin {
  neighbours all;
};
struct Exit {};
struct Member : casty::protocol<Pong, Ping, Begin, Exit> {};

struct Finished {};
struct Handled {
  std::int64_t pings;
};
struct Start {
  std::int64_t members;
  std::int64_t pings;  // by each of them
  casty::reply_to<std::int64_t> reply;
};
struct Sink : casty::protocol<Finished, Handled, Start> {};

struct member_state {
  std::minstd_rand random;
  std::int64_t left;  // pings to send
  neighbours all = {};
  std::int64_t handled = 0;
};

void ping(casty::actor_context<Member>& ctx, member_state& of) {
  --of.left;
  (*of.all)[of.random() % of.all->size()].tell(Ping{ctx.self()});
}

casty::behavior<Member> member(unsigned number, std::int64_t pings, casty::actor_ref<Sink> sink) {
  using context = casty::actor_context<Member>;
  return behaviors::with_state<Member>(
      member_state{std::minstd_rand(number + 1), pings},
      [sink](context& ctx, member_state& of, Pong) {
        if (of.left > 0) {
          ping(ctx, of);
        } else {
          sink.tell(Finished{});
        }
        return behaviors::same;
      },
      [](member_state& of, const Ping& m) {
        ++of.handled;
        m.from.tell(Pong{});
        return behaviors::same;
      },
      [](context& ctx, member_state& of, const Begin& m) {
        of.all = m.all;
        ping(ctx, of);
        return behaviors::same;
      },
      [sink](member_state& of, Exit) {
        sink.tell(Handled{of.handled});
        return behaviors::stopped;
      });
}

struct sink_state {
  neighbours all = {};
  std::size_t finished = 0;
  std::size_t ended = 0;
  std::int64_t pings = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

void start(casty::actor_context<Sink>& ctx, sink_state& of, const Start& m) {
  std::vector<casty::actor_ref<Member>> made;
  for (std::int64_t each = 0; each < m.members; ++each) {
    made.push_back(ctx.system().spawn(member(static_cast<unsigned>(each), m.pings, ctx.self())));
  }
  of.reply = m.reply;
  of.all = std::make_shared<const std::vector<casty::actor_ref<Member>>>(std::move(made));
  for (const auto& each : *of.all) {
    each.tell(Begin{of.all});
  }
}

casty::behavior<Sink> sink() {
  return behaviors::with_state<Sink>(
      sink_state{},
      [](sink_state& of, Finished) {
        if (++of.finished == of.all->size()) {
          for (const auto& each : *of.all) {
            each.tell(Exit{});
          }
        }
        return behaviors::same;
      },
      [](sink_state& of, Handled m) -> casty::outcome {
        of.pings += m.pings;
        if (++of.ended < of.all->size()) {
          return behaviors::same;
        }
        of.reply->tell(of.pings);
        return behaviors::stopped;
      },
      [](casty::actor_context<Sink>& ctx, sink_state& of, const Start& m) {
        start(ctx, of, m);
        return behaviors::same;
      });
}

void big(benchmark::State& state) {
  const std::int64_t members = bench::size(120, 10);
  const std::int64_t pings = bench::size(10'000, 20);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto all = system.spawn(sink());
    const std::int64_t handled =
        system.ask<Start>(all, members, pings).within(bench::patience).get();
    bench::require(handled == members * pings, "a ping is missing");
  });
}
BENCHMARK(big)->Apply(bench::on_workers);

}  // namespace
