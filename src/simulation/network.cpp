#include "simulation/network.hpp"

#include <utility>

#include "net/host_and_port.hpp"

namespace casty::simulation {

namespace {

class ending final : public net::operation {
 public:
  explicit ending(std::function<void()> by) : by_(std::move(by)) {}
  ~ending() override { by_(); }

 private:
  std::function<void()> by_;
};

}  // namespace

std::unique_ptr<net::operation> simulated_network::listen(
    const std::string& address, std::function<void(std::unique_ptr<net::stream>)> called) {
  (void)net::parts_of(address);
  over_.listen(address, in_, std::move(called));
  listens_at_.push_back(address);
  return std::make_unique<ending>([this, address] {
    if (!has_ended_) {  // somebody else may be there by now
      std::erase(listens_at_, address);
      over_.end_listening(address);
    }
  });
}

std::unique_ptr<net::operation> simulated_network::connect(
    const std::string& address,
    std::function<void(std::unique_ptr<net::stream>, std::string_view)> done) {
  (void)net::parts_of(address);
  auto held = std::make_shared<fabric::caller>(std::move(done));
  if (!has_ended_) {
    over_.connect(address_, address, in_, held);
  }
  return std::make_unique<ending>([held] {});
}

std::unique_ptr<net::operation> simulated_network::after(duration span,
                                                         std::function<void()> then) {
  auto held = std::make_shared<std::function<void()>>(std::move(then));
  if (!has_ended_) {
    const duration when =
        time_ == nullptr ? over_.all().now() + span : time_->in_world(time_->now() + span);
    over_.all().at(when, [waits = std::weak_ptr(held)] {
      if (const auto due = waits.lock()) {
        (*due)();
      }
    }, in_);
  }
  return std::make_unique<ending>([held] {});
}

void simulated_network::call(std::function<void()> what) {
  if (has_ended_) {
    return;
  }
  calls_->push_back(std::move(what));
  over_.all().soon([waiting = std::weak_ptr(calls_)] {
    if (const auto left = waiting.lock(); left != nullptr && !left->empty()) {
      const std::function<void()> next = std::move(left->front());
      left->pop_front();
      next();
    }
  }, in_);
}

duration simulated_network::now() const {
  return time_ == nullptr ? over_.all().now() : time_->now();
}

void simulated_network::end(bool with_machine) {
  for (const std::string& each : listens_at_) {
    over_.end_listening(each);
  }
  has_ended_ = true;
  calls_->clear();
  if (with_machine) {
    over_.unplug(address_);
  } else {
    over_.end_process(address_);
  }
}

}  // namespace casty::simulation
