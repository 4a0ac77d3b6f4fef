#include "casty/testkit/faulty_disk.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "casty/core/error.hpp"
#include "testkit/asked_journal.hpp"

// For libFuzzer: a journal's file with any bytes changed is refused, or read with one of casty's
// errors or none. Of the input each three bytes are a place and what stands there.

namespace {

using casty::testkit::asked_journal;
using casty::testkit::faulty_disk;

struct Noted {
  std::uint64_t number = 0;
  std::string text;
};

std::string make_image() {
  faulty_disk disk(1);
  {
    asked_journal journal(disk.open());
    for (std::uint64_t number = 1; number <= 8; ++number) {
      (void)journal.persist("a", number - 1,
                            {casty::stored_value::of(Noted{number, std::string(number, 'x')})});
    }
    (void)journal.save("a", {8, casty::stored_value::of(Noted{8, ""})}, 2);
  }
  return disk.image();
}

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void read_all(asked_journal& journal) {
  const auto page = journal.load("a", 0);
  for (const casty::stored_value& each : page.events) {
    try {
      (void)casty::wire::decode_stored<Noted>(each.type.label(), each.bytes);
    } catch (const casty::error& failed) {
      require(failed.code() == casty::errc::corrupt ||
              failed.code() == casty::errc::schema_mismatch);
    }
  }
  (void)journal.snapshot("a");
  (void)journal.entities("", 10);
  (void)journal.read(0, 100);
  (void)journal.persist("a", 8, {casty::stored_value::of(Noted{9, ""})});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string whole = make_image();
  static faulty_disk disk(2);
  std::string image = whole;
  for (std::size_t at = 0; at + 2 < size; at += 3) {
    const std::size_t place = (std::size_t{data[at]} << 8 | data[at + 1]) % image.size();
    image[place] = static_cast<char>(data[at + 2]);
  }
  disk.restore(std::move(image));
  try {
    asked_journal journal(disk.open());
    read_all(journal);
  } catch (const casty::error& failed) {
    require(failed.code() == casty::errc::corrupt || failed.code() == casty::errc::unavailable);
  }
  return 0;
}
