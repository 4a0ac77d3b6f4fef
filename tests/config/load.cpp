#include "casty/config/load.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "casty/testkit/test_system.hpp"
#include "config/schema.hpp"
#include "support/folder.hpp"

namespace {

using casty::config_error;
using casty::configuration;
using casty::load_config;
using casty::parse_config;
using support::folder;

// Of the checkout.
std::string source_file(std::string_view path) {
  return std::string(CASTY_SOURCE_ROOT "/").append(path);
}

std::string named(const std::string& file, std::string_view problem) {
  return (file + ": ").append(problem);
}

TEST_CASE("config/load: the file of the seed says what it says") {
  const configuration made = load_config(source_file("tests/config/data/seed.toml"));
  CHECK(made.system.name == "my-app");
  CHECK(made.defaults.mailbox == casty::mailbox_settings{1000, casty::overflow::drop_new});
  CHECK(made.defaults.supervision ==
        casty::supervision_settings{casty::directive::restart, 3, 60.0});
  CHECK(made.defaults.sharding.num_shards == 256);
  CHECK(made.defaults.replication == casty::replication_settings{2, 1, 5.0});
  CHECK(made.cluster.host == "0.0.0.0");
  CHECK(made.cluster.port == 25520);
  CHECK(made.cluster.seed_nodes == std::vector<std::string>{"node1:25520", "node2:25520"});
  CHECK(made.cluster.roles == std::vector<std::string>{"worker"});
  CHECK(made.cluster.gossip.interval == 1);
  CHECK(made.cluster.heartbeat == casty::heartbeat_settings{0.5, 2});
  CHECK(made.cluster.failure_detector ==
        casty::failure_detector_settings{8, 200, 100, 0, 1000});
  REQUIRE(made.actors.size() == 3);
  CHECK(made.actors[0].name == "orders");
  CHECK(made.actors[0].settings.sharding.num_shards == 512);
  CHECK(made.actors[0].settings.replication == casty::replication_settings{3, 2, {}});
  CHECK(made.actors[1].name == "my-worker");
  CHECK(made.actors[1].settings.mailbox ==
        casty::mailbox_settings{5000, casty::overflow::backpressure});
  CHECK(made.actors[1].settings.supervision.strategy == casty::directive::stop);
  CHECK(made.actors[2].name == "child-\\d+");
  CHECK(made.actors[2].settings.mailbox ==
        casty::mailbox_settings{100, casty::overflow::drop_oldest});
}

TEST_CASE("config/load: an empty file is the defaults") {
  CHECK(parse_config("") == configuration{});
  CHECK(parse_config("# nothing\n\n") == configuration{});
}

// The dotted names of all keys, from the list that files are read by. In a file those that have no
// default stand behind a '#' alone.
struct key_names {
  std::string path;
  std::set<std::string>& all;

  void value(std::string_view key, const auto&, const casty::detail::limits&) {
    all.insert(path + std::string(key));
  }
  void section(std::string_view key, const auto& settings) {
    key_names inner{path + std::string(key) + ".", all};
    casty::detail::visit_keys(inner, settings);
  }
};

std::set<std::string> keys_in(const std::string& file) {
  std::set<std::string> all;
  std::string section;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ') {
      line.erase(0, 1);
    }
    if (line.starts_with('[')) {
      section = line.substr(1, line.find(']') - 1);
    } else if (const auto equals = line.find(" = "); line.front() != '#' && equals < line.size()) {
      all.insert(section + "." + line.substr(0, equals));
    }
  }
  return all;
}

TEST_CASE("config/load: the reference has every key, each with its default") {
  const std::string file = source_file("docs/reference.toml");
  const configuration plain;
  std::set<std::string> known;
  key_names names{"", known};
  casty::detail::visit_keys(names, plain);
  CHECK(keys_in(file) == known);

  const configuration made = load_config(file);
  CHECK(made.system == plain.system);
  CHECK(made.log == plain.log);
  CHECK(made.cluster == plain.cluster);
  CHECK(made.actors.empty());
  CHECK(made.defaults.dispatcher == casty::dispatcher::shared);
  CHECK(casty::mailbox_of(made.defaults) == casty::mailbox{});
  CHECK(made.defaults.sharding.num_shards == 100);
  CHECK(made.defaults.replication == casty::replication_settings{0, 0, 5.0});
  const auto by = casty::strategy_of(made.defaults);
  REQUIRE(by);
  const casty::one_for_one_strategy usual;
  CHECK(by->max_restarts == usual.max_restarts);
  CHECK(by->within == usual.within);
  CHECK(by->backoff.min == usual.backoff.min);
  CHECK(by->backoff.max == usual.backoff.max);
  CHECK(by->backoff.jitter == usual.backoff.jitter);
  CHECK(by->backoff.reset_after == usual.backoff.reset_after);
}

