// Broken files: each gives one error, with its place and what would be right.
#include "casty/config/load.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace {

struct Broken {
  std::string_view text;
  std::uint32_t line;
  std::uint32_t column;
  std::string_view problem;
};

constexpr Broken broken[] = {
    {"sytem.name = \"x\"\n", 1, 1, "unknown key 'sytem'; the nearest is 'system'"},
    {"[gossip]\n", 1, 2, "unknown key 'gossip'; it knows system, log, defaults, cluster, actors"},
    {"[system]\nnam = \"x\"\n", 2, 1, "unknown key 'nam' in [system]; the nearest is 'name'"},
    {"[log]\nlevels = \"info\"\n", 2, 1, "unknown key 'levels' in [log]; the nearest is 'level'"},
    {"[defaults]\nmailboxes = {}\n", 2, 1,
     "unknown key 'mailboxes' in [defaults]; the nearest is 'mailbox'"},
    {"[defaults.mailbox]\ncapacty = 1\n", 2, 1,
     "unknown key 'capacty' in [defaults.mailbox]; the nearest is 'capacity'"},
    {"[defaults.supervision]\nmax_restart = 1\n", 2, 1,
     "unknown key 'max_restart' in [defaults.supervision]; the nearest is 'max_restarts'"},
    {"[defaults.sharding]\nshards = 1\n", 2, 1,
     "unknown key 'shards' in [defaults.sharding]; it knows num_shards"},
    {"[defaults.replication]\nreplica = 1\n", 2, 1,
     "unknown key 'replica' in [defaults.replication]; the nearest is 'replicas'"},
    {"[cluster]\nseeds = []\n", 2, 1,
     "unknown key 'seeds' in [cluster]; it knows host, port, advertise, "
     "secret, insecure, unreachable_seconds, address_map, seed_nodes, roles, required_quorum, "
     "tls, gossip, heartbeat, failure_detector"},
    {"[cluster.gossip]\ninterva1 = 1\n", 2, 1,
     "unknown key 'interva1' in [cluster.gossip]; the nearest is 'interval'"},
    {"[cluster.heartbeat]\n\n  pause = 1\n", 3, 3,
     "unknown key 'pause' in [cluster.heartbeat]; it knows interval, availability_check_interval"},
    {"[cluster.failure_detector]\ntreshold = 8\n", 2, 1,
     "unknown key 'treshold' in [cluster.failure_detector]; the nearest is 'threshold'"},
    {"[actors.orders]\nmailbx = {}\n", 2, 1,
     "unknown key 'mailbx' in [actors.orders]; the nearest is 'mailbox'"},
    {"[actors.orders]\nmailbox = { capacity = 1, overflow = \"drop_new\" }\n", 2, 27,
     "unknown key 'overflow' in [actors.orders.mailbox]; it knows capacity, strategy"},
    {"[system]\nname = 7\n", 2, 8, "'name' in [system] is a whole number; it takes a text"},
    {"system = \"my-app\"\n", 1, 10, "'system' is a text; it takes a table"},
    {"[system]\nworkers = \"2\"\n", 2, 11,
     "'workers' in [system] is a text; it takes a whole number"},
    {"[system]\nworkers = 2.0\n", 2, 11,
     "'workers' in [system] is a number; it takes a whole number"},
    {"[system]\nshutdown_deadline_seconds = true\n", 2, 29,
     "'shutdown_deadline_seconds' in [system] is a truth; it takes a number"},
    {"[system]\nshutdown_deadline_seconds = 1979-05-27\n", 2, 29,
     "'shutdown_deadline_seconds' in [system] is a date or time; it takes a number"},
    {"[defaults]\nmailbox = 100\n", 2, 11,
     "'mailbox' in [defaults] is a whole number; it takes a table"},
    {"[[defaults.mailbox]]\ncapacity = 1\n", 1, 1,
     "'mailbox' in [defaults] is an array; it takes a table"},
    {"[cluster]\nseed_nodes = \"node1:25520\"\n", 2, 14,
     "'seed_nodes' in [cluster] is a text; it takes an array of texts"},
    {"[cluster]\nroles = [\"a\", 7]\n", 2, 15,
     "'roles' in [cluster] is a whole number; it takes texts"},
    {"[actors]\norders = 5\n", 2, 10, "'orders' in [actors] is a whole number; it takes a table"},
    {"actors = 5\n", 1, 10, "'actors' is a whole number; it takes a table"},
    {"[defaults.mailbox]\ncapacity = -1\n", 2, 12,
     "'capacity' in [defaults.mailbox] takes a number from 0 to 4294967294"},
    {"[defaults.mailbox]\ncapacity = 4294967295\n", 2, 12,
     "'capacity' in [defaults.mailbox] takes a number from 0 to 4294967294"},
    {"[system]\nworkers = 1025\n", 2, 11, "'workers' in [system] takes a number from 0 to 1024"},
    {"[system]\nname = \"\"\n", 2, 8, "'name' in [system] is empty"},
    {"[system]\nname = \"my app\"\n", 2, 8,
     "'name' in [system] takes at most 127 letters, digits, '-', '_', '.'"},
    {"[defaults.supervision]\nwithin_seconds = 0\n", 2, 18,
     "'within_seconds' in [defaults.supervision] takes a number from 1e-06 to 1000000000"},
    {"[defaults.supervision]\nwithin_seconds = nan\n", 2, 18,
     "'within_seconds' in [defaults.supervision] takes a number from 1e-06 to 1000000000"},
    {"[defaults.supervision]\nbackoff_jitter = 1.5\n", 2, 18,
     "'backoff_jitter' in [defaults.supervision] takes a number from 0 to 1"},
    {"[defaults.sharding]\nnum_shards = 0\n", 2, 14,
     "'num_shards' in [defaults.sharding] takes a number from 1 to 1000000"},
    {"[cluster]\nadvertise = \"here\"\n", 2, 13,
     "'here' is no address; 'advertise' takes \"host:port\""},
    {"[cluster]\naddress_map = \"a:1\"\n", 2, 15,
     "'address_map' in [cluster] is a text; it takes a table of texts"},
    {"[cluster.address_map]\n\"a:1\" = 1\n", 2, 9,
     "'address_map' in [cluster] is a whole number; it takes texts"},
    {"[cluster.address_map]\n\"a\" = \"b:1\"\n", 2, 1,
     "'a' is no address; 'address_map' takes \"host:port\""},
    {"[cluster.address_map]\n\"a:1\" = \"b\"\n", 2, 9,
     "'b' is no address; 'address_map' takes \"host:port\""},
    {"[cluster]\ninsecure = 1\n", 2, 12,
     "'insecure' in [cluster] is a whole number; it takes true or false"},
    {"[cluster]\n[cluster.tls]\nca = \"a\"\nkey = \"b\"\n", 2, 1,
     "[cluster.tls] takes 'ca', 'certificate' and 'key' together"},
    {"[cluster]\nport = 65536\n", 2, 8, "'port' in [cluster] takes a number from 0 to 65535"},
    {"[cluster]\nseed_nodes = [\"node1\"]\n", 2, 15,
     "'node1' is no address; 'seed_nodes' takes \"host:port\""},
    {"[cluster]\nseed_nodes = [\"node1:0\"]\n", 2, 15,
     "'node1:0' is no address; 'seed_nodes' takes \"host:port\""},
    {"[defaults.mailbox]\nstrategy = \"drop\"\n", 2, 12,
     "'drop' is no strategy in [defaults.mailbox]; it takes one of drop_new, drop_oldest, "
     "backpressure"},
    {"[defaults.supervision]\nstrategy = \"explode\"\n", 2, 12,
     "'explode' is no strategy in [defaults.supervision]; it takes one of restart, stop, "
     "escalate, resume"},
    {"[log]\nlevel = \"loud\"\n", 2, 9,
     "'loud' is no level in [log]; it takes one of trace, debug, info, warning, error, off"},
    {"[defaults]\ndispatcher = \"own\"\n", 2, 14,
     "'own' is no dispatcher in [defaults]; it takes one of shared, blocking"},
    {"[actors.\"sensor-(\"]\n", 1, 9, "'sensor-(' is no regular expression"},
    {"[actors.\"a{2,1}\"]\n", 1, 9, "'a{2,1}' is no regular expression"},
    {"[actors.\"\"]\n", 1, 9, "a name in [actors] is empty"},
    {"[actors.\"a\\tb\"]\n", 1, 9, "a name in [actors] holds a control character"},
    {"[actors._guard]\n", 1, 9,
     "'_guard' would never apply: names that begin with '_' are casty's"},
    {"[actors.orders]\nmailbox = { strategy = \"drop_oldest\" }\n", 1, 1,
     "'strategy' of a mailbox without a 'capacity'"},
    {"[defaults.replication]\nreplicas = 1\n[actors.orders]\nreplication = { min_acks = 2 }\n", 3,
     1, "'min_acks' is more than 'replicas'"},
    {"[defaults.supervision]\nbackoff_min_seconds = 31\n", 1, 1,
     "'backoff_min_seconds' is more than 'backoff_max_seconds'"},
};

