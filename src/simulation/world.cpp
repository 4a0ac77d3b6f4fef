#include "simulation/world.hpp"

#include <algorithm>

namespace casty::simulation {

namespace {

// What a turn of an actor takes, so that whoever is never done does not stop time.
constexpr duration turn_most = duration::nanoseconds(4000);

}  // namespace

void world::at(duration when, std::function<void()> then, process_number in) {
  events_.push_back({std::max(when, now_), ++last_number_, in, std::move(then)});
  std::push_heap(events_.begin(), events_.end());
}

process_number world::add(process& runs) {
  places_.push_back({.runs = &runs});
  const auto number = static_cast<process_number>(places_.size());
  schedule(number, now_);
  return number;
}

void world::remove(process_number which) {
  unschedule(which);
  at_(which).runs = nullptr;
  at_(which).missed.clear();
}

void world::schedule(process_number which, duration when) {
  place& of = at_(which);
  unschedule(which);
  of.next = when;
  if (when != duration::max()) {
    turns_.insert({when, which});
  }
}

void world::unschedule(process_number which) { turns_.erase({at_(which).next, which}); }

void world::wake(process_number which) {
  if (which == nobody) {
    return;
  }
  place& of = at_(which);
  if (of.runs != nullptr && !of.is_paused && of.next > of.ready) {
    schedule(which, std::max(now_, of.ready));
  }
}

void world::pause(process_number which) {
  at_(which).is_paused = true;
  unschedule(which);
}

void world::resume(process_number which) {
  place& of = at_(which);
  if (!std::exchange(of.is_paused, false) || of.runs == nullptr) {
    return;
  }
  for (std::function<void()>& each : std::exchange(of.missed, {})) {
    at(now_, std::move(each), which);
  }
  schedule(which, now_);
}

void world::fail(const std::string& why, std::exception_ptr thrown) {
  if (has_failed()) {
    return;
  }
  failure_ = why;
  failed_at_ = now_;
  thrown_ = std::move(thrown);
  if (when_failed_) {
    when_failed_();
  }
}

bool world::look_at(const std::string& name, const std::function<bool()>& holds) {
  struct looking {
    const std::string*& at;
    ~looking() { at = nullptr; }
  };
  looks_at_ = &name;
  const looking until_it_has{looks_at_};
  return holds();
}

bool world::step(duration until) {
  if (looks_at_ != nullptr) {
    fail("the check \"" + *looks_at_ +
         "\" waits: it can only look at what is at hand, after a step and before the next");
    return false;
  }
  const bool has_event = !events_.empty() && events_.front().when <= until;
  const bool has_turn = !turns_.empty() && turns_.begin()->first <= until;
  if (!has_event && !has_turn) {
    now_ = std::max(now_, until);
    return false;
  }
  ++steps_;
  if (has_event && (!has_turn || events_.front().when <= turns_.begin()->first)) {
    happen();
  } else {
    take_turn();
  }
  if (after_each_ && !has_failed()) {
    after_each_();
  }
  return true;
}

void world::happen() {
  std::pop_heap(events_.begin(), events_.end());
  event next = std::move(events_.back());
  events_.pop_back();
  now_ = next.when;
  trace(static_cast<std::uint64_t>(now_.count()));
  if (next.in == nobody) {
    next.then();
    return;
  }
  place& of = at_(next.in);
  if (of.runs == nullptr) {
    return;
  }
  if (of.is_paused) {
    of.missed.push_back(std::move(next.then));
    return;
  }
  next.then();
  wake(next.in);
}

void world::take_turn() {
  const auto [when, which] = *turns_.begin();
  now_ = std::max(now_, when);
  place& of = at_(which);
  const bool has_done = of.runs->turn();
  if (of.runs == nullptr || of.is_paused) {
    return;
  }
  trace(which + (has_done ? static_cast<std::uint64_t>(now_.count()) : 0));
  if (has_done) {
    of.ready = now_ + duration::nanoseconds(below(turn_most).count() * of.slowness + 1);
    schedule(which, of.ready);
  } else {
    schedule(which, std::max(of.runs->next_due(), now_ + duration::nanoseconds(1)));
  }
}

}  // namespace casty::simulation
