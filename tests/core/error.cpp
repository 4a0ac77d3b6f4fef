#include "casty/core/error.hpp"

#include <string>

#include <doctest/doctest.h>

namespace {

TEST_CASE("core/error: what() names the code and the detail") {
  const casty::error plain(casty::errc::timeout);
  CHECK(std::string(plain.what()) == "casty: timeout");
  const casty::error said(casty::errc::name_taken, "account");
  CHECK(std::string(said.what()) == "casty: name_taken: account");
  CHECK(said.code() == casty::errc::name_taken);
}

TEST_CASE("core/error: a long detail is cut, never overrun") {
  const casty::error long_one(casty::errc::bad_name, std::string(1000, 'x'));
  const std::string what = long_one.what();
  CHECK(what.size() < 500);
  CHECK(what.substr(0, 17) == "casty: bad_name: ");
}

TEST_CASE("core/error: every code has its name") {
  for (int code = 1; code <= static_cast<int>(casty::errc::unavailable); ++code) {
    CHECK(casty::to_string(static_cast<casty::errc>(code)) != "unknown");
  }
  CHECK(casty::to_string(static_cast<casty::errc>(200)) == "unknown");
}

}  // namespace
