// expect: handler_must_take_context_then_state_then<Deposit, Account>
#include <string>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;

struct Deposit {
  int cents;
};
struct Withdraw {
  int cents;
  casty::reply_to<std::string> reply_to;
};
struct GetBalance {
  casty::reply_to<int> reply_to;
};
struct Account : casty::protocol<Deposit, Withdraw, GetBalance> {};

constexpr auto deposit = [](Deposit) { return behaviors::same; };
constexpr auto withdraw = [](const Withdraw&) { return behaviors::same; };
constexpr auto balance = [](const GetBalance&) { return behaviors::same; };

#ifdef CASTY_CONTROL
auto account = behaviors::with_state<Account>(
    0, [](casty::actor_context<Account>&, int&, Deposit) { return behaviors::same; }, withdraw,
    balance);
#else
auto account = behaviors::with_state<Account>(
    0, [](int&, casty::actor_context<Account>&, Deposit) { return behaviors::same; }, withdraw,
    balance);
#endif
