#include "ledger/bank.hpp"

#include <algorithm>

namespace ledger {

namespace {

// A machine may be put to sleep in the middle of a run, and a debugger may hold it.
constexpr casty::duration patience = casty::duration::max();

// So many balances are asked for before the first answer is awaited.
constexpr std::size_t asks_at_once = 1024;

}  // namespace

bank::bank(casty::actor_system& system, std::uint64_t window)
    : system_(system), tally_(system.spawn(tally(), "tally")), half_window_(window / 2) {}

void bank::settle(const transaction& next) {
  const account_ref account = account_of(next.account);
  switch (next.kind) {
    case transaction_kind::deposit:
      account.tell(Deposit{next.amount_cents});
      break;
    case transaction_kind::withdraw:
      account.tell(Withdraw{next.amount_cents});
      break;
    case transaction_kind::transfer: {
      const account_ref receiver = account_of(next.other_account);
      receiver.tell(Expect{next.id});
      account.tell(Send{next.id, next.amount_cents, receiver});
      break;
    }
  }
  ++passed_on_;
  // One half of the window is filled while the other is worked on.
  if (passed_on_ % half_window_ == 0) {
    (void)system_.ask<WhenDone>(tally_, passed_on_ - half_window_).within(patience).get();
  }
}

outcome_counts bank::finish() {
  return system_.ask<WhenDone>(tally_, passed_on_).within(patience).get();
}

std::vector<account_balance> bank::balances() {
  std::vector<account_balance> sorted;
  sorted.reserve(accounts_.size());
  std::vector<casty::future<Balance>> asked;
  asked.reserve(asks_at_once);
  auto answered = accounts_.begin();
  for (auto next = accounts_.begin(); next != accounts_.end();) {
    while (next != accounts_.end() && asked.size() < asks_at_once) {
      asked.push_back(system_.ask<GetBalance>((next++)->second).within(patience));
    }
    for (casty::future<Balance>& answer : asked) {
      const Balance balance = answer.get();
      if (balance.in_use) {
        sorted.push_back({answered->first, balance.cents});
      }
      ++answered;
    }
    asked.clear();
  }
  std::ranges::sort(sorted, {}, &account_balance::account);
  return sorted;
}

bank::account_ref bank::account_of(std::string_view name) {
  if (const auto found = accounts_.find(name); found != accounts_.end()) {
    return found->second;
  }
  return accounts_.emplace(name, system_.spawn(account(tally_))).first->second;
}

}  // namespace ledger
