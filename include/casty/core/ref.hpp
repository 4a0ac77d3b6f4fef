/// @file
/// A reference to an actor, typed by what the actor accepts.
///
/// Layer: core. May include meta.
#pragma once

#include <type_traits>
#include <utility>

#include "casty/core/address.hpp"
#include "casty/core/envelope.hpp"
#include "casty/core/protocol.hpp"
#include "casty/core/sending.hpp"

namespace casty {

namespace detail {

struct ref_access;

template <class Part, class Whole>
struct narrowing;

// Where each message of a part stands in the whole.
template <class Whole, class... Parts>
struct narrowing<meta::type_list<Parts...>, Whole> {
  static constexpr std::uint16_t step[] = {meta::index_of<Whole, Parts>...};

  static constexpr bool identical() {
    unsigned position = 0;
    return ((meta::index_of<Whole, Parts> == position++) && ...);
  }
  static std::uint32_t first() {
    static const std::uint32_t number = intern_table(0, step, sizeof...(Parts));
    return number;
  }
  [[nodiscard]] static target apply(target from) {
    if constexpr (!identical()) {
      from.table = from.table == 0 ? first() : intern_table(from.table, step, sizeof...(Parts));
    }
    return from;
  }
};

}  // namespace detail

/// Sends messages to one incarnation of an actor. Two words, trivially copyable; it
/// keeps nothing alive, and stays valid for ever: what is sent after the actor has
/// stopped becomes a dead letter, also when another actor bears its name by then.
///
/// @tparam Protocol  What the actor accepts, or a part of it: refs narrow implicitly.
template <class Protocol>
class actor_ref {
 public:
  /// Narrows: `Whole` accepts all that `Protocol` does.
  /// @cost  Nothing when the messages of `Protocol` are the first of `Whole`, in order;
  ///        else the load of a number. A ref narrowed twice looks its table up.
  template <class Whole>
    requires(!std::is_same_v<Whole, Protocol>) && part_of<Protocol, Whole>
  actor_ref(const actor_ref<Whole>& whole)
      : to_(detail::narrowing<messages_of<Protocol>, messages_of<Whole>>::apply(whole.to_)) {}

  /// Sends `message`, from any thread. Messages of one sender arrive in order.
  ///
  /// @throws  What moving or copying the message throws, or std::bad_alloc; `casty::error`
  ///          of mailbox_full from an actor with backpressure. Then nothing was sent.
  /// @cost    One pooled block; no lock, no allocation in the steady state.
  template <class Message, class Bare = std::remove_cvref_t<Message>>
    requires accepts<Protocol, Bare>
  void tell(Message&& message) const {
    deliver<Bare>([&](void* at) noexcept(std::is_nothrow_constructible_v<Bare, Message>) {
      ::new (at) Bare(static_cast<Message&&>(message));
    });
  }

  /// Builds a `Message` from `fields` in the mailbox, and so sends it.
  template <class Message, class... Fields>
    requires accepts<Protocol, Message> && (!std::is_same_v<void(Message), void(Fields...)>)
  void tell(Fields&&... fields) const {
    deliver<Message>([&](void* at) noexcept(noexcept(Message{std::forward<Fields>(fields)...})) {
      ::new (at) Message{std::forward<Fields>(fields)...};
    });
  }

  template <class NotInProtocol>
    requires(!accepts<Protocol, std::remove_cvref_t<NotInProtocol>>)
  void tell(NotInProtocol) const = delete;
  template <class NotInProtocol, class... Fields>
    requires(!accepts<Protocol, NotInProtocol> &&
             !std::is_same_v<void(NotInProtocol), void(std::remove_cvref_t<Fields>...)>)
  void tell(Fields&&...) const = delete;