TEST_CASE("config/load: a path that cannot be read is named") {
  const folder here;
  const std::string none = here.file("none.toml");
  CHECK_THROWS_WITH_AS((void)load_config(none),
                       named(none, "cannot be read: No such file or directory").c_str(),
                       config_error);
  const std::string folder = here.file("");
  CHECK_THROWS_WITH_AS((void)load_config(folder),
                       named(folder, "cannot be read: Is a directory").c_str(), config_error);
}

TEST_CASE("config/load: over 1 MiB is refused with its size and the limit") {
  const folder here;
  const std::string file = here.file("casty.toml");
  here.put(here.file("casty.toml"), "# " + std::string(casty::config_bytes_max - 3, 'x') + "\n");
  CHECK(load_config(file) == configuration{});
  here.put(here.file("casty.toml"), "# " + std::string(casty::config_bytes_max - 2, 'x') + "\n");
  CHECK_THROWS_WITH_AS((void)load_config(file),
                       named(file, "is 1048577 bytes large; at most 1048576 are read").c_str(),
                       config_error);
}

// Puts the test back where it was.
struct working_directory {
  explicit working_directory(const std::string& path) : before(std::filesystem::current_path()) {
    std::filesystem::current_path(path);
  }
  ~working_directory() { std::filesystem::current_path(before); }
  std::filesystem::path before;
};

TEST_CASE("config/load: without a path the nearest file above the working directory counts") {
  const folder here;
  std::filesystem::create_directories(here.file("a/b/c"));
  here.put(here.file("casty.toml"), "system.name = 'outer'\n");
  here.put(here.file("a/casty.toml"), "system.name = 'inner'\n");
  {
    const working_directory at(here.file("a/b/c"));
    CHECK(load_config().system.name == "inner");
  }
  {
    const working_directory at(here.file("a"));
    CHECK(load_config().system.name == "inner");
  }
  std::filesystem::remove(here.file("a/casty.toml"));
  const working_directory at(here.file("a/b/c"));
  CHECK(load_config().system.name == "outer");
  std::filesystem::remove(here.file("casty.toml"));
  CHECK(load_config() == configuration{});
}

TEST_CASE("config/load: an error in a discovered file names the file") {
  const folder here;
  here.put(here.file("casty.toml"), "[system]\nnam = 'x'\n");
  const working_directory at(here.file(""));
  try {
    (void)load_config();
    FAIL("it loads");
  } catch (const config_error& wrong) {
    CHECK(std::filesystem::equivalent(wrong.file(), here.file("casty.toml")));
    CHECK(wrong.line() == 2);
    CHECK(wrong.column() == 1);
  }
}

std::string changed(std::string text, casty::testkit::seeded_random& chance) {
  const std::string before = text;
  for (int change = 0; change < 3 && !text.empty(); ++change) {
    const std::size_t at = chance.next() % text.size();
    const std::size_t length = 1 + chance.next() % 16;
    switch (chance.next() % 4) {
      case 0:
        text[at] = static_cast<char>(chance.next());
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, before.substr(chance.next() % before.size(), length));
        break;
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

TEST_CASE("config/load: whatever stands in the file, it loads or says where it is wrong") {
  const folder here;
  const std::string seed = here.text_of(source_file("tests/config/data/seed.toml"));
  int loaded = 0;
  for (std::uint64_t number = 1; number <= 3000; ++number) {
    casty::testkit::seeded_random chance(number);
    const std::string text = changed(seed, chance);
    CAPTURE(number);
    try {
      const configuration made = parse_config(text);
      ++loaded;
      REQUIRE(parse_config(casty::to_toml(made)) == made);
    } catch (const config_error& wrong) {
      REQUIRE(wrong.line() >= 1);
      REQUIRE(wrong.column() >= 1);
    }
  }
  CHECK(loaded > 30);
  CHECK(loaded < 2970);
}

}  // namespace
