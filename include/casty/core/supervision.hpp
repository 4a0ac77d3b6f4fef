/// @file
/// What becomes of an actor that fails: strategies, and the deciders they ask.
///
/// Layer: core. May include meta.
#pragma once

#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>

#include "casty/core/duration.hpp"
#include "casty/core/shared_function.hpp"

namespace casty {

/// What a decider answers to a failure.
enum class directive : std::uint8_t {
  restart,   ///< starts anew from the supervised behavior; the mailbox is kept
  stop,      ///< stops
  escalate,  ///< asks the strategy around, at last the parent, which fails with this failure
  resume,    ///< keeps the behavior; one that failed as it started or restarted stops
};

// diagnostic
/// Named in the error of a `decide` whose clause does not take one exception and give a
/// `casty::directive`.
template <class... Clauses>
struct clause_must_take_an_exception_and_give_a_directive;

namespace detail {

template <class Signature>
struct clause_of {};
template <class Class, class Caught>
struct clause_of<directive (Class::*)(Caught) const> {
  using caught = std::remove_cvref_t<Caught>;
};
template <class Class, class Caught>
struct clause_of<directive (Class::*)(Caught) const noexcept>
    : clause_of<directive (Class::*)(Caught) const> {};
template <class Caught>
struct clause_of<directive (*)(Caught)> {
  using caught = std::remove_cvref_t<Caught>;
};
template <class Caught>
struct clause_of<directive (*)(Caught) noexcept> : clause_of<directive (*)(Caught)> {};

// Without a `caught` when it is no clause.
template <class Clause>
struct shape_of_clause : clause_of<Clause> {};
template <class Clause>
  requires requires { &Clause::operator(); }
struct shape_of_clause<Clause> : clause_of<decltype(&Clause::operator())> {};

template <class Clause>
concept is_clause =
    requires { typename shape_of_clause<Clause>::caught; } &&
    std::is_invocable_v<const Clause&, const typename shape_of_clause<Clause>::caught&>;

// True when the clause takes the exception: its answer is in `made` then.
template <class Clause>
bool ask_clause(const Clause& clause, const std::exception_ptr& failure, directive& made) {
  using caught = typename shape_of_clause<Clause>::caught;
  if constexpr (std::is_same_v<caught, std::exception_ptr>) {
    made = clause(failure);
    return true;
  } else {
    try {
      std::rethrow_exception(failure);
    } catch (const caught& exception) {
      made = clause(exception);
      return true;
    } catch (...) {
      return false;
    }
  }
}

}  // namespace detail

/// Says what to do about a failure:
///
/// (const std::exception_ptr&) -> directive
///
/// @thread  Called by the thread of whatever actor has failed: it keeps no state.
class decider {
 public:
  /// Always `directive::restart`.
  decider() noexcept = default;
  template <class Function>
    requires(!std::is_same_v<Function, decider> &&
             std::is_invocable_r_v<directive, const Function&, const std::exception_ptr&>)
  decider(Function function) : function_(std::move(function)) {}

  [[nodiscard]] directive operator()(const std::exception_ptr& failure) const {
    return function_ ? function_(failure) : directive::restart;
  }

 private:
  detail::shared_function<directive(const std::exception_ptr&)> function_;
};

/// A decider of clauses, asked in their order as those of a `try`; the first that takes
/// the exception answers. `directive::restart` when none does.
///
/// (const Exception&) -> directive, or (std::exception_ptr) -> directive for any
template <class... Clauses>
[[nodiscard]] decider decide(Clauses... clauses) {
  if constexpr ((detail::is_clause<Clauses> && ...)) {
    return decider([... clauses = std::move(clauses)](const std::exception_ptr& failure) {
      directive made = directive::restart;
      (void)(detail::ask_clause(clauses, failure, made) || ...);
      return made;
    });
  } else {
    clause_must_take_an_exception_and_give_a_directive<Clauses...>::see();
    return {};
  }
}

/// How long a restart waits: `min` before the first, doubled with each that follows, up to
/// `max`. A span at work without failure as long as `reset_after` begins again with `min`.
struct restart_backoff {
  duration min = {};  ///< 0: no wait
  duration max = duration::seconds(30);
  /// Up to this part of the wait is added by chance, 0 to 1: failed at once, back at
  /// various times.
  double jitter = 0.2;
  duration reset_after = duration::seconds(60);
};

/// Each actor on its own. More than `max_restarts` within the time `within` stop the actor:
/// 3 restarts, the fourth failure stops.
struct one_for_one_strategy {
  std::uint32_t max_restarts = 3;
  duration within = duration::seconds(60);
  casty::decider decider = {};
  restart_backoff backoff = {};
};

/// As `one_for_one_strategy`, for siblings that stand or fall together: a restart or stop
/// that it decides is done to all children of the same parent whose strategy is
/// all-for-one, too, but for those on threads of their own. Of an actor without a parent: to
/// itself.
struct all_for_one_strategy {
  std::uint32_t max_restarts = 3;
  duration within = duration::seconds(60);
  casty::decider decider = {};
  restart_backoff backoff = {};
};

}  // namespace casty
