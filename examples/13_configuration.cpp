// A configuration file: the mailboxes and the supervision of actors that know nothing of it.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

#include "casty/actor.hpp"
#include "casty/config/load.hpp"

namespace behaviors = casty::behaviors;

// A program would have it in casty.toml, and call casty::load_config().
// part: the file
constexpr std::string_view file = R"([system]
name = "shop"

[defaults.supervision]
strategy = "restart"
max_restarts = 5

[actors.orders]
mailbox = { capacity = 2 }

[actors."sensor-\\d+"]
mailbox = { capacity = 1, strategy = "drop_oldest" }
supervision = { strategy = "stop" }
)";
// end of part

struct Order {
  int number;
};

casty::behavior<Order> orders() {
  return behaviors::receive<Order>([](casty::actor_context<Order>& ctx, const Order& m) {
    if (m.number < 0) {
      throw std::invalid_argument("no such order");
    }
    std::printf("%s took %d\n", ctx.self().path().c_str(), m.number);
    return behaviors::same;
  });
}

// Hires a child, whose mailbox and strategy the file says as well; sends it what it can.
struct Hire {
  std::string name;
};

casty::behavior<Hire> manager() {
  return behaviors::receive<Hire>([](casty::actor_context<Hire>& ctx, const Hire& m) {
    auto child = ctx.spawn(orders(), m.name);
    for (int number = 1; number <= 3; ++number) {
      child.tell<Order>(number);
    }
    child.tell<Order>(-1);
    return behaviors::same;
  });
}

void run(casty::actor_system& system) {
  std::printf("this is %s\n", std::string(system.name()).c_str());
  auto events = system.event_stream();
  events.subscribe([](const casty::actor_restarted& e) {
    std::printf("%s restarted\n", e.ref.path().c_str());
  });
  const auto stops = events.subscribe([](const casty::actor_stopped& e) {
    std::printf("%s stopped\n", e.ref.path().c_str());
  });
  auto hires = system.spawn(manager(), "manager");
  for (const char* name : {"orders", "sensor-1", "other"}) {
    hires.tell<Hire>(name);
    system.drain();
  }
  events.unsubscribe(stops);
}

// part: what it says
void show(const casty::configuration& config) {
  const casty::actor_settings said = casty::settings_for(config, "sensor-17");
  std::printf("sensor-17 has room for %u\n", *said.mailbox.capacity);
  try {
    (void)casty::parse_config("[actors.orders]\nmailbox = { capcity = 2 }\n");
  } catch (const casty::config_error& wrong) {
    std::printf("%s\n", wrong.what());
  }
}
// end of part

int main() {
  const casty::configuration config = casty::parse_config(file);
  show(config);
  casty::actor_system system({.log = casty::log_level::off, .config = config});
  run(system);
}
// sensor-17 has room for 1
// casty.toml:2:13: unknown key 'capcity' in [actors.orders.mailbox]; the nearest is 'capacity'
// this is shop
// /user/manager/orders took 1
// /user/manager/orders took 2
// /user/manager/sensor-1 stopped
// /user/manager/other took 1
// /user/manager/other took 2
// /user/manager/other took 3
// /user/manager/other restarted
