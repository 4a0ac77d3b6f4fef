/// @file
/// What an actor under test does besides handling its messages, as values.
///
/// Layer: testkit. May include all of core.
#pragma once

#include <string>
#include <type_traits>
#include <variant>

#include "casty/core/address.hpp"
#include "casty/core/duration.hpp"
#include "casty/core/log_level.hpp"

namespace casty::testkit {

namespace effects {

/// It has spawned a child; the name is empty when it gave none.
struct spawned {
  std::string name;
  std::string path;
  friend bool operator==(const spawned&, const spawned&) = default;
};
/// It watches another actor, by `watch` or `watch_with`. Watching again is no effect.
struct watched {
  any_ref ref;  ///< knows its path also after the actor's end
  friend bool operator==(const watched&, const watched&) = default;
};
struct unwatched {
  any_ref ref;
  friend bool operator==(const unwatched&, const unwatched&) = default;
};
/// It has told a child, itself or any other actor to stop, by `ctx.stop`.
struct told_to_stop {
  any_ref ref;
  friend bool operator==(const told_to_stop&, const told_to_stop&) = default;
};
/// It has set a timer, by `timers().once`, `timers().every` or `ctx.schedule`.
struct timer_set {
  std::string key;
  duration delay;  ///< the interval, of a repeated one
  bool repeated = false;
  friend bool operator==(const timer_set&, const timer_set&) = default;
};
/// It has cancelled a timer that was set. Those that die with it, or at a restart, are no
/// effect.
struct timer_cancelled {
  std::string key;
  friend bool operator==(const timer_cancelled&, const timer_cancelled&) = default;
};
struct receive_timeout_set {
  duration span;
  friend bool operator==(const receive_timeout_set&, const receive_timeout_set&) = default;
};
struct receive_timeout_cancelled {
  friend bool operator==(const receive_timeout_cancelled&,
                         const receive_timeout_cancelled&) = default;
};
/// It has written to `ctx.log()`, at whatever level.
struct logged {
  log_level level = log_level::info;
  std::string text;
  std::string fields;  ///< "key=value key=value"
  friend bool operator==(const logged&, const logged&) = default;
};
/// A handler, a setup or a hook has thrown, or a child has escalated its failure.
struct failed {
  std::string text;  ///< what() of the exception
  friend bool operator==(const failed&, const failed&) = default;
};
/// It begins anew. What its setup and its hooks do then follows.
struct restarted {
  friend bool operator==(const restarted&, const restarted&) = default;
};
/// It has ended, after its children and its hooks.
struct stopped {
  friend bool operator==(const stopped&, const stopped&) = default;
};

}  // namespace effects

using effect = std::variant<effects::spawned, effects::watched, effects::unwatched,
                            effects::told_to_stop, effects::timer_set, effects::timer_cancelled,
                            effects::receive_timeout_set, effects::receive_timeout_cancelled,
                            effects::logged, effects::failed, effects::restarted,
                            effects::stopped>;

/// An effect as failures of tests show it: `timer_set "wake" 5 s`.
[[nodiscard]] std::string to_string(const effect& of);

namespace detail {

template <class Kind, class Effect>
inline constexpr bool is_alternative = false;
template <class Kind, class... All>
inline constexpr bool is_alternative<Kind, std::variant<All...>> =
    (std::is_same_v<Kind, All> || ...);

}  // namespace detail

/// `Kind` is one of `casty::testkit::effects`.
template <class Kind>
concept effect_kind = detail::is_alternative<Kind, effect>;

}  // namespace casty::testkit
