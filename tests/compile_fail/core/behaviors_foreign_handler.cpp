// expect: handlers_do_not_fit<Meter, casty::no_handler_for<int>,
// casty::handler_outside_the_protocol_for<double>
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

struct Meter : casty::protocol<int> {};

#ifdef CASTY_CONTROL
auto meter = behaviors::receive<Meter>([](int) { return behaviors::same; });
#else
auto meter = behaviors::receive<Meter>([](double) { return behaviors::same; });
#endif
