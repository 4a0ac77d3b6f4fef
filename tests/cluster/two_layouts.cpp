// One program, built twice: in the later build a message has another field. See two_layouts.py.
//
//     two_layouts            says where it listens, then which layouts it refuses
//     two_layouts HOST:PORT  tells the other process of both messages, and what comes of it
#include <cstdint>
#include <cstdio>
#include <exception>
#include <future>
#include <string>

#include "casty/cluster.hpp"

namespace behaviors = casty::behaviors;

struct Deposit {
  std::int64_t amount_cents;
#ifdef CASTY_LATER_BUILD
  std::string purpose;
#endif
};
struct Withdraw {
  std::int64_t amount_cents;
};
struct GetBalance {
  casty::reply_to<std::int64_t> reply_to;
};
struct Account : casty::protocol<Deposit, Withdraw, GetBalance> {};

casty::behavior<Account> account() {
  return behaviors::with_state<Account>(
      std::int64_t{0},
      [](std::int64_t& cents, const Deposit& m) {
        cents += m.amount_cents;
        return behaviors::same;
      },
      [](std::int64_t& cents, const Withdraw& m) {
        cents -= m.amount_cents;
        return behaviors::same;
      },
      [](std::int64_t& cents, const GetBalance& m) {
        m.reply_to.tell(cents);
        return behaviors::same;
      });
}

void print(const casty::schema_mismatch& found) {
  std::printf("%s: %s\n", found.type.c_str(), found.field.c_str());
  std::fflush(stdout);
}

int serve() {
  casty::clustered_actor_system node({.name = "layouts"});
  node.event_stream().subscribe([](const casty::schema_mismatch& found) { print(found); });
  node.spawn(account(), "account");
  std::printf("listening at %s\n", node.address().c_str());
  std::fflush(stdout);
  return node.run_until_signal() ? 0 : 1;
}

int call(const std::string& address) {
  std::promise<void> refused;
  casty::clustered_actor_system node({.name = "layouts"});
  node.event_stream().subscribe([&](const casty::schema_mismatch& found) {
    print(found);
    refused.set_value();
  });
  const auto far = node.lookup<Account>("/user/account", address).get();
  far.tell(Withdraw{1});
  std::printf("%lld\n", static_cast<long long>(node.ask<GetBalance>(far).get()));
  Deposit deposit = {};
  deposit.amount_cents = 1000;
  far.tell(deposit);
  far.tell(Withdraw{10});
  refused.get_future().wait();
  far.tell(deposit);
  far.tell(Withdraw{100});
  std::printf("%lld\n", static_cast<long long>(node.ask<GetBalance>(far).get()));
  return 0;
}

int main(int argument_count, char** arguments) {
  try {
    return argument_count == 1 ? serve() : call(arguments[1]);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "%s\n", failed.what());
    return 1;
  }
}
