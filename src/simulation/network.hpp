/// @file
/// The network as one node sees it, in the world's time.
///
/// Layer: simulation, private.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/network.hpp"
#include "simulation/drifting_clock.hpp"
#include "simulation/fabric.hpp"

namespace casty::simulation {

/// @thread  The world's.
class simulated_network final : public net::network {
 public:
  /// Of a process with a clock of its own, or of nobody in particular.
  simulated_network(fabric& over, std::string address, process_number in = nobody,
                    const drifting_clock* time = nullptr)
      : over_(over), address_(std::move(address)), in_(in), time_(time) {}

  [[nodiscard]] std::unique_ptr<net::operation> listen(
      const std::string& address,
      std::function<void(std::unique_ptr<net::stream>)> called) override;
  [[nodiscard]] std::unique_ptr<net::operation> connect(
      const std::string& address,
      std::function<void(std::unique_ptr<net::stream>, std::string_view)> done) override;
  [[nodiscard]] std::unique_ptr<net::operation> after(duration span,
                                                      std::function<void()> then) override;
  void call(std::function<void()> what) override;
  [[nodiscard]] duration now() const override;
  [[nodiscard]] std::uint64_t chance() override { return over_.all().chance(); }

  /// Its process has died: the system closes its connections, or, with the whole machine, nobody
  /// does. Nothing goes out or comes in any more.
  void end(bool with_machine);

 private:
  using calls = std::deque<std::function<void()>>;

  fabric& over_;
  std::string address_;
  process_number in_;
  const drifting_clock* time_;
  bool has_ended_ = false;
  std::vector<std::string> listens_at_;
  // What comes first runs first, whenever that is.
  std::shared_ptr<calls> calls_ = std::make_shared<calls>();
};

}  // namespace casty::simulation
