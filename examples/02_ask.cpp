// Request and reply: the ways of asking from an ordinary thread, and an ask that fails.
#include <cstdint>
#include <cstdio>
#include <string>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;
using casty::behavior;

struct Deposit {
  std::int64_t cents;
};
struct Withdraw {
  std::int64_t cents;
  casty::reply_to<std::string> reply_to;
};  // always qualified: g++ refuses `reply_to<..> reply_to`
struct GetBalance {
  casty::reply_to<std::int64_t> reply_to;
};

struct Account : casty::protocol<Deposit, Withdraw, GetBalance> {};

behavior<Account> bank_account(std::int64_t balance = 0) {
  return behaviors::receive<Account>(
      [=](Deposit m) { return bank_account(balance + m.cents); },
      [=](const Withdraw& m) -> behavior<Account> {  // two kinds of result: the common type is said
        if (m.cents > balance) {
          m.reply_to.tell("insufficient funds (balance=" + std::to_string(balance) + ")");
          return behaviors::same;
        }
        m.reply_to.tell("ok");
        return bank_account(balance - m.cents);
      },
      [=](const GetBalance& m) {
        m.reply_to.tell(balance);
        return behaviors::same;
      });
}

void run(casty::actor_system& system) {
  auto account = system.spawn(bank_account(), "account");
  account.tell(Deposit{100});

  std::int64_t balance =
      system.ask<GetBalance>(account).get();  // R is deduced from GetBalance's reply_to
  std::string answer = system.ask<Withdraw>(account, 200).within(casty::duration::seconds(2)).get();
  std::printf("Balance: %lld\nWithdraw: %s\n", static_cast<long long>(balance), answer.c_str());

  // the message built by a lambda around the reply_to
  auto third = system.ask(account, [](auto reply) { return Withdraw{50, reply}; }).get();
  std::printf("Withdraw: %s\n", third.c_str());

  account.tell(Withdraw{10, casty::ignored});  // nobody waits for this answer

  casty::actor_ref<casty::protocol<Deposit>> till = account;  // a ref narrows
  till.tell(Deposit{1});
  casty::actor_ref<Deposit> slot = till;  // one message is a protocol too
  slot.tell<Deposit>(1);
  std::printf("Balance: %lld\n", static_cast<long long>(system.ask<GetBalance>(account).get()));

  system.stop(account);
  system.drain();
  auto late = system.ask<GetBalance>(account).wait();  // the error as a value
  std::printf("dead: %s\n", std::string(to_string(late.error())).c_str());
}

int main() {
  casty::actor_system system("bank");
  run(system);
}
// Balance: 100
// Withdraw: insufficient funds (balance=100)
// Withdraw: ok
// Balance: 42
// dead: dead_target
