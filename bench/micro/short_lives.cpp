// What does an actor cost that is spawned, takes one message, and ends?
#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Finished {};
struct Start {
  std::int64_t lives;
  casty::reply_to<std::int64_t> reply;
};
struct Parent : casty::protocol<Finished, Start> {};

struct Work {
  casty::actor_ref<Parent> from;
};

casty::behavior<Work> child() {
  return behaviors::receive<Work>([](const Work& m) {
    m.from.tell(Finished{});
    return behaviors::stopped;
  });
}

// The next one is born when the one before says that it has done its work.
struct living {
  std::int64_t left = 0;
  std::int64_t ended = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

casty::behavior<Parent> parent() {
  using context = casty::actor_context<Parent>;
  return behaviors::with_state<Parent>(
      living{},
      [](context& ctx, living& of, Finished) -> casty::outcome {
        ++of.ended;
        if (--of.left > 0) {
          ctx.spawn(child()).tell(Work{ctx.self()});
          return behaviors::same;
        }
        of.reply->tell(of.ended);
        return behaviors::stopped;
      },
      [](context& ctx, living& of, const Start& m) {
        of.left = m.lives;
        of.reply = m.reply;
        ctx.spawn(child()).tell(Work{ctx.self()});
        return behaviors::same;
      });
}

void short_lives(benchmark::State& state) {
  const std::int64_t lives = bench::size(100'000, 1'000);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(parent());
    const std::int64_t ended = system.ask<Start>(root, lives).within(bench::patience).get();
    bench::require(ended == lives, "a life is missing");
  });
}
BENCHMARK(short_lives)->Apply(bench::on_workers);

}  // namespace
