/// @file
/// The seams of production: worker threads, the steady clock, Asio's timers.
///
/// Layer: runtime, private.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "casty/runtime/seams.hpp"

namespace casty::detail {

struct worker_thread;

struct production_seams final : clock, scheduler, random {
  /// @param count  Of worker threads; 0 for one a core.
  explicit production_seams(unsigned count);
  ~production_seams() override;

  [[nodiscard]] seams all() noexcept { return {this, this, this}; }

  [[nodiscard]] duration now() const noexcept override;
  [[nodiscard]] std::uint64_t next() noexcept override;

  [[nodiscard]] unsigned workers() const noexcept override;
  void start(worker_loop& loops) override;
  [[nodiscard]] bool add(unsigned worker) override;
  bool stop(duration until) noexcept override;
  void wake(unsigned worker) noexcept override;
  void park(unsigned worker, duration until) noexcept override;
  void attend(event_source* from) noexcept override;
  void look() noexcept override;
  [[nodiscard]] bool attends() const noexcept override;
  bool wait(const std::uint32_t& word, std::uint32_t value, duration until) noexcept override;
  void notify(const std::uint32_t& word) noexcept override;

 private:
  void run(unsigned worker);
  [[nodiscard]] bool wait_outside(worker_thread& own, duration until) noexcept;

  // Never moved: a sender may wake one while another is added. Null beyond those there are.
  std::vector<std::unique_ptr<worker_thread>> threads_;
  const unsigned shared_;
  worker_loop* loops_ = nullptr;
  std::atomic<std::uint32_t> running_{0};
  std::atomic<event_source*> source_{nullptr};
  std::atomic<std::uint32_t> attending_{0};  // threads that may be in there
  std::atomic<std::uint64_t> seed_;
};

}  // namespace casty::detail
