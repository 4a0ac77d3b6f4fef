// errors: 2
// expect(g++): inconsistent types
// expect(clang): must match previous return type 'outcome'
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
casty::behavior<Account> open(int cents);
auto account = behaviors::receive<Account>(
    [](Deposit m) -> casty::behavior<Account> {
      if (m.cents < 0) {
        return behaviors::same;
      }
      return open(m.cents);
    },
    withdraw, balance);
#else
casty::behavior<Account> open(int cents);
auto account = behaviors::receive<Account>(
    [](Deposit m) {
      if (m.cents < 0) {
        return behaviors::same;
      }
      return open(m.cents);
    },
    withdraw, balance);
#endif
