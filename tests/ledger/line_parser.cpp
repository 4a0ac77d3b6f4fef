#include "ledger/line_parser.hpp"

#include <string>
#include <string_view>
#include <variant>

#include <doctest/doctest.h>

namespace {

using ledger::reject_reason;
using ledger::transaction;
using ledger::transaction_kind;

ledger::parsed_line parse(std::string_view text) {
  ledger::line_parser parser;
  return parser.parse({1, text, false});
}

reject_reason reason_of(std::string_view text) {
  CAPTURE(text);
  const ledger::parsed_line parsed = parse(text);
  REQUIRE(std::holds_alternative<reject_reason>(parsed));
  return std::get<reject_reason>(parsed);
}

transaction transaction_of(std::string_view text) {
  CAPTURE(text);
  const ledger::parsed_line parsed = parse(text);
  REQUIRE(std::holds_alternative<transaction>(parsed));
  return std::get<transaction>(parsed);
}

TEST_CASE("ledger/line_parser: the three kinds are read") {
  CHECK(transaction_of("1,deposit,anna,250,") ==
        transaction{1, transaction_kind::deposit, "anna", 250, ""});
  CHECK(transaction_of("2,withdraw,anna,1,") ==
        transaction{2, transaction_kind::withdraw, "anna", 1, ""});
  CHECK(transaction_of("3,transfer,anna,7,bert") ==
        transaction{3, transaction_kind::transfer, "anna", 7, "bert"});
}

TEST_CASE("ledger/line_parser: numbers may have leading zeros and reach 2^63 - 1") {
  const transaction largest =
      transaction_of("9223372036854775807,deposit,a,000009223372036854775807,");

  CHECK(largest.id == 9223372036854775807U);
  CHECK(largest.amount_cents == 9223372036854775807);
  CHECK(transaction_of("0001,deposit,a," + std::string(1000, '0') + "1,").amount_cents == 1);
}

TEST_CASE("ledger/line_parser: accounts are any UTF-8 but commas and control characters") {
  CHECK(transaction_of("1,deposit, ,1,").account == " ");
  CHECK(transaction_of("1,deposit,\"a\",1,").account == "\"a\"");
  CHECK(transaction_of("1,deposit,J\xC3\xBCrgen \xF0\x9F\x98\x80,1,").account ==
        "J\xC3\xBCrgen \xF0\x9F\x98\x80");
  CHECK(transaction_of("1,transfer,a,1,A").other_account == "A");
}

TEST_CASE("ledger/line_parser: each reason is found") {
  ledger::line_parser parser;
  CHECK(parser.parse({1, "front of a long line", true}) ==
        ledger::parsed_line(reject_reason::too_long));
  CHECK(reason_of("1,deposit,\xFF,1,") == reject_reason::not_utf8);
  for (const std::string_view text : {"1", "1,deposit,a,1", "1,deposit,a,1,,", "no comma", ",,,"}) {
    CHECK(reason_of(text) == reject_reason::column_count);
  }
  for (const std::string_view id :
       {"", "0", "000", "-1", "+1", " 1", "1 ", "1.0", "0x1", "one", "9223372036854775808",
        "18446744073709551617", "99999999999999999999999999"}) {
    CHECK(reason_of(std::string(id) + ",deposit,a,1,") == reject_reason::bad_id);
    CHECK(reason_of("1,deposit,a," + std::string(id) + ",") == reject_reason::bad_amount);
  }
  for (const std::string_view kind :
       {"", "Deposit", "deposits", " deposit", "deposit ", "refund"}) {
    CHECK(reason_of("1," + std::string(kind) + ",a,1,") == reject_reason::unknown_kind);
  }
  for (const std::string_view account : {"", "a\tb", "\x7F", "\xC2\x85", "a\r"}) {
    CHECK(reason_of("1,deposit," + std::string(account) + ",1,") == reject_reason::bad_account);
    CHECK(reason_of("1,transfer,a,1," + std::string(account)) == reject_reason::bad_other_account);
  }
  CHECK(reason_of("1,deposit,a,1,b") == reject_reason::bad_other_account);
  CHECK(reason_of("1,withdraw,a,1, ") == reject_reason::bad_other_account);
  CHECK(reason_of("1,transfer,a,1,a") == reject_reason::same_account);
}

TEST_CASE("ledger/line_parser: of several reasons the first is given") {
  ledger::line_parser parser;
  REQUIRE(std::holds_alternative<transaction>(parser.parse({1, "5,deposit,a,1,", false})));
  const auto reason = [&parser](std::string_view text, bool too_long = false) {
    return std::get<reject_reason>(parser.parse({2, text, too_long}));
  };

  // Each line has all the faults that come after its own.
  CHECK(reason("\xFF,x,\t,x,x,x", true) == reject_reason::too_long);
  CHECK(reason("\xFF,x,\t,x,x,x") == reject_reason::not_utf8);
  CHECK(reason("x,x,\t,x,x,x") == reject_reason::column_count);
  CHECK(reason("x,x,\t,x,x") == reject_reason::bad_id);
  CHECK(reason("5,x,\t,x,x") == reject_reason::id_not_increasing);
  CHECK(reason("6,x,\t,x,x") == reject_reason::unknown_kind);
  CHECK(reason("6,deposit,\t,x,x") == reject_reason::bad_account);
  CHECK(reason("6,deposit,a,x,x") == reject_reason::bad_amount);
  CHECK(reason("6,deposit,a,1,x") == reject_reason::bad_other_account);
  CHECK(reason("6,transfer,a,1,a") == reject_reason::same_account);
}

TEST_CASE("ledger/line_parser: ids rise from one valid line to the next") {
  ledger::line_parser parser;
  const auto is_valid = [&parser](std::string_view text) {
    return std::holds_alternative<transaction>(parser.parse({1, text, false}));
  };

  CHECK(is_valid("10,deposit,a,1,"));
  CHECK_FALSE(is_valid("10,deposit,a,1,"));
  CHECK_FALSE(is_valid("9,deposit,a,1,"));
  CHECK_FALSE(is_valid("1000,deposit,a,0,"));  // not valid, so its id does not count
  CHECK(is_valid("11,deposit,a,1,"));
  CHECK(is_valid("9223372036854775807,deposit,a,1,"));
  CHECK_FALSE(is_valid("9223372036854775807,deposit,a,1,"));
}

TEST_CASE("ledger/line_parser: every reason has its name") {
  CHECK(to_string(reject_reason::too_long) == "too_long");
  CHECK(to_string(reject_reason::not_utf8) == "not_utf8");
  CHECK(to_string(reject_reason::column_count) == "column_count");
  CHECK(to_string(reject_reason::bad_id) == "bad_id");
  CHECK(to_string(reject_reason::id_not_increasing) == "id_not_increasing");
  CHECK(to_string(reject_reason::unknown_kind) == "unknown_kind");
  CHECK(to_string(reject_reason::bad_account) == "bad_account");
  CHECK(to_string(reject_reason::bad_amount) == "bad_amount");
  CHECK(to_string(reject_reason::bad_other_account) == "bad_other_account");
  CHECK(to_string(reject_reason::same_account) == "same_account");
}

}  // namespace
