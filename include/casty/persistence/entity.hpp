/// @file
/// The inside of an event-sourced actor: recovery, one command at a time, snapshots.
///
/// Layer: persistence. May include runtime, config, wire, core, meta.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "casty/core/behaviors.hpp"
#include "casty/core/holding.hpp"
#include "casty/persistence/effect.hpp"
#include "casty/persistence/entity_handlers.hpp"
#include "casty/persistence/journal.hpp"
#include "casty/persistence/journal_asking.hpp"
#include "casty/runtime/context.hpp"

namespace casty::detail {

// Sent by an entity to itself before all else.
struct recovery {};

template <class Messages>
struct recoverable_protocol;
template <class... Messages>
struct recoverable_protocol<meta::type_list<Messages...>> {
  using type = protocol<Messages..., recovery>;
};

template <class Commands, class Events, class Parts>
class entity {
  using state_type = std::remove_cvref_t<decltype(std::declval<Parts&>().initial_state)>;
  using command_tag = command_state<state_type, Events, Commands>;
  using event_tag = event_state<state_type>;
  using command_plan =
      served_by<Commands, command_tag, typename decltype(Parts::on_command)::types>;
  using event_plan = served_by<Events, event_tag, typename decltype(Parts::on_event)::types>;
  using effect_type = effect<Events, Commands>;

 public:
  using inner = typename recoverable_protocol<messages_of<Commands>>::type;

  entity(const Parts& parts, cell* self)
      : parts_(&parts), self_(self), ctx_(self), state_(parts.initial_state) {}

  // All events there are, from the newest snapshot on.
  [[nodiscard]] task<void> recover() {
    is_current_ = false;
    state_ = parts_->initial_state;
    sequence_ = 0;
    if constexpr (wire::serializable<state_type>) {
      auto asked = ask<snapshot_answer>([this](reply_to<snapshot_answer> done) {
        parts_->journal->load_snapshot(parts_->entity_id, std::move(done));
      });
      result<snapshot_answer> answer = co_await asked;
      take_snapshot(settled(std::move(answer), "loading a snapshot"));
    }
    if (snapshots_.empty() || snapshots_.back() != sequence_) {
      snapshots_.assign(sequence_ != 0 ? 1 : 0, sequence_);
    }
    last_snapshot_ = sequence_;
    for (bool goes_on = true; goes_on;) {
      auto asked = ask<event_page>([this](reply_to<event_page> done) {
        parts_->journal->load(parts_->entity_id, sequence_, events_a_page, std::move(done));
      });
      result<event_page> answer = co_await asked;
      goes_on = replay(settled(std::move(answer), "loading events"));
    }
    is_current_ = true;
  }

  template <class Message>
  [[nodiscard]] task<behavior<inner>> handle(Message& message) {
    if (!is_current_) {
      auto again = recover();  // the last command has not gone as it should
      co_await again;
    }
    answer_hold hold(self_);
    effect_type made(outcome::same);
    if constexpr (is_task<decltype(call(message))>) {
      auto started = call(message);
      auto given = co_await started;
      made = effect_type(std::move(given));
    } else {
      made = effect_type(call(message));
    }
    hold.off();
    if (const std::size_t count = made.events().size(); count != 0) {
      std::vector<stored_value> records = apply_all(made.events());
      auto asked = ask<journal_verdict>([&](reply_to<journal_verdict> done) {
        parts_->journal->persist(parts_->entity_id, sequence_, std::move(records),
                                 std::move(done));
      });
      result<journal_verdict> answer = co_await asked;
      if (!answer || answer->failed()) {
        hold.refuse(errc::persist_failed);
        (void)settled(std::move(answer), "persisting events");
      }
      sequence_ += count;
      is_current_ = true;
    }
    hold.release();
    if constexpr (wire::serializable<state_type>) {
      if (is_snapshot_due()) {
        auto asked = ask_to_save();
        result<journal_verdict> answer = co_await asked;
        after_snapshot(answer);
      }
    }
    co_return behavior_access::retype<inner>(std::move(made).next());
  }

 private:
  template <class Answer, class Begin>
  [[nodiscard]] auto ask(Begin begin) {
    return ask_journal<Answer>(self_, std::move(begin));
  }
  template <class Answer>
  [[nodiscard]] Answer settled(result<Answer>&& answer, std::string_view doing) {
    return settled_answer(std::move(answer), {parts_->entity_id, sequence_, doing});
  }

  template <class Message>
  auto call(Message& message) {
    using handler = typename command_plan::template handler<Message>;
    const handler& by = handler_at<command_plan::template position<Message>>(
        parts_->on_command.all);
    return call_handler<command_tag>(by, ctx_, std::as_const(state_), message);
  }

