/// @file
/// Whether the bytes of an input are those that were read before.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ledger {

[[nodiscard]] std::string hex(std::span<const unsigned char> bytes);

/// SHA-256 of a stream of bytes, so far and up to a place in it.
class input_digest {
 public:
  input_digest();

  void add(std::string_view bytes);
  /// In hex, of all that was added.
  [[nodiscard]] std::string value() const;

  /// Remembers the digest of the first `bytes` bytes. They are not all added yet.
  void watch(std::uint64_t bytes);
  /// Nothing while there were not so many.
  [[nodiscard]] const std::optional<std::string>& watched() const noexcept { return watched_; }

 private:
  struct closer {
    void operator()(void* state) const noexcept;
  };
  void add_all(std::string_view bytes);

  std::unique_ptr<void, closer> state_;
  std::uint64_t added_ = 0;
  std::optional<std::uint64_t> place_ = {};
  std::optional<std::string> watched_ = {};
};

}  // namespace ledger
