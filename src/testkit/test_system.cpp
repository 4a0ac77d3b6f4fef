#include "casty/testkit/test_system.hpp"

#include <algorithm>

#include "casty/testkit/unexpected.hpp"
#include "runtime/engine.hpp"

namespace casty::testkit {

namespace {

void list_actors(std::uint32_t first, std::vector<any_ref>& all);

// Appends an actor and its children, also those that other workers have taken over.
void list_actor(const casty::detail::cell* actor, std::vector<any_ref>& all) {
  all.emplace_back(casty::detail::target_of(actor));
  if (actor->more != nullptr) {
    list_actors(actor->more->first_child, all);
    for (const casty::detail::target& each : actor->more->lent) {
      // It has ended when its parent is still to hear of that.
      if (casty::detail::load(each.actor->generation) == each.generation) {
        list_actor(each.actor, all);
      }
    }
  }
}

// Those after it in the list of its parent, too.
void list_actors(std::uint32_t first, std::vector<any_ref>& all) {
  for (std::uint32_t each = first; each != 0;) {
    const casty::detail::cell* actor = casty::detail::cell_at(each);
    list_actor(actor, all);
    each = actor->next_sibling;
  }
}

// Of those on their way to another worker: one that has a parent is listed with it.
void list_moving(const casty::detail::cell* first, std::vector<any_ref>& all) {
  for (; first != nullptr; first = first->run_next) {
    if (first->parent == nullptr) {
      list_actor(first, all);
    }
  }
}

// Those that leave this worker, and those that it is about to take over.
void list_moving(const casty::detail::worker& at, std::vector<any_ref>& all) {
  using namespace casty::detail;
  list_moving(at.leaving(), all);
  for (envelope* each = at.entry->newest(); each != nullptr; each = each->next) {
    if (each->kind == envelope_kind::control && each->tag == tag_of(order::lend)) {
      list_moving(message_in<lent_actors>(each).first, all);
    }
  }
}

// The scheduler says it.
system_options without_workers(system_options options) {
  options.workers = 0;
  return options;
}

}  // namespace

std::uint64_t seeded_random::next() noexcept {
  std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31);
}

// Of several workers the first that has something to do, from a drawn one on.
bool stepped_scheduler::step() noexcept {
  if (loops_ == nullptr) {
    return false;
  }
  const auto first = workers_ == 1 ? 0U : static_cast<unsigned>(chance_.next() % workers_);
  for (unsigned each = 0; each < workers_; ++each) {
    if (loops_->step((first + each) % workers_)) {
      return true;
    }
  }
  return false;
}

duration stepped_scheduler::next_due() const noexcept {
  duration first = duration::max();
  for (unsigned each = 0; loops_ != nullptr && each < workers_; ++each) {
    first = std::min(first, loops_->next_due(each));
  }
  return first;
}

bool stepped_scheduler::all_ended() const noexcept {
  unsigned ended = 0;
  while (ended < workers_ && loops_->ended(ended)) {
    ++ended;
  }
  return ended == workers_;
}

bool seeded_scheduler::stop(duration until) noexcept {
  while (!all_ended()) {
    if (step()) {
      continue;
    }
    const duration due = next_due();
    if (due > until) {
      return false;
    }
    time_.set(due);
  }
  return true;
}

bool seeded_scheduler::wait(const std::uint32_t& word, std::uint32_t value,
                            duration until) noexcept {
  const auto unchanged = [&] { return __atomic_load_n(&word, __ATOMIC_ACQUIRE) == value; };
  while (unchanged()) {
    if (step() || !unchanged()) {
      continue;
    }
    const duration due = next_due();
    if (due > until || due == duration::max()) {
      // Nothing will ever change it: only the deadline can come.
      if (until != duration::max()) {
        time_.set(until);
      }
      return false;
    }
    time_.set(due);
  }
  return true;
}

scheduler::turn stepped_scheduler::choose(unsigned runnable) noexcept {
  const std::uint64_t drawn = chance_.next();
  turn chosen;
  chosen.actor = static_cast<unsigned>((drawn >> 32) % runnable);
  chosen.messages = (drawn & 1) != 0 ? 1 + static_cast<unsigned>((drawn >> 1) % 8) : UINT32_MAX;
  return chosen;
}

test_system::test_system(std::uint64_t seed, const system_options& options)
    : seeded_seams(seed, std::max(options.workers, 1U)),
      actor_system(without_workers(options), seams{&time, &order, &chance}),
      seed_(seed),
      start_(time.now()) {}

void test_system::run() noexcept {
  while (order.step()) {
  }
}

bool test_system::come_to_rest() noexcept {
  constexpr unsigned turns_max = 1'000'000;
  unsigned turns = 0;
  while (turns < turns_max && order.step()) {
    ++turns;
  }
  return turns < turns_max;
}

void test_system::advance(duration span) noexcept {
  const duration until = time.now() + span;
  run();
  for (duration due = order.next_due(); due <= until; due = order.next_due()) {
    time.set(due);
    run();
  }
  time.set(until);
  run();
}

bool test_system::run_while(bool (*goes_on)(void*), void* with, duration within) {
  if (casty::detail::worker::current() != nullptr) {
    throw error(errc::would_block, "a test system is run by the test, not by its actors");
  }
  const duration until = time.now() + within;
  while (goes_on(with)) {
    if (order.step() || !goes_on(with)) {
      continue;
    }
    const duration due = order.next_due();
    if (due > until || due == duration::max()) {
      if (until != duration::max()) {
        time.set(until);
      }
      return false;
    }
    time.set(due);
  }
  return true;
}

std::uint64_t test_system::trace_hash() const noexcept { return inside()->trace; }

std::string detail::imbalance_of(const actor_system::message_counts& all) {
  if (all.sent == all.handled + all.dead + all.waiting) {
    return {};
  }
  return "expected each message sent to be handled, dead or waiting, but of " +
         std::to_string(all.sent) + " sent " + std::to_string(all.handled) + " are handled, " +
         std::to_string(all.dead) + " are dead and " + std::to_string(all.waiting) + " wait";
}

bool test_system::balanced() const noexcept {
  const message_counts all = counts();
  return all.sent == all.handled + all.dead + all.waiting;
}

void test_system::expect_balanced() const {
  const std::string wrong = detail::imbalance_of(counts());
  if (!wrong.empty()) {
    fail(wrong);
  }
}

std::vector<std::string> test_system::living_actors() const {
  std::vector<any_ref> all;
  for (const auto& each : inside()->workers) {
    list_actors(each->first_top, all);
    list_moving(*each, all);
  }
  std::vector<std::string> paths;
  for (const any_ref& each : all) {
    if (std::find(aside_.begin(), aside_.end(), each) == aside_.end()) {
      paths.emplace_back(each.path().view());
    }
  }
  return paths;
}

void test_system::expect_no_actors() {
  run();
  const std::vector<std::string> living = living_actors();
  if (!living.empty()) {
    std::string paths;
    for (const std::string& each : living) {
      paths += (paths.empty() ? "" : ", ") + each;
    }
    fail("expected no actor to live, but these do: " + paths);
  }
}

void test_system::fail(std::string_view text) const {
  throw unexpected(text, seed_, time.now() - start_);
}

}  // namespace casty::testkit
