/// @file
/// Bytes written and read in sequence: little-endian, sizes as varints, each read checked.
///
/// Layer: wire. May include core, meta.
/// @source  Varints as in Protocol Buffers' encoding (LEB128, unsigned).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace casty {

/// Bytes that belong to somebody else.
using byte_view = std::span<const std::byte>;

namespace wire {

/// A number of one size everywhere: no `long double`, no `wchar_t`.
template <class Number>
concept portable_number = std::is_arithmetic_v<Number> && sizeof(Number) <= 8 &&
                          !std::is_same_v<std::remove_cv_t<Number>, wchar_t>;

namespace detail {

// The same bytes in the other order, where the machine's is not the wire's.
template <class Number>
void to_little_endian(unsigned char (&bytes)[sizeof(Number)]) noexcept {
  if constexpr (std::endian::native == std::endian::big) {
    for (std::size_t at = 0; at < sizeof(Number) / 2; ++at) {
      const unsigned char kept = bytes[at];
      bytes[at] = bytes[sizeof(Number) - 1 - at];
      bytes[sizeof(Number) - 1 - at] = kept;
    }
  }
}

}  // namespace detail

/// Bytes that grow at their end. To be used again and again: `clear` keeps the memory, so that
/// encoding allocates nothing in the steady state.
///
/// @thread  One at a time.
class byte_buffer {
 public:
  byte_buffer() noexcept = default;
  byte_buffer(byte_buffer&& other) noexcept;
  byte_buffer& operator=(byte_buffer&& other) noexcept;
  ~byte_buffer();

  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(end_ - begin_);
  }
  [[nodiscard]] byte_view view() const noexcept {
    return {reinterpret_cast<const std::byte*>(begin_), size()};
  }
  void clear() noexcept { end_ = begin_; }
  /// Takes back what was appended after `size`, which is not more than there is.
  void truncate(std::size_t size) noexcept { end_ = begin_ + size; }

  /// @throws  `std::bad_alloc`, as all that appends; then nothing has been.
  void append(const void* bytes, std::size_t count) {
    make_room(count);
    if (count != 0) {
      std::memcpy(end_, bytes, count);
      end_ += count;
    }
  }
  template <portable_number Number>
  void append_number(Number number) {
    unsigned char bytes[sizeof(Number)];
    std::memcpy(bytes, &number, sizeof(Number));
    detail::to_little_endian<Number>(bytes);
    make_room(sizeof(Number));
    std::memcpy(end_, bytes, sizeof(Number));
    end_ += sizeof(Number);
  }
  /// In place of what was appended at `position`.
  template <portable_number Number>
  void overwrite_number(std::size_t position, Number number) noexcept {
    unsigned char bytes[sizeof(Number)];
    std::memcpy(bytes, &number, sizeof(Number));
    detail::to_little_endian<Number>(bytes);
    std::memcpy(begin_ + position, bytes, sizeof(Number));
  }
  void append_varint(std::uint64_t number) {
    constexpr std::size_t varint_max = 10;
    make_room(varint_max);
    while (number >= 0x80) {
      *end_++ = static_cast<unsigned char>(number | 0x80);
      number >>= 7;
    }
    *end_++ = static_cast<unsigned char>(number);
  }

 private:
  void make_room(std::size_t count) {
    if (static_cast<std::size_t>(capacity_ - end_) < count) [[unlikely]] {
      grow(count);
    }
  }
  void grow(std::size_t count);

  unsigned char* begin_ = nullptr;
  unsigned char* end_ = nullptr;
  unsigned char* capacity_ = nullptr;
};

/// Reads bytes in sequence. Whatever is not there is `errc::corrupt`, with its position.
///
/// @thread  One at a time; the bytes outlive it.
class byte_reader {
 public:
  explicit byte_reader(byte_view bytes) noexcept
      : begin_(reinterpret_cast<const unsigned char*>(bytes.data())),
        next_(begin_),
        end_(begin_ + bytes.size()) {}

  [[nodiscard]] std::size_t position() const noexcept {
    return static_cast<std::size_t>(next_ - begin_);
  }
  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - next_); }

  /// @throws  `casty::error` of `errc::corrupt`, as all that reads.
  void read(void* to, std::size_t count) {
    need(count);
    if (count != 0) {
      std::memcpy(to, next_, count);
      next_ += count;
    }
  }
  template <portable_number Number>
  [[nodiscard]] Number read_number() {
    need(sizeof(Number));
    if constexpr (std::is_same_v<Number, bool>) {
      if (*next_ > 1) {
        throw_bad("a bool that is neither 0 nor 1");
      }
    }
    unsigned char bytes[sizeof(Number)];
    std::memcpy(bytes, next_, sizeof(Number));
    detail::to_little_endian<Number>(bytes);
    next_ += sizeof(Number);
    Number number;
    std::memcpy(&number, bytes, sizeof(Number));
    return number;
  }
  [[nodiscard]] std::uint64_t read_varint() {
    need(1);
    if (*next_ < 0x80) [[likely]] {
      return *next_++;
    }
    return read_long_varint();
  }
  /// How many elements follow: each takes a byte at least, so there are no more than are left.
  [[nodiscard]] std::size_t read_count() {
    const std::uint64_t count = read_varint();
    if (count > left()) [[unlikely]] {
      throw_bad("more elements than bytes are left");
    }
    return static_cast<std::size_t>(count);
  }
  [[noreturn]] void throw_bad(const char* what) const;

 private:
  void need(std::size_t count) const {
    if (left() < count) [[unlikely]] {
      throw_bad("it ends too soon");
    }
  }
  [[nodiscard]] std::uint64_t read_long_varint();

  const unsigned char* begin_;
  const unsigned char* next_;
  const unsigned char* end_;
};

}  // namespace wire

}  // namespace casty
