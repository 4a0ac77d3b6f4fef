#include "ledger/input_digest.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace {

// Of FIPS 180-4, its second example and that of nothing.
constexpr std::string_view text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
constexpr std::string_view digest_of_text =
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
constexpr std::string_view digest_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST_CASE("ledger/input_digest: it is SHA-256, however the bytes come") {
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    ledger::input_digest digest;
    CHECK(digest.value() == digest_of_nothing);
    for (std::size_t at = 0; at < text.size(); at += piece) {
      digest.add(text.substr(at, piece));
    }
    CHECK(digest.value() == digest_of_text);
  }
}

TEST_CASE("ledger/input_digest: it remembers the place that it is to watch") {
  for (std::size_t piece : {1U, 7U, 1000U}) {
    for (const std::size_t place : {std::size_t{0}, std::size_t{1}, text.size()}) {
      CAPTURE(place);
      const std::string whole = std::string(text) + "and more";
      ledger::input_digest digest;
      digest.watch(place);
      for (std::size_t at = 0; at < whole.size(); at += piece) {
        digest.add(std::string_view(whole).substr(at, piece));
      }
      ledger::input_digest expected;
      expected.add(std::string_view(whole).substr(0, place));
      CHECK(digest.watched() == expected.value());
    }
  }
}

TEST_CASE("ledger/input_digest: a place that was not reached has no digest") {
  ledger::input_digest digest;
  digest.watch(text.size() + 1);
  digest.add(text);
  CHECK(!digest.watched());
}

}  // namespace
