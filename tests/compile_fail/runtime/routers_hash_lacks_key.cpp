// expect: consistent_hash_lacks_a_key_for<Account, Withdraw, GetBalance>
#include "casty/actor.hpp"
#include "casty/runtime/routers.hpp"

#include "../support/bank.hpp"

constexpr auto by_cents = [](const Deposit& m) { return m.cents; };
constexpr auto by_withdrawal = [](const Withdraw& m) { return m.cents; };
constexpr auto by_nothing = [](const GetBalance&) { return 0; };
constexpr auto by_message = [](const Withdraw& m) { return m; };

casty::behavior<Account> accounts(casty::behavior<Account> routee) {
#ifdef CASTY_CONTROL
  return behaviors::pool(
      5, routee,
      {.strategy = casty::routing::consistent_hash(by_cents, by_withdrawal, by_nothing)});
#else
  return behaviors::pool(
      5, routee, {.strategy = casty::routing::consistent_hash(by_cents, by_message)});
#endif
}
