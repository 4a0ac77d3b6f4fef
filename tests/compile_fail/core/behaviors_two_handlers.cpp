// expect: handlers_do_not_fit<Account, casty::more_than_one_handler_for<Deposit>
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
auto account = behaviors::receive<Account>(deposit, withdraw, balance);
#else
auto account = behaviors::receive<Account>(deposit, withdraw, balance,
                                           [](const Deposit&) { return behaviors::same; });
#endif
