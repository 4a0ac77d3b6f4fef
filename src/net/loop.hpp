/// @file
/// What happens to a network, one thing after the other: events of Asio, and calls of other
/// threads. It has a thread of its own, or others that come and run it: see `lead`.
///
/// Layer: net, private.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "casty/core/duration.hpp"
#include "casty/runtime/seams.hpp"
#include "net/lead.hpp"

namespace casty::net {

/// Something that is to happen soon.
class upcoming {
 public:
  virtual void happen() = 0;

 protected:
  ~upcoming() = default;
};

/// @thread  That of who runs it, but for what says otherwise.
class loop final : public event_source {
 public:
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }

  /// @thread  Any.
  void call(std::function<void()> what);
  void soon(std::shared_ptr<upcoming> what) { soon_.push_back(std::move(what)); }

  /// Until `stop`; others run it in place of this thread meanwhile, through `event_source`.
  void run();
  void run_for(duration span);
  /// @thread  Any.
  void stop() noexcept;

  // event_source
  bool look() noexcept override;
  bool wait(duration until) noexcept override;
  void interrupt() noexcept override;

 private:
  [[nodiscard]] bool take_lead() noexcept;
  bool run_calls();
  bool run_ready();
  template <class CalledOff>
  void run_some(duration until, CalledOff is_called_off);
  void wake() noexcept;
  void wake_at(duration until);

  boost::asio::io_context context_{1};
  lead lead_;
  std::atomic<bool> is_running_{false};

  std::mutex guard_;
  std::vector<std::function<void()>> calls_;
  std::atomic<bool> has_calls_{false};
  std::atomic<bool> is_waiting_{false};  // for events, where calls and interrupts are not seen
  std::atomic<bool> is_interrupted_{false};  // the next wait, or this one
  // Of who runs it.
  boost::asio::steady_timer timer_{context_};
  duration wakes_at_ = duration::max();
  duration looked_at_ = {};
  std::vector<std::function<void()>> running_;
  std::vector<std::shared_ptr<upcoming>> soon_;
  std::vector<std::shared_ptr<upcoming>> happening_;
};

}  // namespace casty::net
