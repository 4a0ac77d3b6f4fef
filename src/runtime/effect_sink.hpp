/// @file
/// What an actor does besides handling messages, told as it happens: for the test kit.
///
/// Layer: runtime, private.
#pragma once

#include <exception>
#include <string_view>

#include "casty/core/duration.hpp"
#include "casty/core/envelope.hpp"
#include "casty/runtime/log.hpp"

namespace casty::detail {

// Of one incarnation of an actor. Only a system that runs on one thread may have some.
struct effect_sink {
  effect_sink() = default;
  effect_sink(const effect_sink&) = delete;
  effect_sink& operator=(const effect_sink&) = delete;
  virtual ~effect_sink() = default;

  virtual void on_spawn(const target& child, std::string_view name) noexcept = 0;
  virtual void on_watch(const target& other) noexcept = 0;
  virtual void on_unwatch(const target& other) noexcept = 0;
  virtual void on_stop_of(const target& other) noexcept = 0;
  virtual void on_timer_set(std::string_view key, duration delay, bool repeated) noexcept = 0;
  virtual void on_timer_cancelled(std::string_view key) noexcept = 0;
  virtual void on_receive_timeout_set(duration span) noexcept = 0;
  virtual void on_receive_timeout_cancelled() noexcept = 0;
  virtual void on_log(log_level level, std::string_view text, logger::fields all) noexcept = 0;
  virtual void on_failure(const std::exception_ptr& failure) noexcept = 0;
  virtual void on_restart() noexcept = 0;
  virtual void on_end() noexcept = 0;

  target of{};
  effect_sink* next = nullptr;
};

}  // namespace casty::detail
