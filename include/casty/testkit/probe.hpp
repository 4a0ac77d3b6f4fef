/// @file
/// A probe: an actor that a test holds in its hand, and asks what came.
///
/// Layer: testkit. May include all of core.
#pragma once

#include <concepts>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "casty/core/behaviors.hpp"
#include "casty/testkit/test_system.hpp"
#include "casty/testkit/unexpected.hpp"

namespace casty::testkit {

namespace detail {

// One message that came.
struct arrival {
  explicit arrival(const void* of) noexcept : type(of) {}
  arrival(const arrival&) = delete;
  arrival& operator=(const arrival&) = delete;
  virtual ~arrival() = default;
  [[nodiscard]] virtual std::string text() const = 0;

  const void* type;
};

template <class Message>
inline constexpr char arrival_type = 0;

template <class Message>
struct arrival_of final : arrival {
  explicit arrival_of(Message&& from)
      : arrival(&arrival_type<Message>), message(std::move(from)) {}
  [[nodiscard]] std::string text() const override { return text_of_value(message); }

  Message message;
};

// What has come and is not taken yet. Shared with the actor, which may live longer.
struct arrivals {
  std::deque<std::unique_ptr<arrival>> waiting;
  std::uint64_t count = 0;
};

template <class Message>
[[nodiscard]] auto take_in(const std::shared_ptr<arrivals>& into) {
  return [into](Message&& m) {
    into->waiting.push_back(std::make_unique<arrival_of<Message>>(std::move(m)));
    ++into->count;
    return outcome::same;
  };
}

template <class Protocol, class... Messages>
[[nodiscard]] behavior<Protocol> taking_all(meta::type_list<Messages...>,
                                            const std::shared_ptr<arrivals>& into) {
  return behaviors::receive<Protocol>(take_in<Messages>(into)...);
}

// Plain truths rather than concepts: compilers explain them in one line.
template <class Protocol, class Message>
inline constexpr bool can_expect = accepts<Protocol, Message>;
template <class Protocol, class Message>
inline constexpr bool can_compare = accepts<Protocol, Message> && std::equality_comparable<Message>;
template <class Protocol, class Message>
inline constexpr bool lacks_equality =
    accepts<Protocol, Message> && !std::equality_comparable<Message>;

// What of a probe depends on no protocol.
class probe_base {
 public:
  probe_base(const probe_base&) = delete;
  probe_base& operator=(const probe_base&) = delete;

  /// Fails when a message comes within `span`, or one is here already; lets it pass.
  void expect_none(duration span = duration::milliseconds(100));

  /// Waits for the end of `actor`; done at once when it is gone.
  void expect_terminated(const any_ref& actor, duration within = duration::seconds(3));

  /// How many messages have come since the start, taken or not.
  [[nodiscard]] std::uint64_t received() const noexcept { return arrived_->count; }

  /// Calls `body`, which must be done before `span` of virtual time has passed. Within it no
  /// expectation of this probe waits longer than that.
  template <class Body>
  auto within(duration span, Body&& body) {
    const span_limit limit(*this, span);
    if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
      std::forward<Body>(body)();
      limit.check();
    } else {
      auto given = std::forward<Body>(body)();
      limit.check();
      return given;
    }
  }

 protected:
  explicit probe_base(test_system& system);
  ~probe_base() = default;

  // The next message, which must be of `type`.
  [[nodiscard]] std::unique_ptr<arrival> next(const void* type, const std::string& wanted,
                                              duration span);
  // The next message of whatever type; null when none came by `until`.
  [[nodiscard]] std::unique_ptr<arrival> any(duration until);
  [[nodiscard]] duration deadline(duration span) const noexcept;
  [[noreturn]] void missed(const std::string& wanted, duration span, const std::string& skipped);

  test_system& system_;
  std::shared_ptr<arrivals> arrived_;

 private:
  class span_limit {
   public:
    span_limit(probe_base& of, duration span) noexcept;
    span_limit(const span_limit&) = delete;
    span_limit& operator=(const span_limit&) = delete;
    ~span_limit() { of_.limit_ = before_; }
    void check() const;

   private:
    probe_base& of_;
    duration span_;
    duration start_;
    duration before_;
  };

