#include "runtime/timers.hpp"

#include <utility>

#include "casty/core/error.hpp"
#include "runtime/effect_sink.hpp"
#include "runtime/engine.hpp"
#include "runtime/room.hpp"

namespace casty::detail {

namespace {

constexpr std::int64_t interval_min = 1000;

void check(const timer_plan& plan) {
  if (plan.copy != nullptr && plan.delay.count() < interval_min) {
    throw error(errc::bad_argument, "a timer's interval is at least a microsecond");
  }
}

// Owns the message of a plan until a timer does.
// It counts from now, not from the start of the worker's round.
std::unique_ptr<keyed_timer> make_timer(const timer_plan& plan, const engine& system) {
  try {
    check(plan);
    return std::make_unique<keyed_timer>(plan, system.now().count());
  } catch (...) {
    discard(plan.message);
    throw;
  }
}

timers_of_actor& timers_of(cell* owner) {
  extension& more = extension_of(owner);
  if (more.timers == nullptr) {
    more.timers = std::make_unique<timers_of_actor>();
  }
  return *more.timers;
}

bool drop_timer(cell* owner, std::string_view key) noexcept {
  if (owner->more == nullptr || owner->more->timers == nullptr) {
    return false;
  }
  timers_of_actor& all = *owner->more->timers;
  const auto found = all.by_key.find(key);
  if (found == all.by_key.end()) {
    return false;
  }
  all.by_serial.erase(found->second->serial);
  all.by_key.erase(found);
  return true;
}

// Of what the actor itself does, and not the runtime as it stops or restarts.
effect_sink* sink_for(const cell* owner) noexcept {
  return (owner->flags & (stopping | restarting)) != 0
             ? nullptr
             : sink_of(worker::current()->system, target_of(owner));
}

bool is_to(const keyed_timer& timer, const cell* owner) noexcept {
  return timer.to == target_of(owner);
}

// Of one timer that has run out; what its message throws ends it.
void send_to_other(worker& here, keyed_timer& timer) noexcept {
  try {
    post_if_room(timer.to, timer.take_message());
  } catch (...) {
    here.system.log.write_exception("the message of a timer cannot be copied, it ends",
                                    std::current_exception());
    timer.copy = nullptr;
  }
}

void ring_for_actor(worker& here, alarm& rung) noexcept {
  auto& timer = static_cast<keyed_timer&>(rung);
  cell* owner = timer.actor;
  const bool again = timer.copy != nullptr;
  if (timer.in_mailbox) {
    // The last one has not been taken yet: this one is left out.
  } else if (is_to(timer, owner)) {
    timer.in_mailbox = true;
    here.enqueue(owner, make_order<timer_end>(order::timer, target_of(owner), timer.serial));
  } else {
    send_to_other(here, timer);
  }
  if (timer.copy != nullptr) {
    timer.move_on(here.now);
    here.alarms.set(timer);
  } else if (again || !is_to(timer, owner)) {
    drop_timer(owner, std::string(timer.key));
  }
}

void ring_for_system(worker& here, alarm& rung) noexcept {
  auto& timer = static_cast<keyed_timer&>(rung);
  const bool lives = load(timer.to.actor->generation) == timer.to.generation;
  send_to_other(here, timer);
  if (timer.copy != nullptr && lives) {
    timer.move_on(here.now);
    here.alarms.set(timer);
  } else {
    here.system_timers->by_key.erase(timer.key);
  }
}

void ring_for_idle(worker& here, alarm& rung) noexcept {
  auto& timer = static_cast<keyed_timer&>(rung);
  cell* owner = timer.actor;
  timers_of_actor& all = *owner->more->timers;
  if ((owner->flags & waiting) != 0 || !owner->mail.empty()) {
    all.last_message = here.now;  // not idle
  }
  const duration since = duration::nanoseconds(all.last_message);
  timer.due = (since + duration::nanoseconds(timer.interval)).count();
  if (timer.due <= here.now) {
    here.enqueue(owner, make_order<timer_end>(order::timer, target_of(owner), timer.serial));
    timer.due = (duration::nanoseconds(here.now) + duration::nanoseconds(timer.interval)).count();
  }
  here.alarms.set(timer);
}

}  // namespace

keyed_timer::keyed_timer(const timer_plan& plan, std::int64_t now)
    : key(plan.key),
      to(plan.to),
      message(plan.message),
      copy(plan.copy),
      interval(plan.delay.count()) {
  due = (duration::nanoseconds(now) + plan.delay).count();
}

keyed_timer::~keyed_timer() {
  timer_wheel::cancel(*this);
  if (message != nullptr) {
    discard(message);
  }
}

envelope* keyed_timer::take_message() {
  return copy != nullptr ? copy(message) : std::exchange(message, nullptr);
}

void keyed_timer::move_on(std::int64_t now) noexcept {
  due = (duration::nanoseconds(due) + duration::nanoseconds(interval)).count();
  if (due <= now) {
    due = now + interval - (now - due) % interval;
  }
}

void set_timer(cell* owner, const timer_plan& plan) {
  worker& here = *worker::current();
  std::unique_ptr<keyed_timer> made = make_timer(plan, here.system);
  timers_of_actor& all = timers_of(owner);
  (void)drop_timer(owner, plan.key);
  made->actor = owner;
  made->ring = &ring_for_actor;
  made->serial = ++here.last_timer;
  keyed_timer& set = *made;
  all.by_serial.emplace(set.serial, &set);
  all.by_key.emplace(set.key, std::move(made));
  here.alarms.set(set);
  if (effect_sink* sink = sink_for(owner)) {
    sink->on_timer_set(set.key, plan.delay, set.copy != nullptr);
  }
}

bool cancel_timer(cell* owner, std::string_view key) noexcept {
  if (!drop_timer(owner, key)) {
    return false;
  }
  if (effect_sink* sink = sink_for(owner)) {
    sink->on_timer_cancelled(key);
  }
  return true;
}

void cancel_keyed_timers(cell* owner) noexcept {
  if (owner->more != nullptr && owner->more->timers != nullptr) {
    if (effect_sink* sink = sink_for(owner)) {
      for (const auto& [key, timer] : owner->more->timers->by_key) {
        sink->on_timer_cancelled(key);
      }
    }
    owner->more->timers->by_serial.clear();
    owner->more->timers->by_key.clear();
  }
}

void cancel_timers(cell* owner) noexcept {
  if (owner->more != nullptr && owner->more->timers != nullptr) {
    cancel_receive_timeout(owner);
    cancel_keyed_timers(owner);
    owner->more->timers.reset();
  }
}

bool has_timer(const cell* owner, std::string_view key) noexcept {
  return owner->more != nullptr && owner->more->timers != nullptr &&
         owner->more->timers->by_key.contains(key);
}

void set_receive_timeout(cell* owner, const timer_plan& plan) {
  worker& here = *worker::current();
  std::unique_ptr<keyed_timer> made = make_timer(plan, here.system);
  timers_of_actor& all = timers_of(owner);
  made->actor = owner;
  made->ring = &ring_for_idle;
  made->serial = ++here.last_timer;
  all.last_message = here.system.now().count();
  all.idle = std::move(made);
  owner->flags |= idle_timed;
  here.alarms.set(*all.idle);
  if (effect_sink* sink = sink_for(owner)) {
    sink->on_receive_timeout_set(plan.delay);
  }
}

void cancel_receive_timeout(cell* owner) noexcept {
  if ((owner->flags & idle_timed) != 0) {
    owner->flags &= static_cast<std::uint16_t>(~idle_timed);
    owner->more->timers->idle.reset();
    if (effect_sink* sink = sink_for(owner)) {
      sink->on_receive_timeout_cancelled();
    }
  }
}

void note_activity(cell* actor) noexcept {
  actor->more->timers->last_message = worker::current()->system.now().count();
}

void set_timer(engine* system, const timer_plan& plan) {
  std::unique_ptr<keyed_timer> made = make_timer(plan, *system);
  made->ring = &ring_for_system;
  engine::send_to(*system->workers.front()->entry,
                  make_order<timer_order>(order::set_timer, target{}, std::move(made)));
}

void cancel_timer(engine* system, std::string_view key) {
  engine::send_to(*system->workers.front()->entry,
                  make_order<timer_cancel>(order::cancel_timer, target{}, key));
}

void obey_timer(worker& here, timer_order& order) {
  if (here.system_timers == nullptr) {
    here.system_timers = std::make_unique<timers_of_system>();
  }
  std::unique_ptr<keyed_timer>& place = here.system_timers->by_key[order.timer->key];
  place = std::move(order.timer);
  here.alarms.set(*place);
}

void obey_timer(worker& here, const timer_cancel& order) noexcept {
  if (here.system_timers != nullptr) {
    here.system_timers->by_key.erase(order.key);
  }
}

envelope* unfold_timer(cell* actor, const timer_end& end) {
  if (actor->more->timers == nullptr) {
    return nullptr;
  }
  timers_of_actor& all = *actor->more->timers;
  if (all.idle != nullptr && all.idle->serial == end.serial) {
    return all.idle->take_message();
  }
  const auto found = all.by_serial.find(end.serial);
  if (found == all.by_serial.end()) {
    return nullptr;
  }
  keyed_timer& timer = *found->second;
  timer.in_mailbox = false;
  envelope* message = timer.take_message();
  if (timer.copy == nullptr) {
    drop_timer(actor, std::string(timer.key));
  }
  return message;
}

}  // namespace casty::detail
