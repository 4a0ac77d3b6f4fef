#include "support/two_cores.hpp"

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <thread>
#include <vector>

namespace bench {

namespace {

#if defined(__x86_64__)
void relax() noexcept { __builtin_ia32_pause(); }
#else
void relax() noexcept {}
#endif

// Alone on its line, and on the one that is fetched with it.
struct alignas(128) turn {
  std::atomic<std::int64_t> of{0};
};

void hand_over(turn& whose, std::int64_t first, std::int64_t last) noexcept {
  for (std::int64_t mine = first; mine <= last; mine += 2) {
    while (whose.of.load(std::memory_order_acquire) != mine) {
      relax();
    }
    whose.of.store(mine + 1, std::memory_order_release);
  }
}

}  // namespace

std::array<int, 2> two_cores() noexcept {
  static const std::array<int, 2> found = [] {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    std::vector<int> cores;
    if (::sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
      for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(core, &allowed)) {
          cores.push_back(core);
        }
      }
    }
    require(!cores.empty(), "no core to run on");
    return std::array<int, 2>{cores.front(), cores.back()};
  }();
  return found;
}

void keep_to(int core) noexcept {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(core, &only);
  require(::pthread_setaffinity_np(::pthread_self(), sizeof(only), &only) == 0,
          "a thread cannot be tied to a core");
}

double line_transfer() {
  using clock = std::chrono::steady_clock;
  constexpr std::int64_t stretches = 101;
  constexpr std::int64_t handovers = 500;  // a stretch: short beside what preempts it
  turn whose;
  std::thread other([&] {
    keep_to(two_cores()[1]);
    hand_over(whose, 1, (stretches + 1) * handovers);
  });
  std::vector<double> all;
  std::thread here([&] {
    keep_to(two_cores()[0]);
    hand_over(whose, 0, handovers - 1);  // the other has come by then
    for (std::int64_t each = 1; each <= stretches; ++each) {
      const auto begin = clock::now();
      hand_over(whose, each * handovers, (each + 1) * handovers - 1);
      const std::chrono::duration<double, std::nano> passed = clock::now() - begin;
      all.push_back(passed.count() / handovers);
    }
  });
  here.join();
  other.join();
  std::nth_element(all.begin(), all.begin() + stretches / 2, all.end());
  return all[stretches / 2];
}

casty::behavior<Settle> settler() {
  return casty::behaviors::receive<Settle>([](const Settle& m) {
    keep_to(m.core);
    m.reply.tell(static_cast<unsigned long>(::pthread_self()));
    return casty::behaviors::stopped;
  });
}

two_workers::two_workers() {
  unsigned long threads[2] = {};
  for (int each = 0; each < 2; ++each) {
    const auto on = system.spawn(settler());
    threads[each] = system.ask<Settle>(on, two_cores()[each]).within(patience).get();
  }
  require(threads[0] != threads[1], "both workers are one");
}

}  // namespace bench
