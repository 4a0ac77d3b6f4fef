#include "ledger/transaction_reader.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "ledger/signals.hpp"
#include "support/folder.hpp"

namespace {

const std::string head = std::string(ledger::header_text) + "\n";

// Marks behind each line of a file.
std::vector<ledger::input_mark> marks_of(const std::string& text) {
  const support::folder folder;
  folder.put(folder.file("in.csv"), text);
  ledger::signals stopped;
  ledger::transaction_reader reader(folder.file("in.csv"), stopped);
  reader.read_header();
  std::vector<ledger::input_mark> all;
  while (reader.next(nullptr)) {
    all.push_back(reader.mark(all.size() + 1));
  }
  return all;
}

// Whether a file with that text is at the mark when it comes to its line.
bool reaches(const std::string& text, const ledger::input_mark& mark) {
  const support::folder folder;
  folder.put(folder.file("in.csv"), text);
  ledger::signals stopped;
  ledger::transaction_reader reader(folder.file("in.csv"), stopped);
  reader.read_header();
  reader.watch(mark);
  while (reader.line_number() < mark.line && reader.next(nullptr)) {
  }
  return reader.is_at(mark);
}

TEST_CASE("ledger/transaction_reader: a mark is behind a line") {
  const auto marks = marks_of(head + "1,deposit,a,5,\r\n\nwrong");
  REQUIRE(marks.size() == 3);
  CHECK(marks[0].line == 2);
  CHECK(marks[0].bytes == head.size() + 16);
  CHECK(marks[0].ends_line);
  CHECK(marks[1].bytes == head.size() + 17);
  CHECK(marks[2].bytes == head.size() + 22);
  CHECK(!marks[2].ends_line);
}

TEST_CASE("ledger/transaction_reader: the same bytes reach a mark, whatever follows") {
  const std::string text = head + "1,deposit,a,5,\nwrong\n2,deposit,a,5,\n";
  for (const ledger::input_mark& mark : marks_of(text)) {
    CAPTURE(mark.line);
    CHECK(reaches(text, mark));
    CHECK(reaches(text + "3,deposit,a,5,\n", mark));
    CHECK(reaches(text.substr(0, mark.bytes), mark));
  }
}

TEST_CASE("ledger/transaction_reader: changed bytes do not, nor fewer") {
  const std::string text = head + "1,deposit,a,5,\n2,deposit,a,5,\n";
  const ledger::input_mark mark = marks_of(text).back();
  for (std::size_t at = head.size(); at < text.size(); ++at) {
    CAPTURE(at);
    std::string other = text;
    other[at] = other[at] == 'x' ? 'y' : 'x';
    CHECK(!reaches(other, mark));
    CHECK(!reaches(text.substr(0, at), mark));
  }
}

TEST_CASE("ledger/transaction_reader: a last line may get its end later, and nothing else") {
  const std::string text = head + "1,deposit,a,5,";
  const ledger::input_mark mark = marks_of(text).back();
  CHECK(reaches(text, mark));
  CHECK(reaches(text + "\n", mark));
  CHECK(reaches(text + "\r\n2,deposit,a,5,\n", mark));
  CHECK(!reaches(text + " ", mark));
  CHECK(!reaches(text + "\r\r\n", mark));

  // Without LF the CR was text.
  const ledger::input_mark with_carriage = marks_of(text + "\r").back();
  CHECK(reaches(text + "\r", with_carriage));
  CHECK(!reaches(text + "\r\n", with_carriage));
}

TEST_CASE("ledger/transaction_reader: a line of many bytes is within its marks") {
  const std::string text = head + std::string(1'000'000, 'x') + "\n1,deposit,a,5,\n";
  const auto marks = marks_of(text);
  REQUIRE(marks.size() == 2);
  CHECK(marks[0].bytes == head.size() + 1'000'001);
  CHECK(reaches(text, marks[0]));
  CHECK(reaches(text, marks[1]));
}

}  // namespace
