/// @file
/// Routers: one ref in front of several actors of the same protocol.
///
/// Layer: runtime. May include wire, config, core, meta.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "casty/core/behavior.hpp"
#include "casty/core/closure.hpp"
#include "casty/core/layer.hpp"
#include "casty/core/shared_function.hpp"
#include "casty/runtime/options.hpp"
#include "casty/runtime/receptionist.hpp"
#include "casty/runtime/routing.hpp"

namespace casty {

// diagnostic
/// Named in the error of a pool of what is neither a behavior nor `(unsigned) -> behavior`.
template <class Given>
struct pool_needs_a_behavior_or_a_factory_by_index;

/// Options of `behaviors::pool`.
template <class Protocol>
struct pool_options {
  pool_strategy<Protocol> strategy = routing::round_robin;
  routing_broadcast<Protocol> broadcast = {};
  spawn_options routees = {};
};

/// Options of `behaviors::group`.
template <class Protocol>
struct group_options {
  group_strategy<Protocol> strategy = routing::round_robin;
  routing_broadcast<Protocol> broadcast = {};
};

namespace detail {

struct pool_plan {
  std::uint32_t size;
  shared_function<behavior_base(unsigned)> make;
  spawn_options routees;
  routing_plan how;

  static const behavior_operations operations;
};

struct group_plan {
  shared<key_record> key;
  routing_plan how;

  static const behavior_operations operations;
};

// Throws what is wrong with it.
void check_pool(unsigned size, const behavior_base* routee);

// The behavior of a router. All messages are served by one function, which passes their
// envelopes on as they are; the last entry is for the router itself.
step route(cell* self, void* slot, envelope* sealed);
step lose_routee(cell* self, void* slot, envelope* sealed);
void destroy_router(void* slot) noexcept;

template <unsigned Messages>
constexpr auto lay_out_router() {
  behavior_table<Messages + 1> made{{nullptr, &destroy_router, nullptr, nullptr}, {}};
  for (unsigned each = 0; each < Messages; ++each) {
    made.handlers[each] = &route;
  }
  made.handlers[Messages] = &lose_routee;
  return made;
}
template <unsigned Messages>
inline constexpr auto router_table = lay_out_router<Messages>();

struct routing_access {
  template <class Protocol>
  [[nodiscard]] static routing_plan plan(const routing_strategy<Protocol>& by,
                                         const routing_broadcast<Protocol>& all) {
    constexpr unsigned messages = messages_of<Protocol>::size;
    return {&router_table<messages>.operations, messages, by.kind_, by.key_, all.copies_};
  }
};

template <class Protocol>
[[nodiscard]] behavior<Protocol> make_pool(unsigned size,
                                           shared_function<behavior_base(unsigned)> make,
                                           const pool_options<Protocol>& options) {
  return behavior_access::make<Protocol, pool_plan>(
      pool_plan::operations,
      pool_plan{size, std::move(make), options.routees,
                routing_access::plan<Protocol>(options.strategy, options.broadcast)});
}

// What a factory makes, or `protocol<>` where it is none.
template <class Made>
struct protocol_of_behavior {
  using type = protocol<>;
};
template <class Protocol>
struct protocol_of_behavior<behavior<Protocol>> {
  using type = Protocol;
};
template <class Factory>
struct pooled : protocol_of_behavior<void> {};
template <class Protocol>
struct pooled<behavior<Protocol>> {};
template <class Factory>
  requires std::is_invocable_v<const Factory&, unsigned>
struct pooled<Factory>
    : protocol_of_behavior<std::invoke_result_t<const Factory&, unsigned>> {};

}  // namespace detail

namespace behaviors {

/// A router over `size` children of its own, each with a copy of `routee`. It passes each
/// message on to one of them, as it is: it is neither moved nor copied, so that any message
/// can be routed. `pool(5, worker(), {.strategy = routing::random})`.
///
/// A routee whose mailbox has backpressure and is full is passed over; when all are, the
/// message is a dead letter. With a consistent hash, whose keys stay with their routee, it is
/// a dead letter at once.
///
/// A routee that stops is not replaced; the router stops with the last. So put a strategy
/// around the routee: `pool(5, supervise(worker(), …))`; a routee that restarts stays.
///
/// Routees share the worker of the router, as all children do: a pool keeps its routees'
/// waits apart, not their computing. For that, spawn them through the system and use `group`.
///
/// @throws  `casty::error` of not_copyable; of bad_argument for a `size` of 0.
/// @cost    One hop: two queue operations a message, and no allocation.
template <class Protocol>
[[nodiscard]] behavior<Protocol> pool(
    unsigned size, behavior<Protocol> routee,
    const pool_options<std::type_identity_t<Protocol>>& options = {}) {
  detail::check_pool(size, &routee);
  using make = detail::shared_function<detail::behavior_base(unsigned)>;
  return detail::make_pool<Protocol>(
      size, make([routee = std::move(routee)](unsigned) -> detail::behavior_base {
        return routee;
      }),
      options);
}

/// The same with routees that are made by their number, from 0:
///
/// (unsigned) -> behavior<Protocol>
template <class Factory, class Protocol = typename detail::pooled<Factory>::type>
[[nodiscard]] behavior<Protocol> pool(
    unsigned size, Factory factory,
    const pool_options<std::type_identity_t<Protocol>>& options = {}) {
  if constexpr (std::is_same_v<Protocol, protocol<>>) {
    pool_needs_a_behavior_or_a_factory_by_index<Factory>::see();
    return outcome::stopped;
  } else {
    detail::check_pool(size, nullptr);
    using make = detail::shared_function<detail::behavior_base(unsigned)>;
    return detail::make_pool<Protocol>(
        size, make([factory = std::move(factory)](unsigned index) -> detail::behavior_base {
          return factory(index);
        }),
        options);
  }
}

/// A router over the actors that are registered under `key` with the system's receptionist,
/// wherever they live. It goes on while there are none: messages are dead letters then, and
/// the log says so once. Messages wait while it asks who is there.
///
/// Passes on as `pool` does. The router does not own its routees: they stay when it stops.
template <class Protocol>
[[nodiscard]] behavior<Protocol> group(
    const service_key<Protocol>& key,
    const group_options<std::type_identity_t<Protocol>>& options = {}) {
  return detail::behavior_access::make<Protocol, detail::group_plan>(
      detail::group_plan::operations,
      detail::group_plan{
          detail::service_access::get(key),
          detail::routing_access::plan<Protocol>(options.strategy, options.broadcast)});
}

}  // namespace behaviors

}  // namespace casty
