/// @file
/// A text as a source of bytes, a few at a time, and a sink that keeps its text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/bytes.hpp"

namespace ledger_tests {

class text_source : public ledger::byte_source {
 public:
  /// @param bytes_max  So many are given at a time at most, however many are wanted.
  explicit text_source(std::string text, std::size_t bytes_max = SIZE_MAX)
      : text_(std::move(text)), bytes_max_(bytes_max) {}

  [[nodiscard]] std::size_t read(std::span<char> into) override {
    largest_wish_ = std::max(largest_wish_, into.size());
    const std::size_t bytes = std::min({into.size(), bytes_max_, text_.size() - at_});
    std::copy_n(text_.data() + at_, bytes, into.data());
    at_ += bytes;
    return bytes;
  }
  [[nodiscard]] const std::string& whole() const { return text_; }
  [[nodiscard]] std::size_t largest_wish() const { return largest_wish_; }

 private:
  std::string text_;
  std::size_t bytes_max_;
  std::size_t at_ = 0;
  std::size_t largest_wish_ = 0;
};

class text_sink : public ledger::byte_sink {
 public:
  void write(std::string_view text) override { text_ += text; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace ledger_tests