  // A state that came of events which are not durable is nobody's: until they are, or the
  // journal has been read again, it is not current.
  [[nodiscard]] std::vector<stored_value> apply_all(std::vector<any_event<Events>>& events) {
    std::vector<stored_value> records;
    records.reserve(events.size());
    for (const any_event<Events>& each : events) {
      records.push_back(std::visit([](const auto& event) { return stored_value::of(event); },
                                   each));
    }
    is_current_ = false;
    for (any_event<Events>& each : events) {
      std::visit([this](auto& event) { this->apply(event); }, each);
    }
    return records;
  }
  template <class Event>
  void apply(Event& event) {
    using handler = typename event_plan::template handler<Event>;
    using form = typename described<Events, event_tag, handler>::shape;
    const handler& by = handler_at<event_plan::template position<Event>>(parts_->on_event.all);
    if constexpr (form::takes_state) {
      state_ = by(std::move(state_), pass<typename form::parameter>(event));
    } else {
      state_ = by(pass<typename form::parameter>(event));
    }
  }

  // False when that was the last.
  [[nodiscard]] bool replay(const event_page& page) {
    if (page.events.empty() && page.last != sequence_) {
      throw_gone(parts_->entity_id, sequence_, page.last);
    }
    if (!page.events.empty() && page.first != sequence_ + 1) {
      throw_gap(parts_->entity_id, sequence_ + 1, page.first);
    }
    for (const stored_value& each : page.events) {
      replay(each, messages_of<Events>{});
      ++sequence_;
    }
    return sequence_ != page.last;
  }
  template <class... All>
  void replay(const stored_value& stored, meta::type_list<All...>) {
    if (!(replay_as<All>(stored) || ...)) {
      throw_unknown_event(parts_->entity_id, sequence_ + 1, stored.type.label().name);
    }
  }
  template <class Event>
  [[nodiscard]] bool replay_as(const stored_value& stored) {
    if (!is_stored_as<Event>(stored)) {
      return false;
    }
    Event event = decode_event<Event>(stored, parts_->entity_id, sequence_ + 1);
    apply(event);
    return true;
  }

  void take_snapshot(const snapshot_answer& found) {
    if (found.newest) {
      state_ = decode_event<state_type>(found.newest->state, parts_->entity_id,
                                        found.newest->sequence);
      sequence_ = found.newest->sequence;
    }
  }
  [[nodiscard]] bool is_snapshot_due() const noexcept {
    const std::uint64_t events = parts_->snapshots.events;
    return events != 0 && sequence_ - last_snapshot_ >= events;
  }
  [[nodiscard]] auto ask_to_save() {
    return ask<journal_verdict>([this](reply_to<journal_verdict> done) {
      parts_->journal->save_snapshot(parts_->entity_id,
                                     {sequence_, stored_value::of(state_)},
                                     std::max(parts_->snapshots.keep, 1U), std::move(done));
    });
  }
  // Without one the entity goes on: its events are all there.
  void after_snapshot(const result<journal_verdict>& answer) {
    last_snapshot_ = sequence_;
    if (!answer || answer->failed()) {
      log_snapshot_failure(ctx_.log(), {parts_->entity_id, sequence_, "saving a snapshot"},
                           answer ? answer->detail : to_string(answer.error()));
      return;
    }
    // What other processes have saved before the newest is not known: those count from here on.
    const std::size_t keep = std::max(parts_->snapshots.keep, 1U);
    snapshots_.push_back(sequence_);
    if (snapshots_.size() > keep) {
      snapshots_.erase(snapshots_.begin());
    }
    if (parts_->snapshots.deletes_events && snapshots_.size() == keep) {
      parts_->journal->delete_to(parts_->entity_id, snapshots_.front(), ignored);
    }
  }

  const Parts* parts_;
  cell* self_;
  actor_context<Commands> ctx_;
  state_type state_;
  std::uint64_t sequence_ = 0;
  std::uint64_t last_snapshot_ = 0;       // saved, or tried to
  std::vector<std::uint64_t> snapshots_;  // numbers of the newest ones, `keep` at most
  bool is_current_ = false;  // the state is that of the journal
};

template <class Entity, class Message>
struct serve_command {
  task<behavior<typename Entity::inner>> operator()(actor_context<typename Entity::inner>&,
                                                    Entity& self, Message&& message) const {
    return self.template handle<Message>(message);
  }
};
template <class Entity>
struct serve_recovery {
  task<behavior<typename Entity::inner>> operator()(actor_context<typename Entity::inner>&,
                                                    Entity& self, recovery) const {
    auto recovering = self.recover();
    co_await recovering;
    co_return outcome::same;
  }
};

template <class Entity, class... Messages>
[[nodiscard]] behavior<typename Entity::inner> serve_entity(Entity made,
                                                            meta::type_list<Messages...>) {
  return behaviors::with_state<typename Entity::inner>(
      std::move(made), serve_command<Entity, Messages>{}..., serve_recovery<Entity>{});
}

// The actor's first message, before all that wait.
void recover_first(cell* self, std::uint16_t tag);

template <class Commands, class Events, class Parts>
[[nodiscard]] behavior<Commands> make_entity(const Parts& parts, actor_context<Commands>& ctx) {
  using made = entity<Commands, Events, Parts>;
  cell* self = ref_access::get(ctx.self()).actor;
  behavior<typename made::inner> serving =
      serve_entity(made(parts, self), messages_of<Commands>{});
  recover_first(self, static_cast<std::uint16_t>(messages_of<Commands>::size));
  return behavior_access::retype<Commands>(std::move(serving));
}

}  // namespace casty::detail
