#include "net/loop.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace casty::net {

namespace {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

// For the lead, which the owner gives up as soon as he wakes.
constexpr int tries_max = 100;
// Of calls, before events have their turn.
constexpr int rounds_max = 8;
// At a look: each may bring 64 KiB of messages, and actors wait meanwhile.
constexpr int events_max = 8;
// Who looks less often leaves the loop to its owner.
constexpr duration often = std::chrono::microseconds(200);

thread_local const loop* runs_here = nullptr;

steady::time_point point_of(duration at) noexcept {
  return steady::time_point(std::chrono::nanoseconds(at.count()));
}

}  // namespace

// Who waits says so before he looks for calls and interrupts; who makes one looks for him after:
// one sees the other.
void loop::call(std::function<void()> what) {
  {
    const std::lock_guard lock(guard_);
    calls_.push_back(std::move(what));
  }
  if (!has_calls_.exchange(true, std::memory_order_seq_cst)) {
    wake();
  }
}

void loop::wake() noexcept {
  if (runs_here != this && is_waiting_.load(std::memory_order_seq_cst)) {
    asio::post(context_, [] {});
  }
}

// Those of now, not those that they make.
bool loop::run_calls() {
  bool any = false;
  if (has_calls_.exchange(false, std::memory_order_seq_cst)) {
    {
      const std::lock_guard lock(guard_);
      running_.swap(calls_);
    }
    for (const auto& each : running_) {
      each();
    }
    running_.clear();
    any = true;
  }
  happening_.swap(soon_);
  for (const auto& each : happening_) {
    each->happen();
    any = true;
  }
  happening_.clear();
  return any;
}

// Waits for one event, unless there is something to do before or it is called off.
template <class CalledOff>
void loop::run_some(duration until, CalledOff is_called_off) {
  runs_here = this;
  bool has_more = true;
  for (int rounds = 0; rounds < rounds_max && has_more; ++rounds) {
    has_more = run_calls();
  }
  wake_at(until);
  is_waiting_.store(true, std::memory_order_seq_cst);
  if (has_more || has_calls_.load(std::memory_order_seq_cst) || is_called_off()) {
    run_ready();
  } else {
    context_.run_one();
  }
  is_waiting_.store(false, std::memory_order_relaxed);
  run_calls();
  runs_here = nullptr;
}

// A timer that stays is cheaper than the end of each wait: it is set once for many of them. One
// that comes too early does no harm.
void loop::wake_at(duration until) {
  if (until >= wakes_at_) {
    return;
  }
  wakes_at_ = until;
  timer_.expires_at(point_of(until));
  timer_.async_wait([this](const boost::system::error_code& another) {
    if (!another) {
      wakes_at_ = duration::max();
    }
  });
}

void loop::run() {
  const auto work = asio::make_work_guard(context_);
  is_running_.store(true, std::memory_order_release);
  while (lead_.take_as_owner()) {
    while (!lead_.is_wanted() && !context_.stopped()) {
      run_some(duration::max(), [this] { return lead_.is_wanted(); });
    }
    lead_.give_back_as_owner();
  }
  is_running_.store(false, std::memory_order_release);
}

void loop::run_for(duration span) {
  const auto work = asio::make_work_guard(context_);
  const duration until = steady::now().time_since_epoch() + span;
  context_.restart();
  do {
    run_some(until, [] { return false; });
  } while (!context_.stopped() && duration(steady::now().time_since_epoch()) < until);
}

void loop::stop() noexcept {
  context_.stop();
  lead_.end();
}

bool loop::look() noexcept {
  if (!is_running_.load(std::memory_order_acquire) || !lead_.take_as_visitor()) {
    return false;
  }
  const duration now = steady::now().time_since_epoch();
  const bool is_often = now - std::exchange(looked_at_, now) <= often;
  const bool has_called = !context_.stopped() && run_calls();
  const bool was_any = run_ready();
  lead_.give_back(is_often);
  return has_called || was_any;
}

bool loop::run_ready() {
  int events = 0;
  while (events < events_max && context_.poll_one() != 0) {
    ++events;
  }
  return events != 0;
}

bool loop::wait(duration until) noexcept {
  if (!is_running_.load(std::memory_order_acquire) || !take_lead()) {
    return false;
  }
  if (context_.stopped()) {
    lead_.give_back(true);
    return false;
  }
  run_some(until, [this] { return is_interrupted_.load(std::memory_order_seq_cst); });
  is_interrupted_.store(false, std::memory_order_relaxed);  // it ends here
  const bool goes_on = !context_.stopped();
  lead_.give_back(true);
  return goes_on;
}

bool loop::take_lead() noexcept {
  if (lead_.take_as_visitor()) {
    return true;
  }
  if (lead_.is_owners()) {
    lead_.want();
    wake();
    for (int tries = 0; tries < tries_max; ++tries) {
      std::this_thread::yield();
      if (lead_.take_as_visitor()) {
        return true;
      }
    }
  }
  return false;
}

void loop::interrupt() noexcept {
  is_interrupted_.store(true, std::memory_order_seq_cst);
  wake();
}

}  // namespace casty::net
