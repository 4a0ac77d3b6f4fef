/// @file
/// Projections: something else made of all events of a journal, and kept up with it.
///
/// Layer: persistence. May include runtime, config, wire, core, meta.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "casty/core/behaviors.hpp"
#include "casty/persistence/entity.hpp"
#include "casty/persistence/event_names.hpp"
#include "casty/persistence/event_sourcing.hpp"
#include "casty/persistence/journal.hpp"
#include "casty/runtime/context.hpp"

namespace casty {

/// Where an event stands.
struct event_place {
  std::uint64_t position = 0;  ///< among all of the journal
  std::string entity;
  std::uint64_t sequence = 0;  ///< among those of the entity
};

// diagnostic
/// Named in the error of a handler of a projection that returns something.
template <class Event, class Result>
struct projection_handler_must_return_nothing;

/// What a projection sends itself; nothing else is sent to it.
struct projection_step {};

namespace detail {

struct placed_event_tag {};
template <>
struct rules<placed_event_tag> {
  using state = event_place;
  template <class Result, class Protocol>
  static constexpr bool allow = std::is_void_v<Result>;
};

}  // namespace detail

/// What is done with each event, a handler an event of the protocol, none left out:
///
/// ([const event_place&,] Event | const Event&) -> void
template <class EventProtocol, class... Handlers>
[[nodiscard]] detail::handlers_of<EventProtocol, Handlers...> on_placed_event(
    Handlers... handlers) {
  return {{{std::move(handlers)}...}};
}

/// The parts of a projection; for `behaviors::project`.
template <class OnEvent>
struct projection {
  casty::journal journal;
  /// The position up to which all is done, as it was stored; asked at each start.
  std::function<std::uint64_t()> offset;
  OnEvent on_event;
  /// All up to this position is done: to be stored, best together with what came of it.
  std::function<void(std::uint64_t position)> on_page = {};
  /// How long it waits when there is nothing more.
  duration every = duration::seconds(1);
};

namespace detail {

template <class OnEvent>
class projector {
  using events = typename OnEvent::protocol;
  using plan = served_by<events, placed_event_tag, typename OnEvent::types>;

 public:
  projector(const projection<OnEvent>& parts, cell* self)
      : parts_(&parts), self_(self), position_(parts.offset()), stored_(position_) {}

  [[nodiscard]] task<behavior<projection_step>> step(actor_context<projection_step>& ctx) {
    try {
      auto asked = ask_journal<placed_page>(self_, [this](reply_to<placed_page> done) {
        parts_->journal->read(position_, events_a_page, std::move(done));
      });
      result<placed_page> answer = co_await asked;
      const bool is_all =
          take_page(settled_answer(std::move(answer), {"", position_, "reading events"}));
      wait_ = {};
      if (is_all) {
        ctx.timers().once("more", projection_step{}, parts_->every);
      } else {
        ctx.self().tell(projection_step{});
      }
    } catch (...) {
      // Under `directive::resume` nobody else begins again; a restart takes the timer back.
      wait_ = std::max(parts_->every, std::clamp(wait_ + wait_, wait_least, wait_most));
      ctx.timers().once("more", projection_step{}, wait_);
      throw;
    }
    co_return outcome::same;
  }

 private:
  static constexpr duration wait_least = duration::milliseconds(100);
  static constexpr duration wait_most = duration::seconds(60);

  // True when there was nothing more.
  [[nodiscard]] bool take_page(const placed_page& page) {
    for (const placed_event& each : page.events) {
      take(each, messages_of<events>{});
      position_ = each.position;
    }
    if (position_ != stored_ && parts_->on_page) {
      parts_->on_page(position_);
    }
    stored_ = position_;
    return page.events.empty();
  }

  // Events of other actors are none of its business.
  template <class... All>
  void take(const placed_event& placed, meta::type_list<All...>) {
    (void)(take_as<All>(placed) || ...);
  }
  template <class Event>
  [[nodiscard]] bool take_as(const placed_event& placed) {
    const stored_value& stored = placed.event;
    if (!is_stored_as<Event>(stored)) {
      return false;
    }
    const Event event = decode_event<Event>(stored, placed.entity, placed.sequence);
    using handler = typename plan::template handler<Event>;
    using form = typename described<events, placed_event_tag, handler>::shape;
    const handler& by = handler_at<plan::template position<Event>>(parts_->on_event.all);
    if constexpr (form::takes_state) {
      by(event_place{placed.position, placed.entity, placed.sequence}, event);
    } else {
      by(event);
    }
    return true;
  }

  const projection<OnEvent>* parts_;
  cell* self_;
  std::uint64_t position_;
  std::uint64_t stored_;  // by `on_page`, unless that has thrown
  duration wait_ = {};    // after the last failure
};

}  // namespace detail

namespace behaviors {

/// An actor that reads all events of a journal in their order, from the position that was stored
/// on, has the handlers take those of its protocol, and goes on as more come. Events that have
/// been deleted before it came to them are passed over, without a word: delete those alone that
/// all projections have handled. What cannot be read fails it, and so does what a handler throws.
/// A restart goes on from what was stored, so that each event is handled at least once, and once
/// only where results and position are stored together; with `directive::resume` it tries the
/// event again that it failed at, after a wait that grows from `every` to a minute.
template <class OnEvent>
[[nodiscard]] behavior<projection_step> project(projection<OnEvent> parts) {
  using events = typename OnEvent::protocol;
  if constexpr (!detail::has_clear_names<messages_of<events>>) {
    decltype(detail::explain_clash(messages_of<events>{}))::see();
    return outcome::stopped;
  } else if constexpr (detail::all_fit<events, detail::placed_event_tag,
                                       typename OnEvent::types>) {
    return setup<projection_step>([parts =
                                       std::move(parts)](actor_context<projection_step>& ctx) {
      detail::cell* self = detail::ref_access::get(ctx.self()).actor;
      ctx.self().tell(projection_step{});
      return with_state<projection_step>(
          detail::projector<OnEvent>(parts, self),
          [](actor_context<projection_step>& own, detail::projector<OnEvent>& of,
             projection_step) { return of.step(own); });
    });
  } else {
    using said = decltype(
        detail::first_complaint<projection_handler_must_return_nothing, events,
                                detail::placed_event_tag>(typename OnEvent::types{}));
    decltype(explain(said{}))::see();
    return outcome::stopped;
  }
}

}  // namespace behaviors

}  // namespace casty
