#include "net/receipts.hpp"

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "net/frame.hpp"
#include "support/bytes.hpp"

namespace {

using casty::net::receipts;
using casty::wire::byte_buffer;

std::string numbered(std::uint64_t number, std::string_view text) {
  byte_buffer body;
  body.append_number(number);
  body.append(text.data(), text.size());
  return std::string(support::text_of(body.view()));
}

TEST_CASE("net/receipts: each message once, in order") {
  receipts of;
  const std::string first = numbered(1, "one");
  CHECK(support::text_of(*of.take(support::bytes_of(first))) == "one");
  CHECK_FALSE(of.take(support::bytes_of(first)));
  CHECK(of.received() == 1);
  const std::string third = numbered(3, "three");
  CHECK_THROWS_AS((void)of.take(support::bytes_of(third)), casty::error);
  CHECK_THROWS_AS((void)of.take(support::bytes_of("1234567")), casty::error);
  CHECK(of.received() == 1);
}

TEST_CASE("net/receipts: what was had is acknowledged once") {
  receipts of;
  byte_buffer out;
  of.acknowledge(out);
  CHECK(out.size() == 0);
  (void)of.take(support::bytes_of(numbered(1, "")));
  (void)of.take(support::bytes_of(numbered(2, "")));
  CHECK(of.owes(2));
  CHECK_FALSE(of.owes(3));
  of.acknowledge(out);
  casty::net::frame_reader reader;
  reader.feed(out.view());
  const auto got = reader.next();
  REQUIRE(got);
  CHECK(got->kind == casty::net::frame_kind::acknowledgement);
  CHECK(casty::net::number_in(got->body) == 2);
  CHECK_FALSE(of.owes(1));
  CHECK_THROWS_AS((void)casty::net::number_in(support::bytes_of("123456789")),
                  casty::error);
}

}  // namespace
