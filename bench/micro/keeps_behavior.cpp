// What does a message cost whose handler keeps the behavior, with a state or without?
#include "support/burst.hpp"

namespace {

namespace behaviors = casty::behaviors;
using bench::Account;
using bench::Deposit;
using bench::Total;

void without_state(benchmark::State& state) {
  std::int64_t balance = 0;
  bench::deposits(state, behaviors::receive<Account>(
                             [&balance](Deposit m) {
                               balance += m.cents;
                               return behaviors::same;
                             },
                             [&balance](const Total& m) {
                               m.reply.tell(balance);
                               return behaviors::same;
                             }));
}
BENCHMARK(without_state)->Apply(bench::nanoseconds);

auto tell_total = [](std::int64_t& balance, const Total& m) {
  m.reply.tell(balance);
  return behaviors::same;
};

void state_in_place(benchmark::State& state) {
  bench::deposits(state, behaviors::with_state<Account>(
                             std::int64_t{0},
                             [](std::int64_t& balance, Deposit m) {
                               balance += m.cents;
                               return behaviors::same;
                             },
                             tell_total));
}
BENCHMARK(state_in_place)->Apply(bench::nanoseconds);

void state_answered(benchmark::State& state) {
  bench::deposits(
      state, behaviors::with_state<Account>(
                 std::int64_t{0}, [](std::int64_t balance, Deposit m) { return balance + m.cents; },
                 tell_total));
}
BENCHMARK(state_answered)->Apply(bench::nanoseconds);

}  // namespace
