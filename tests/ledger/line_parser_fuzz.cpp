// The parser beside a second one that is slow and plain, over mutated lines.
#include "ledger/line_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "ledger/generate.hpp"

namespace {

using ledger::reject_reason;
using ledger::transaction;
using ledger::transaction_kind;

std::string encode(std::uint32_t code) {
  const auto tail = [code](unsigned shift) {
    return static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
  };
  if (code < 0x80) {
    return {static_cast<char>(code)};
  }
  if (code < 0x800) {
    return {static_cast<char>(0xC0U | (code >> 6)), tail(0)};
  }
  if (code < 0x10000) {
    return {static_cast<char>(0xE0U | (code >> 12)), tail(6), tail(0)};
  }
  return {static_cast<char>(0xF0U | (code >> 18)), tail(12), tail(6), tail(0)};
}

// Whether the text is a sequence of encoded characters, by encoding what may be meant.
bool is_utf8_slowly(std::string_view text) {
  while (!text.empty()) {
    std::uint32_t bits = static_cast<unsigned char>(text[0]);
    std::size_t length = bits < 0x80 ? 1 : bits < 0xE0 ? 2 : bits < 0xF0 ? 3 : 4;
    if (length > text.size()) {
      return false;
    }
    bits &= length == 1 ? 0x7FU : 0xFFU >> (length + 1);
    for (std::size_t at = 1; at < length; ++at) {
      bits = bits << 6 | (static_cast<unsigned char>(text[at]) & 0x3FU);
    }
    const bool surrogate = bits >= 0xD800 && bits <= 0xDFFF;
    if (bits > 0x10FFFF || surrogate || encode(bits) != text.substr(0, length)) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

bool is_account_slowly(const std::string& text) {
  bool control = text.empty();
  for (std::uint32_t code = 0; code < 0xA0; ++code) {
    if (code < 0x20 || code >= 0x7F) {
      control = control || text.find(encode(code)) != std::string::npos;
    }
  }
  return !control;
}

// The digits without leading zeros, or nothing.
std::string number_slowly(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos ||
      text.find_first_not_of('0') == std::string::npos) {
    return {};
  }
  const std::string digits = text.substr(text.find_first_not_of('0'));
  const std::string largest = "9223372036854775807";
  const bool fits =
      digits.size() < largest.size() || (digits.size() == largest.size() && digits <= largest);
  return fits ? digits : std::string();
}

std::vector<std::string> split_slowly(const std::string& text) {
  std::vector<std::string> parts = {""};
  for (const char each : text) {
    if (each == ',') {
      parts.emplace_back();
    } else {
      parts.back() += each;
    }
  }
  return parts;
}

std::string parse_slowly(const std::string& text, std::uint64_t& last_id) {
  if (text.size() > 65'536) {
    return "too_long";
  }
  if (!is_utf8_slowly(text)) {
    return "not_utf8";
  }
  const std::vector<std::string> parts = split_slowly(text);
  if (parts.size() != 5) {
    return "column_count";
  }
  if (number_slowly(parts[0]).empty()) {
    return "bad_id";
  }
  if (std::stoull(number_slowly(parts[0])) <= last_id) {
    return "id_not_increasing";
  }
  if (parts[1] != "deposit" && parts[1] != "withdraw" && parts[1] != "transfer") {
    return "unknown_kind";
  }
  if (!is_account_slowly(parts[2])) {
    return "bad_account";
  }
  if (number_slowly(parts[3]).empty()) {
    return "bad_amount";
  }
  if (parts[1] == "transfer" ? !is_account_slowly(parts[4]) : !parts[4].empty()) {
    return "bad_other_account";
  }
  if (parts[1] == "transfer" && parts[2] == parts[4]) {
    return "same_account";
  }
  last_id = std::stoull(number_slowly(parts[0]));
  return number_slowly(parts[0]) + "|" + parts[1] + "|" + parts[2] + "|" + number_slowly(parts[3]) +
         "|" + parts[4];
}

std::string shown(const ledger::parsed_line& parsed) {
  if (const auto* reason = std::get_if<reject_reason>(&parsed)) {
    return std::string(to_string(*reason));
  }
  const auto& read = std::get<transaction>(parsed);
  const std::string kind = read.kind == transaction_kind::deposit    ? "deposit"
                           : read.kind == transaction_kind::withdraw ? "withdraw"
                                                                     : "transfer";
  return std::to_string(read.id) + "|" + kind + "|" + std::string(read.account) + "|" +
         std::to_string(read.amount_cents) + "|" + std::string(read.other_account);
}

constexpr std::string_view pieces[] = {",",
                                       "",
                                       "0",
                                       "1",
                                       "9223372036854775807",
                                       "9223372036854775808",
                                       "-",
                                       " ",
                                       "deposit",
                                       "withdraw",
                                       "transfer",
                                       "a",
                                       "b",
                                       "\t",
                                       "\x7F",
                                       "\xC2\x85",
                                       "\xC2\xA0",
                                       "\xC3\xBC",
                                       "\xC0",
                                       "\xED\xA0\x80",
                                       "\xF0\x9F\x98\x80",
                                       "\xF4\x90\x80\x80",
                                       "\xE2\x82",
                                       "\\",
                                       "\"",
                                       "\r"};

std::string random_line(ledger::number_stream& random, std::uint64_t id) {
  constexpr std::string_view accounts[] = {"a", "b", "J\xC3\xBCrgen", "\xE2\x82\xAC"};
  constexpr std::string_view kinds[] = {"deposit", "withdraw", "transfer"};
  const std::string_view kind = kinds[random.below(3)];
  std::string text = std::to_string(id) + "," + std::string(kind) + "," +
                     std::string(accounts[random.below(4)]) + "," +
                     std::to_string(1 + random.below(1000)) + ",";
  if (kind == "transfer") {
    text += accounts[random.below(4)];
  }
  for (std::uint64_t changes = random.below(4); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random.below(text.size());
    const std::size_t removed = random.below(3);
    text.replace(at, removed, pieces[random.below(std::size(pieces))]);
  }
  return text;
}

TEST_CASE("ledger/line_parser: mutated lines are read as a plain second parser reads them") {
  constexpr std::uint64_t seed = 20231;
  ledger::number_stream random(seed);
  ledger::line_parser parser;
  std::uint64_t last_id = 0;
  int accepted = 0;

  for (int round = 0; round < 200'000; ++round) {
    // Now and then a large id is taken, and all later ones are too small.
    if (last_id > 1'000'000) {
      parser = {};
      last_id = 0;
    }
    const std::string text = random_line(random, last_id + random.below(5));
    const std::string expected = parse_slowly(text, last_id);
    const std::string actual = shown(parser.parse({1, text, text.size() > 65'536}));
    accepted += expected.find('|') != std::string::npos ? 1 : 0;
    if (actual != expected) {
      CAPTURE(seed);
      CAPTURE(round);
      CAPTURE(text);
      REQUIRE(actual == expected);
    }
  }

  CHECK(accepted > 20'000);
  CHECK(accepted < 180'000);
}

}  // namespace
