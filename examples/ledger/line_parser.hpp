/// @file
/// From a line to a transaction, or to the reason why it is none.
///
/// The one piece that the actors and `--verify` share.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "ledger/line.hpp"
#include "ledger/transaction.hpp"

namespace ledger {

/// Why a line is no transaction. Of several reasons the first of this order is given.
enum class reject_reason : std::uint8_t {
  too_long,
  not_utf8,
  column_count,
  bad_id,
  id_not_increasing,
  unknown_kind,
  bad_account,
  bad_amount,
  bad_other_account,
  same_account,
};

[[nodiscard]] std::string_view to_string(reject_reason reason) noexcept;

using parsed_line = std::variant<transaction, reject_reason>;

/// Parses the lines of one file in their order: it remembers the last valid id.
class line_parser {
 public:
  /// @param read  Neither the header nor blank. The transaction points into its text.
  [[nodiscard]] parsed_line parse(const line& read) noexcept;

 private:
  std::uint64_t last_id_ = 0;
};

}  // namespace ledger
