/// @file
/// Transactions that are settled together.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "ledger/transaction.hpp"

namespace ledger {

/// Keeps the texts of its transactions itself.
class batch {
 public:
  void add(transaction next) {
    next.account = kept(next.account);
    next.other_account = kept(next.other_account);
    all_.push_back(next);
  }
  [[nodiscard]] bool is_full() const noexcept {
    return all_.size() >= transactions_max || text_bytes_ >= text_bytes_max;
  }
  [[nodiscard]] const std::vector<transaction>& all() const noexcept { return all_; }
  void clear() noexcept {
    all_.clear();
    text_bytes_ = 0;
    texts_.release();
  }

 private:
  // As many as make the wait for the disk between two batches short beside the batch.
  static constexpr std::size_t transactions_max = 32'768;
  static constexpr std::size_t text_bytes_max = 8'000'000;

  [[nodiscard]] std::string_view kept(std::string_view text) {
    auto* at = static_cast<char*>(texts_.allocate(text.size() + 1, 1));
    text.copy(at, text.size());
    text_bytes_ += text.size();
    return {at, text.size()};
  }

  std::vector<transaction> all_;
  std::size_t text_bytes_ = 0;
  std::pmr::monotonic_buffer_resource texts_;
};

}  // namespace ledger
