/// @file
/// An actor system: the actors of one process, their workers, their end.
///
/// Layer: runtime. May include wire, config, core, meta.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "casty/core/behaviors.hpp"
#include "casty/runtime/ask.hpp"
#include "casty/runtime/context.hpp"
#include "casty/runtime/events.hpp"
#include "casty/runtime/log.hpp"
#include "casty/runtime/options.hpp"
#include "casty/runtime/seams.hpp"
#include "casty/runtime/timers.hpp"

namespace casty {

class actor_system;

namespace detail {

[[nodiscard]] engine* engine_of(actor_system& system) noexcept;
// On the first worker: for what stands between actors and the outside.
[[nodiscard]] target spawn_first(engine* system, behavior_base&& first,
                                 const spawn_options& options);
[[nodiscard]] target spawn_top(engine* system, behavior_base&& first, std::string_view name,
                               const spawn_options& options);

}  // namespace detail

/// Runs actors on worker threads. Several may live in one process.
///
/// @thread  All functions may be called from any thread, also from within actors, but for
///          those that block: these throw `errc::would_block` there.
class actor_system {
 public:
  /// @throws  `casty::error` of bad_name or bad_argument; std::system_error when no thread is
  ///          to be had.
  explicit actor_system(const system_options& options = {});
  explicit actor_system(std::string_view name) : actor_system(system_options{.name = name}) {}
  explicit actor_system(const char* name) : actor_system(std::string_view(name)) {}
  /// By a file: `actor_system system(casty::load_config())`.
  explicit actor_system(shared_configuration from)
      : actor_system(system_options{.config = std::move(from)}) {}
  /// On seams of the caller's: for tests. `options.workers` must be 0.
  actor_system(const system_options& options, const seams& on);

  /// Drains, then stops all actors, children first, and waits for their end, as long as
  /// `options.shutdown_deadline` allows; says in the log what did not end in time.
  ~actor_system();

  actor_system(const actor_system&) = delete;
  actor_system& operator=(const actor_system&) = delete;

  [[nodiscard]] std::string_view name() const noexcept;

  /// Starts an actor without a parent. Actors go round the workers.
  ///
  /// @param name  Unique among living actors without a parent; see `actor_context::spawn`.
  /// @throws      `casty::error` of name_taken, bad_name, system_terminated; of bad_behavior for a
  ///              first behavior that is `same`, `unhandled` or `restart`.
  template <class Protocol>
  actor_ref<Protocol> spawn(behavior<Protocol> first, std::string_view name = {},
                            const spawn_options& options = {}) {
    return detail::ref_access::make<Protocol>(
        detail::spawn_top(engine_, std::move(first), name, options));
  }

  /// Stops an actor, as `actor_context::stop`.
  template <class Protocol>
  void stop(const actor_ref<Protocol>& actor) {
    detail::request_stop(detail::ref_access::get(actor));
  }

  /// Asks `ref`: a `Message` of `fields`, its `reply_to` filled in where it stands.
  template <class Message, class Protocol, class... Fields>
    requires detail::can_ask<Message, Protocol>
  auto ask(const actor_ref<Protocol>& ref, Fields&&... fields) {
    return detail::ask_with_fields<future, Message>(engine_, ref, std::forward<Fields>(fields)...);
  }
  /// The same with a message that `make` builds from the `reply_to` it is given.
  template <class Protocol, class Make>
    requires detail::takes_reply<Make>
  auto ask(const actor_ref<Protocol>& ref, Make make) {
    return detail::ask_with_lambda<future>(engine_, ref, make);
  }
  template <class MessageNeedsExactlyOneReplyTo, class Protocol, class... Fields>
    requires detail::asks_no_request<MessageNeedsExactlyOneReplyTo, Protocol>
  future<detail::no_answer> ask(const actor_ref<Protocol>& ref, Fields&&...) = delete;
  template <class RequestNotInProtocol, class Protocol, class... Fields>
    requires(!accepts<Protocol, RequestNotInProtocol>)
  detail::refused<future, RequestNotInProtocol> ask(const actor_ref<Protocol>& ref,
                                                     Fields&&...) = delete;

