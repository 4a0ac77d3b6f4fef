/// @file
/// What an actor's handlers can do: their `ctx`.
///
/// Layer: runtime. May include wire, config, core, meta.
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include "casty/core/behavior.hpp"
#include "casty/core/terminated.hpp"
#include "casty/runtime/ask.hpp"
#include "casty/runtime/log.hpp"
#include "casty/runtime/options.hpp"
#include "casty/runtime/timers.hpp"

namespace casty {

class actor_system;

// diagnostic
/// Named in the error of a `pipe_to_self` whose mapper cannot be called with the result.
template <class Answer>
struct mapper_must_take_a_result_of;
// diagnostic
/// Named in the error of a `pipe_to_self` whose mapper gives what the actor does not accept.
template <class Protocol, class Given>
struct mapper_must_give_a_message_of;

namespace detail {

// The actor that runs now, on this thread.
[[nodiscard]] inline target self_of(const cell* actor) noexcept {
  const auto* head = reinterpret_cast<const cell_head*>(actor);
  return {const_cast<cell*>(actor), __atomic_load_n(&head->generation, __ATOMIC_RELAXED),
          head->room != 0 ? may_refuse : 0};
}
[[nodiscard]] engine* system_of(cell* actor) noexcept;
[[nodiscard]] actor_system& facade_of(cell* actor) noexcept;
[[nodiscard]] target spawn_child(cell* parent, behavior_base&& first, std::string_view name,
                                 const spawn_options& options);
// The children of an actor: those on its worker first, then those on threads of their own.
struct child_place {
  const cell* near = nullptr;
  std::uint32_t far = 0;  // of those, from 1; 0 with no `near`: after the last

  friend bool operator==(const child_place&, const child_place&) = default;
};
[[nodiscard]] child_place first_child(const cell* parent) noexcept;
[[nodiscard]] child_place next_child(const cell* parent, const child_place& after) noexcept;
[[nodiscard]] target child_at(const cell* parent, const child_place& at) noexcept;
void request_stop(const target& actor) noexcept;
// `end` is sent to `watcher` when `watched` has stopped; at once when it has already. The
// ref in it that `learns`, if any, is told the path then.
void watch(cell* watcher, const target& watched, envelope* end, any_ref* learns);
void unwatch(cell* watcher, const target& watched);
void stash(cell* actor, envelope* sealed);
void unstash_all(cell* actor) noexcept;

template <class Protocol, class Answer, class Mapper>
struct mapped_pipe : pipe {
  explicit mapped_pipe(Mapper with) : pipe{&make_message, &destroy_pipe}, mapper(std::move(with)) {}

  static envelope* make_message(pipe* self, const target& to, ask_block* block, errc failure) {
    using message = std::remove_cvref_t<std::invoke_result_t<Mapper&, result<Answer>>>;
    constexpr auto tag =
        static_cast<std::uint16_t>(meta::index_of<messages_of<Protocol>, message>);
    auto& mapper = static_cast<mapped_pipe*>(self)->mapper;
    return seal_with<message>(to, tag, [&](void* at) {
      ::new (at) message(mapper(take_answer<Answer>(block, failure)));
    });
  }
  static void destroy_pipe(pipe* self) noexcept {
    auto* mapped = static_cast<mapped_pipe*>(self);
    mapped->~mapped_pipe();
    free_block(mapped, sizeof(mapped_pipe));
  }
  static pipe* create(Mapper mapper) {
    block_guard guard(allocate_block(sizeof(mapped_pipe)), sizeof(mapped_pipe));
    auto* made = ::new (guard.block) mapped_pipe(std::move(mapper));
    guard.block = nullptr;
    return made;
  }

  Mapper mapper;
};

template <class Protocol, class Answer, class Mapper>
[[nodiscard]] pipe* make_pipe(Mapper mapper) {
  if constexpr (!std::is_invocable_v<Mapper&, result<Answer>>) {
    mapper_must_take_a_result_of<Answer>::see();
    return nullptr;
  } else {
    using made = std::remove_cvref_t<std::invoke_result_t<Mapper&, result<Answer>>>;
    if constexpr (accepts<Protocol, made>) {
      return mapped_pipe<Protocol, Answer, Mapper>::create(std::move(mapper));
    } else {
      mapper_must_give_a_message_of<Protocol, made>::see();
      return nullptr;
    }
  }
}

}  // namespace detail

/// The living children of an actor, the youngest first. Children may be spawned and stopped
/// in the loop.
class child_range {
 public:
  class iterator {
   public:
    iterator(const detail::cell* parent, detail::child_place at) noexcept
        : parent_(parent), at_(at) {}
    [[nodiscard]] any_ref operator*() const noexcept {
      return any_ref(detail::child_at(parent_, at_));
    }
    iterator& operator++() noexcept {
      at_ = detail::next_child(parent_, at_);
      return *this;
    }
    friend bool operator==(const iterator&, const iterator&) noexcept = default;

