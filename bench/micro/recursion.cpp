// What does a message cost whose handler returns the next behavior?
#include "support/burst.hpp"

namespace {

namespace behaviors = casty::behaviors;
using bench::Account;
using bench::Deposit;
using bench::Total;

casty::behavior<Account> account(std::int64_t balance) {
  return behaviors::receive<Account>([=](Deposit m) { return account(balance + m.cents); },
                                     [=](const Total& m) {
                                       m.reply.tell(balance);
                                       return behaviors::same;
                                     });
}

void same_closure_type(benchmark::State& state) { bench::deposits(state, account(0)); }
BENCHMARK(same_closure_type)->Apply(bench::nanoseconds);

// Two closures of 48 bytes each fill the slot twice over: they are boxed.
struct owner {
  std::int64_t number[5] = {};
};
casty::behavior<Account> boxed(std::int64_t balance, const owner& of) {
  return behaviors::receive<Account>(
      [balance, of](Deposit m) { return boxed(balance + m.cents, of); },
      [balance, of](const Total& m) {
        m.reply.tell(balance + of.number[0]);
        return behaviors::same;
      });
}

void same_closure_type_boxed(benchmark::State& state) { bench::deposits(state, boxed(0, owner{})); }
BENCHMARK(same_closure_type_boxed)->Apply(bench::nanoseconds);

casty::behavior<Account> even(std::int64_t balance);
casty::behavior<Account> odd(std::int64_t balance) {
  return behaviors::receive<Account>([=](Deposit m) { return even(balance + m.cents); },
                                     [=](const Total& m) {
                                       m.reply.tell(balance);
                                       return behaviors::same;
                                     });
}
casty::behavior<Account> even(std::int64_t balance) {
  return behaviors::receive<Account>([=](Deposit m) { return odd(balance + m.cents); },
                                     [=](const Total& m) {
                                       m.reply.tell(balance);
                                       return behaviors::same;
                                     });
}

void other_closure_type(benchmark::State& state) { bench::deposits(state, even(0)); }
BENCHMARK(other_closure_type)->Apply(bench::nanoseconds);

}  // namespace