  /// Sends `message` to `to` after `delay`. The same key replaces what was set before by
  /// `schedule` or `tick`; what those have sent already arrives.
  template <class Protocol, class Message>
    requires accepts<Protocol, std::remove_cvref_t<Message>>
  void schedule(std::string_view key, const actor_ref<Protocol>& to, Message&& message,
                duration delay) {
    detail::set_timer_once(engine_, key, to, std::forward<Message>(message), delay);
  }
  template <class Protocol, class NotInProtocol>
    requires(!accepts<Protocol, std::remove_cvref_t<NotInProtocol>>)
  void schedule(std::string_view key, const actor_ref<Protocol>& to, NotInProtocol,
                duration delay) = delete;
  /// Sends a copy of `message` to `to` after each `interval`, at a fixed rate, until
  /// `cancel_schedule` or the actor's end. What could not be sent in time is left out.
  ///
  /// @throws  `casty::error` of bad_argument for an interval under a microsecond.
  template <class Protocol, class Message>
    requires accepts<Protocol, Message> && std::is_copy_constructible_v<Message>
  void tick(std::string_view key, const actor_ref<Protocol>& to, const Message& message,
            duration interval) {
    detail::set_timer_again(engine_, key, to, message, interval);
  }
  template <class Protocol, class NotACopyableMessageOfProtocol>
    requires(!accepts<Protocol, NotACopyableMessageOfProtocol> ||
             !std::is_copy_constructible_v<NotACopyableMessageOfProtocol>)
  void tick(std::string_view key, const actor_ref<Protocol>& to,
            const NotACopyableMessageOfProtocol&, duration interval) = delete;
  /// Ends a `schedule` or `tick`; does nothing when there is none of this key.
  void cancel_schedule(std::string_view key) { detail::cancel_timer(engine_, key); }

  /// Waits until no mailbox holds a message and no handler runs or is suspended; false
  /// when `deadline` from now passes first. Timers still to come do not count.
  bool drain(duration deadline = duration::seconds(5));

  /// Stops all actors in order and ends the workers, as the destructor does, within
  /// `deadline`; false when an actor did not stop in time. Messages sent later are dead
  /// letters, futures still open end with system_terminated. A second call waits for the
  /// first, and says what that has said.
  bool terminate(duration deadline = duration::seconds(10));

  /// For servers: waits for SIGINT or SIGTERM, then terminates within the system's shutdown
  /// deadline; returns as `terminate` does. A second signal while it terminates ends the
  /// process. Returns as well when another thread terminates the system.
  ///
  /// @throws  `casty::error` of bad_argument for a system on seams of the caller's.
  bool run_until_signal();

  [[nodiscard]] casty::event_stream event_stream() noexcept {
    return casty::event_stream(engine_);
  }
  [[nodiscard]] logger log() const noexcept { return logger(engine_); }

  /// Messages since the start: every one sent was handled, is a dead letter, or still
  /// waits. Exact once `drain` has returned true and nobody sends.
  struct message_counts {
    std::uint64_t sent = 0;
    std::uint64_t handled = 0;
    std::uint64_t dead = 0;
    std::uint64_t waiting = 0;
    std::uint64_t dead_by_reason[dead_letter_reasons] = {};

    [[nodiscard]] std::uint64_t dead_of(dead_letter_reason reason) const noexcept {
      return dead_by_reason[static_cast<unsigned>(reason)];
    }
  };
  [[nodiscard]] message_counts counts() const noexcept;

 protected:
  // For systems with more to say of themselves: the test kit's.
  [[nodiscard]] detail::engine* inside() const noexcept { return engine_; }

 private:
  friend detail::engine* detail::engine_of(actor_system& system) noexcept;

  // A second view of the same, for actors.
  explicit actor_system(detail::engine* inside) noexcept : engine_(inside) {}

  detail::engine* engine_;
};

}  // namespace casty