   private:
    const detail::cell* parent_;
    detail::child_place at_;
  };

  explicit child_range(const detail::cell* parent) noexcept : parent_(parent) {}
  [[nodiscard]] iterator begin() const noexcept {
    return {parent_, detail::first_child(parent_)};
  }
  [[nodiscard]] iterator end() const noexcept { return {parent_, {}}; }

 private:
  const detail::cell* parent_;
};

/// An actor's view of itself and of its system. Handlers get it as `ctx`; it is valid
/// while they run, and in a coroutine or a `setup` until the actor stops.
///
/// @thread  The actor's own, only.
template <class Protocol>
class actor_context {
 public:
  // For the runtime: users get theirs from it.
  explicit actor_context(detail::cell* actor) noexcept : actor_(actor) {}

  /// The actor itself.
  [[nodiscard]] actor_ref<Protocol> self() const noexcept {
    return detail::ref_access::make<Protocol>(detail::self_of(actor_));
  }

  /// Starts a child, which stops when this actor does.
  ///
  /// @param name  Unique among the living children: 1 to 127 letters, digits and
  ///              `-_.~:@+=,!*()'&;$`, not beginning with `$`. Empty for no name.
  /// @throws      `casty::error` of name_taken or bad_name; of bad_behavior for a first
  ///              behavior that is `same`, `unhandled` or `restart`.
  template <class Child>
  actor_ref<Child> spawn(behavior<Child> child, std::string_view name = {},
                         const spawn_options& options = {}) {
    return detail::ref_access::make<Child>(
        detail::spawn_child(actor_, std::move(child), name, options));
  }

  [[nodiscard]] child_range children() const noexcept { return child_range(actor_); }

  /// Stops an actor, a child or any other: it takes no further message, its children stop,
  /// then it. Does nothing to one already stopped.
  template <class Other>
  void stop(const actor_ref<Other>& actor) {
    detail::request_stop(detail::ref_access::get(actor));
  }

  void stop(const any_ref& actor) { detail::request_stop(detail::target(actor)); }

  /// Sends `casty::terminated` to this actor, once, when `actor` has stopped; at once if
  /// it is gone already. Watching again changes nothing.
  template <class Other>
    requires accepts<Protocol, terminated>
  void watch(const actor_ref<Other>& actor) {
    detail::envelope* end = seal(terminated{any_ref(actor)});
    detail::watch(actor_, detail::ref_access::get(actor), end,
                  &detail::message_in<terminated>(end).ref);
  }
  template <class Other, class ProtocolLacksTerminatedUseWatchWith = Protocol>
    requires(!accepts<ProtocolLacksTerminatedUseWatchWith, terminated>)
  void watch(const actor_ref<Other>& actor) = delete;

  /// As `watch`, with a message of one's own.
  template <class Other, class Message>
    requires accepts<Protocol, Message>
  void watch_with(const actor_ref<Other>& actor, Message message) {
    detail::watch(actor_, detail::ref_access::get(actor), seal(std::move(message)), nullptr);
  }
  template <class Other, class NotInProtocol>
    requires(!accepts<Protocol, NotInProtocol>)
  void watch_with(const actor_ref<Other>& actor, NotInProtocol) = delete;

  /// Takes a watch back: from here on its message does not come, even if it is under way.
  template <class Other>
  void unwatch(const actor_ref<Other>& actor) {
    detail::unwatch(actor_, detail::ref_access::get(actor));
  }

  /// Asks `ref`: a `Message` of `fields`, its `reply_to` filled in where it stands.
  ///
  /// @returns  The answer to come, to be awaited or piped.
  template <class Message, class Other, class... Fields>
    requires detail::can_ask<Message, Other>
  auto ask(const actor_ref<Other>& ref, Fields&&... fields) {
    return detail::ask_with_fields<pending, Message>(actor_, ref, std::forward<Fields>(fields)...);
  }
  /// The same with a message that `make` builds from the `reply_to` it is given.
  template <class Other, class Make>
    requires detail::takes_reply<Make>
  auto ask(const actor_ref<Other>& ref, Make make) {
    return detail::ask_with_lambda<pending>(actor_, ref, make);
  }
  template <class MessageNeedsExactlyOneReplyTo, class Other, class... Fields>
    requires detail::asks_no_request<MessageNeedsExactlyOneReplyTo, Other>
  pending<detail::no_answer> ask(const actor_ref<Other>& ref, Fields&&...) = delete;
  template <class RequestNotInProtocol, class Other, class... Fields>
    requires(!accepts<Other, RequestNotInProtocol>)
  detail::refused<pending, RequestNotInProtocol> ask(const actor_ref<Other>& ref,
                                                     Fields&&...) = delete;

