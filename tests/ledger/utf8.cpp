#include "ledger/utf8.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace {

TEST_CASE("ledger/utf8: the first and last characters of each length are known") {
  for (const std::string_view valid :
       {"\x01", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(valid);
    CHECK(ledger::character_bytes(valid) == valid.size());
    CHECK(ledger::is_utf8(valid));
  }
  CHECK(ledger::is_utf8(""));
  CHECK(ledger::is_utf8(std::string_view("\0", 1)));
}

TEST_CASE("ledger/utf8: overlong forms, surrogates, strays and stumps are refused") {
  for (const std::string_view wrong :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "\xC2", "\xE2\x82",
        "\xF0\x9F\x98", "\xC2\x41", "\xE2\x82\x41", "\xF0\x9F\x98\x41"}) {
    CAPTURE(wrong);
    CHECK(ledger::character_bytes(wrong) == 0);
    CHECK_FALSE(ledger::is_utf8(wrong));
  }
}

TEST_CASE("ledger/utf8: a wrong byte is found wherever it stands") {
  for (std::size_t length = 1; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'a');
      CHECK(ledger::is_utf8(text));
      text[at] = '\xFF';
      CHECK_FALSE(ledger::is_utf8(text));
    }
  }
}

TEST_CASE("ledger/utf8: control characters are C0, DEL and C1") {
  using namespace std::string_view_literals;
  for (const std::string_view control :
       {"\0"sv, "\t"sv, "\n"sv, "\x1F"sv, "\x7F"sv, "\xC2\x80"sv, "\xC2\x9F"sv}) {
    CHECK(ledger::begins_with_control(control));
    CHECK(ledger::contains_control("ab" + std::string(control) + "c"));
  }
  for (const std::string_view plain : {" "sv, "~"sv, "\xC2\xA0"sv, "\xC3\x80"sv, "\xE2\x82\x80"sv,
                                       "\xF0\x9F\x98\x80"sv, "\xEF\xBB\xBF"sv}) {
    CHECK_FALSE(ledger::begins_with_control(plain));
    CHECK_FALSE(ledger::contains_control(plain));
  }
}

}  // namespace