  /// As `tell`; false when the mailbox of an actor with backpressure is full: then nothing
  /// was sent, and `message` is as it was.
  template <class Message, class Bare = std::remove_cvref_t<Message>>
    requires accepts<Protocol, Bare>
  [[nodiscard]] bool try_tell(Message&& message) const {
    if ((to_.table & detail::may_refuse) != 0) {
      if (!detail::reserve_room(to_)) {
        return false;
      }
      detail::room_guard room(&to_);
      detail::envelope* sealed = seal<Bare>(
          [&](void* at) { ::new (at) Bare(std::forward<Message>(message)); });
      room.to = nullptr;
      sealed->flags = detail::envelope::has_room;
      detail::post_message(to_, sealed);
    } else {
      tell(std::forward<Message>(message));
    }
    return true;
  }
  template <class NotInProtocol>
    requires(!accepts<Protocol, std::remove_cvref_t<NotInProtocol>>)
  bool try_tell(NotInProtocol) const = delete;

  /// A `Message` of `fields` that waits for room: `co_await ref.send<Deposit>(5)`.
  template <class Message, class... Fields>
    requires accepts<Protocol, Message>
  sending send(Fields&&... fields) const {
    return sending(to_, seal<Message>([&](void* at) {
                     ::new (at) Message{std::forward<Fields>(fields)...};
                   }));
  }
  template <class NotInProtocol, class... Fields>
    requires(!accepts<Protocol, NotInProtocol>)
  sending send(Fields&&...) const = delete;

  /// Where the actor lives: "/user/name", "/user/parent/$7".
  [[nodiscard]] actor_path path() const { return any_ref(to_).path(); }

  /// The same actor without its type: can be compared and printed, not told.
  operator any_ref() const noexcept { return any_ref(to_); }

 private:
  template <class>
  friend class actor_ref;
  friend detail::ref_access;

  explicit actor_ref(detail::target to) noexcept : to_(to) {}

  template <class Message, class Make>
  [[nodiscard]] detail::envelope* seal(Make&& make) const {
    return detail::seal_with<Message>(to_, tag_of<Message>(), std::forward<Make>(make));
  }
  // Room is reserved before the message is built: whoever is refused still has it.
  template <class Message, class Make>
  [[gnu::always_inline]] void deliver(const Make& make) const {
    constexpr unsigned position = meta::index_of<messages_of<Protocol>, Message>;
    detail::envelope* open =
        detail::open_envelope<Message>(to_, static_cast<std::uint16_t>(position));
    if (to_.table != 0) [[unlikely]] {
      detail::admit(to_, open);
    }
    if constexpr (noexcept(make(nullptr))) {
      make(detail::room_in<Message>(open));
    } else {
      try {
        make(detail::room_in<Message>(open));
      } catch (...) {
        detail::withdraw(to_, open);
        throw;
      }
    }
    detail::post_message(to_, open);
  }

  template <class Message>
  [[nodiscard]] std::uint16_t tag_of() const noexcept {
    constexpr unsigned position = meta::index_of<messages_of<Protocol>, Message>;
    return to_.table == 0 ? static_cast<std::uint16_t>(position)
                          : detail::translate(to_.table, position);
  }

  detail::target to_;
};

namespace detail {

// The runtime's way in and out of a ref.
struct ref_access {
  template <class Protocol>
  [[nodiscard]] static actor_ref<Protocol> make(target to) noexcept {
    return actor_ref<Protocol>(to);
  }
  template <class Protocol>
  [[nodiscard]] static const target& get(const actor_ref<Protocol>& ref) noexcept {
    return ref.to_;
  }
  // An answer: where there is no room for it, it is a dead letter and not the replier's failure.
  template <class Answer>
  static void answer(const target& to, Answer&& answer) {
    post_message(to, actor_ref<Answer>(to).template seal<Answer>(
        [&](void* at) { ::new (at) Answer(std::move(answer)); }));
  }
  template <class Message, class Protocol>
  [[nodiscard]] static std::uint16_t tag(const actor_ref<Protocol>& ref) noexcept {
    return ref.template tag_of<Message>();
  }
};

}  // namespace detail

/// Equal for the same actor in the same incarnation, whatever the types of the refs.
template <class Left, class Right>
[[nodiscard]] bool operator==(const actor_ref<Left>& left,
                              const actor_ref<Right>& right) noexcept {
  return detail::ref_access::get(left) == detail::ref_access::get(right);
}
template <class Protocol>
[[nodiscard]] bool operator==(const any_ref& left, const actor_ref<Protocol>& right) noexcept {
  return detail::target(left) == detail::ref_access::get(right);
}

}  // namespace casty
