#include "runtime/engine.hpp"

#include <algorithm>
#include <utility>

#include "runtime/asking.hpp"
#include "runtime/atomic_words.hpp"
#include "runtime/dead_letters.hpp"
#include "runtime/effect_sink.hpp"
#include "runtime/production.hpp"
#include "runtime/room.hpp"
#include "runtime/rerouting.hpp"
#include "runtime/timers.hpp"
#include "runtime/watching.hpp"

namespace casty::detail {

namespace {

// What a drain asks of all workers. Shared: one that is stuck in a handler may answer when
// the drain has given up.
struct count_request {
  explicit count_request(std::size_t workers)
      : left(static_cast<std::uint32_t>(workers)), counts(workers) {}

  std::atomic<std::uint32_t> left;
  std::vector<worker_count> counts;
};
struct count_order {
  std::shared_ptr<count_request> request;
  std::size_t worker;
};

void answer(worker& here, const count_order& asked, std::uint64_t waiting) noexcept {
  asked.request->counts[asked.worker] = {waiting, here.away.sent_away, here.away.taken_in};
  if (asked.request->left.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    here.system.on.scheduler->notify(word_of(asked.request->left));
  }
}

[[nodiscard]] bool is_message(const envelope* sealed) noexcept {
  return sealed->kind != envelope_kind::answer && sealed->kind != envelope_kind::control;
}

// No worker takes it any more, and it is no message.
void drop_order(envelope* sealed) noexcept {
  if (sealed->kind == envelope_kind::answer) {
    destroy_answer(ask_of(sealed));
    release_holder(ask_of(sealed));
    return;
  }
  if (sealed->tag == tag_of(order::watch)) {
    send_back(sealed);
    return;
  }
  if (sealed->tag == tag_of(order::adopt)) {
    forget_unborn(sealed->actor);
  }
  discard(sealed);
}

}  // namespace

void engine::undeliverable(worker& last, envelope* sealed) noexcept {
  if (is_message(sealed)) {
    ++last.arrived;
    last.bury(sealed, dead_letter_reason::system_terminated);
  } else {
    drop_order(sealed);
  }
}

effect_sink* find_sink(const engine& system, const target& actor) noexcept {
  effect_sink* each = system.effects;
  while (each != nullptr && !(each->of == actor)) {
    each = each->next;
  }
  return each;
}

port* make_port(engine* system, worker* owner, unsigned number) {
  // Kept for ever, and listed so that leak checkers reach them.
  static std::mutex guard;
  static auto* const all = new std::vector<std::unique_ptr<port>>;
  auto made = std::make_unique<port>();
  made->system = system;
  made->owner = owner;
  made->number = number;
  const std::lock_guard lock(guard);
  return all->emplace_back(std::move(made)).get();
}

void engine::send_to(port& to, envelope* sealed) noexcept {
  end_send(to, sealed, push_to(to, sealed));
}

void engine::end_send(port& to, envelope* sealed, bool is_taken) noexcept {
  if (!is_taken) {
    if (is_message(sealed)) {
      to.refused.fetch_add(1, std::memory_order_relaxed);
      bury(nullptr, sealed, dead_letter_reason::system_terminated);
    } else {
      drop_order(sealed);
    }
    return;
  }
  if (to.asleep.load(std::memory_order_seq_cst) != 0) {
    to.wakers.fetch_add(1, std::memory_order_seq_cst);
    if (to.asleep.exchange(0, std::memory_order_seq_cst) != 0) {
      if (engine* system = system_of(to)) {
        system->on.scheduler->wake(to.number);
      }
    }
    to.wakers.fetch_sub(1, std::memory_order_release);
  }
}

void worker::shut_down() noexcept {
  shutting_down = true;
  for (std::uint32_t next = first_top; next != 0; next = cell_at(next)->next_sibling) {
    request_stop(cell_at(next));
  }
}

// What concerns an actor that lives.
void worker::obey_for(cell* actor, envelope* sealed) noexcept {
  switch (static_cast<order>(sealed->tag)) {
    case order::unwatch:
      end_watch_early(actor, message_in<watch_undone>(sealed));
      break;
    case order::room:
      obey_room(*this, actor);
      break;
    case order::group_failed: {
      const auto& group = message_in<group_failure>(sealed);
      share_among_children(actor, group.by, group.fate);
      break;
    }
    case order::share_fate:
      take_fate(actor, message_in<group_fate>(sealed));
      break;
    case order::reroute:
      reroute(*this, actor, std::move(message_in<rerouted>(sealed).shown));
      break;
    default:
      request_stop(actor);
      break;
  }
}

void worker::obey(envelope* sealed) noexcept {
  cell* actor = sealed->actor;
  const auto lives = [&] { return load(actor->generation) == sealed->generation; };
  switch (static_cast<order>(sealed->tag)) {
    case order::watch:
      begin_watch(sealed);
      return;
    case order::watched_end:
      end_watch(*this, sealed);
      return;
    case order::pipe:
      if (lives() && (actor->flags & ending) == 0) {
        enqueue(actor, sealed);
        return;
      }
      break;
    case order::adopt:
      adopt(actor);
      break;
    case order::stop:
    case order::unwatch:
    case order::room:
    case order::reroute:
    case order::group_failed:
    case order::share_fate:
      if (lives()) {
        obey_for(actor, sealed);
      }
      break;
    case order::child_failed:
      take_failure(actor, message_in<far_failure>(sealed).failure);
      break;
    case order::child_ended:
      end_far_child(actor, message_in<far_end>(sealed).child);
      break;
    case order::lent_ended:
      forget_lent(actor, message_in<lent_end>(sealed).child);
      break;
    case order::lend:
      take_over(message_in<lent_actors>(sealed).first);
      break;
    case order::refused:
      count_refused(*this, message_in<refused_answer>(sealed).name);
      break;
    case order::offer:
      obey_offer(*this, lives() ? actor : nullptr, message_in<offer>(sealed));
      break;
    case order::timer:
      break;
    case order::set_timer:
      obey_timer(*this, message_in<timer_order>(sealed));
      break;
    case order::cancel_timer:
      obey_timer(*this, message_in<timer_cancel>(sealed));
      break;
    case order::wake:
      wake_for_future(*this, message_in<woken>(sealed).wait);
      break;
    case order::guard_future:
      detail::guard_future(*this, std::exchange(message_in<guarded>(sealed).block, nullptr));
      break;
    case order::count:
      answer(*this, message_in<count_order>(sealed), left_to_do());
      break;
    case order::shut_down:
      shut_down();
      break;
  }
  discard(sealed);
}

engine::engine(const system_options& options, const seams& given)
    : engine(options, given, settle(options)) {}

engine::engine(const system_options& options, const seams& given, const settled_system& settled)
    : name(settled.name),
      config(options.config),
      on(given),
      shutdown_deadline(settled.shutdown_deadline),
      log(settled.name, settled.log, options.log_to) {
  if (!is_system_name(name)) {
    throw error(errc::bad_name, name);
  }
  constexpr unsigned workers_max = 1024;
  if (options.workers > workers_max) {
    throw error(errc::bad_argument, "workers: at most 1024");
  }
  if (on.clock == nullptr || on.scheduler == nullptr || on.random == nullptr) {
    owned = std::make_shared<production_seams>(settled.workers);
    on = owned->all();
  } else if (options.workers != 0) {
    throw error(errc::bad_argument, "workers: the scheduler that was given says how many");
  }
  for (unsigned number = 0; number < on.scheduler->workers(); ++number) {
    workers.push_back(std::make_unique<worker>(*this, number));
  }
  try {
    on.scheduler->start(*this);
  } catch (...) {
    // Those that have begun are to end.
    for (const auto& each : workers) {
      send_to(*each->entry, make_order<nothing>(order::shut_down, target{}));
    }
    on.scheduler->stop(duration::max());
    throw;
  }
}

engine::~engine() = default;

worker& engine::worker_at(unsigned number) const noexcept {
  if (number < workers.size()) {
    return *workers[number];
  }
  const std::lock_guard lock(own_guard);
  return *own_workers[number - workers.size()];
}

void engine::run(unsigned number) noexcept { worker_at(number).run(); }

// A worker that has left does nothing more: its inbox is closed.
bool engine::step(unsigned number) noexcept {
  worker& of = worker_at(number);
  return system_of(*of.entry) != nullptr && of.advance();
}

bool engine::ended(unsigned number) const noexcept { return worker_at(number).finished(); }

duration engine::next_due(unsigned number) const noexcept {
  worker& of = worker_at(number);
  return system_of(*of.entry) == nullptr ? duration::max()
                                         : duration::nanoseconds(of.next_due());
}

// Under the lock.
worker* engine::free_own_thread() {
  if (!idle_own_workers.empty()) {
    worker* free = idle_own_workers.back();
    idle_own_workers.pop_back();
    return free;
  }
  const auto number = static_cast<unsigned>(workers.size() + own_workers.size());
  idle_own_workers.reserve(own_workers.size() + 1);  // so that giving back cannot fail
  own_workers.push_back(std::make_unique<worker>(*this, number, true));
  // Its thread asks for it as soon as the lock is free.
  if (on.scheduler->add(number)) {
    return own_workers.back().get();
  }
  own_workers.pop_back();
  return nullptr;
}

void engine::give_back_thread(worker& own) noexcept {
  const std::lock_guard lock(own_guard);
  idle_own_workers.push_back(&own);
}

std::vector<worker*> engine::all_workers() const {
  std::vector<worker*> all;
  const std::lock_guard lock(own_guard);
  for (const auto& each : workers) {
    all.push_back(each.get());
  }
  for (const auto& each : own_workers) {
    all.push_back(each.get());
  }
  return all;
}

worker& engine::next_worker() noexcept {
  return *workers[next_on.fetch_add(1, std::memory_order_relaxed) % workers.size()];
}

actor_system::message_counts engine::totals() const noexcept {
  actor_system::message_counts all;
  for (const worker* each : all_workers()) {
    const std::uint64_t refused = each->entry->refused.load(std::memory_order_relaxed);
    all.dead += each->dead + refused;
    all.dead_by_reason[static_cast<unsigned>(dead_letter_reason::system_terminated)] += refused;
    for (unsigned reason = 0; reason < dead_letter_reasons; ++reason) {
      all.dead_by_reason[reason] += each->dead_by_reason[reason];
    }
    all.handled += each->handled;
    all.sent += each->arrived + refused;  // last: never less than what became of them
  }
  all.waiting = all.sent - all.handled - all.dead;
  return all;
}

// Two equal looks at all counters, nothing waiting and nothing between workers: then
// there was a moment in between when all was quiet (Mattern 1987, the four counters).
bool engine::quiet(duration until) {
  std::vector<worker_count> before;
  const std::vector<worker*> all = all_workers();
  for (int look = 0; look < 2; ++look) {
    const auto asked = std::make_shared<count_request>(all.size());
    for (std::size_t each = 0; each < all.size(); ++each) {
      send_to(*all[each]->entry,
              make_order<count_order>(order::count, target{}, asked, each));
    }
    for (std::uint32_t left = asked->left.load(std::memory_order_acquire); left != 0;
         left = asked->left.load(std::memory_order_acquire)) {
      if (!on.scheduler->wait(word_of(asked->left), left, until)) {
        return false;
      }
    }
    std::uint64_t waiting = 0;
    std::uint64_t between = 0;
    for (const worker_count& each : asked->counts) {
      waiting += each.waiting;
      between += each.sent_away - each.taken_in;
    }
    if (waiting != 0 || between != 0 || (look == 1 && before != asked->counts)) {
      return false;
    }
    before = asked->counts;
  }
  return true;
}

bool engine::drain(duration deadline) {
  if (worker::is_here()) {
    throw error(errc::would_block, "a drain within an actor");
  }
  if (terminated.load(std::memory_order_acquire)) {
    return true;
  }
  const duration until = now() + deadline;
  watching_idle.fetch_add(1, std::memory_order_seq_cst);
  bool is_quiet = false;
  for (bool in_time = true; in_time && !is_quiet;) {
    const std::uint32_t seen = idle.load(std::memory_order_seq_cst);
    is_quiet = quiet(until);
    if (!is_quiet) {
      in_time = on.scheduler->wait(word_of(idle), seen, until) && now() <= until;
    }
  }
  watching_idle.fetch_sub(1, std::memory_order_seq_cst);
  return is_quiet;
}

bool engine::terminate(duration deadline) {
  if (worker::is_here()) {
    throw error(errc::would_block, "a system cannot be terminated by one of its actors");
  }
  // A second caller waits for the first.
  const std::lock_guard once(terminate_guard);
  if (terminating.exchange(true, std::memory_order_acq_rel)) {
    return !left_behind.load(std::memory_order_acquire);
  }
  const duration until = now() + deadline;
  interrupt_signal_waits();
  drain(duration::nanoseconds(deadline.count() / 2));
  {
    const std::lock_guard lock(own_guard);
    terminated.store(true, std::memory_order_release);
  }
  const std::vector<worker*> all = all_workers();
  for (const worker* each : all) {
    send_to(*each->entry, make_order<nothing>(order::shut_down, target{}));
  }
  const bool in_time = on.scheduler->stop(until);
  if (!in_time) {
    left_behind.store(true, std::memory_order_release);
    log.write(log_level::error, "actors did not stop in time; their threads are left behind",
              {{"deadline_ms", deadline.count() / 1'000'000}});
    return false;
  }
  for (worker* each : all) {
    each->leave();
    // Somebody may be about to wake a worker that sleeps no more, or the taker of a future.
    __atomic_store_n(&each->entry->system, nullptr, __ATOMIC_SEQ_CST);
    while (each->entry->wakers.load(std::memory_order_seq_cst) != 0) {
    }
  }
  events.clear();
  return true;
}

}  // namespace casty::detail
