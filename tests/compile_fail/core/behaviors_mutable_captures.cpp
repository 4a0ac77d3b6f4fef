// expect: handler_has_mutable_captures_use_with_state<Deposit>
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
    0,
    [](int& sum, Deposit m) {
      sum += m.cents;
      return behaviors::same;
    },
    withdraw, balance);
#else
auto account = behaviors::receive<Account>(
    [sum = 0](Deposit m) mutable {
      sum += m.cents;
      return behaviors::same;
    },
    withdraw, balance);
#endif
