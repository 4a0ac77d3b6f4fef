#include "ledger/line_parser.hpp"

#include <array>
#include <cstddef>
#include <optional>

#include "ledger/utf8.hpp"

namespace ledger {

namespace {

constexpr std::size_t column_count = 5;
using columns = std::array<std::string_view, column_count>;

std::optional<columns> split(std::string_view text) noexcept {
  columns parts;
  for (std::size_t index = 0; index + 1 < column_count; ++index) {
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) {
      return std::nullopt;
    }
    parts[index] = text.substr(0, comma);
    text.remove_prefix(comma + 1);
  }
  if (text.find(',') != std::string_view::npos) {
    return std::nullopt;
  }
  parts[column_count - 1] = text;
  return parts;
}

// [0-9]+ in 1…INT64_MAX, leading zeros allowed; 0 for anything else.
std::int64_t positive_number(std::string_view text) noexcept {
  std::int64_t number = 0;
  for (const char character : text) {
    if (character < '0' || character > '9') {
      return 0;
    }
    if (__builtin_mul_overflow(number, 10, &number) ||
        __builtin_add_overflow(number, character - '0', &number)) {
      return 0;
    }
  }
  return number;
}

std::optional<transaction_kind> kind_of(std::string_view text) noexcept {
  if (text == "deposit") {
    return transaction_kind::deposit;
  }
  if (text == "withdraw") {
    return transaction_kind::withdraw;
  }
  if (text == "transfer") {
    return transaction_kind::transfer;
  }
  return std::nullopt;
}

// Commas cannot be in it any more, nor what is not UTF-8.
bool is_account(std::string_view text) noexcept { return !text.empty() && !contains_control(text); }

}  // namespace

std::string_view to_string(reject_reason reason) noexcept {
  constexpr std::array<std::string_view, 10> names = {
      "too_long",          "not_utf8",     "column_count", "bad_id",
      "id_not_increasing", "unknown_kind", "bad_account",  "bad_amount",
      "bad_other_account", "same_account"};
  return names[static_cast<std::size_t>(reason)];
}

parsed_line line_parser::parse(const line& read) noexcept {
  if (read.too_long) {
    return reject_reason::too_long;
  }
  if (!is_utf8(read.text)) {
    return reject_reason::not_utf8;
  }
  const std::optional<columns> parts = split(read.text);
  if (!parts) {
    return reject_reason::column_count;
  }
  const auto& [id_text, kind_text, account, amount_text, other_account] = *parts;
  const auto id = static_cast<std::uint64_t>(positive_number(id_text));
  if (id == 0) {
    return reject_reason::bad_id;
  }
  if (id <= last_id_) {
    return reject_reason::id_not_increasing;
  }
  const std::optional<transaction_kind> kind = kind_of(kind_text);
  if (!kind) {
    return reject_reason::unknown_kind;
  }
  if (!is_account(account)) {
    return reject_reason::bad_account;
  }
  const std::int64_t amount_cents = positive_number(amount_text);
  if (amount_cents == 0) {
    return reject_reason::bad_amount;
  }
  const bool transfer = *kind == transaction_kind::transfer;
  if (transfer ? !is_account(other_account) : !other_account.empty()) {
    return reject_reason::bad_other_account;
  }
  if (transfer && account == other_account) {
    return reject_reason::same_account;
  }
  last_id_ = id;
  return transaction{id, *kind, account, amount_cents, other_account};
}

}  // namespace ledger
