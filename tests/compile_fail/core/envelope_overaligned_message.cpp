// expect: casty::actor_ref: a message is aligned to more than 64 bytes
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
struct alignas(64) Page {
  char bytes[64];
};
void send(casty::actor_ref<Page> to) { to.tell(Page{}); }
#else
struct alignas(128) Page {
  char bytes[128];
};
void send(casty::actor_ref<Page> to) { to.tell(Page{}); }
#endif