  duration limit_ = duration::max();
};

}  // namespace detail

/// An actor of a `test_system` that keeps what it is sent, in the order in which it came,
/// for the test to expect. Stands for a ref or a `reply_to` wherever one is wanted. Waiting
/// takes virtual time only. What is not as expected throws `unexpected`.
///
/// @tparam Protocol  What it accepts: a protocol, or one message.
/// @thread           That of its system, which lives longer.
template <class Protocol>
class probe : public detail::probe_base {
 public:
  explicit probe(test_system& system, std::string_view name = {})
      : probe_base(system),
        ref_(system.spawn(detail::taking_all<Protocol>(messages_of<Protocol>{}, arrived_), name)) {
    system.set_aside(ref_);
  }
  ~probe() { system_.stop(ref_); }

  [[nodiscard]] const actor_ref<Protocol>& ref() const noexcept { return ref_; }
  template <class Part>
    requires part_of<Part, Protocol>
  operator actor_ref<Part>() const {
    return ref_;
  }
  template <class Answer>
    requires accepts<Protocol, Answer>
  operator reply_to<Answer>() const {
    return ref_;
  }

  /// The next message, which must come before `within` has passed and be a `Message`.
  template <class Message>
    requires detail::can_expect<Protocol, Message>
  Message expect(duration within = duration::seconds(3)) {
    const auto came = next(&detail::arrival_type<Message>,
                           "a message " + std::string(meta::type_name<Message>), within);
    return std::move(static_cast<detail::arrival_of<Message>&>(*came).message);
  }
  /// The next message must be equal to `wanted`.
  template <class Message>
    requires detail::can_compare<Protocol, Message>
  Message expect(const Message& wanted, duration within = duration::seconds(3)) {
    const std::string text = detail::text_of_value(wanted);
    const auto came = next(&detail::arrival_type<Message>, text, within);
    auto& message = static_cast<detail::arrival_of<Message>&>(*came).message;
    if (!(message == wanted)) {
      system_.fail("expected " + text + ", but another came: " + came->text());
    }
    return std::move(message);
  }
  // diagnostic
  template <class NotInProtocol>
    requires(!detail::can_expect<Protocol, NotInProtocol>)
  NotInProtocol expect(duration within = duration::seconds(3)) = delete;
  // diagnostic
  template <class NotInProtocol>
    requires(!detail::can_expect<Protocol, NotInProtocol>)
  NotInProtocol expect(const NotInProtocol&, duration within = duration::seconds(3)) = delete;
  // diagnostic
  template <class MessageHasNoEqualityExpectItsTypeAndLook>
    requires detail::lacks_equality<Protocol, MessageHasNoEqualityExpectItsTypeAndLook>
  MessageHasNoEqualityExpectItsTypeAndLook expect(const MessageHasNoEqualityExpectItsTypeAndLook&,
                                                  duration within = duration::seconds(3)) = delete;

  /// The first `Message` for which `fits` holds. Drops all that comes before it.
  ///
  /// (const Message&) -> bool
  template <class Message, class Predicate>
    requires accepts<Protocol, Message> && std::predicate<Predicate&, const Message&>
  Message fish(Predicate fits, duration within = duration::seconds(3)) {
    const duration until = deadline(within);
    std::string skipped;
    while (const auto came = any(until)) {
      if (came->type == &detail::arrival_type<Message>) {
        auto& message = static_cast<detail::arrival_of<Message>&>(*came).message;
        if (fits(std::as_const(message))) {
          return std::move(message);
        }
      }
      skipped += (skipped.empty() ? "" : ", ") + came->text();
    }
    missed("a message " + std::string(meta::type_name<Message>) + " that fits", within, skipped);
  }
  /// The first `Message`. Drops all that comes before it.
  template <class Message>
    requires accepts<Protocol, Message>
  Message fish(duration within = duration::seconds(3)) {
    return fish<Message>([](const Message&) { return true; }, within);
  }
  // diagnostic
  template <class NotInProtocol, class... Others>
    requires(!detail::can_expect<Protocol, NotInProtocol>)
  NotInProtocol fish(Others&&...) = delete;

 private:
  actor_ref<Protocol> ref_;
};

}  // namespace casty::testkit
