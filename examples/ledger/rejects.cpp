#include "ledger/rejects.hpp"

#include <algorithm>
#include <cstddef>

#include "ledger/utf8.hpp"

namespace ledger {

namespace {

void append_escaped(std::string& to, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    to += "\\x";
    to += digits[byte / 16];
    to += digits[byte % 16];
  }
}

}  // namespace

std::string reject_text(std::string_view text) {
  std::string shown;
  std::size_t at = 0;
  while (at < std::min(text.size(), reject_text_bytes_max)) {
    const std::string_view rest = text.substr(at);
    const std::size_t valid = character_bytes(rest);
    const std::size_t bytes = std::max<std::size_t>(valid, 1);
    if (at + bytes > reject_text_bytes_max) {
      break;
    }
    if (valid == 0 || begins_with_control(rest) || rest[0] == '\\') {
      append_escaped(shown, rest.substr(0, bytes));
    } else {
      shown += rest.substr(0, bytes);
    }
    at += bytes;
  }
  return shown;
}

void rejects::add(const line& rejected, reject_reason reason) {
  if (!file_) {
    file_.emplace(path_);
    file_->write("line,reason,text\n");
  }
  ++count_;
  std::string row = std::to_string(rejected.number);
  row += ',';
  row += to_string(reason);
  row += ',';
  row += reject_text(rejected.text);
  row += '\n';
  file_->write(row);
}

void rejects::complete() {
  if (file_) {
    file_->complete();
  }
}

void rejects::publish() {
  if (file_) {
    file_->publish();
  } else {
    remove_file(path_);
  }
}

}  // namespace ledger
