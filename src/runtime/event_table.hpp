/// @file
/// Who subscribed to which event.
///
/// Layer: runtime, private.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "casty/runtime/events.hpp"

namespace casty::detail {

struct log_sink;

/// Subscriptions by the key of their event. Publishing without a subscriber is one load.
/// @thread  Any.
class event_table {
 public:
  std::uint64_t add(const void* key, subscriber operations, void* closure);
  void remove(std::uint64_t number) noexcept;
  void publish(const void* key, const void* event, const log_sink& log) noexcept;
  [[nodiscard]] bool empty() const noexcept {
    return count_.load(std::memory_order_relaxed) == 0;
  }
  /// Ends all subscriptions.
  void clear() noexcept;

 private:
  struct entry {
    std::uint64_t number;
    const void* key;
    subscriber operations;
    std::shared_ptr<void> closure;
  };
  using list = std::vector<entry>;

  // Replaced as a whole, so that a subscriber may subscribe or leave while it is called.
  std::mutex guard_;
  std::shared_ptr<const list> all_ = std::make_shared<const list>();
  std::uint64_t next_ = 1;
  std::atomic<std::size_t> count_{0};
};

}  // namespace casty::detail
