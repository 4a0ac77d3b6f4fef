#include "ledger/generate.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <doctest/doctest.h>

#include "ledger/fold.hpp"
#include "ledger/line_parser.hpp"

namespace {

std::string lines_of(const ledger::generated_file& wanted) {
  ledger::line_generator lines(wanted);
  std::string all;
  for (std::uint64_t count = 0; count < wanted.transactions; ++count) {
    all += lines.next();
  }
  return all;
}

// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char each : text) {
    hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001B3U;
  }
  return hash;
}

TEST_CASE("ledger/generate: the bytes are those of every other build") {
  CHECK(lines_of({.transactions = 10, .accounts = 3, .seed = 1}) ==
        "1,deposit,account-1,22466,\n"
        "2,withdraw,account-1,1064,\n"
        "3,deposit,account-1,9223372036854775807,\n"
        "4,deposit,account-2,99740,\n"
        "5,withdraw,account-1,15262,\n"
        "6,deposit,account-1,98955,\n"
        "7,deposit,account-3,68037,\n"
        "8,withdraw,account-1,28882,\n"
        "9,transfer,account-3,45922,account-1\n"
        "10,deposit,account-3,99238,\n");
  CHECK(hash_of(lines_of({.transactions = 100'000, .accounts = 10'000, .seed = 1})) ==
        402888414058965602U);
  CHECK(hash_of(lines_of({.transactions = 100'000, .accounts = 10'000, .seed = 2})) ==
        11897482957885672481U);
}

struct tallied {
  ledger::sequential_fold fold;
  std::map<std::string, int> lines_by_account;
  int rejected = 0;
};

tallied tally(const ledger::generated_file& wanted) {
  tallied seen;
  ledger::line_generator lines(wanted);
  ledger::line_parser parser;
  for (std::uint64_t count = 0; count < wanted.transactions; ++count) {
    std::string_view text = lines.next();
    REQUIRE(text.ends_with('\n'));
    text.remove_suffix(1);
    const ledger::parsed_line parsed = parser.parse({count + 2, text, false});
    if (const auto* next = std::get_if<ledger::transaction>(&parsed)) {
      seen.fold.settle(*next);
      ++seen.lines_by_account[std::string(next->account)];
    } else {
      ++seen.rejected;
    }
  }
  return seen;
}

TEST_CASE("ledger/generate: every line is valid, one in twenty refused, every account used") {
  const tallied seen = tally({.transactions = 200'000, .accounts = 20'000, .seed = 7});

  CHECK(seen.rejected == 0);
  CHECK(seen.fold.counts().refused > 8'000);
  CHECK(seen.fold.counts().refused < 10'000);
  CHECK(seen.fold.balances().size() == 20'000);
}

TEST_CASE("ledger/generate: a few accounts are busy, many are quiet") {
  const tallied seen = tally({.transactions = 200'000, .accounts = 20'000, .seed = 8});

  int quiet = 0;
  int busiest = 0;
  for (const auto& [account, lines] : seen.lines_by_account) {
    quiet += lines < 10 ? 1 : 0;
    busiest = lines > busiest ? lines : busiest;
  }
  CHECK(quiet > 10'000);
  CHECK(busiest > 10'000);
}

TEST_CASE("ledger/generate: any number of accounts is served") {
  CHECK(tally({.transactions = 1000, .accounts = 1, .seed = 3}).rejected == 0);
  CHECK(tally({.transactions = 1000, .accounts = 2, .seed = 3}).rejected == 0);
  CHECK(tally({.transactions = 0, .accounts = 2, .seed = 3}).fold.balances().empty());
  CHECK(tally({.transactions = 10, .accounts = 1'000'000'000, .seed = 3}).fold.balances().size() ==
        5);
}

}  // namespace
