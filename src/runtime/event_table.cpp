#include "runtime/event_table.hpp"

#include <algorithm>

#include "runtime/engine.hpp"
#include "runtime/log_sink.hpp"

namespace casty {

std::string_view to_string(dead_letter_reason reason) noexcept {
  switch (reason) {
    case dead_letter_reason::no_such_actor:
      return "no_such_actor";
    case dead_letter_reason::stopped:
      return "stopped";
    case dead_letter_reason::failed:
      return "failed";
    case dead_letter_reason::unhandled:
      return "unhandled";
    case dead_letter_reason::restarted:
      return "restarted";
    case dead_letter_reason::overflow:
      return "overflow";
    case dead_letter_reason::late_reply:
      return "late_reply";
    case dead_letter_reason::system_terminated:
      return "system_terminated";
  }
  return "unknown";
}

namespace detail {

namespace {

// Callbacks of subscribers that run within each other, on this thread. One that tells the
// dead would else be told of that, and so on for ever.
constinit thread_local unsigned depth = 0;
constexpr unsigned depth_max = 8;

struct nesting {
  nesting() noexcept { ++depth; }
  nesting(const nesting&) = delete;
  nesting& operator=(const nesting&) = delete;
  ~nesting() { --depth; }
};

}  // namespace

std::uint64_t event_table::add(const void* key, subscriber operations, void* closure) {
  std::shared_ptr<void> owned(closure, operations.destroy);
  const std::lock_guard lock(guard_);
  auto next = std::make_shared<list>(*all_);
  next->push_back({next_, key, operations, std::move(owned)});
  all_ = std::move(next);
  count_.store(all_->size(), std::memory_order_relaxed);
  return next_++;
}

void event_table::remove(std::uint64_t number) noexcept {
  std::shared_ptr<const list> before;  // destroyed outside of the lock
  const std::lock_guard lock(guard_);
  auto next = std::make_shared<list>(*all_);
  std::erase_if(*next, [number](const entry& each) { return each.number == number; });
  before = std::exchange(all_, std::move(next));
  count_.store(all_->size(), std::memory_order_relaxed);
}

void event_table::publish(const void* key, const void* event, const log_sink& log) noexcept {
  if (empty() || depth >= depth_max) {
    return;
  }
  const nesting level;
  std::shared_ptr<const list> all;
  {
    const std::lock_guard lock(guard_);
    all = all_;
  }
  for (const entry& each : *all) {
    if (each.key != key) {
      continue;
    }
    try {
      each.operations.call(each.closure.get(), event);
    } catch (...) {
      log.write_exception("a subscriber of the event stream threw", std::current_exception());
    }
  }
}

void event_table::clear() noexcept {
  std::shared_ptr<const list> before;
  const std::lock_guard lock(guard_);
  before = std::exchange(all_, std::make_shared<const list>());
  count_.store(0, std::memory_order_relaxed);
}

std::uint64_t subscribe(engine* system, const void* key, subscriber operations, void* closure) {
  return system->events.add(key, operations, closure);
}

void unsubscribe(engine* system, std::uint64_t number) noexcept {
  system->events.remove(number);
}

void publish(engine* system, const void* key, const void* event) noexcept {
  system->events.publish(key, event, system->log);
}

}  // namespace detail

}  // namespace casty
