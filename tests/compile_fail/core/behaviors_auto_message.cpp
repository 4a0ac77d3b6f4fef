// expect: handler_must_name_its_message_not_auto<Account>
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
auto account = behaviors::receive<Account>(deposit, withdraw, [](const GetBalance& m) {
  m.reply_to.tell(1);
  return behaviors::same;
});
#else
auto account = behaviors::receive<Account>(deposit, withdraw, [](const auto& m) {
  m.reply_to.tell(1);
  return behaviors::same;
});
#endif
