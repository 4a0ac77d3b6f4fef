/// @file
/// The error that a misfitting set of handlers gives: one undefined type that names the
/// messages. Looked at only once the handlers are known not to fit.
///
/// Layer: core. May include meta.
#pragma once

#include <type_traits>

#include "casty/core/handlers.hpp"

namespace casty::detail {

// What to say, kept apart from its name so that compilers print no alias of it.
template <template <class...> class Diagnostic, class... Types>
struct complaint {};

template <template <class...> class Diagnostic, class... Types>
Diagnostic<Types...> explain(complaint<Diagnostic, Types...>);

template <class Protocol, class Shape>
consteval auto flaw_of() {
  using message = typename Shape::message;
  if constexpr (Shape::flaw == defect::is_auto) {
    return complaint<handler_must_name_its_message_not_auto, Protocol>{};
  } else if constexpr (Shape::flaw == defect::is_mutable) {
    return complaint<handler_has_mutable_captures_use_with_state, message>{};
  } else if constexpr (Shape::flaw == defect::by_reference) {
    return complaint<handler_takes_message_by_mutable_reference, message>{};
  } else if constexpr (Shape::flaw == defect::rest_arguments) {
    return complaint<otherwise_takes_nothing_or_the_context_of, Protocol>{};
  } else if constexpr (Shape::flaw == defect::rest_result) {
    return complaint<otherwise_must_return_same_or_a_behavior, typename Shape::result>{};
  } else if constexpr (Shape::flaw == defect::arguments) {
    return complaint<handler_must_take_context_then_state_then, message, Protocol>{};
  } else {
    return complaint<handler_must_return_same_or_a_behavior, message, typename Shape::result>{};
  }
}

template <bool Add, class Problem, class... Problems>
consteval auto add_problem(meta::type_list<Problems...>) {
  if constexpr (Add) {
    return meta::type_list<Problems..., Problem>{};
  } else {
    return meta::type_list<Problems...>{};
  }
}

// Messages of the protocol that nobody, or more than one, handles.
template <class Plan, unsigned Position = 0, class Problems>
consteval auto unserved(Problems problems, meta::type_list<>) {
  return problems;
}
template <class Plan, unsigned Position = 0, class Problems, class First, class... Rest>
consteval auto unserved(Problems problems, meta::type_list<First, Rest...>) {
  constexpr int handler = Plan::value.handler_of[Position];
  auto one = add_problem<handler == Plan::nobody, no_handler_for<First>>(problems);
  auto both = add_problem<handler == Plan::several, more_than_one_handler_for<First>>(one);
  return unserved<Plan, Position + 1>(both, meta::type_list<Rest...>{});
}

// Messages that a handler takes and the protocol lacks.
template <class List, class Problems>
consteval auto foreign(Problems problems, meta::type_list<>) {
  return problems;
}
template <class List, class Problems, class First, class... Rest>
consteval auto foreign(Problems problems, meta::type_list<First, Rest...>) {
  constexpr bool lacks = !meta::contains<List, First>;
  return foreign<List>(add_problem<lacks, handler_outside_the_protocol_for<First>>(problems),
                       meta::type_list<Rest...>{});
}

template <class Protocol, class... Problems>
consteval auto misfit(meta::type_list<Problems...>) {
  return complaint<handlers_do_not_fit, Protocol, Problems...>{};
}

template <class Lists, class... More>
struct join_all {
  using type = Lists;
};
template <class First, class Second, class... More>
struct join_all<First, Second, More...> : join_all<meta::join<First, Second>, More...> {};

template <class Protocol, class State, class... Handlers>
struct plan_holder {
  static constexpr auto value = plan_of<Protocol, State, Handlers...>;
  static constexpr int nobody = decltype(value)::nobody;
  static constexpr int several = decltype(value)::several;
};

// The first handler with a flaw of its own, else what does not fit together.
template <class Protocol, class State, class... Handlers>
consteval auto first_flaw(meta::type_list<Handlers...>, meta::type_list<>) {
  using list = messages_of<Protocol>;
  using claims =
      typename join_all<meta::type_list<>,
                        typename described<Protocol, State, Handlers>::messages...>::type;
  constexpr auto within =
      unserved<plan_holder<Protocol, State, Handlers...>>(meta::type_list<>{}, list{});
  constexpr auto all = foreign<list>(within, claims{});
  constexpr bool twice = several_rests<Protocol, State, Handlers...>;
  return misfit<Protocol>(add_problem<twice, more_than_one_otherwise>(all));
}
template <class Protocol, class State, class All, class First, class... Rest>
consteval auto first_flaw(All all, meta::type_list<First, Rest...>) {
  if constexpr (described<Protocol, State, First>::flaw != defect::none) {
    return flaw_of<Protocol, typename described<Protocol, State, First>::shape>();
  } else {
    return first_flaw<Protocol, State>(all, meta::type_list<Rest...>{});
  }
}

template <class Protocol, class State, class... Handlers>
using complaint_of = decltype(first_flaw<Protocol, State>(meta::type_list<Handlers...>{},
                                                          meta::type_list<Handlers...>{}));

// True when `behaviors::receive` or `with_state` would accept the handlers.
template <class Protocol, class State, class... Handlers>
consteval bool judge() {
  if constexpr (without_flaw<Protocol, State, Handlers...>) {
    return plan_of<Protocol, State, Handlers...>.fits &&
           !several_rests<Protocol, State, Handlers...>;
  } else {
    return false;
  }
}

template <class Protocol, class State, class... Handlers>
concept fits = judge<Protocol, State, Handlers...>();

}  // namespace casty::detail
