/// @file
/// An actor that sends another one message after the other, 64 a turn.
#pragma once

#include "support/meter.hpp"

namespace bench {

struct Deposit {
  std::int64_t cents;
};
struct Total {
  casty::reply_to<std::int64_t> reply;
};
struct Account : casty::protocol<Deposit, Total> {};

struct Begin {
  std::int64_t deposits;
  casty::reply_to<cost> reply;
};
struct Go {
  std::int64_t left;
};
struct Payer : casty::protocol<Begin, Go> {};

inline casty::behavior<Payer> payer(lap& of, casty::actor_ref<Account> to) {
  return casty::behaviors::receive<Payer>(
      [&of](casty::actor_context<Payer>& ctx, const Begin& m) {
        of.begin(m.reply);
        ctx.self().tell(Go{m.deposits});
        return casty::behaviors::same;
      },
      [&of, to](casty::actor_context<Payer>& ctx, Go m) {
        if (m.left == 0) {
          of.end();
          return casty::behaviors::same;
        }
        const std::int64_t now = std::min<std::int64_t>(m.left, 64);
        for (std::int64_t each = 0; each < now; ++each) {
          to.tell(Deposit{1});
        }
        ctx.self().tell(Go{m.left - now});  // comes after what the account has now
        return casty::behaviors::same;
      });
}

/// Measures one deposit: told, dispatched, handled by `account`.
inline void deposits(benchmark::State& state, casty::behavior<Account> account) {
  lap of;
  casty::actor_system system(one_worker());
  const auto to = system.spawn(std::move(account));
  const auto from = system.spawn(payer(of, to));
  std::int64_t total = 0;
  measure(state, 1, 1'000'000, [&](std::int64_t count) {
    const cost spent = system.ask<Begin>(from, count).within(patience).get();
    total += count;
    require(system.ask<Total>(to).within(patience).get() == total, "a deposit is missing");
    return spent;
  });
}

}  // namespace bench
