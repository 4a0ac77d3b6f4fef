#include "ledger/bank.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ledger {

namespace {

// A wait is cut into pieces, not ended: a machine may be put to sleep in the middle of a run.
constexpr casty::duration look_up_after = casty::duration::seconds(1);
constexpr casty::duration patience = casty::duration::max();

// So many balances are asked for before the first answer is awaited.
constexpr std::size_t asks_at_once = 1024;

}  // namespace

// An account that fails takes its transactions along; what is sent to it later is a dead
// letter. Without an eye on these, the wait for its outcomes would have no end.
bank::bank(casty::actor_system& system, std::uint64_t window, std::function<void()> while_waiting)
    : system_(system),
      tally_(system.spawn(tally(), "tally")),
      half_window_(window / 2),
      while_waiting_(std::move(while_waiting)) {
  system_.event_stream().subscribe([lost = letter_lost_](const casty::dead_letter& letter) {
    *lost = *lost || letter.reason != casty::dead_letter_reason::late_reply;
  });
}

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
    wait_for(passed_on_ - half_window_);
  }
}

outcome_counts bank::finish() { return wait_for(passed_on_); }

outcome_counts bank::wait_for(std::uint64_t transactions) {
  while (true) {
    const casty::result<outcome_counts> done =
        system_.ask<WhenDone>(tally_, transactions).within(look_up_after).wait();
    if (*letter_lost_) {
      throw std::runtime_error("an account has failed; its transactions are lost");
    }
    if (done || done.error() != casty::errc::timeout) {
      return done.value();
    }
    while_waiting_();
  }
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
