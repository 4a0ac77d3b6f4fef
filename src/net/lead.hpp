/// @file
/// Who of several threads runs what only one may run at a time: one of its own, unless others
/// come often enough.
///
/// A visitor takes the lead without a lock when nobody has it. The owner looks every two
/// milliseconds whether visitors still come, sleeps while one of them waits within, and leads
/// itself where none has come; then a visitor who wants the lead says so, and is given it.
///
/// Layer: net, private.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace casty::net {

class lead {
 public:
  /// False when another has it.
  [[nodiscard]] bool take_as_visitor() noexcept;
  /// The owner has it, and is to give it up.
  [[nodiscard]] bool is_owners() const noexcept {
    return state_.load(std::memory_order_acquire) == owned;
  }
  /// Holds until the owner takes it the next time: who has not got it by then wants it again.
  void want() noexcept { is_wanted_.store(true, std::memory_order_seq_cst); }
  /// @param is_there  He comes often enough for the owner to leave it to him.
  void give_back(bool is_there) noexcept;

  /// Returns when the owner has taken it, or false when it is to end.
  [[nodiscard]] bool take_as_owner();
  [[nodiscard]] bool is_wanted() const noexcept {
    return is_wanted_.load(std::memory_order_seq_cst);
  }
  void give_back_as_owner() noexcept;

  void end() noexcept;

 private:
  enum state : std::uint32_t { nobodys, visited, owned };

  std::atomic<std::uint32_t> state_{nobodys};
  std::atomic<std::uint32_t> visits_{0};
  std::atomic<bool> is_wanted_{false};
  std::atomic<bool> sleeps_{false};  // the owner, until somebody gives it back
  std::mutex guard_;
  std::condition_variable changed_;
  bool has_ended_ = false;
};

}  // namespace casty::net
