#include "ledger/line_reader.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "text_source.hpp"

namespace {

using ledger_tests::text_source;

struct seen_line {
  std::uint64_t number;
  std::string text;
  bool too_long = false;

  friend bool operator==(const seen_line&, const seen_line&) = default;
};

// LF, CR LF, or nothing.
std::size_t end_of(std::string_view text) {
  if (!text.ends_with('\n')) {
    return 0;
  }
  return text.ends_with("\r\n") ? 2 : 1;
}

std::vector<seen_line> read_all(text_source source, std::size_t chunk_bytes = 262'144) {
  std::string taken;
  ledger::line_reader reader(
      source, [&taken](std::string_view bytes) { taken += bytes; }, chunk_bytes);
  std::vector<seen_line> seen;
  while (const std::optional<ledger::line> next = reader.next()) {
    seen.push_back({next->number, std::string(next->text), next->too_long});
    CHECK(reader.bytes_taken() == taken.size());
    // Of what is too long, a CR may be text.
    CHECK(end_of(taken) == next->end_bytes);
  }
  CHECK(taken == source.whole());
  return seen;
}

// However the bytes come, the lines are the same.
void check_lines(const std::string& text, const std::vector<seen_line>& expected) {
  CAPTURE(text.substr(0, 200));
  for (const std::size_t bytes : {1U, 2U, 3U, 5U, 7U, 16U, 4096U, 1U << 20}) {
    CAPTURE(bytes);
    CHECK(read_all(text_source(text, bytes)) == expected);
    CHECK(read_all(text_source(text), bytes) == expected);
  }
}

TEST_CASE("ledger/line_reader: lines end in LF, one CR before it is dropped") {
  check_lines("", {});
  check_lines("\n", {{1, ""}});
  check_lines("a\nb\n", {{1, "a"}, {2, "b"}});
  check_lines("a\r\nb\r\r\n\r\nc\rd\n", {{1, "a"}, {2, "b\r"}, {3, ""}, {4, "c\rd"}});
}

TEST_CASE("ledger/line_reader: a last line without LF counts, its CR is text") {
  check_lines("a\nb", {{1, "a"}, {2, "b"}});
  check_lines("a\nb\r", {{1, "a"}, {2, "b\r"}});
  check_lines("a\n\r", {{1, "a"}, {2, "\r"}});
  check_lines("a\n\n", {{1, "a"}, {2, ""}});
}

TEST_CASE("ledger/line_reader: a byte order mark is skipped at the front and nowhere else") {
  const std::string mark = "\xEF\xBB\xBF";
  check_lines(mark, {});
  check_lines(mark + "a\n" + mark + "b\n", {{1, "a"}, {2, mark + "b"}});
  check_lines(mark + mark + "a", {{1, mark + "a"}});
  check_lines(mark + "\r\na\n", {{1, ""}, {2, "a"}});
  check_lines("\xEF\xBB", {{1, "\xEF\xBB"}});
  check_lines("\n" + mark, {{1, ""}, {2, mark}});
}

TEST_CASE("ledger/line_reader: zero bytes are text") {
  using namespace std::string_literals;
  check_lines("a\0b\n\0"s, {{1, "a\0b"s}, {2, "\0"s}});
}

TEST_CASE("ledger/line_reader: 65,536 bytes are a line, one more is too long") {
  const std::string longest(65'536, 'x');
  const std::string longer = longest + "x";
  const std::string front(256, 'x');

  for (const std::string end : {"\n", "\r\n"}) {
    CHECK(read_all(text_source(longest + end + "b\n")) ==
          std::vector<seen_line>{{1, longest}, {2, "b"}});
    CHECK(read_all(text_source(longer + end + "b\n")) ==
          std::vector<seen_line>{{1, front, true}, {2, "b"}});
  }
  CHECK(read_all(text_source(longest)) == std::vector<seen_line>{{1, longest}});
  CHECK(read_all(text_source(longest + "\r")) == std::vector<seen_line>{{1, front, true}});
  CHECK(read_all(text_source(longer)) == std::vector<seen_line>{{1, front, true}});
  CHECK(read_all(text_source(longest + "\r\r\n")) == std::vector<seen_line>{{1, front, true}});
}

TEST_CASE("ledger/line_reader: lines near the limit are the same however the bytes come") {
  for (const std::size_t length : {65'535U, 65'536U, 65'537U, 65'538U, 65'539U, 140'000U}) {
    const std::string text(length, 'y');
    const bool too_long = length > 65'536;
    const std::vector<seen_line> expected = {
        {1, "a"}, {2, too_long ? text.substr(0, 256) : text, too_long}, {3, "b"}};
    for (const std::string end : {"\n", "\r\n"}) {
      const std::string whole = std::string("a\n").append(text).append(end).append("b\n");
      CAPTURE(length);
      for (const std::size_t bytes : {1'000U, 65'536U, 65'537U, 65'538U, 65'539U}) {
        CAPTURE(bytes);
        CHECK(read_all(text_source(whole, bytes)) == expected);
        CHECK(read_all(text_source(whole), bytes) == expected);
      }
    }
  }
}

TEST_CASE("ledger/line_reader: a line of many megabytes needs no memory for them") {
  text_source source(std::string(8'000'000, 'z') + "\nb\n");
  ledger::line_reader reader(source);

  const std::optional<ledger::line> first = reader.next();
  REQUIRE(first);
  CHECK(first->too_long);
  CHECK(first->text == std::string(256, 'z'));
  CHECK(reader.next() == std::optional(ledger::line{2, "b", false}));
  CHECK(reader.next() == std::nullopt);
  CHECK(reader.bytes_taken() == 8'000'003);
  CHECK(source.largest_wish() <= 262'144);
}

}  // namespace
