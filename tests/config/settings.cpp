#include "casty/config/settings.hpp"

#include <exception>
#include <stdexcept>

#include <doctest/doctest.h>

#include "casty/config/load.hpp"

namespace {

using casty::actor_settings;
using casty::configuration;
using casty::parse_config;
using casty::settings_for;

configuration example() {
  return parse_config(R"(
[defaults.mailbox]
capacity = 1000
strategy = "drop_new"

[actors.orders]
mailbox = { capacity = 5000 }

[actors."order.*"]
mailbox = { capacity = 1 }

[actors."sensor-\\d+"]
mailbox = { capacity = 100, strategy = "drop_oldest" }

[actors."s.*"]
mailbox = { capacity = 2 }
)");
}

std::uint32_t capacity_of(const configuration& from, std::string_view name) {
  return settings_for(from, name).mailbox.capacity.value_or(0);
}

TEST_CASE("config/settings: an exact name goes before expressions, the first that matches") {
  const configuration made = example();
  CHECK(capacity_of(made, "orders") == 5000);
  CHECK(capacity_of(made, "order-1") == 1);
  CHECK(capacity_of(made, "sensor-001") == 100);
  CHECK(capacity_of(made, "sensor-") == 2);
  CHECK(capacity_of(made, "a-sensor-001") == 1000);
  CHECK(capacity_of(made, "sensor-001x") == 2);
}

TEST_CASE("config/settings: exact names win wherever they stand in the file") {
  const configuration made = parse_config(
      "[actors.'b.*']\nmailbox.capacity = 1\n[actors.bee]\nmailbox.capacity = 2\n");
  CHECK(capacity_of(made, "bee") == 2);
  CHECK(capacity_of(made, "bees") == 1);
}

TEST_CASE("config/settings: the order of expressions is that of the file") {
  const configuration made = parse_config(
      "[actors.'z.*']\nmailbox.capacity = 1\n[actors.'.*z']\nmailbox.capacity = 2\n");
  CHECK(capacity_of(made, "zz") == 1);
  CHECK(capacity_of(made, "az") == 2);
  const configuration turned = parse_config(
      "[actors.'.*z']\nmailbox.capacity = 2\n[actors.'z.*']\nmailbox.capacity = 1\n");
  CHECK(capacity_of(turned, "zz") == 2);
}

TEST_CASE("config/settings: what an entry leaves open is as the defaults say") {
  const actor_settings found = settings_for(example(), "orders");
  CHECK(found.mailbox.strategy == casty::overflow::drop_new);
  CHECK(settings_for(example(), "other") == example().defaults);
  CHECK(settings_for(example(), "") == example().defaults);
}

TEST_CASE("config/settings: every key of an entry and of the defaults is found") {
  const std::string_view keys = R"(
dispatcher = "blocking"
mailbox = { capacity = 1, strategy = "backpressure" }
sharding = { num_shards = 2 }
replication = { replicas = 3, min_acks = 2, ack_timeout = 1.5 }
[NAME.supervision]
strategy = "resume"
max_restarts = 4
within_seconds = 5
backoff_min_seconds = 6
backoff_max_seconds = 7
backoff_jitter = 0.8
backoff_reset_seconds = 9
)";
  const actor_settings wanted{{1, casty::overflow::backpressure},
                              {casty::directive::resume, 4, 5.0, 6.0, 7.0, 0.8, 9.0},
                              {2},
                              {3, 2, 1.5},
                              casty::dispatcher::blocking};
  for (const std::string_view name : {"defaults", "actors.it"}) {
    std::string text = "[" + std::string(name) + "]" + std::string(keys);
    text.replace(text.find("NAME"), 4, name);
    CAPTURE(text);
    CHECK(settings_for(parse_config(text), "it") == wanted);
  }
}

TEST_CASE("config/settings: of casty's own actors nothing is said") {
  const configuration made =
      parse_config("[defaults.mailbox]\ncapacity = 1\n[actors.'.*']\nmailbox.capacity = 2\n");
  CHECK(settings_for(made, "_receptionist") == actor_settings{});
  CHECK(capacity_of(made, "a_b") == 2);
}

TEST_CASE("config/settings: entries made in code need no preparation") {
  configuration made;
  made.actors.push_back({"a.*", {{7, {}}, {}, {}, {}, {}}, {}});
  CHECK(capacity_of(made, "abc") == 7);
  CHECK(capacity_of(made, "bc") == 0);
}

TEST_CASE("config/settings: no key of supervision is no strategy") {
  CHECK_FALSE(casty::strategy_of(actor_settings{}));
  CHECK_FALSE(casty::mailbox_of(actor_settings{}));
}

TEST_CASE("config/settings: one key of supervision restarts, as the others' defaults say") {
  actor_settings said;
  said.supervision.max_restarts = 9;
  const auto made = casty::strategy_of(said);
  REQUIRE(made);
  const casty::one_for_one_strategy usual;
  CHECK(made->max_restarts == 9);
  CHECK(made->within == usual.within);
  CHECK(made->backoff.min == usual.backoff.min);
  CHECK(made->decider(std::make_exception_ptr(std::runtime_error("x"))) ==
        casty::directive::restart);
}

}  // namespace
