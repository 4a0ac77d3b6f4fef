#include <cstdint>
#include <cstdio>
#include <string>

#include "casty/actor.hpp"

struct Deposit {
  std::int64_t cents;
};
struct GetBalance {
  casty::reply_to<std::int64_t> reply_to;
};
struct Account : casty::protocol<Deposit, GetBalance> {};

casty::behavior<Account> account(std::int64_t balance = 0) {
  return casty::behaviors::receive<Account>(
      [=](Deposit m) { return account(balance + m.cents); },
      [=](GetBalance const& m) {
        m.reply_to.tell(balance);
        return casty::behaviors::same;
      });
}

int main() {
  casty::actor_system system("consumer");
  auto ref = system.spawn(account(), "account");
  ref.tell(Deposit{100});
  ref.tell<Deposit>(50);
  std::printf("balance %lld\n", static_cast<long long>(system.ask<GetBalance>(ref).get()));
}
// balance 150
