#include "ledger/line_reader.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace ledger {

namespace {

// So many bytes without LF cannot be a line that is short enough: one of them at most is
// a CR that does not count.
constexpr std::size_t surely_long_bytes = line_bytes_max + 2;

}  // namespace

line_reader::line_reader(byte_source& source, std::function<void(std::string_view)> taken,
                         std::size_t chunk_bytes)
    : source_(source),
      taken_(std::move(taken)),
      chunk_bytes_(chunk_bytes),
      buffer_(surely_long_bytes + std::max(chunk_bytes, surely_long_bytes)) {}

std::optional<line> line_reader::next() {
  if (at_front_) {
    skip_byte_order_mark();
  }
  std::size_t searched = 0;
  while (true) {
    const std::string_view text = unread();
    const std::size_t feed = text.find('\n', searched);
    if (feed != std::string_view::npos) {
      const bool carriage = feed > 0 && text[feed - 1] == '\r';
      return carriage ? take(feed - 1, 2) : take(feed, 1);
    }
    if (text.size() >= surely_long_bytes) {
      return skip_long_line();
    }
    searched = text.size();
    if (!fill()) {
      return text.empty() ? std::nullopt : std::optional(take(text.size(), 0));
    }
  }
}

// Reads once behind what there is; false at the end of the source.
bool line_reader::fill() {
  if (buffer_.size() - end_ < chunk_bytes_) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const std::size_t room = std::min(chunk_bytes_, buffer_.size() - end_);
  const std::size_t bytes = source_.read(std::span(buffer_).subspan(end_, room));
  end_ += bytes;
  return bytes > 0;
}

line line_reader::take(std::size_t text_bytes, std::size_t end_bytes) {
  const std::string_view text = unread().substr(0, text_bytes);
  drop(text_bytes + end_bytes);
  const bool too_long = text_bytes > line_bytes_max;
  return {++lines_taken_, too_long ? text.substr(0, long_line_bytes_kept) : text, too_long,
          end_bytes};
}

// The unread bytes are the front of a line too long; reads on to its end, keeping nothing.
line line_reader::skip_long_line() {
  long_line_front_ = unread().substr(0, long_line_bytes_kept);
  std::size_t end_bytes = 0;
  char before = '\0';
  do {
    const std::string_view text = unread();
    const std::size_t feed = text.find('\n');
    if (feed != std::string_view::npos) {
      before = feed > 0 ? text[feed - 1] : before;
      drop(feed + 1);
      end_bytes = before == '\r' ? 2 : 1;
      break;
    }
    before = text.back();
    drop(text.size());
  } while (fill());
  return {++lines_taken_, long_line_front_, true, end_bytes};
}

void line_reader::skip_byte_order_mark() {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  at_front_ = false;
  while (unread().size() < mark.size() && fill()) {
  }
  if (unread().starts_with(mark)) {
    drop(mark.size());
  }
}

void line_reader::drop(std::size_t bytes) {
  taken_(unread().substr(0, bytes));
  begin_ += bytes;
  bytes_taken_ += bytes;
}

}  // namespace ledger
