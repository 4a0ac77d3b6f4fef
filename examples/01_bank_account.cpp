// Behavior recursion: the state of the account is what its behavior captures, and each
// change is the next behavior.
#include <cstdint>
#include <cstdio>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;

struct Deposit {
  std::int64_t cents;
};
struct GetBalance {
  casty::reply_to<std::int64_t> reply_to;
};
struct Account : casty::protocol<Deposit, GetBalance> {};

casty::behavior<Account> bank_account(std::int64_t balance = 0) {
  return behaviors::receive<Account>([=](Deposit m) { return bank_account(balance + m.cents); },
                                     [=](const GetBalance& m) {
                                       m.reply_to.tell(balance);
                                       return behaviors::same;
                                     });
}

void run(casty::actor_system& system) {
  auto account = system.spawn(bank_account(), "account");
  account.tell(Deposit{100});
  account.tell(Deposit{50});
  std::printf("Balance: %lld\n", static_cast<long long>(system.ask<GetBalance>(account).get()));
}

int main() {
  casty::actor_system system("bank");
  run(system);
}
// Balance: 150
