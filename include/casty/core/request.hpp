/// @file
/// A request: a message with exactly one `reply_to` among its fields.
///
/// Layer: core. May include meta.
#pragma once

#include <type_traits>
#include <utility>

#include "casty/core/reply_to.hpp"
#include "casty/meta/fields.hpp"

namespace casty {

// diagnostic
/// Named in the error of an ask that gives fewer fields than stand before the
/// `reply_to` of its message.
template <class Message>
struct fields_before_reply_to_are_missing;

// diagnostic
/// Named in the error of an ask whose lambda makes what is no request of the protocol:
/// a message that the actor does not accept, or one without exactly one `reply_to`.
template <class Protocol, class Made>
struct lambda_makes_no_request_of;

namespace detail {

template <class Field>
struct reply_field {
  static constexpr bool found = false;
};

template <class Answer>
struct reply_field<reply_to<Answer>> {
  static constexpr bool found = true;
  using answer = Answer;
};

template <class Fields>
struct reply_position;

template <class... Fields>
struct reply_position<meta::type_list<Fields...>> {
  static constexpr unsigned count = (0U + ... + unsigned{reply_field<Fields>::found});
  static constexpr unsigned find() {
    unsigned position = 0;
    (void)((reply_field<Fields>::found || (++position, false)) || ...);
    return position;
  }
};

template <class Message>
inline constexpr unsigned reply_at = reply_position<meta::fields<Message>>::find();

template <unsigned Position, class List>
struct nth;

template <class First, class... Rest>
struct nth<0, meta::type_list<First, Rest...>> {
  using type = First;
};

template <unsigned Position, class First, class... Rest>
  requires(Position > 0)
struct nth<Position, meta::type_list<First, Rest...>>
    : nth<Position - 1, meta::type_list<Rest...>> {};

}  // namespace detail

/// `Message` is an aggregate with exactly one `reply_to` field, wherever it stands.
template <class Message>
concept request = detail::reply_position<meta::fields<Message>>::count == 1;

/// What a request is answered with.
template <request Message>
using answer_of = typename detail::reply_field<
    typename detail::nth<detail::reply_at<Message>, meta::fields<Message>>::type>::answer;

namespace detail {

// Builds a request at `at`, its reply_to put among the other fields where it belongs.
template <class Message, unsigned... Before, unsigned... After, class Pack, class Reply>
void build_request(void* at, std::integer_sequence<unsigned, Before...>,
                   std::integer_sequence<unsigned, After...>, Pack& pack, Reply&& reply) {
  constexpr unsigned skipped = sizeof...(Before);
  ::new (at) Message{meta::take<Before>(pack)..., std::forward<Reply>(reply),
                     meta::take<skipped + After>(pack)...};
}

// Stands for the reply_to in `ask(ref, [](auto reply) { return Withdraw{50, reply}; })`:
// becomes a reply_to of whatever answer the message is declared with.
class any_reply {
 public:
  explicit any_reply(ask_block* ask = nullptr) noexcept : ask_(ask) {}
  template <class Answer>
  operator reply_to<Answer>() const noexcept {
    add_claim(ask_);
    return reply_access::make<Answer>(ask_);
  }

 private:
  ask_block* ask_;
};

// Plain truths rather than concepts: compilers explain them in one line.
template <class Message, class Protocol>
inline constexpr bool can_ask = accepts<Protocol, Message> && request<Message>;
template <class Message, class Protocol>
inline constexpr bool asks_no_request = accepts<Protocol, Message> && !request<Message>;
template <class Make>
inline constexpr bool takes_reply = std::is_invocable_v<Make&, any_reply>;

// In place of an answer where there is none: a refused ask is one error, not a second one
// about what is done with its answer.
struct no_answer {
  template <class Type>
  operator Type() const;
};
template <class Message>
struct answer_or_none {
  using type = no_answer;
};
template <request Message>
struct answer_or_none<Message> {
  using type = answer_of<Message>;
};

}  // namespace detail

}  // namespace casty
