#include "ledger/bank.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>

#include "ledger/waiting.hpp"

namespace ledger {

namespace {

// A wait is cut into pieces, not ended: a machine may be put to sleep in the middle of a run.
constexpr casty::duration look_up_after = casty::duration::seconds(1);
constexpr casty::duration patience = casty::duration::max();

// So many accounts are asked before the first answer is awaited: more than a journal commits
// together.
constexpr std::size_t asks_at_once = 4096;

// Asks all of `many`, some at a time, and takes the answers in their order.
template <class Many, class Ask, class Take>
void ask_all(const Many& many, Ask ask, Take take) {
  std::deque<decltype(ask(*many.begin()))> asked;
  auto answered = many.begin();
  for (const auto& each : many) {
    asked.push_back(ask(each));
    if (asked.size() == asks_at_once) {
      take(*answered++, asked.front());
      asked.pop_front();
    }
  }
  for (auto& answer : asked) {
    take(*answered++, answer);
  }
}

}  // namespace

// An account that fails takes its transactions along; what is sent to it later is a dead
// letter. Without an eye on these, the wait for its outcomes would have no end.
bank::bank(casty::actor_system& system, casty::journal journal, bank_options options)
    : system_(system),
      journal_(std::move(journal)),
      options_(std::move(options)),
      tally_(system.spawn(tally(), "tally")) {
  system_.event_stream().subscribe([lost = letter_lost_](const casty::dead_letter& letter) {
    *lost = *lost || letter.reason != casty::dead_letter_reason::late_reply;
  });
}

void bank::settle(const transaction& next) {
  const account_ref account = account_of(next.account);
  switch (next.kind) {
    case transaction_kind::deposit:
      account.tell(Deposit{batch_, next.id, next.amount_cents});
      break;
    case transaction_kind::withdraw:
      account.tell(Withdraw{batch_, next.id, next.amount_cents});
      break;
    case transaction_kind::transfer: {
      const account_ref receiver = account_of(next.other_account);
      receiver.tell(Expect{batch_, next.id, std::string(next.account)});
      account.tell(Send{batch_, next.id, next.amount_cents, std::string(next.other_account),
                        receiver});
      break;
    }
  }
  ++passed_on_;
  // One half of the window is filled while the other is worked on.
  if (const std::uint64_t half = options_.window / 2; passed_on_ % half == 0) {
    (void)wait_for(passed_on_ - half);
  }
}

void bank::commit() {
  counts_ = wait_for(passed_on_);
  ask_all(
      touched_,
      [this](const account_ref& each) {
        return system_.ask<ledger::Commit>(each, batch_).within(patience);
      },
      [this](const account_ref&, casty::future<bool>& written) {
        if (!wait_with_looks(std::move(written), options_.while_waiting)) {
          options_.failure.explain(system_,
                                   "an account has failed; it may not have been written");
        }
      });
  touched_.clear();
}

outcome_counts bank::wait_for(std::uint64_t transactions) {
  while (true) {
    const casty::result<outcome_counts> done =
        system_.ask<WhenDone>(tally_, transactions).within(look_up_after).wait();
    check();
    if (done || done.error() != casty::errc::timeout) {
      return done.value();
    }
    options_.while_waiting();
  }
}

void bank::check() const {
  options_.failure.check();
  if (*letter_lost_) {
    throw std::runtime_error("an account has failed; its transactions are lost");
  }
}

std::vector<account_balance> bank::balances() {
  std::vector<account_balance> sorted;
  sorted.reserve(accounts_.size());
  ask_all(
      accounts_,
      [this](const auto& each) {
        return system_.ask<GetBalance>(each.second.ref).within(patience);
      },
      [&sorted](const auto& each, casty::future<Balance>& answer) {
        if (const Balance balance = answer.get(); balance.in_use) {
          sorted.push_back({each.first, balance.cents});
        }
      });
  std::ranges::sort(sorted, {}, &account_balance::account);
  return sorted;
}

const bank::account_ref& bank::account_of(std::string_view name) {
  auto found = accounts_.find(name);
  if (found == accounts_.end()) {
    const account_ref made = system_.spawn(
        account({std::string(name), journal_, tally_, options_.keeps_history}));
    found = accounts_.emplace(name, known_account{made}).first;
  }
  if (std::exchange(found->second.batch, batch_) != batch_) {
    touched_.push_back(found->second.ref);
  }
  return found->second.ref;
}

}  // namespace ledger
