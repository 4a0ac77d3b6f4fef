#include "ledger/fold.hpp"

#include <algorithm>

namespace ledger {

bool sequential_fold::settle(const transaction& next) {
  const bool settled = apply(next);
  ++(settled ? counts_.settled : counts_.refused);
  return settled;
}

bool sequential_fold::apply(const transaction& next) {
  const bool takes = next.kind != transaction_kind::deposit;
  const bool gives = next.kind != transaction_kind::withdraw;
  const std::string_view receiver =
      next.kind == transaction_kind::transfer ? next.other_account : next.account;

  std::int64_t received = 0;
  if (takes && balance_of(next.account) < next.amount_cents) {
    return false;
  }
  if (gives && __builtin_add_overflow(balance_of(receiver), next.amount_cents, &received)) {
    return false;
  }
  if (takes) {
    set_balance(next.account, balance_of(next.account) - next.amount_cents);
  }
  if (gives) {
    set_balance(receiver, received);
  }
  return true;
}

std::int64_t sequential_fold::balance_of(std::string_view account) const {
  const auto found = cents_.find(account);
  return found == cents_.end() ? 0 : found->second;
}

void sequential_fold::set_balance(std::string_view account, std::int64_t cents) {
  if (const auto found = cents_.find(account); found != cents_.end()) {
    found->second = cents;
  } else {
    cents_.emplace(account, cents);
  }
}

std::vector<account_balance> sequential_fold::balances() const {
  std::vector<account_balance> sorted;
  sorted.reserve(cents_.size());
  for (const auto& [account, cents] : cents_) {
    sorted.push_back({account, cents});
  }
  std::ranges::sort(sorted, {}, &account_balance::account);
  return sorted;
}

}  // namespace ledger
