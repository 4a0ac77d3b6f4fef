/// @file
/// A behavior under test: fed message by message, without threads, its effects kept as
/// values.
///
/// Layer: testkit. May include all of core.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "casty/core/behaviors.hpp"
#include "casty/meta/type_name.hpp"
#include "casty/testkit/effects.hpp"
#include "casty/testkit/test_system.hpp"

namespace casty::testkit {

namespace detail {

// What of a kit depends on no protocol.
class kit_base {
 public:
  kit_base(const kit_base&) = delete;
  kit_base& operator=(const kit_base&) = delete;

  /// The system that the actor lives in: for probes beside it.
  [[nodiscard]] test_system& system() noexcept { return system_; }
  /// False once the actor has ended.
  [[nodiscard]] bool is_alive() const noexcept;

  /// What the actor has done since the start, or since they were taken, in order.
  [[nodiscard]] const std::vector<effect>& effects() const noexcept;
  /// The same, and forgets them.
  std::vector<effect> take_effects();
  /// Takes the next effect, which must be of `Kind`: `expect_effect<effects::spawned>()`.
  template <effect_kind Kind>
  Kind expect_effect() {
    if (effects().empty() || !std::holds_alternative<Kind>(effects().front())) {
      refuse_next("the effect " + std::string(meta::type_name<Kind>));
    }
    Kind next = std::get<Kind>(effects().front());
    drop_next();
    return next;
  }
  /// Takes the next effect, which must be equal to `wanted`.
  template <effect_kind Kind>
  void expect_effect(const Kind& wanted) {
    if (effects().empty() || effects().front() != effect(wanted)) {
      refuse_next("the effect " + to_string(wanted));
    }
    drop_next();
  }
  /// There may be no effect that was not taken.
  void expect_no_effects() const;

 protected:
  // On a system of its own, or on one that lives longer.
  explicit kit_base(std::uint64_t seed);
  explicit kit_base(test_system& system);
  ~kit_base();

  // The kit is now about `actor`, which has not run yet.
  void begin(const any_ref& actor);
  // Fails when the actor has ended, so that what is run would be lost.
  void demand_alive(std::string_view message) const;
  // Runs all that can run at this time.
  void come_to_rest();

 private:
  [[noreturn]] void refuse_next(const std::string& wanted) const;
  void drop_next();

  std::unique_ptr<test_system> own_;
  test_system& system_;
  std::unique_ptr<effect_recorder> recorder_;
};

}  // namespace detail

/// One actor, run by the test alone: a message, a question or a span of time after the
/// other, on a `test_system` of its own or on one that is given. Its children, timers and
/// supervision are real; time is virtual. What it does besides handling messages is kept as
/// values of `testkit::effects`; what it sends to others is best seen through a `probe`.
///
/// @tparam Protocol  That of the behavior.
/// @thread           One.
template <class Protocol>
class behavior_kit : public detail::kit_base {
 public:
  /// Starts the actor as "/user/subject", and runs its setup.
  explicit behavior_kit(behavior<Protocol> first, std::uint64_t seed = 1)
      : kit_base(seed), self_(system().spawn(std::move(first), "subject")) {
    begin(self_);
  }
  /// On a system that exists, and lives longer: for a behavior that is made with refs to
  /// probes.
  behavior_kit(test_system& on, behavior<Protocol> first)
      : kit_base(on), self_(on.spawn(std::move(first))) {
    begin(self_);
  }

  [[nodiscard]] const actor_ref<Protocol>& self() const noexcept { return self_; }

  /// Gives the actor a message, and runs all that can run at this time.
  ///
  /// @throws  `unexpected` when the actor has ended, or when no rest comes.
  template <class Message>
    requires accepts<Protocol, std::remove_cvref_t<Message>>
  behavior_kit& run(Message&& message) {
    demand_alive(meta::type_name<std::remove_cvref_t<Message>>);
    self_.tell(std::forward<Message>(message));
    come_to_rest();
    return *this;
  }
  /// The same with a `Message` of `fields`.
  template <class Message, class... Fields>
    requires accepts<Protocol, Message> && (!std::is_same_v<void(Message), void(Fields...)>)
  behavior_kit& run(Fields&&... fields) {
    demand_alive(meta::type_name<Message>);
    self_.template tell<Message>(std::forward<Fields>(fields)...);
    come_to_rest();
    return *this;
  }
  // diagnostic
  template <class NotInProtocol>
    requires(!accepts<Protocol, std::remove_cvref_t<NotInProtocol>>)
  behavior_kit& run(NotInProtocol) = delete;
  // diagnostic
  template <class NotInProtocol, class... Fields>
    requires(!accepts<Protocol, NotInProtocol> &&
             !std::is_same_v<void(NotInProtocol), void(std::remove_cvref_t<Fields>...)>)
  behavior_kit& run(Fields&&...) = delete;

  /// Asks the actor: a `Message` of `fields`, its `reply_to` filled in where it stands. Time
  /// passes when the answer takes some; without one 5 s have passed.
  template <class Message, class... Fields>
    requires casty::detail::can_ask<Message, Protocol>
  result<answer_of<Message>> ask(Fields&&... fields) {
    auto answer = system().template ask<Message>(self_, std::forward<Fields>(fields)...).wait();
    come_to_rest();
    return answer;
  }
  // diagnostic
  template <class MessageNeedsExactlyOneReplyTo, class... Fields>
    requires casty::detail::asks_no_request<MessageNeedsExactlyOneReplyTo, Protocol>
  result<casty::detail::no_answer> ask(Fields&&...) = delete;
  // diagnostic
  template <class RequestNotInProtocol, class... Fields>
    requires(!accepts<Protocol, RequestNotInProtocol>)
  result<casty::detail::no_answer> ask(Fields&&...) = delete;

  /// Lets `span` of virtual time pass, and runs each timer as it comes.
  behavior_kit& advance(duration span) {
    system().advance(span);
    return *this;
  }

 private:
  actor_ref<Protocol> self_;
};

}  // namespace casty::testkit
