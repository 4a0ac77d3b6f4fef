/// @file
/// The cards of protocols, actors that stand for others far away, and askers whose answers travel.
///
/// Layer: cluster. May include persistence, runtime, config, wire, core, meta. Includes cereal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "casty/actor.hpp"
#include "casty/cluster/carrier.hpp"
#include "casty/cluster/sent.hpp"

namespace casty::wire::detail {

template <class Message>
void deliver(const casty::detail::target& to, unsigned position, byte_view bytes,
             ref_carrier& refs) {
  Message message = decode_sent<Message>(bytes, refs);
  const std::uint16_t tag = to.table == 0 ? static_cast<std::uint16_t>(position)
                                          : casty::detail::translate(to.table, position);
  casty::detail::post_message(to, casty::detail::seal_with<Message>(to, tag, [&](void* at) {
                                ::new (at) Message(std::move(message));
                              }));
}

template <class Message>
inline constexpr message_card message_card_of{title_of<Message>, description_of<Message>,
                                              fingerprint_of<Message>, &deliver<Message>};

// The state of an actor that stands for another.
struct standing_in {
  std::shared_ptr<far_actor> whom;
  ref_carrier* refs;
  casty::detail::cell* self;

  // Whether there is room is worth a look.
  [[nodiscard]] auto room() {
    casty::detail::ask_block* block = casty::detail::open_ask_for<bool>(self);
    auto asked = casty::detail::ask_access::make<pending<bool>>(block);
    whom->when_room(casty::detail::reply_access::make<bool>(block));
    return std::move(asked).within(duration::max()).outcome();
  }
};

template <class Protocol, class Message>
struct send_on {
  task<behavior<Protocol>> operator()(actor_context<Protocol>&, standing_in& by,
                                      const Message& message) const {
    thread_local byte_buffer buffer;
    buffer.clear();
    if (!by.whom->address(buffer, message_card_of<Message>)) {
      co_return outcome::unhandled;
    }
    try {
      encode_sent(buffer, message, *by.refs);
    } catch (...) {
      by.whom->drop(by.whom->written());
      throw;
    }
    const std::vector<std::uint64_t> askers = by.whom->written();
    sent is_sent = by.whom->send(buffer.view());
    if (is_sent == sent::no_room) {
      const std::vector<std::byte> kept(buffer.view().begin(), buffer.view().end());
      while (is_sent == sent::no_room) {
        auto asked = by.room();
        (void)co_await asked;
        is_sent = by.whom->send(kept);
      }
    }
    if (is_sent == sent::never) {
      by.whom->drop(askers);
    }
    co_return is_sent == sent::yes ? outcome::same : outcome::unhandled;
  }
};

// A message that cannot be written is a dead letter, and the next one is another.
[[nodiscard]] directive go_on(const std::exception_ptr& failure);
[[nodiscard]] spawn_options stand_in_options();

template <class Protocol, class... Messages>
[[nodiscard]] behavior<Protocol> stand_in_behavior(ref_carrier& refs,
                                                   std::shared_ptr<far_actor> whom,
                                                   meta::type_list<Messages...>) {
  return behaviors::supervise(
      behaviors::setup<Protocol>([&refs, whom](actor_context<Protocol>& ctx) {
        return behaviors::with_state<Protocol>(
            standing_in{whom, &refs, casty::detail::ref_access::get(ctx.self()).actor},
            send_on<Protocol, Messages>{}...);
      }),
      one_for_one_strategy{.decider = decider(&go_on)});
}

template <class Protocol>
[[nodiscard]] casty::detail::target stand_in(ref_carrier& refs, std::shared_ptr<far_actor> whom) {
  return casty::detail::spawn_first(
      refs.system(),
      stand_in_behavior<Protocol>(refs, std::move(whom), messages_of<Protocol>{}),
      stand_in_options());
}

template <class Protocol, class Messages>
struct cards;
template <class Protocol, class... Messages>
struct cards<Protocol, meta::type_list<Messages...>> {
  static constexpr message_card all[] = {message_card_of<Messages>...};
  static constexpr protocol_card card{name_of<Protocol>, all, sizeof...(Messages),
                                      &stand_in<Protocol>};
};

template <class Protocol>
const protocol_card& card_of() noexcept {
  return cards<Protocol, messages_of<Protocol>>::card;
}

template <class Answer>
class holding final : public waiting_answer {
 public:
  explicit holding(const reply_to<Answer>& asker) : asker_(asker) {}
  void take(byte_view bytes, ref_carrier& refs) override {
    asker_.tell(decode_sent<Answer>(bytes, refs));
  }
  void fail(errc why) override { casty::detail::reply_access::fail(asker_, why); }

 private:
  reply_to<Answer> asker_;
};

template <class Answer>
std::unique_ptr<waiting_answer> hold(const reply_to<Answer>& asker) {
  return std::make_unique<holding<Answer>>(asker);
}

// The answer goes where it is wanted on whatever thread gives it.
template <class Answer>
reply_to<Answer> asker_by(ref_carrier& refs, std::shared_ptr<answer_route> route) {
  casty::detail::ask_block* block = casty::detail::open_ask_for<Answer>(refs.system());
  auto answered = casty::detail::ask_access::make<future<Answer>>(block);
  reply_to<Answer> asker = casty::detail::reply_access::make<Answer>(block);
  std::move(answered)
      .within(duration::max())
      .then([&refs, route = std::move(route)](result<Answer> given) {
        if (!given) {
          route->fail(given.error());
          return;
        }
        thread_local byte_buffer buffer;
        buffer.clear();
        try {
          encode_sent(buffer, *given, refs);
          route->send(buffer.view());
        } catch (const error& failed) {
          route->fail(failed.code());
        }
      });
  return asker;
}

}  // namespace casty::wire::detail
