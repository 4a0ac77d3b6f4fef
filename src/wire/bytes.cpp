#include "casty/wire/bytes.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>

#include "casty/core/error.hpp"

namespace casty::wire {

byte_buffer::byte_buffer(byte_buffer&& other) noexcept
    : begin_(std::exchange(other.begin_, nullptr)),
      end_(std::exchange(other.end_, nullptr)),
      capacity_(std::exchange(other.capacity_, nullptr)) {}

byte_buffer& byte_buffer::operator=(byte_buffer&& other) noexcept {
  std::swap(begin_, other.begin_);
  std::swap(end_, other.end_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

byte_buffer::~byte_buffer() { std::free(begin_); }

void byte_buffer::grow(std::size_t count) {
  constexpr std::size_t least = 256;
  const std::size_t used = size();
  if (count > SIZE_MAX / 2 - used) {
    throw std::bad_alloc();
  }
  const std::size_t room = std::max({least, used + count, used * 2});
  void* grown = std::realloc(begin_, room);
  if (grown == nullptr) {
    throw std::bad_alloc();
  }
  begin_ = static_cast<unsigned char*>(grown);
  end_ = begin_ + used;
  capacity_ = begin_ + room;
}

std::uint64_t byte_reader::read_long_varint() {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    need(1);
    const unsigned char byte = *next_++;
    const std::uint64_t bits = byte & 0x7FU;
    if (shift == 63 && bits > 1) {
      throw_bad("a varint of more than 64 bits");
    }
    number |= bits << shift;
    if (byte < 0x80) {
      if (byte == 0 && shift != 0) {
        throw_bad("a varint longer than it need be");
      }
      return number;
    }
  }
  throw_bad("a varint of more than 64 bits");
}

void byte_reader::throw_bad(const char* what) const {
  throw error(errc::corrupt,
              std::string(what) + ", at byte " + std::to_string(position()) + " of " +
                  std::to_string(position() + left()));
}

}  // namespace casty::wire
