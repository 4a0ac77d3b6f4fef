#include <string>

#include <doctest/doctest.h>

#include "casty/config/load.hpp"

namespace {

using casty::configuration;
using casty::parse_config;
using casty::to_toml;

TEST_CASE("config/dump: the defaults read back to the defaults") {
  const std::string text = to_toml(configuration{});
  CHECK(parse_config(text) == configuration{});
  CHECK(text.find("name = 'casty'") != std::string::npos);
  CHECK(text.find("threshold = 8.0") != std::string::npos);
}

TEST_CASE("config/dump: names of every kind keep their order and their letters") {
  configuration made;
  made.system.name = "dumped";
  made.log.level = casty::log_level::off;
  made.cluster.secret = "sesame";
  made.cluster.insecure = true;
  made.cluster.tls = {"a", "b", "c"};
  made.cluster.seed_nodes = {"[::1]:1", "b:65535"};
  made.cluster.address_map = {{"10.0.0.2:25520", "b:1"}, {"[::1]:1", "c:2"}};
  for (const char* name : {"z", "a", "sensor-\\d+", "it's \"quoted\"", "dot.ted", "ü+"}) {
    casty::named_actor_settings entry{name};
    entry.settings.mailbox = {7, casty::overflow::drop_oldest};
    entry.settings.supervision.backoff_jitter = 0.1;
    entry.settings.dispatcher = casty::dispatcher::blocking;
    made.actors.push_back(entry);
  }
  const std::string text = to_toml(made);
  CAPTURE(text);
  CHECK(parse_config(text) == made);
}

TEST_CASE("config/dump: an entry that says nothing is kept") {
  configuration made;
  made.actors.push_back({"plain", {}, {}});
  CHECK(parse_config(to_toml(made)) == made);
}

}  // namespace
