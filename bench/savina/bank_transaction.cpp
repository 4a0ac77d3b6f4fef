// What does a transfer between accounts cost, when one waits for the other in its handler?
#include <random>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Debit {
  std::int64_t cents;
  casty::reply_to<std::int64_t> reply;  // what has come in
};
struct Account;
struct Credit {
  std::int64_t cents;
  casty::actor_ref<Account> to;
};
struct Close {};
struct Account : casty::protocol<Debit, Credit, Close> {};

struct Settled {};
struct Closed {
  std::int64_t balance;
};
struct Start {
  std::int64_t accounts;
  std::int64_t transactions;
  casty::reply_to<std::int64_t> reply;
};
struct Teller : casty::protocol<Settled, Closed, Start> {};

constexpr std::int64_t first_balance = 1'000'000;

casty::behavior<Account> account(casty::actor_ref<Teller> teller) {
  return behaviors::with_state<Account>(
      first_balance,
      [](std::int64_t& balance, const Debit& m) {
        balance += m.cents;
        m.reply.tell(m.cents);
        return behaviors::same;
      },
      [teller](casty::actor_context<Account>& ctx, std::int64_t& balance,
               Credit m) -> casty::task<casty::behavior<Account>> {
        balance -= m.cents;
        const std::int64_t taken = co_await ctx.ask<Debit>(m.to, m.cents);
        bench::require(taken == m.cents, "a debit is wrong");
        teller.tell(Settled{});
        co_return behaviors::same;
      },
      [teller](const std::int64_t& balance, Close) {
        teller.tell(Closed{balance});
        return behaviors::stopped;
      });
}

struct bank {
  std::vector<casty::actor_ref<Account>> accounts = {};
  std::int64_t left = 0;  // transactions
  std::size_t closed = 0;
  std::int64_t balance = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

// Money goes from an account to a later one only, so that no two wait for each other.
void start(casty::actor_context<Teller>& ctx, bank& of, const Start& m) {
  of.left = m.transactions;
  of.reply = m.reply;
  for (std::int64_t each = 0; each < m.accounts; ++each) {
    of.accounts.push_back(ctx.system().spawn(account(ctx.self())));
  }
  std::minstd_rand random(1);
  const std::size_t sources = of.accounts.size() / 10 * 8;
  for (std::int64_t each = 0; each < m.transactions; ++each) {
    const std::size_t from = random() % sources;
    const std::size_t to = from + 1 + random() % (of.accounts.size() - from - 1);
    const auto cents = static_cast<std::int64_t>(random() % 1'000);
    of.accounts[from].tell(Credit{cents, of.accounts[to]});
  }
}

casty::behavior<Teller> teller() {
  return behaviors::with_state<Teller>(
      bank{},
      [](bank& of, Settled) {
        if (--of.left == 0) {
          for (const auto& each : of.accounts) {
            each.tell(Close{});
          }
        }
        return behaviors::same;
      },
      [](bank& of, Closed m) -> casty::outcome {
        of.balance += m.balance;
        if (++of.closed < of.accounts.size()) {
          return behaviors::same;
        }
        of.reply->tell(of.balance);
        return behaviors::stopped;
      },
      [](casty::actor_context<Teller>& ctx, bank& of, const Start& m) {
        start(ctx, of, m);
        return behaviors::same;
      });
}

void bank_transaction(benchmark::State& state) {
  const std::int64_t accounts = bench::size(1'000, 20);
  const std::int64_t transactions = bench::size(50'000, 100);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(teller());
    const std::int64_t balance =
        system.ask<Start>(root, accounts, transactions).within(bench::patience).get();
    bench::require(balance == accounts * first_balance, "money is lost or made");
  });
}
BENCHMARK(bank_transaction)->Apply(bench::on_workers);

}  // namespace
