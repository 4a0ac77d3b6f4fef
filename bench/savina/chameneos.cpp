// How fast do creatures meet in pairs, when all go through one mall that pairs them?
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

enum class color { blue, red, yellow };

// Two of one colour keep it, two of different ones take the third.
color complement(color one, color other) {
  return one == other ? one
                      : static_cast<color>(3 - static_cast<int>(one) - static_cast<int>(other));
}

struct Creature;
struct Meet {
  color of;
  casty::actor_ref<Creature> from;
};
struct Change {
  color to;
};
struct Exit {};
struct Creature : casty::protocol<Meet, Change, Exit> {};

struct Faded {
  std::int64_t meetings;
};
struct Open {
  std::int64_t creatures;
  std::int64_t meetings;
  casty::reply_to<std::int64_t> reply;
};
struct Mall : casty::protocol<Meet, Faded, Open> {};

struct creature_state {
  color now;
  std::int64_t meetings = 0;
};

casty::behavior<Creature> creature(color first, casty::actor_ref<Mall> mall) {
  using context = casty::actor_context<Creature>;
  return behaviors::with_state<Creature>(
      creature_state{first},
      [mall](context& ctx, creature_state& of, const Meet& m) {
        of.now = complement(of.now, m.of);
        ++of.meetings;
        m.from.tell(Change{of.now});
        mall.tell(Meet{of.now, ctx.self()});
        return behaviors::same;
      },
      [mall](context& ctx, creature_state& of, Change m) {
        of.now = m.to;
        ++of.meetings;
        mall.tell(Meet{of.now, ctx.self()});
        return behaviors::same;
      },
      [mall](creature_state& of, Exit) {
        mall.tell(Faded{of.meetings});
        return behaviors::stopped;
      });
}

struct mall_state {
  std::int64_t left = 0;    // meetings
  std::int64_t living = 0;  // creatures
  std::int64_t met = 0;
  std::optional<casty::actor_ref<Creature>> waiting = {};
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

void open(casty::actor_context<Mall>& ctx, mall_state& of, const Open& m) {
  of.left = m.meetings;
  of.living = m.creatures;
  of.reply = m.reply;
  for (std::int64_t each = 0; each < m.creatures; ++each) {
    const auto first = static_cast<color>(each % 3);
    const auto made = ctx.system().spawn(creature(first, ctx.self()));
    ctx.self().tell(Meet{first, made});
  }
}

casty::behavior<Mall> mall() {
  return behaviors::with_state<Mall>(
      mall_state{},
      [](mall_state& of, const Meet& m) {
        if (of.left == 0) {
          m.from.tell(Exit{});
        } else if (of.waiting) {
          of.waiting->tell(m);
          of.waiting.reset();
          --of.left;
        } else {
          of.waiting = m.from;
        }
        return behaviors::same;
      },
      [](mall_state& of, Faded m) -> casty::outcome {
        of.met += m.meetings;
        if (--of.living > 0) {
          return behaviors::same;
        }
        of.reply->tell(of.met);
        return behaviors::stopped;
      },
      [](casty::actor_context<Mall>& ctx, mall_state& of, const Open& m) {
        open(ctx, of, m);
        return behaviors::same;
      });
}

void chameneos(benchmark::State& state) {
  const std::int64_t creatures = bench::size(100, 10);
  const std::int64_t meetings = bench::size(200'000, 200);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto place = system.spawn(mall());
    const std::int64_t met =
        system.ask<Open>(place, creatures, meetings).within(bench::patience).get();
    bench::require(met == 2 * meetings, "a meeting is missing");
  });
}
BENCHMARK(chameneos)->Apply(bench::on_workers);

}  // namespace
