#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulation/network.hpp"
#include "support/tls_node.hpp"

// For libFuzzer: what a stranger writes to a node that has certificates, as one who calls or is
// called, and what is changed on the way between two nodes. Nothing is taken that was not sent,
// nothing is told to the stranger, and the nodes talk on.

namespace {

using casty::duration;
using casty::simulation::fabric;
using casty::simulation::simulated_network;
using casty::simulation::world;

void require(bool truth) {
  if (!truth) {
    std::abort();
  }
}

std::uint8_t take_byte(std::string_view& from) {
  const auto one = static_cast<std::uint8_t>(from.empty() ? 0 : from.front());
  from.remove_prefix(from.empty() ? 0 : 1);
  return one;
}

// Some of the bytes are others.
std::string changed(std::string words, std::string_view& script) {
  for (int left = take_byte(script) % 8; left > 0 && !words.empty(); --left) {
    const std::size_t place = take_byte(script) * std::size_t{256} + take_byte(script);
    words[place % words.size()] ^= static_cast<char>(take_byte(script));
  }
  return words;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string hello = support::first_words_in_tls();
  require(hello.size() > 100);
  std::string_view script(reinterpret_cast<const char*>(data), size);
  const std::uint8_t how = take_byte(script);
  world in(how);
  fabric over(in);
  support::tampering_network::tamper tamper;
  if ((how & 3U) == 0) {
    tamper = [&script](std::string& piece) { piece = changed(std::move(piece), script); };
  }
  support::tls_node a(over, "a", "a", tamper);
  support::tls_node b(over, "b", "b", tamper);
  simulated_network elsewhere(over, "x:1");
  std::string words = (how & 4U) != 0 ? changed(hello, script) : std::string();
  words += script;
  support::stranger x(tamper ? std::string() : std::move(words));
  x.listen(elsewhere, "x:1");
  require(a.is.send("b:1", "first"));
  if (tamper) {
    // What passes is changed as long as there is a script.
    while (!script.empty()) {
      in.run_for(duration::milliseconds(take_byte(script) % 4));
    }
  } else if ((how & 3U) == 1) {
    require(b.is.send("x:1", "secret"));
  } else {
    x.call(elsewhere, "b:1");
  }
  require(a.is.send("b:1", "second"));
  in.run_for(duration::seconds(12));
  require(b.is.got["a:1"] == std::vector<std::string>{"first", "second"});
  require(b.is.got.size() == 1 && a.is.got.empty());
  require(x.heard.find("secret") == std::string::npos);
  return 0;
}
