/// @file
/// What a handler takes and gives, read from its type, and whether the handlers of a
/// behavior fit its protocol: exactly one for each message.
///
/// Layer: core. May include meta.
#pragma once

#include <type_traits>
#include <utility>

#include "casty/core/behavior.hpp"
#include "casty/core/protocol.hpp"
#include "casty/core/task.hpp"

namespace casty {

template <class Protocol>
class actor_context;

/// In place of the state, for handlers that share none.
struct no_state {};

// diagnostic
/// Named in the error of a behavior whose handlers and messages do not match; the
/// problems follow the protocol.
template <class Protocol, class... Problems>
struct handlers_do_not_fit;

/// A problem: the protocol has the message, no handler takes it. Add one, or name the
/// message in `behaviors::ignore`, or add `behaviors::otherwise`.
template <class Message>
struct no_handler_for;
/// A problem: two handlers take the message. Keep one.
template <class Message>
struct more_than_one_handler_for;
/// A problem: there is more than one `behaviors::otherwise`. Keep one.
struct more_than_one_otherwise;
/// A problem: the protocol lacks the message. Types match exactly: `double` is not `int`.
template <class Message>
struct handler_outside_the_protocol_for;

// diagnostic
/// Named in the error of a handler whose message is `auto`: say its type, or use
/// `behaviors::otherwise` for the rest.
template <class Protocol>
struct handler_must_name_its_message_not_auto;
// diagnostic
/// Named in the error of a handler that returns something else, or nothing.
template <class Message, class Result>
struct handler_must_return_same_or_a_behavior;
// diagnostic
/// Named in the error of a `mutable` lambda: each handler has its own copy of the
/// captures, so the change would be seen by that handler alone.
template <class Message>
struct handler_has_mutable_captures_use_with_state;
// diagnostic
/// Named in the error of a handler of `Message&`: take it by value, `const&` or `&&`.
template <class Message>
struct handler_takes_message_by_mutable_reference;
// diagnostic
/// Named in the error of a handler whose arguments before the message are not the
/// context of this protocol and the state, in this order.
template <class Message, class... Arguments>
struct handler_must_take_context_then_state_then;
// diagnostic
/// Named in the error of a `behaviors::otherwise` that returns something else, or nothing.
template <class Result>
struct otherwise_must_return_same_or_a_behavior;
// diagnostic
/// Named in the error of a `behaviors::otherwise` that cannot be called with nothing or with
/// the context of this protocol, or only as a `mutable` lambda.
template <class Protocol>
struct otherwise_takes_nothing_or_the_context_of;

namespace detail {

struct cell;

template <class... Messages>
struct ignore_t {};

template <class Handler>
struct otherwise_t {
  Handler handler;
};

enum class defect : std::uint8_t {
  none,
  is_auto,
  is_mutable,
  by_reference,
  arguments,
  result,
  rest_arguments,
  rest_result,
};

// The type of a function, a pointer to one, or of a call operator.
template <class Signature>
struct signature;
template <class Result, class... Arguments>
struct signature<Result (*)(Arguments...)> {
  using result = Result;
  using arguments = meta::type_list<Arguments...>;
  static constexpr bool is_mutable = false;
};
template <class Result, class... Arguments>
struct signature<Result (*)(Arguments...) noexcept> : signature<Result (*)(Arguments...)> {};
template <class Result, class Class, class... Arguments>
struct signature<Result (Class::*)(Arguments...) const> : signature<Result (*)(Arguments...)> {};
template <class Result, class Class, class... Arguments>
struct signature<Result (Class::*)(Arguments...) const noexcept>
    : signature<Result (*)(Arguments...)> {};
template <class Result, class Class, class... Arguments>
struct signature<Result (Class::*)(Arguments...)> : signature<Result (*)(Arguments...)> {
  static constexpr bool is_mutable = true;
};
template <class Result, class Class, class... Arguments>
struct signature<Result (Class::*)(Arguments...) noexcept>
    : signature<Result (Class::*)(Arguments...)> {};

template <class Type, class Protocol>
inline constexpr bool is_context = std::is_same_v<Type, actor_context<Protocol>&>;

// What the handlers of one kind of behavior share, and what they may give. Others than
// `receive` and `with_state` specialize it for a tag of theirs in place of the state.
template <class State>
struct rules;

// By reference, const or not; or by value, a copy.
template <class Type, class State>
inline constexpr bool is_state =
    !std::is_same_v<State, no_state> &&
    std::is_same_v<std::remove_cvref_t<Type>, typename rules<State>::state> &&
    !std::is_rvalue_reference_v<Type>;

// Another can take its place with no moment between at which there is none.
template <class State>
inline constexpr bool is_replaceable =
    std::is_move_assignable_v<State> || std::is_nothrow_move_constructible_v<State>;

template <class State>
struct rules {
  using state = State;
  template <class Result, class Protocol>
  static constexpr bool allow =
      std::is_same_v<Result, outcome> || std::is_same_v<Result, behavior<Protocol>> ||
      std::is_same_v<Result, task<behavior<Protocol>>> ||
      (!std::is_same_v<State, no_state> && std::is_same_v<Result, State> && is_replaceable<State>);
};

template <class Result, class Protocol, class State>
inline constexpr bool is_result = rules<State>::template allow<Result, Protocol>;

template <class Parameter, class Result, bool Context, bool State, defect Defect>
struct shape {
  using parameter = Parameter;
  using message = std::remove_cvref_t<Parameter>;
  using result = Result;
  static constexpr bool takes_context = Context;
  static constexpr bool takes_state = State;
  static constexpr defect flaw = Defect;
};

template <class Parameter, bool IsMutable, bool ArgumentsFit, bool ResultFits>
inline constexpr defect defect_of =
    !ArgumentsFit ? defect::arguments
    : IsMutable   ? defect::is_mutable
    : std::is_lvalue_reference_v<Parameter> && !std::is_const_v<std::remove_reference_t<Parameter>>
        ? defect::by_reference
    : ResultFits ? defect::none
                 : defect::result;

template <class Protocol, class State, class Signature, class Arguments>
struct shape_from
    : shape<void, typename Signature::result, false, false, defect::arguments> {};

template <class Protocol, class State, class Signature, class Message>
struct shape_from<Protocol, State, Signature, meta::type_list<Message>>
    : shape<Message, typename Signature::result, false, false,
            defect_of<Message, Signature::is_mutable, true,
                      is_result<typename Signature::result, Protocol, State>>> {};

template <class Protocol, class State, class Signature, class First, class Message>
struct shape_from<Protocol, State, Signature, meta::type_list<First, Message>>
    : shape<Message, typename Signature::result, is_context<First, Protocol>,
            is_state<First, State>,
            defect_of<Message, Signature::is_mutable,
                      is_context<First, Protocol> || is_state<First, State>,
                      is_result<typename Signature::result, Protocol, State>>> {};

template <class Protocol, class State, class Signature, class First, class Second, class Message>
struct shape_from<Protocol, State, Signature, meta::type_list<First, Second, Message>>
    : shape<Message, typename Signature::result, true, true,
            defect_of<Message, Signature::is_mutable,
                      is_context<First, Protocol> && is_state<Second, State>,
                      is_result<typename Signature::result, Protocol, State>>> {};

struct auto_shape : shape<void, void, false, false, defect::is_auto> {};

// Whether `auto& ctx` comes first and a named message last. Asked before the address of
// the call operator is taken: that would instantiate the body of an `auto` message.
template <class Handler, class Protocol, class State, class List>
inline constexpr bool leads_with_context = false;
template <class Handler, class Protocol, class State, class... Messages>
inline constexpr bool leads_with_context<Handler, Protocol, State, meta::type_list<Messages...>> =
    (std::is_invocable_v<const Handler&, actor_context<Protocol>&, Messages> || ...) ||
    (std::is_invocable_v<const Handler&, actor_context<Protocol>&, typename rules<State>::state&,
                         Messages> ||
     ...);

// The call operator of a handler with `auto& ctx`, and perhaps `auto& state`.
template <class Handler, class Protocol, class State>
struct address_of {
  using type = decltype(
      &Handler::template operator()<actor_context<Protocol>, typename rules<State>::state>);
};
template <class Handler, class Protocol, class State>
  requires requires { &Handler::template operator()<actor_context<Protocol>>; }
struct address_of<Handler, Protocol, State> {
  using type = decltype(&Handler::template operator()<actor_context<Protocol>>);
};

template <class Protocol, class State, class Handler>
consteval auto shape_of() {
  if constexpr (std::is_pointer_v<Handler>) {
    using from = signature<Handler>;
    return shape_from<Protocol, State, from, typename from::arguments>{};
  } else if constexpr (requires { &Handler::operator(); }) {
    using from = signature<decltype(&Handler::operator())>;
    return shape_from<Protocol, State, from, typename from::arguments>{};
  } else if constexpr (leads_with_context<Handler, Protocol, State, messages_of<Protocol>>) {
    using from = signature<typename address_of<Handler, Protocol, State>::type>;
    return shape_from<Protocol, State, from, typename from::arguments>{};
  } else {
    return auto_shape{};
  }
}

template <class Protocol, class State, class Handler>
struct described {
  using shape = decltype(shape_of<Protocol, State, Handler>());
  using messages = meta::type_list<typename shape::message>;
  static constexpr defect flaw = shape::flaw;
  static constexpr bool rest = false;
};
template <class Protocol, class State, class... Messages>
struct described<Protocol, State, ignore_t<Messages...>> {
  using messages = meta::type_list<Messages...>;
  static constexpr defect flaw = defect::none;
  static constexpr bool rest = false;
};

template <class Protocol, class State, class Handler>
consteval auto shape_of_rest() {
  if constexpr (std::is_invocable_v<const Handler&>) {
    using result = std::invoke_result_t<const Handler&>;
    constexpr bool fits = is_result<result, Protocol, State>;
    return shape<void, result, false, false, fits ? defect::none : defect::rest_result>{};
  } else if constexpr (std::is_invocable_v<const Handler&, actor_context<Protocol>&>) {
    using result = std::invoke_result_t<const Handler&, actor_context<Protocol>&>;
    constexpr bool fits = is_result<result, Protocol, State>;
    return shape<void, result, true, false, fits ? defect::none : defect::rest_result>{};
  } else {
    return shape<void, void, false, false, defect::rest_arguments>{};
  }
}

template <class Protocol, class State, class Handler>
struct described<Protocol, State, otherwise_t<Handler>> {
  using shape = decltype(shape_of_rest<Protocol, State, Handler>());
  using messages = meta::type_list<>;
  static constexpr defect flaw = shape::flaw;
  static constexpr bool rest = true;
};

// Which handler serves which message of a protocol, by their positions.
template <unsigned Size>
struct plan {
  static constexpr int nobody = -1;
  static constexpr int several = -2;
  int handler_of[Size == 0 ? 1 : Size];
  bool fits = true;
};

template <class List, unsigned Size, class... Messages>
constexpr void claim(plan<Size>& made, int handler, meta::type_list<Messages...>) {
  const unsigned positions[] = {meta::index_of<List, Messages>..., Size};
  for (unsigned each = 0; each < sizeof...(Messages); ++each) {
    if (positions[each] == Size) {
      made.fits = false;
    } else {
      int& entry = made.handler_of[positions[each]];
      entry = entry == plan<Size>::nobody ? handler : plan<Size>::several;
    }
  }
}

template <class Protocol, class State, class... Handlers>
consteval auto make_plan() {
  using list = messages_of<Protocol>;
  plan<list::size> made;
  for (int& entry : made.handler_of) {
    entry = plan<list::size>::nobody;
  }
  int handler = 0;
  int rest = plan<list::size>::nobody;
  ((rest = described<Protocol, State, Handlers>::rest ? handler : rest,
    claim<list>(made, handler++, typename described<Protocol, State, Handlers>::messages{})),
   ...);
  for (unsigned each = 0; each < list::size; ++each) {
    int& entry = made.handler_of[each];
    entry = entry == plan<list::size>::nobody ? rest : entry;
    made.fits = made.fits && entry >= 0;
  }
  return made;
}

template <class Protocol, class State, class... Handlers>
inline constexpr auto plan_of = make_plan<Protocol, State, Handlers...>();

template <class Protocol, class State, class... Handlers>
inline constexpr bool without_flaw =
    ((described<Protocol, State, Handlers>::flaw == defect::none) && ...);

template <class Protocol, class State, class... Handlers>
inline constexpr bool several_rests =
    (0U + ... + unsigned{described<Protocol, State, Handlers>::rest}) > 1;

}  // namespace detail

}  // namespace casty