  /// Turns an answer to come into a message to this actor:
  ///
  /// (result<Answer>) -> a message of Protocol
  ///
  /// The mapper runs as part of the actor, in its turn; the actor waits for nothing.
  template <class Answer, class Mapper>
  void pipe_to_self(pending<Answer> asked, Mapper mapper) {
    detail::pipe* into = detail::make_pipe<Protocol, Answer>(std::move(mapper));
    detail::pipe_answer(detail::ask_access::take(asked), into);
  }
  template <class Answer, class Mapper>
  void pipe_to_self(future<Answer> asked, Mapper mapper) {
    detail::pipe* into = detail::make_pipe<Protocol, Answer>(std::move(mapper));
    detail::pipe_future(detail::ask_access::take(asked), actor_, into);
  }

  /// Puts a message away, to be taken later.
  template <class Message, class Bare = std::remove_cvref_t<Message>>
    requires accepts<Protocol, Bare>
  void stash(Message&& message) {
    detail::stash(actor_, seal(std::forward<Message>(message)));
  }
  template <class NotInProtocol>
    requires(!accepts<Protocol, std::remove_cvref_t<NotInProtocol>>)
  void stash(NotInProtocol) = delete;
  /// Takes all stashed messages back, in their order, before all others that wait.
  void unstash_all() noexcept { detail::unstash_all(actor_); }

  /// Messages that this actor sends itself, later.
  [[nodiscard]] actor_timers<Protocol> timers() const noexcept {
    return actor_timers<Protocol>(actor_, self());
  }
  /// Sends `message` to another actor after `delay`, unless this one stops or restarts
  /// before. The key is one of `timers()`.
  template <class Other, class Message>
    requires accepts<Other, std::remove_cvref_t<Message>>
  void schedule(std::string_view key, const actor_ref<Other>& to, Message&& message,
                duration delay) {
    detail::set_timer_once(actor_, key, to, std::forward<Message>(message), delay);
  }
  template <class Other, class NotInProtocol>
    requires(!accepts<Other, std::remove_cvref_t<NotInProtocol>>)
  void schedule(std::string_view key, const actor_ref<Other>& to, NotInProtocol,
                duration delay) = delete;

  /// Sends a copy of `message` to this actor whenever it has taken none for `span`, until
  /// `cancel_receive_timeout`, a restart or its end. While a handler is suspended, or
  /// messages wait, the actor is not idle.
  ///
  /// @throws  `casty::error` of bad_argument for a span under a microsecond.
  template <class Message>
    requires accepts<Protocol, Message> && std::is_copy_constructible_v<Message>
  void set_receive_timeout(duration span, const Message& message) {
    detail::set_receive_timeout(
        actor_, detail::timer_plan{{}, detail::self_of(actor_), seal(Message(message)),
                                   &detail::copy_sealed<Message>, span});
  }
  template <class NotACopyableMessageOfProtocol>
    requires(!accepts<Protocol, NotACopyableMessageOfProtocol> ||
             !std::is_copy_constructible_v<NotACopyableMessageOfProtocol>)
  void set_receive_timeout(duration span, const NotACopyableMessageOfProtocol&) = delete;
  void cancel_receive_timeout() noexcept { detail::cancel_receive_timeout(actor_); }

  [[nodiscard]] actor_system& system() const noexcept { return detail::facade_of(actor_); }

  /// A log that names the system and this actor.
  [[nodiscard]] logger log() const noexcept {
    return logger(detail::system_of(actor_), actor_);
  }

 private:
  // A message to this actor.
  template <class Message, class Bare = std::remove_cvref_t<Message>>
  [[nodiscard]] detail::envelope* seal(Message&& message) const {
    constexpr auto tag =
        static_cast<std::uint16_t>(meta::index_of<messages_of<Protocol>, Bare>);
    return detail::seal_with<Bare>(detail::self_of(actor_), tag, [&](void* at) {
      ::new (at) Bare(std::forward<Message>(message));
    });
  }

  detail::cell* actor_;
};

}  // namespace casty
