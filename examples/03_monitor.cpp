// An actor that asks without blocking: reply as own message, pipe_to_self, and a coroutine handler.
#include <cstdio>
#include <string>
#include <utility>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;
using casty::behavior;

struct Deposit {
  int cents;
};
struct GetBalance {
  casty::reply_to<int> reply_to;
};
struct Open {
  std::string owner;
  int cents;
  casty::reply_to<std::string> reply_to;
};
struct Account : casty::protocol<Deposit, GetBalance, Open> {};

behavior<Account> bank_account(int balance) {
  return behaviors::receive<Account>([=](Deposit m) { return bank_account(balance + m.cents); },
                                     [=](const GetBalance& m) {
                                       m.reply_to.tell(balance);
                                       return behaviors::same;
                                     },
                                     [=](const Open& m) {
                                       m.reply_to.tell(m.owner + " opened");
                                       return bank_account(m.cents);
                                     });
}

struct CheckByReply {
  casty::actor_ref<Account> account;
};
struct CheckByPipe {
  casty::actor_ref<Account> account;
};
struct CheckByAwait {
  casty::actor_ref<Account> account;
  std::string note;
};
struct Seen {
  std::string text;
};
struct Monitor : casty::protocol<CheckByReply, CheckByPipe, CheckByAwait, int, Seen> {};

behavior<Monitor> monitor(int checks = 0) {
  return behaviors::receive<Monitor>(
      // 1 own ref as reply_to: the answer is an ordinary message of the protocol
      [](casty::actor_context<Monitor>& ctx, const CheckByReply& m) {
        m.account.tell(GetBalance{ctx.self()});
        return behaviors::same;
      },
      [=](int balance) {
        std::printf("1 balance %d\n", balance);
        return monitor(checks + 1);
      },
      // 2 the answer, or why there is none, mapped to a message
      [](auto& ctx, const CheckByPipe& m) {
        ctx.pipe_to_self(ctx.template ask<GetBalance>(m.account), [](casty::result<int> r) {
          return Seen{"balance " + std::to_string(r.value_or(-1))};
        });
        return behaviors::same;
      },
      [=](Seen m) {
        std::printf("2 %s\n", m.text.c_str());
        return monitor(checks + 1);
      },
      // 3 a coroutine: the actor takes nothing else and holds no thread until the answer is there
      [=](casty::actor_context<Monitor>& ctx,
          const CheckByAwait& m) -> casty::task<behavior<Monitor>> {
        int balance = co_await ctx.ask<GetBalance>(m.account);
        std::string text =
            co_await ctx.ask<Open>(m.account, std::string("a rather long name for an owner"), 5)
                .within(casty::duration::seconds(1));
        // a result<int> instead of an exception
        auto maybe = co_await ctx.ask<GetBalance>(m.account).outcome();
        std::printf("3 balance %d, %s, then %d, note %s, checks %d\n", balance, text.c_str(),
                    maybe.value_or(-1), m.note.c_str(), checks);
        co_return monitor(checks + 1);
      });
}

void run(casty::actor_system& system) {
  auto account = system.spawn(bank_account(100), "account");
  auto mon = system.spawn(monitor(), "monitor");
  mon.tell(CheckByReply{account});
  mon.tell(CheckByPipe{account});
  mon.tell(CheckByAwait{account, "a longer note"});
  mon.tell(CheckByPipe{account});
  system.drain();
}

int main() {
  casty::actor_system system("bank");
  run(system);
}
// In any order:
// 1 balance 100
// 2 balance 100
// 2 balance 5
// 3 balance 100, a rather long name for an owner opened, then 5, note a longer note, checks *
