// What becomes of actors that fail: decisions, restarts, escalation.
#include <algorithm>
#include <utility>

#include "runtime/asking.hpp"
#include "runtime/effect_sink.hpp"
#include "runtime/engine.hpp"
#include "runtime/layers.hpp"
#include "runtime/timers.hpp"
#include "runtime/watching.hpp"

namespace casty::detail {

namespace {

// Counts a restart; false when there were too many.
bool counts_restart(layer& at, const supervision& by, std::int64_t now) {
  const std::int64_t since = (duration::nanoseconds(now) - by.within).count();
  std::erase_if(at.restarts, [since](std::int64_t when) { return when <= since; });
  if (by.max_restarts == UINT32_MAX) {
    return true;  // any number: none is remembered
  }
  if (at.restarts.size() >= by.max_restarts) {
    return false;
  }
  at.restarts.push_back(now);
  return true;
}

// The wait before a restart that makes the streak one longer.
duration next_delay(layer& at, const restart_backoff& by, random& chance) noexcept {
  if (by.min.count() <= 0) {
    return {};
  }
  const double most = static_cast<double>(std::max(by.min, by.max).count());
  double wait = static_cast<double>(by.min.count());
  for (std::uint32_t each = 0; each < at.streak && wait < most; ++each) {
    wait *= 2;
  }
  ++at.streak;
  constexpr double all_numbers = 18446744073709551616.0;
  const double part = static_cast<double>(chance.next()) / all_numbers;
  wait = std::min(wait, most) * (1 + std::clamp(by.jitter, 0.0, 1.0) * part);
  return duration::nanoseconds(static_cast<std::int64_t>(std::min(wait, 9e18)));
}

// The innermost strategy; null without one.
layer* supervising_layer(const cell* actor) noexcept {
  layer* each = actor->more == nullptr ? nullptr : actor->more->layers;
  while (each != nullptr && strategy_of(*each) == nullptr) {
    each = each->outer;
  }
  return each;
}

// Code goes before configuration.
bool stands_back(const cell* actor, const supervision& by) noexcept {
  return by.as_configured && !strategy_of(*supervising_layer(actor))->as_configured;
}

// Where an actor without a strategy starts anew when it asks for it: its outermost setup.
layer* outermost_setup(const cell* actor) noexcept {
  layer* found = nullptr;
  for (layer* each = actor->more == nullptr ? nullptr : actor->more->layers; each != nullptr;
       each = each->outer) {
    found = layer_of(each->kept)->repeatable ? each : found;
  }
  return found;
}

directive ask_decider(const supervision& by, const std::exception_ptr& failure,
                      const log_sink& log) noexcept {
  try {
    return by.decider(failure);
  } catch (...) {
    log.write_exception("a decider threw, its actor stops", std::current_exception());
    return directive::stop;
  }
}

// The innermost strategy of the kind all-for-one; null without one.
layer* group_layer(const cell* actor) noexcept {
  layer* each = actor->more == nullptr ? nullptr : actor->more->layers;
  while (each != nullptr && (strategy_of(*each) == nullptr || !strategy_of(*each)->all_for_one)) {
    each = each->outer;
  }
  return each;
}

// The same of an actor that has not begun, as far as it is known then.
bool will_stand_together(const cell* actor) noexcept {
  if (actor->more == nullptr || !actor->more->initial.has_value()) {
    return false;
  }
  const behavior_base* each = &*actor->more->initial;
  while (const layer_operations* layer = each == nullptr ? nullptr : layer_of(*each)) {
    if (layer->strategy != nullptr && layer->strategy(each->slot())->all_for_one) {
      return true;
    }
    each = layer->inner == nullptr ? nullptr : layer->inner(each->slot());
  }
  return false;
}

}  // namespace

void worker::fail(cell* actor, envelope* sealed, const std::exception_ptr& failure) noexcept {
  if (sealed != nullptr) {
    bury(sealed, dead_letter_reason::failed);
  }
  if (effect_sink* sink = sink_of(system, target_of(actor))) {
    sink->on_failure(failure);
  }
  if ((actor->flags & ending) != 0) {
    system.log.write_exception("actor failed as it stopped", failure,
                               any_ref(target_of(actor)).path());
    return;
  }
  decide(actor, failure);
}

// Asks the strategies from the innermost on; who escalates, or has restarted too often,
// hands on to the next one around.
void worker::decide(cell* actor, const std::exception_ptr& failure) noexcept {
  const actor_path path = any_ref(target_of(actor)).path();
  bool escalates = false;
  bool together = false;
  const char* says = "actor failed, it stops";
  for (layer* at = actor->more == nullptr ? nullptr : actor->more->layers; at != nullptr;
       at = at->outer) {
    const supervision* by = strategy_of(*at);
    if (by == nullptr || stands_back(actor, *by)) {
      continue;
    }
    switch (ask_decider(*by, failure, system.log)) {
      case directive::resume:
        if (actor->operations != nullptr && actor->more->restart == nullptr) {
          system.log.write_exception("actor failed, it goes on", failure, path);
          return;
        }
        escalates = false;
        at = nullptr;
        break;
      case directive::restart:
        if (plan_restart(actor, *at, failure)) {
          system.log.write_exception("actor failed, it restarts", failure, path);
          return;
        }
        says = "actor failed too often, it stops";
        together = together || by->all_for_one;
        escalates = false;
        break;
      case directive::stop:
        together = together || by->all_for_one;
        escalates = false;
        at = nullptr;
        break;
      case directive::escalate:
        escalates = true;
        break;
    }
    if (at == nullptr) {
      break;
    }
  }
  if (escalates && actor->parent != nullptr) {
    says = "actor failed, it stops and its parent fails";
    escalate(actor, failure);
  } else if (together) {
    share_fate(actor, {true, nullptr, {}});
  }
  system.log.write_exception(says, failure, path);
  actor->flags |= stop_requested;
}

// False when there were too many.
bool worker::plan_restart(cell* actor, layer& at, const std::exception_ptr& failure) {
  const supervision& by = *strategy_of(at);
  const std::int64_t failed_at = system.now().count();
  if (!counts_restart(at, by, failed_at)) {
    return false;
  }
  if (duration::nanoseconds(failed_at) - duration::nanoseconds(at.last_restart) >=
      by.backoff.reset_after) {
    at.streak = 0;
  }
  auto plan = std::make_unique<restart_plan>();
  plan->from = &at;
  plan->failure = failure;
  plan->delay = next_delay(at, by.backoff, *system.on.random);
  at.last_restart = (duration::nanoseconds(failed_at) + plan->delay).count();
  if (by.all_for_one) {
    share_fate(actor, {false, failure, plan->delay});
  }
  actor->more->restart = std::move(plan);
  actor->flags |= restart_requested;
  return true;
}

// What is to become of the group of an actor, which its parent's worker knows.
void worker::share_fate(cell* actor, const group_fate& fate) {
  if (actor->parent == nullptr) {
    return;
  }
  if (!is_far(actor->parent)) {
    share_among_children(actor->parent, actor, fate);
  } else if ((actor->flags & lent) != 0) {
    post(make_order<group_failure>(order::group_failed, target_of(actor->parent), actor, fate));
  }
}

// Those that others have taken over are told where they are: one may have joined the group there.
void worker::share_among_children(cell* parent, const cell* but, const group_fate& fate) {
  for (std::uint32_t next = parent->more->first_child; next != 0;) {
    cell* child = cell_at(next);
    next = child->next_sibling;
    if (child != but) {
      take_fate(child, fate);
    }
  }
  for (const target& child : parent->more->lent) {
    if (child.actor != but) {
      post(make_order<group_fate>(order::share_fate, child, fate));
    }
  }
}

// Does nothing to an actor that does not stand with the group.
void worker::take_fate(cell* actor, const group_fate& fate) {
  if ((actor->flags & (ending | gone)) != 0) {
    return;
  }
  layer* at = group_layer(actor);
  if (fate.stops) {
    if (at != nullptr || will_stand_together(actor)) {
      request_stop(actor);
    }
    return;
  }
  if (at == nullptr || (actor->flags & (restarting | restart_requested)) != 0) {
    return;
  }
  actor->more->restart = std::make_unique<restart_plan>();
  actor->more->restart->from = at;
  actor->more->restart->failure = fate.failure;
  actor->more->restart->delay = fate.delay;
  actor->flags |= restart_requested;
  schedule(actor);
}

void worker::escalate(cell* actor, const std::exception_ptr& failure) noexcept {
  if (is_far(actor->parent)) {
    post(make_order<far_failure>(order::child_failed, target_of(actor->parent), failure));
  } else {
    take_failure(actor->parent, failure);
  }
}

void worker::take_failure(cell* parent, const std::exception_ptr& failure) noexcept {
  if ((parent->flags & (ending | gone | restarting | restart_requested)) == 0) {
    extension_of(parent).escalated.push_back(failure);
    parent->flags |= child_failed;
    schedule(parent);
  }
}

// `behaviors::restart`: counted like a failure, but no decider is asked.
void worker::restart_on_request(cell* actor) noexcept {
  if (layer* at = supervising_layer(actor)) {
    bool together = false;
    for (; at != nullptr; at = at->outer) {
      const supervision* by = strategy_of(*at);
      if (by == nullptr || stands_back(actor, *by)) {
        continue;
      }
      if (plan_restart(actor, *at, nullptr)) {
        return;
      }
      together = together || by->all_for_one;
    }
    if (together) {
      share_fate(actor, {true, nullptr, {}});
    }
    system.log.write(log_level::error, "actor restarted too often, it stops", {},
                     any_ref(target_of(actor)).path());
    actor->flags |= stop_requested;
    return;
  }
  if (layer* at = outermost_setup(actor)) {
    actor->more->restart = std::make_unique<restart_plan>();
    actor->more->restart->from = at;
    actor->flags |= restart_requested;
    return;
  }
  fail(actor, nullptr,
       std::make_exception_ptr(error(
           errc::not_restartable, "wrap the behavior in behaviors::supervise or in a setup")));
}

// The mailbox is kept, what was put away goes back to it; what waits for an answer goes with
// the behavior.
void worker::begin_restart(cell* actor) noexcept {
  actor->flags &= static_cast<std::uint16_t>(~(restart_requested | child_failed));
  actor->flags |= restarting;
  actor->more->escalated.clear();
  drop_waiting(actor, dead_letter_reason::restarted);
  abandon_piped(actor);
  handled += drop_piped_answers(actor);
  ++actor->more->restarts;
  stashed -= actor->more->stash.size();
  actor->mail.prepend(actor->more->stash);
  cancel_timers(actor);
  unwatch_children(actor);
  stop_children(actor);
  if (actor->more->children == 0) {
    schedule(actor);
  }
}

// False while it still waits: for children, or for its time.
bool worker::end_restart(cell* actor) {
  extension& more = *actor->more;
  if (more.children != 0 || timer_wheel::is_set(more.restart->wakes)) {
    return false;
  }
  if (actor->operations != nullptr) {
    try {
      run_hooks(actor, hook_moment::pre_restart, more.restart->failure);
    } catch (...) {
      destroy_behavior(actor);
      throw;
    }
    destroy_behavior(actor);
    if (more.children != 0) {
      return false;
    }
  }
  if (more.restart->delay.count() > 0 && !more.restart->waited) {
    more.restart->waited = true;
    more.restart->wakes.actor = actor;
    more.restart->wakes.due = (system.now() + more.restart->delay).count();
    more.restart->wakes.ring = [](worker& here, alarm& rung) noexcept {
      here.schedule(rung.actor);
    };
    alarms.set(more.restart->wakes);
    return false;
  }
  // The plan stays until all is done: see `directive::resume`.
  actor->flags &= static_cast<std::uint16_t>(~restarting);
  if (effect_sink* sink = sink_of(system, target_of(actor))) {
    sink->on_restart();
  }
  enter_again(actor, more.restart->from);
  if (!std::exchange(more.begun, true)) {
    announce_start(actor);
  }
  run_hooks(actor, hook_moment::post_restart, more.restart->failure);
  const std::unique_ptr<restart_plan> plan = std::move(more.restart);
  if (!system.events.empty()) {
    const actor_restarted event{any_ref(target_of(actor)), plan->failure};
    publish(&system, &event_key<actor_restarted>, &event);
  }
  return true;
}

}  // namespace casty::detail
