#include "ledger/transaction_reader.hpp"

#include <string_view>
#include <variant>

namespace ledger {

transaction_reader::transaction_reader(const std::string& path, signals& stopped)
    : file_(path, stopped),
      lines_(file_, [this](std::string_view bytes) {
        if (bytes.size() > line_bytes_max && !before_long_line_) {
          before_long_line_ = mark(0);
        }
        digest_.add(bytes);
      }) {}

void transaction_reader::read_header() {
  std::optional<line> read = lines_.next();
  while (read && read->text.empty()) {
    read = lines_.next();
  }
  if (!read || read->too_long || read->text != header_text) {
    throw file_error("cannot use " + file_.name() + ": " +
                     (read ? "its first line" : "it is empty, its first line") + " must be " +
                     std::string(header_text));
  }
  last_ = *read;
}

bool transaction_reader::next(rejects* rejected) {
  const std::optional<line> read = lines_.next();
  found_.reset();
  if (!read) {
    return false;
  }
  last_ = *read;
  before_long_line_.reset();
  if (!read->text.empty()) {
    const parsed_line parsed = parser_.parse(*read);
    if (const auto* valid = std::get_if<transaction>(&parsed)) {
      found_ = *valid;
    } else if (rejected != nullptr) {
      rejected->add(*read, std::get<reject_reason>(parsed));
    }
  }
  return true;
}

input_mark transaction_reader::mark(std::uint64_t batch) const {
  if (before_long_line_) {
    input_mark before = *before_long_line_;
    before.batch = batch;
    return before;
  }
  return {batch, last_.number, lines_.bytes_taken(), digest_.value(), last_.end_bytes != 0};
}

bool transaction_reader::is_at(const input_mark& known) const {
  const std::uint64_t text_ends = lines_.bytes_taken() - last_.end_bytes;
  const std::uint64_t ends = known.ends_line ? lines_.bytes_taken() : text_ends;
  return last_.number == known.line && ends == known.bytes && digest_.watched() == known.sha256;
}

}  // namespace ledger
