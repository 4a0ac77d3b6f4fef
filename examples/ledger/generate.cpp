#include "ledger/generate.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>

namespace ledger {

namespace {

constexpr std::uint64_t cents_max = 50'000;
constexpr std::uint64_t deposit_cents_max = 100'000;

}  // namespace

std::uint64_t number_stream::next() noexcept {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31);
}

// At most every second line opens an account.
line_generator::line_generator(const generated_file& wanted)
    : numbers_(wanted.seed),
      accounts_(wanted.accounts),
      opening_interval_(std::max<std::uint64_t>(wanted.transactions / wanted.accounts, 2)) {}

std::string_view line_generator::next() {
  line_.clear();
  const bool opens = id_ % opening_interval_ == 0 && balances_.size() < accounts_;
  ++id_;
  if (opens) {
    open_account();
  } else if (numbers_.below(20) == 0) {
    add_refused();
  } else {
    add_covered();
  }
  return line_;
}

// Among all, or the first half, or the first quarter, …: account number n is about 1 / n
// as busy as the first.
std::uint64_t line_generator::pick_account() noexcept {
  const std::uint64_t opened = balances_.size();
  const auto halvings = numbers_.below(static_cast<std::uint64_t>(std::bit_width(opened)));
  return numbers_.below(opened >> halvings);
}

void line_generator::open_account() {
  balances_.push_back(0);
  add_deposit(balances_.size() - 1);
}

void line_generator::add_deposit(std::uint64_t account) {
  const std::uint64_t cents = 1 + numbers_.below(deposit_cents_max);
  balances_[account] += cents;
  add_line("deposit", account, cents);
}

void line_generator::add_refused() {
  const std::uint64_t account = pick_account();
  const std::uint64_t balance = balances_[account];
  const std::uint64_t too_many = balance + 1 + numbers_.below(cents_max);
  const std::uint64_t other = pick_account();
  switch (numbers_.below(8)) {
    case 0:
      if (balance > 0) {
        add_line("deposit", account, std::numeric_limits<std::int64_t>::max());
        break;
      }
      [[fallthrough]];
    case 1:
    case 2:
    case 3:
      add_line("withdraw", account, too_many);
      break;
    default:
      if (other == account) {
        add_line("withdraw", account, too_many);
      } else {
        add_transfer(account, too_many, other);
      }
  }
}

void line_generator::add_covered() {
  const std::uint64_t account = pick_account();
  const std::uint64_t other = pick_account();
  const std::uint64_t choice = numbers_.below(10);
  if (balances_[account] == 0 || choice < 3) {
    add_deposit(account);
    return;
  }
  const std::uint64_t cents = 1 + numbers_.below(std::min(balances_[account], cents_max));
  balances_[account] -= cents;
  if (choice < 5 || other == account) {
    add_line("withdraw", account, cents);
  } else {
    balances_[other] += cents;
    add_transfer(account, cents, other);
  }
}

void line_generator::add_line(std::string_view kind, std::uint64_t account, std::uint64_t cents) {
  add_number(id_);
  line_.append(",").append(kind).append(",account-");
  add_number(account + 1);
  line_ += ',';
  add_number(cents);
  line_ += ",\n";
}

void line_generator::add_transfer(std::uint64_t from, std::uint64_t cents, std::uint64_t to) {
  add_line("transfer", from, cents);
  line_.pop_back();
  line_ += "account-";
  add_number(to + 1);
  line_ += '\n';
}

void line_generator::add_number(std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  line_.append(digits, end);
}

}  // namespace ledger
