#include "runtime/production.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cerrno>
#include <ctime>
#include <random>
#include <system_error>
#include <thread>

#include "runtime/atomic_words.hpp"

namespace casty::detail {

namespace {

using steady = std::chrono::steady_clock;

// Threads for blocking actors at one time; those beyond share the workers.
constexpr unsigned own_threads_max = 1024;

steady::time_point point_of(duration at) noexcept {
  return steady::time_point(std::chrono::nanoseconds(at.count()));
}

}  // namespace

// The worker parks in its io_context, or in what it attends to: what woke it last is in `woken`,
// for whoever wakes it may take it to be in the other.
struct worker_thread {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{
      context.get_executor()};
  boost::asio::steady_timer timer{context};
  std::atomic<bool> is_outside{false};
  std::atomic<bool> is_woken{false};
  std::thread thread;
};

production_seams::production_seams(unsigned count)
    : shared_(count != 0 ? count : std::max(1U, std::thread::hardware_concurrency())),
      seed_((std::uint64_t{std::random_device{}()} << 32) | std::random_device{}()) {
  threads_.resize(shared_ + own_threads_max);
  for (unsigned each = 0; each < shared_; ++each) {
    threads_[each] = std::make_unique<worker_thread>();
  }
}

production_seams::~production_seams() = default;

duration production_seams::now() const noexcept {
  return steady::now().time_since_epoch();
}

// Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators".
std::uint64_t production_seams::next() noexcept {
  std::uint64_t mixed = seed_.fetch_add(0x9E3779B97F4A7C15U, std::memory_order_relaxed);
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31);
}

unsigned production_seams::workers() const noexcept { return shared_; }

void production_seams::run(unsigned worker) {
  running_.fetch_add(1, std::memory_order_acq_rel);
  try {
    threads_[worker]->thread = std::thread([this, worker] {
      loops_->run(worker);
      running_.fetch_sub(1, std::memory_order_acq_rel);
      notify(word_of(running_));
    });
  } catch (...) {
    running_.fetch_sub(1, std::memory_order_acq_rel);
    throw;
  }
}

void production_seams::start(worker_loop& loops) {
  loops_ = &loops;
  for (unsigned each = 0; each < shared_; ++each) {
    run(each);
  }
}

// Numbers are given out one after the other, under the system's lock.
bool production_seams::add(unsigned worker) {
  if (worker >= threads_.size()) {
    return false;
  }
  try {
    threads_[worker] = std::make_unique<worker_thread>();
    run(worker);
  } catch (const std::exception&) {  // no more files, or threads, to be had
    threads_[worker].reset();
    return false;
  }
  return true;
}

bool production_seams::stop(duration until) noexcept {
  for (std::uint32_t left = running_.load(std::memory_order_acquire); left != 0;
       left = running_.load(std::memory_order_acquire)) {
    if (!wait(word_of(running_), left, until)) {
      break;
    }
  }
  const bool ended = running_.load(std::memory_order_acquire) == 0;
  for (const auto& each : threads_) {
    if (each != nullptr && each->thread.joinable()) {
      ended ? each->thread.join() : each->thread.detach();
    }
  }
  return ended;
}

void production_seams::wake(unsigned worker) noexcept {
  worker_thread& woken = *threads_[worker];
  woken.is_woken.store(true, std::memory_order_seq_cst);
  if (!woken.is_outside.load(std::memory_order_seq_cst)) {
    boost::asio::post(woken.context, [] {});
    return;
  }
  attending_.fetch_add(1, std::memory_order_seq_cst);
  if (event_source* const from = source_.load(std::memory_order_seq_cst)) {
    from->interrupt();
  }
  attending_.fetch_sub(1, std::memory_order_seq_cst);
}

void production_seams::attend(event_source* from) noexcept {
  event_source* const before = source_.exchange(from, std::memory_order_seq_cst);
  if (before == nullptr) {
    return;
  }
  while (attending_.load(std::memory_order_seq_cst) != 0) {
    before->interrupt();
    std::this_thread::yield();
  }
}

bool production_seams::attends() const noexcept {
  return source_.load(std::memory_order_relaxed) != nullptr;
}

void production_seams::look() noexcept {
  if (!attends()) {
    return;
  }
  attending_.fetch_add(1, std::memory_order_seq_cst);
  if (event_source* const from = source_.load(std::memory_order_seq_cst)) {
    from->look();
  }
  attending_.fetch_sub(1, std::memory_order_seq_cst);
}

// False when there is nothing that it could wait for there.
bool production_seams::wait_outside(worker_thread& own, duration until) noexcept {
  if (!attends()) {
    return false;
  }
  bool has_waited = true;
  attending_.fetch_add(1, std::memory_order_seq_cst);
  own.is_outside.store(true, std::memory_order_seq_cst);
  if (own.is_woken.load(std::memory_order_seq_cst)) {
    own.context.poll();  // what woke it there has come too late
  } else {
    event_source* const from = source_.load(std::memory_order_seq_cst);
    has_waited = from != nullptr && from->wait(until);
  }
  own.is_outside.store(false, std::memory_order_seq_cst);
  attending_.fetch_sub(1, std::memory_order_seq_cst);
  return own.is_woken.exchange(false, std::memory_order_seq_cst) || has_waited;
}

void production_seams::park(unsigned worker, duration until) noexcept {
  worker_thread& own = *threads_[worker];
  if (worker == 0 && wait_outside(own, until)) {
    return;
  }
  if (until != duration::max()) {
    own.timer.expires_at(point_of(until));
    own.timer.async_wait([](const boost::system::error_code&) {});
  }
  own.context.run_one();
  if (until != duration::max()) {
    // So that no end of this wait is left to cut the next one short.
    own.timer.cancel();
    own.context.poll();
  }
}

bool production_seams::wait(const std::uint32_t& word, std::uint32_t value,
                            duration until) noexcept {
  const std::int64_t at = std::max<std::int64_t>(until.count(), 0);
  timespec deadline{};
  deadline.tv_sec = at / 1'000'000'000;
  deadline.tv_nsec = at % 1'000'000'000;
  while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) == value) {
    const long ended =
        ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, value,
                  until == duration::max() ? nullptr : &deadline, nullptr, FUTEX_BITSET_MATCH_ANY);
    if (ended != 0 && errno == ETIMEDOUT) {
      return __atomic_load_n(&word, __ATOMIC_ACQUIRE) != value;
    }
  }
  return true;
}

void production_seams::notify(const std::uint32_t& word) noexcept {
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT32_MAX, nullptr, nullptr, 0);
}

}  // namespace casty::detail
