#include "net/frame.hpp"

#include <string>

#include "casty/core/error.hpp"

namespace casty::net {

namespace {

constexpr std::size_t length_bytes = 4;

}  // namespace

std::size_t begin_frame(wire::byte_buffer& to, frame_kind kind) {
  const std::size_t begin = to.size();
  to.append_number(std::uint32_t{0});
  to.append_number(static_cast<std::uint8_t>(kind));
  return begin;
}

void end_frame(wire::byte_buffer& to, std::size_t begin, std::uint32_t bytes_max) {
  const std::size_t length = to.size() - begin - length_bytes;
  if (length > bytes_max) {
    to.truncate(begin);
    throw error(errc::bad_argument, "a frame of " + std::to_string(length) + " bytes, at most " +
                                        std::to_string(bytes_max));
  }
  to.overwrite_number(begin, static_cast<std::uint32_t>(length));
}

void append_frame(wire::byte_buffer& to, frame_kind kind, std::uint64_t number) {
  const std::size_t begin = begin_frame(to, kind);
  to.append_number(number);
  end_frame(to, begin, frame_bytes_max);
}

std::uint64_t number_in(byte_view body) {
  wire::byte_reader reader(body);
  const auto number = reader.read_number<std::uint64_t>();
  if (reader.left() != 0) {
    reader.throw_bad("more than the number that it is");
  }
  return number;
}

void frame_reader::feed(byte_view bytes) {
  if (taken_ != 0) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::optional<frame> frame_reader::next() {
  const byte_view left = byte_view(bytes_).subspan(taken_);
  if (left.size() < length_bytes) {
    return std::nullopt;
  }
  wire::byte_reader head(left);
  const auto length = head.read_number<std::uint32_t>();
  if (length == 0 || length > bytes_max_) {
    throw error(errc::corrupt, "a frame of " + std::to_string(length) + " bytes, at most " +
                                   std::to_string(bytes_max_));
  }
  if (left.size() - length_bytes < length) {
    return std::nullopt;
  }
  const auto kind = head.read_number<std::uint8_t>();
  if (kind < static_cast<std::uint8_t>(frame_kind::hello) ||
      kind > static_cast<std::uint8_t>(frame_kind::resumed)) {
    throw error(errc::corrupt, "a frame of the unknown kind " + std::to_string(kind));
  }
  taken_ += length_bytes + length;
  return frame{static_cast<frame_kind>(kind), left.subspan(frame_head_bytes, length - 1)};
}

}  // namespace casty::net