TEST_CASE("config/load_broken: each gives its place and what would be right") {
  for (const Broken& each : broken) {
    CAPTURE(each.text);
    const std::string wanted = "app.toml:" + std::to_string(each.line) + ":" +
                               std::to_string(each.column) + ": " + std::string(each.problem);
    std::string told = "nothing";
    try {
      (void)casty::parse_config(each.text, "app.toml");
    } catch (const casty::config_error& wrong) {
      told = wrong.what();
      CHECK(wrong.file() == "app.toml");
      CHECK(wrong.line() == each.line);
      CHECK(wrong.column() == each.column);
    }
    CHECK(told == wanted);
  }
}

// What toml++ refuses, in its words.
TEST_CASE("config/load_broken: what is no TOML is refused where it stops to be") {
  struct Malformed {
    std::string_view text;
    std::uint32_t line;
    std::string_view says;
  };
  constexpr Malformed malformed[] = {
      {"[system]\nname = \"a\"\n[system]\n", 3, "redefine"},
      {"[system]\nname = \"a\"\nname = \"b\"\n", 3, "redefine"},
      {"[system]\nname = \"a\xFF\"\n", 2, "utf-8"},
      {"\xC3", 1, "utf-8"},
      {"[system\nname = 'a'\n", 1, "]"},
      {"[system]\nname = \"a\n", 2, "string"},
      {"[system]\nworkers = 0x\n", 2, "integer"},
      {"[system]\nname\n", 2, "'='"},
      {std::string_view("[system]\n\0", 10), 2, "\\u0000"},
  };
  for (const Malformed& each : malformed) {
    CAPTURE(each.text);
    try {
      (void)casty::parse_config(each.text);
      FAIL("it is read");
    } catch (const casty::config_error& wrong) {
      CHECK(wrong.line() == each.line);
      CHECK(wrong.column() >= 1);
      const std::string told = wrong.what();
      CAPTURE(told);
      CHECK(told.starts_with("casty.toml:" + std::to_string(each.line) + ":"));
      CHECK(told.find(each.says) != std::string::npos);
    }
  }
}

TEST_CASE("config/load_broken: of several mistakes the first in the file is told") {
  try {
    (void)casty::parse_config("[cluster]\nport = -1\n[actors.a]\nb = 1\n[system]\nnam = 2\n");
    FAIL("it is read");
  } catch (const casty::config_error& wrong) {
    CHECK(wrong.line() == 2);
  }
}

}  // namespace
